"""What the generated methods of dataclasses ask of the runtime, by the names under which their code loads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES
from monty_flow.interpreter.runtime.dataclass_fields import HAS_FACTORY
from monty_flow.interpreter.runtime.immutable import FrozenType
from monty_flow.interpreter.runtime.run import Run

#: Modules whose use makes generated methods.
GENERATING: Final = frozenset({'dataclasses'})


#: What puts the helpers of generated methods into the globals of a run.
BINDERS: Final[list[Callable[[Run], None]]] = []
#: What gives the library modules of a run.
LIBRARY_GETTERS: Final[list[Callable[[Run], Any]]] = []


class FrozenInstanceError(AttributeError, metaclass=FrozenType):
    """Tell that a field of a frozen instance was assigned or deleted."""

    __module__ = 'dataclasses'


def frozen_error(text: str, name: Any) -> FrozenInstanceError:
    """Return the error for a name that cannot be assigned or deleted."""
    return FrozenInstanceError(f'{text}{name!r}' if type(name) is str else text.rstrip())


def check_own(obj: Any) -> None:
    """Refuse an object that is no instance of a script's class: what follows goes past every guard of attributes."""
    if type(type(obj)) not in SCRIPT_TYPES:
        raise TypeError('__init__() of a frozen dataclass needs an instance of a class of the script')


def _check_above(cls: Any, obj: Any, name: Any) -> None:
    check_own(obj)
    if type(cls) not in SCRIPT_TYPES or type(name) is not str or name.startswith(('__', '$')):
        raise AttributeError('the attribute is refused: no script can set it')


def set_above(cls: Any, obj: Any, name: Any, value: Any) -> None:
    """Do `super(cls, obj).__setattr__(name, value)`."""
    _check_above(cls, obj, name)
    super(cls, obj).__setattr__(name, value)


def delete_above(cls: Any, obj: Any, name: Any) -> None:
    """Do `super(cls, obj).__delattr__(name)`."""
    _check_above(cls, obj, name)
    super(cls, obj).__delattr__(name)


def class_name(obj: Any) -> str:
    """Return the qualified name of an object's class."""
    return type(obj).__qualname__


GENERATED_STATIC: Final[dict[str, Any]] = {
    '$factory': HAS_FACTORY,
    '$own': check_own,
    '$object_set': object.__setattr__,
    '$NotImplemented': NotImplemented,
    '$tuple_new': tuple.__new__,
    '$class_name': class_name,
    '$frozen': frozen_error,
    '$set_above': set_above,
    '$delete_above': delete_above,
}
#: Everything that the code of a generated method may load.
GENERATED_HELPERS: Final = frozenset(GENERATED_STATIC) | frozenset(
    '$showing $shown $b.hash $type $int $format_value $add $in $attribute $script_attribute $set_attribute $bool'
    ' $stoppable $p.construct $len $joined'.split()
)
