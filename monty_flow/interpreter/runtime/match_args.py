"""What positional patterns read: `case C(a, b)` reads the attributes that `C.__match_args__` names, natively and of whatever counts as a C.

CPython asks the class for the names each time a pattern is tried. What a script puts there is kept under a hidden name, and their
metaclass answers: with a tuple of names that patterns may read of instances of that very class as it is now, whatever it inherits.
Where a class counts other values as its instances (a hook, `register`, a protocol), `check_claim` looks at these in the same way.
"""

from __future__ import annotations

from typing import Any

from monty_flow.interpreter.runtime.classes import JUDGED, MATCH_ARGS, SHARED, ScriptType, may_match


def names_to_match(cls: Any) -> Any:
    """Return the names that a pattern reads of instances of a script's class; what is no tuple is left to CPython, which refuses it."""
    own = cls.__dict__
    known = own.get(JUDGED)
    if known is not None and known[0] is own.get(MATCH_ARGS) and known[1] is cls.__mro__:
        return known[0]
    names = _stored(cls)
    if names is None:
        raise AttributeError(f"type object '{cls.__name__}' has no attribute '__match_args__'")
    if known is None or known[0] is not names or known[1] is not cls.__mro__:
        _refuse_unless(cls, cls, names)
        if cls not in SHARED:
            type.__setattr__(cls, JUDGED, (names, cls.__mro__))
    return names


def check_claim(cls: type, value: Any) -> None:
    """Refuse that a value counts as an instance of a class whose patterns would read of it what scripts do not read natively."""
    if cls not in type(value).__mro__:
        _refuse_unless(cls, type(value), _stored(cls))


def _stored(cls: type) -> Any:
    for base in cls.__mro__:
        if MATCH_ARGS in base.__dict__:
            return base.__dict__[MATCH_ARGS]
    return None


def _refuse_unless(cls: type, kind: type, names: Any) -> None:
    if type(names) is not tuple:
        return
    for name in names:
        if type(name) is str and not may_match((kind,), (name,)):
            raise TypeError(
                f"__match_args__ of '{cls.__name__}' cannot name '{name}', which a pattern would read unseen"
            )


def install() -> None:
    """Let the metaclass of script classes answer."""
    type.__setattr__(ScriptType, '__match_args__', property(names_to_match))
