"""What is known of a dataclass: its fields and its options, as scripts may look at them."""

from __future__ import annotations

import types
from typing import Any, ClassVar, Final, NoReturn

from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES, STRUCTURE
from monty_flow.interpreter.runtime.text import repr_of

#: How the identities of generated methods begin.
PREFIX: Final = 'dataclass'
#: Entries of a class's namespace that `@dataclass` makes.
FIELDS: Final = '__dataclass_fields__'
PARAMS: Final = '__dataclass_params__'


class Sentinel:
    """A value that stands for itself alone."""

    __slots__ = ('_shown',)
    _shown: str
    script_type_name: ClassVar[str] = 'sentinel'

    def __init__(self, shown: str) -> None:
        object.__setattr__(self, '_shown', shown)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"'{self._shown}' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"'{self._shown}' object has no attribute '{name}'")

    def __repr__(self) -> str:
        return self._shown


MISSING: Final = Sentinel('<dataclasses._MISSING_TYPE object>')
KW_ONLY: Final = Sentinel('<dataclasses._KW_ONLY_TYPE object>')
#: The default of a parameter of `__init__` whose field has a factory.
HAS_FACTORY: Final = Sentinel('<factory>')

#: What a field is: a value of the instance, of the class, or a parameter that is handed to `__post_init__`.
PLAIN, CLASS_VARIABLE, INIT_VARIABLE = '_FIELD', '_FIELD_CLASSVAR', '_FIELD_INITVAR'

#: The attributes of a field, in the order in which CPython shows them.
ATTRIBUTES: Final = (
    'name', 'type', 'default', 'default_factory', 'init', 'repr', 'hash', 'compare', 'metadata', 'kw_only',
    '_field_type',
)  # fmt: skip
_OPTIONS: Final = (
    'init', 'repr', 'eq', 'order', 'unsafe_hash', 'frozen', 'match_args', 'kw_only', 'slots', 'weakref_slot',
)  # fmt: skip


class Field:
    """One field; what a script reads of it cannot be set from there."""

    __slots__ = ATTRIBUTES
    script_type_name: ClassVar[str] = 'Field'

    name: Any
    type: Any
    default: Any
    default_factory: Any
    init: bool
    repr: bool
    hash: Any
    compare: bool
    metadata: Any
    kw_only: Any
    _field_type: Any

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"'Field' object attribute '{name}' is read-only")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"'Field' object attribute '{name}' is read-only")

    def __set_name__(self, owner: Any, name: str) -> None:
        hook = getattr(type(self.default), '__set_name__', None)
        if hook is not None:
            hook(self.default, owner, name)

    def __repr__(self) -> str:
        shown = ','.join(f'{name}={_shown(getattr(self, name))}' for name in ATTRIBUTES if name != '_field_type')
        return f'Field({shown},_field_type={self._field_type})'


def _shown(value: Any) -> str:
    return f'mappingproxy({repr_of(dict(value))})' if type(value) is types.MappingProxyType else repr_of(value)


NO_METADATA: Final[types.MappingProxyType[Any, Any]] = types.MappingProxyType({})


def make_field(*values: Any) -> Field:
    """Return a field with these attributes, in their order."""
    field = Field()
    for name, value in zip(ATTRIBUTES, values, strict=True):
        object.__setattr__(field, name, value)
    return field


def update_field(field: Field, **values: Any) -> Field:
    """Set attributes of a field; for the machinery alone."""
    for name, value in values.items():
        object.__setattr__(field, name, value)
    return field


def field_values(field: Field) -> tuple[Any, ...]:
    """Return what `make_field` takes, for a snapshot."""
    return tuple(getattr(field, name) for name in ATTRIBUTES)


class Params:
    """The options that a class was decorated with."""

    __slots__ = _OPTIONS
    script_type_name: ClassVar[str] = '_DataclassParams'

    def __init__(self, *values: bool) -> None:
        for name, value in zip(_OPTIONS, values, strict=True):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"'_DataclassParams' object attribute '{name}' is read-only")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"'_DataclassParams' object attribute '{name}' is read-only")

    def __repr__(self) -> str:
        return f'_DataclassParams({",".join(f"{name}={getattr(self, name)!r}" for name in _OPTIONS)})'


def params_values(params: Params) -> tuple[Any, ...]:
    """Return what `Params` takes, for a snapshot."""
    return tuple(getattr(params, name) for name in _OPTIONS)


def annotation_kind(annotation: Any) -> str:
    """Return what a class-level annotation makes of its name; annotations may be kept as text."""
    if type(annotation) is str:
        head = annotation.strip('\'"').partition('[')[0].strip().rpartition('.')[2]
        return _BY_NAME.get(head, PLAIN)
    name = getattr(annotation, '__name__', '')
    if annotation is KW_ONLY:
        return 'KW_ONLY'
    if type(annotation) is InitVar or name == 'ClassVar':
        return _BY_NAME.get(name, PLAIN)
    return PLAIN


_BY_NAME: Final = {'ClassVar': CLASS_VARIABLE, 'InitVar': INIT_VARIABLE, 'KW_ONLY': 'KW_ONLY'}


class InitVar:
    """`InitVar`, or `InitVar[type]`."""

    __slots__ = ('__name__', 'type')
    script_type_name: ClassVar[str] = 'InitVar'
    __name__: str
    type: Any

    def __init__(self, kind: Any = MISSING) -> None:
        object.__setattr__(self, '__name__', 'InitVar')
        object.__setattr__(self, 'type', kind)

    def __call__(self, type: Any) -> InitVar:
        return InitVar(type)

    def __getitem__(self, kind: Any) -> InitVar:
        return InitVar(kind)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"'InitVar' object attribute '{name}' is read-only")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"'InitVar' object attribute '{name}' is read-only")

    def __repr__(self) -> str:
        if self.type is MISSING:
            return "<class 'dataclasses.InitVar'>"
        shown = self.type.__name__ if isinstance(self.type, type) else repr_of(self.type)
        return f'dataclasses.InitVar[{shown}]'


INIT_VAR_TYPE: Final = InitVar()


STRUCTURE[FIELDS] = dict
STRUCTURE[PARAMS] = Params


def fields_of(value: Any) -> dict[str, Field] | None:
    """Return the fields of a dataclass or of an instance of one, None for anything else."""
    cls = value if type(value) in SCRIPT_TYPES else type(value)
    found = getattr(cls, FIELDS, None) if type(cls) in SCRIPT_TYPES else None
    return found if type(found) is dict else None


def replaced(instance: Any, changes: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments with which a changed copy of an instance is made."""
    fields = None if type(instance) in SCRIPT_TYPES else fields_of(instance)
    if fields is None:
        raise TypeError('replace() should be called on dataclass instances')
    for field in fields.values():
        if field._field_type == CLASS_VARIABLE:
            continue
        if not field.init:
            if field.name in changes:
                raise ValueError(
                    f'field {field.name} is declared with init=False, it cannot be specified with replace()'
                )
            continue
        if field.name not in changes:
            if field._field_type == INIT_VARIABLE and field.default is MISSING:
                raise ValueError(f'InitVar {field.name!r} must be specified with replace()')
            changes[field.name] = getattr(instance, field.name)
    return changes
