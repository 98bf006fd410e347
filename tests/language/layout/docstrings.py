"""The script's own docstring is a statement."""


def f():
    """A docstring."""
    return ext(1)


def g():
    "only a docstring"


def h(): ...


print(f(), g(), h())
'the last string is the output'
