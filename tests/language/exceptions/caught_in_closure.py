def f():
    saved = None
    try:
        ext_fail('ValueError', 'caught')
    except ValueError as e:

        def show():
            return str(e), ext(1)

        saved = show
        print(show())
    try:
        return saved()
    except NameError as n:
        return type(n).__name__


print(f())


def g():
    errors = []

    def guard(action):
        try:
            return action()
        except Exception as e:
            errors.append(f'{type(e).__name__}: {ext(str(e))}')
            return None

    return [guard(lambda: ext(1)), guard(lambda: ext_fail('OSError', 'x')), guard(lambda: [][ext(0)])], errors


g()
