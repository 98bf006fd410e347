"""`@dataclass`: collect the fields of a class and give it the methods that CPython would.

The steps are those of CPython's `dataclasses._process_class`, with its texts of errors. The methods are functions of the
script language (see `runtime/dataclass_source.py`), set past the guard of script classes.
"""

from __future__ import annotations

import sys
from types import FunctionType, MemberDescriptorType
from typing import Any, Final

from monty_flow.interpreter.modules.class_slots import with_slots
from monty_flow.interpreter.modules.generating import generated_method
from monty_flow.interpreter.runtime.abstract import AbstractType, set_abstract_names
from monty_flow.interpreter.runtime.attributes import Access, access_of
from monty_flow.interpreter.runtime.classes import MATCH_ARGS, SCRIPT_TYPES, may_match
from monty_flow.interpreter.runtime.dataclass_fields import (
    CLASS_VARIABLE,
    FIELDS,
    HAS_FACTORY,
    INIT_VARIABLE,
    MISSING,
    NO_METADATA,
    PARAMS,
    PLAIN,
    Field,
    Params,
    annotation_kind,
    make_field,
    update_field,
)
from monty_flow.interpreter.runtime.dataclass_source import (
    BY_KEYWORD,
    CALLED_FACTORY,
    DEFAULT,
    FACTORY,
    FROZEN,
    INIT_VAR,
    MAX_FIELDS,
    ONE_BY_ONE,
    POST_INIT,
    REQUIRED,
    STOPPING,
    UNASKED,
    UNASKED_CALLED,
    UNASKED_DEFAULT,
    WITH_DEFAULT,
    check_name,
)
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.text import repr_of

_set: Final = type.__setattr__
_delete: Final = type.__delattr__
#: Factories that are called as they are: making one empty is harmless and cannot stop.
_PLAIN_FACTORIES: Final = frozenset(
    {list, dict, set, tuple, frozenset, str, int, float, bool, bytes, bytearray, object}
)
#: From 3.13 on CPython compares field by field.
_ONE_BY_ONE: Final = sys.version_info >= (3, 13)


