# Instances of classes that extend exceptions with a shape of their own are kept: OSError and its kin, groups, MemoryError.
class Missing(FileNotFoundError):
    def __init__(self, path, code):
        super().__init__(2, 'not there', path)
        self.code = code


class Bare(OSError):
    def __init__(self):
        pass


class Mixed(ValueError, TimeoutError):
    pass


class Group(ExceptionGroup):
    def __new__(cls, message, errors, code):
        made = super().__new__(cls, message, errors)
        made.code = code
        return made

    def derive(self, errors):
        return Group(self.message, errors, self.code)


class Falsy(BaseExceptionGroup):
    def __bool__(self):
        return False


class Full(MemoryError):
    pass


class Decoding(UnicodeDecodeError):
    pass


made = [
    Missing('/x', 5),
    Bare(),
    Mixed('slow'),
    Group('some', [ValueError(1), Missing('/y', 6)], 7),
    Falsy('none', [KeyboardInterrupt()]),
    Full('all'),
    Decoding('utf-8', b'\xff', 0, 1, 'bad'),
]
ext(1)
for error in made:
    print(type(error).__name__, error.args, str(error), vars(error))
print(made[0].errno, made[0].filename, made[0].code, made[2].errno, made[3].exceptions[1].code, made[6].reason)
try:
    raise made[3]
except* OSError as caught:
    ext(2)
    print(caught.exceptions[0].filename, type(caught).__name__, caught.code)
except* ValueError as caught:
    print(caught.exceptions)
try:
    raise Missing('/z', ext(8))
except OSError as error:
    kept = error
ext(3)
print(kept.code, isinstance(kept, FileNotFoundError), repr(kept))
