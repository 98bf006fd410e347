class AppError(Exception):
    def __init__(self, code, text):
        super().__init__(text)
        self.code = ext(code)


class NotFound(AppError):
    def __init__(self, name):
        super().__init__(404, f'{name} not found')


def find(name):
    ext_none()
    raise NotFound(ext(name))


try:
    find('x')
except AppError as e:
    ext_none()
    print(type(e).__name__, e, e.code, e.args, isinstance(e, NotFound))
try:
    try:
        find('y')
    except NotFound as e:
        raise AppError(500, 'wrapped') from e
except AppError as e:
    print(e, e.code, e.__cause__, e.__cause__.code)
find('uncaught')