class ClassMaker:
    """Make one class a dataclass."""

    def __init__(self, run: Run, cls: Any, params: Params) -> None:
        if type(cls) not in SCRIPT_TYPES:
            raise TypeError('a dataclass must be a class of the script')
        self.run = run
        self.cls = cls
        self.params: Any = params
        self.fields: dict[str, Field] = {}

    def make(self) -> Any:
        """Process the class as its parameters say; return it."""
        cls, params = self.cls, self.params
        own = vars(cls)
        any_frozen, all_frozen, has_bases = self._inherited()
        self._own_fields(own)
        if has_bases:
            if any_frozen and not params.frozen:
                raise TypeError('cannot inherit non-frozen dataclass from a frozen one')
            if all_frozen is False and params.frozen:
                raise TypeError('cannot inherit frozen dataclass from a non-frozen one')
        _set(cls, FIELDS, self.fields)
        _set(cls, PARAMS, self.params)
        if params.weakref_slot and not params.slots:
            raise TypeError('weakref_slot is True but slots is False')
        has_explicit_hash = not (
            (hash_ := own.get('__hash__', MISSING)) is MISSING or (hash_ is None and '__eq__' in own)
        )
        if params.order and not params.eq:
            raise ValueError('eq must be true if order is true')
        self._add_methods(own)
        self._add_hash(has_explicit_hash)
        if params.match_args and MATCH_ARGS not in own:
            names = tuple(field.name for field in self._parameters() if not field.kw_only)
            if may_match((cls,), names):
                _set(cls, MATCH_ARGS, names)
        if not getattr(cls, '__doc__', None):
            _set(cls, '__doc__', self._signature())
        if params.slots:
            self.cls = cls = with_slots(cls, [field.name for field in self._plain()])
        if isinstance(cls, AbstractType):
            set_abstract_names(cls)
        return cls

    # Fields

    def _inherited(self) -> tuple[bool, bool | None, bool]:
        any_frozen, all_frozen, has_bases = False, None, False
        for base in self.cls.__mro__[-1:0:-1]:
            fields = vars(base).get(FIELDS)
            if fields is None:
                continue
            has_bases = True
            for field in fields.values():
                self.fields[field.name] = field
            frozen = vars(base)[PARAMS].frozen
            all_frozen = frozen if all_frozen is None else all_frozen and frozen
            any_frozen = any_frozen or frozen
        return any_frozen, all_frozen, has_bases

    def _own_fields(self, own: Any) -> None:
        cls = self.cls
        annotations: dict[str, Any] = own.get('__annotations__', {})
        by_keyword = self.params.kw_only
        seen_marker = False
        found: list[Field] = []
        for name, annotation in annotations.items():
            kind = annotation_kind(annotation)
            if kind == 'KW_ONLY':
                if seen_marker:
                    raise TypeError(f'{name!r} is KW_ONLY, but KW_ONLY has already been specified')
                seen_marker = by_keyword = True
                continue
            found.append(self._field(name, annotation, kind, by_keyword))
        if len(self.fields) + len(found) > MAX_FIELDS:
            raise TypeError(f'a dataclass has more than {MAX_FIELDS} fields')
        for field in found:
            self.fields[field.name] = field
            if type(own.get(field.name)) is Field:
                hook = getattr(type(field.default), '$__set_name__', None)
                if hook is not None:
                    hook(field.default, cls, field.name)
                if field.default is MISSING:
                    _delete(cls, field.name)
                else:
                    _set(cls, field.name, field.default)
        for name, value in list(own.items()):
            if type(value) is Field and name not in annotations:
                raise TypeError(f'{name!r} is a field but has no type annotation')

    def _field(self, name: str, annotation: Any, kind: str, by_keyword: bool) -> Field:
        _check_field_name(name)
        default = getattr(self.cls, name, MISSING)
        if type(default) is Field:
            field = default
        else:
            if type(default) is MemberDescriptorType:
                default = MISSING
            field = make_field(None, None, default, MISSING, True, True, None, True, NO_METADATA, MISSING, None)
        update_field(field, name=name, type=annotation, _field_type=kind)
        if kind in (CLASS_VARIABLE, INIT_VARIABLE) and field.default_factory is not MISSING:
            raise TypeError(f'field {name} cannot have a default factory')
        if kind in (PLAIN, INIT_VARIABLE):
            if field.kw_only is MISSING:
                update_field(field, kw_only=by_keyword)
        elif field.kw_only is not MISSING:
            raise TypeError(f'field {name} is a ClassVar but specifies kw_only')
        if kind == PLAIN and type(field.default).__hash__ is None:
            raise ValueError(
                f'mutable default {type(field.default)} for field {name} is not allowed: use default_factory'
            )
        return field

    def _plain(self) -> list[Field]:
        return [field for field in self.fields.values() if field._field_type == PLAIN]

    def _parameters(self) -> list[Field]:
        return [field for field in self.fields.values() if field.init and field._field_type != CLASS_VARIABLE]

    # Methods

    def _add_methods(self, own: Any) -> None:
        params, plain = self.params, self._plain()
        if params.init:
            self._add_init(own)
        if params.repr and '__repr__' not in own:
            self._add('__repr__', self._stopping('__repr__'), [f for f in plain if f.repr])
        compared = [field for field in plain if field.compare]
        if params.eq and '__eq__' not in own:
            flags = self._stopping('__eq__', '__ne__')
            flags += ONE_BY_ONE if flags or _ONE_BY_ONE else ''
            self._add('__eq__', flags, compared)
        if params.order:
            for name in ('__lt__', '__le__', '__gt__', '__ge__'):
                if name in own:
                    raise TypeError(
                        f'Cannot overwrite attribute {name} in class {self.cls.__name__}.'
                        ' Consider using functools.total_ordering'
                    )
                self._add(name, '', compared)
        if params.frozen:
            names = tuple(field.name for field in plain)
            for name in ('__setattr__', '__delattr__'):
                if name in own:
                    raise TypeError(f'Cannot overwrite attribute {name} in class {self.cls.__name__}')
                self._add(name, '', [], {'cls': self.cls, 'names': names})

    def _stopping(self, *methods: str) -> str:
        """Return the flag of a method that may stop because a method of a field's value may."""
        return STOPPING if not self.run.program.stopping_methods.isdisjoint(methods) else ''

    def _add_init(self, own: Any) -> None:
        seen_default: Field | None = None
        for field in self._parameters():
            if field.kw_only:
                continue
            if field.default is not MISSING or field.default_factory is not MISSING:
                seen_default = field
            elif seen_default is not None:
                raise TypeError(
                    f'non-default argument {field.name!r} follows default argument'
                    + (f' {seen_default.name!r}' if sys.version_info >= (3, 13) else '')
                )
        flags = FROZEN if self.params.frozen else ''
        captured: dict[str, Any] = {}
        listed: list[tuple[str, str]] = []
        defaults: list[Any] = []
        by_keyword: dict[str, Any] = {}
        can_stop = self.run.program.can_stop
        stops = False
        for field in self.fields.values():
            if field._field_type == CLASS_VARIABLE:
                continue
            kind = _init_kind(field, can_stop, self.params.slots)
            if kind is None:
                continue
            stops = stops or kind in (CALLED_FACTORY, UNASKED_CALLED)
            if kind in (FACTORY, CALLED_FACTORY, UNASKED, UNASKED_CALLED):
                captured[field.name] = field.default_factory
            elif kind == UNASKED_DEFAULT:
                captured[field.name] = field.default
            default = HAS_FACTORY if field.default_factory is not MISSING else field.default
            if field.init and default is not MISSING:
                if field.kw_only:
                    by_keyword[field.name] = default
                else:
                    defaults.append(default)
            listed.append((field.name, kind + (BY_KEYWORD if field.init and field.kw_only else '')))
        if getattr(self.cls, '__post_init__', MISSING) is not MISSING:
            flags += POST_INIT
            stops = stops or can_stop
        function = self._function('__init__', flags + (STOPPING if stops else ''), listed, captured)
        function.__defaults__ = tuple(defaults) or None
        function.__kwdefaults__ = by_keyword or None
        if '__init__' not in own:
            _set(self.cls, '__init__', function)

    def _add(self, name: str, flags: str, fields: list[Field], captured: dict[str, Any] | None = None) -> None:
        made = self._function(name, flags, [(field.name, REQUIRED) for field in fields], captured or {})
        _set(self.cls, name, made)

    def _function(self, name: str, flags: str, fields: list[tuple[str, str]], captured: dict[str, Any]) -> FunctionType:
        return generated_method(self.run, name, flags, fields, captured, self.cls.__qualname__)

    def _add_hash(self, has_explicit_hash: bool) -> None:
        params = self.params
        key = (bool(params.unsafe_hash), bool(params.eq), bool(params.frozen), has_explicit_hash)
        action = _HASH_ACTIONS.get(key)
        if action == 'none':
            _set(self.cls, '__hash__', None)
        elif action == 'add':
            used = [f for f in self._plain() if (f.compare if f.hash is None else f.hash)]
            self._add('__hash__', self._stopping('__hash__'), used)
        elif action == 'raise':
            raise TypeError(f'Cannot overwrite attribute __hash__ in class {self.cls.__name__}')

    def _signature(self) -> str:
        shown: list[str] = []
        parameters = self._parameters()
        ordered = [field for field in parameters if not field.kw_only]
        keywords = [field for field in parameters if field.kw_only]
        for field in [*ordered, *([None] if keywords else []), *keywords]:
            if field is None:
                shown.append('*')
                continue
            default = '<factory>' if field.default_factory is not MISSING else None
            if default is None and field.default is not MISSING:
                default = repr_of(field.default)
            text = f'{field.name}: {_annotation_text(field.type)}'
            shown.append(text if default is None else f'{text} = {default}')
        return f'{self.cls.__name__}({", ".join(shown)})'


