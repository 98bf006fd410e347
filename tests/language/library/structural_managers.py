# A class with the methods of a context manager counts as one.
from contextlib import AbstractAsyncContextManager, AbstractContextManager, closing, contextmanager, nullcontext


class Scratch:
    def __enter__(self):
        return ext(1)

    def __exit__(self, *args):
        return None


class NoExit(Scratch):
    __exit__ = None


class Default(AbstractContextManager):
    def __exit__(self, *args):
        super().__exit__(*args)


class Missing(AbstractContextManager):
    pass


class Asynchronous:
    async def __aenter__(self): ...

    async def __aexit__(self, *args): ...


@contextmanager
def made():
    yield ext(2)


print([issubclass(cls, AbstractContextManager) for cls in (Scratch, NoExit, Default, Missing, int, Asynchronous, nullcontext)])
print([issubclass(cls, AbstractAsyncContextManager) for cls in (Scratch, Asynchronous, int)])
print(isinstance(Scratch(), AbstractContextManager), isinstance(made(), AbstractContextManager), isinstance(5, AbstractContextManager))
print(isinstance(closing(Scratch()), AbstractContextManager), Default.__mro__[1:])
with Scratch() as one, made() as two, Default() as three:
    print(one, two, type(three))
try:
    Missing()
except TypeError as error:
    print(type(error).__name__)
ext(isinstance(Default(), AbstractContextManager))
