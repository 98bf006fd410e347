"""Built-in containers, texts and numbers as bases of script classes: making an instance pays as calling the built-in does.

A call of a script's class goes to `__new__` and `__init__` of its native base in C, where no guard stands: `L(range(10 ** 9))` would be
made whole, and `S(print)` would show an address. So a class derives from a stand-in that serves these two, and whose
other attributes are the built-in's. Scripts, `__bases__` and snapshots know it as the built-in.

The run that pays is the one that computes in this thread; without one (a snapshot is being loaded) the built-in makes the value.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, ClassVar, Final

from monty_flow.interpreter.runtime import watch
from monty_flow.interpreter.runtime.classes import PAYING_BASES, STAND_IN
from monty_flow.interpreter.runtime.growth import FEW
from monty_flow.interpreter.runtime.immutable import Immutable
from monty_flow.interpreter.runtime.metering import FREE, SIZED

#: Return the guarded built-ins of a run; `builtins` puts its own here.
BUILTINS_OF: list[Callable[[Any], Any]] = []


def paid(base: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return what to give to a built-in for the arguments of a script: they were paid for, and are what it would make."""
    run = watch.current()
    if run is None or not args:
        return args, kwargs
    source = args[0]
    if type(source) is str and base is str and len(source) > FEW:
        # The instance is a copy.
        run.reserve(source.__sizeof__())
    if type(source) is base if base in _TEXTS else type(source) in SIZED and len(source) <= FREE and base is not bytes:
        return args, kwargs
    builtins = BUILTINS_OF[0](run)
    if base in _FILLED:
        return (builtins.methods.filling(base, args[0]), *args[1:]), kwargs
    # What the guarded built-in gives is of the exact type, and small or paid for; the instance is a copy of it.
    made = getattr(builtins, f'b_{base.__name__}')(*args, **kwargs)
    if base is not int and len(made) > FEW:
        run.reserve(made.__sizeof__())
    return (made,), {}


class Making(Immutable):
    """`__new__` of the stand-in of an immutable type."""

    __slots__ = ('_base',)
    _base: Any
    script_type_name: ClassVar[str] = 'builtin_function_or_method'

    def __init__(self, base: Any) -> None:
        object.__setattr__(self, '_base', base)

    def __call__(self, cls: Any, /, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = paid(self._base, args, kwargs)
        return self._base.__new__(cls, *args, **kwargs)

    def __repr__(self) -> str:
        return f'<built-in method __new__ of type object {self._base.__name__}>'


class Filling(Immutable):
    """`__init__` of the stand-in of a container, found on a class."""

    __slots__ = ('_base',)
    _base: Any
    script_type_name: ClassVar[str] = 'wrapper_descriptor'

    def __init__(self, base: Any) -> None:
        object.__setattr__(self, '_base', base)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __call__(self, instance: Any, /, *args: Any, **kwargs: Any) -> None:
        args, kwargs = paid(self._base, args, kwargs)
        self._base.__init__(instance, *args, **kwargs)

    def __repr__(self) -> str:
        return f"<slot wrapper '__init__' of '{self._base.__name__}' objects>"


_TEXTS: Final = (str, int)
_FILLED: Final = (list, set, dict, bytearray)
_MADE: Final = (str, bytes, int, tuple, frozenset)


def _stand_in(base: Any, name: str, method: Any) -> type:
    return type(base.__name__, (base,), {'__slots__': (), '__module__': 'builtins', name: method, STAND_IN: base})


_base: Any
for _base in _FILLED:
    PAYING_BASES[_base] = _stand_in(_base, '__init__', Filling(_base))
for _base in _MADE:
    PAYING_BASES[_base] = _stand_in(_base, '__new__', Making(_base))