def _init_kind(field: Field, can_stop: bool, slots: bool) -> str | None:
    """Return how `__init__` gets the value of a field; None where it leaves the field alone."""
    if field.default_factory is not MISSING:
        plain = not can_stop or field.default_factory in _PLAIN_FACTORIES
        if field.init:
            return FACTORY if plain else CALLED_FACTORY
        return UNASKED if plain else UNASKED_CALLED
    if not field.init:
        # With slots, the class has no attribute that the instance could show.
        return UNASKED_DEFAULT if slots and field.default is not MISSING else None
    if field._field_type == INIT_VARIABLE:
        return INIT_VAR + ('' if field.default is MISSING else WITH_DEFAULT)
    return REQUIRED if field.default is MISSING else DEFAULT


def _check_field_name(name: str) -> None:
    try:
        check_name(name)
    except ValueError as error:
        raise TypeError(str(error)) from None
    access, reason = access_of(name)
    if access is Access.REFUSED:
        raise TypeError(f"the field '{name}' is refused: {reason}")


def _annotation_text(annotation: Any) -> str:
    if type(annotation) is str:
        return annotation
    if isinstance(annotation, type):
        return annotation.__qualname__
    return str(annotation)


#: (unsafe_hash, eq, frozen, has explicit hash) -> what happens to `__hash__`.
_HASH_ACTIONS: Final[dict[tuple[bool, bool, bool, bool], str]] = {
    (False, True, False, False): 'none',
    (False, True, True, False): 'add',
    **{(True, eq, frozen, False): 'add' for eq in (False, True) for frozen in (False, True)},
    **{(True, eq, frozen, True): 'raise' for eq in (False, True) for frozen in (False, True)},
}
