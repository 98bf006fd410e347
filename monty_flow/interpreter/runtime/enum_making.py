"""Make an enumeration of what a class body binds, or of what the functional interface is given.

`Notes` sees each assignment of the body when it is made (the compiler hands it over, see `compiler/classdefs.py`), so
that `auto()` has its value at once and a name is a member only once, as under the namespace that CPython prepares.
Nothing here stops: a pause in `__new__`, `__init__` or `_generate_next_value_` is an error.
"""

from __future__ import annotations

from typing import Any, Final

from monty_flow.interpreter.runtime.classes import (
    BODY_PREFIX,
    SCRIPT_TYPES,
    ScriptRoot,
    check_member,
    checked_bases,
    enumeration_bases,
    finish_class,
    stored_name,
)
from monty_flow.interpreter.runtime.classes import (
    MAKERS as CLASS_MAKERS,
)
from monty_flow.interpreter.runtime.enum_base import (
    EMPTY,
    MAKERS,
    Boundary,
    EnumType,
    MemberValue,
    ReprEnum,
)
from monty_flow.interpreter.runtime.enum_flags import NO_BITS, Flag, is_single_bit
from monty_flow.interpreter.runtime.text import repr_of

#: Names with one underscore at each end that a body may bind.
_SUNDERS: Final = frozenset(
    {'_order_', '_generate_next_value_', '_numeric_repr_', '_missing_', '_ignore_', '_iter_member_',
     '_iter_member_by_value_', '_iter_member_by_def_', '_add_alias_', '_add_value_alias_', '_value_', '_name_'}
)  # fmt: skip
_FLAG_METHODS: Final = ('__or__', '__and__', '__xor__', '__ror__', '__rand__', '__rxor__', '__invert__')
#: Members of one enumeration.
MAX_MEMBERS: Final = 10_000


class Auto:
    """What `auto()` gives: a value that is found when a name is bound to it."""

    __slots__ = ('value',)
    script_type_name: Final = 'auto'

    def __init__(self, value: Any = None) -> None:
        self.value = _AUTO if value is None else value

    def __repr__(self) -> str:
        return 'auto()' if self.value is _AUTO else f'auto({repr_of(self.value)})'


_AUTO: Final[Any] = object()


class Marked:
    """What `member(value)` and `nonmember(value)` give."""

    __slots__ = ('is_member', 'value')
    script_type_name: Final = 'member'

    def __init__(self, value: Any, is_member: bool) -> None:
        self.value = value
        self.is_member = is_member


def _is_dunder(name: str) -> bool:
    return len(name) > 4 and name[:2] == name[-2:] == '__' and name[2] != '_' and name[-3] != '_'


def _is_sunder(name: str) -> bool:
    return len(name) > 2 and name[0] == name[-1] == '_' and name[1:2] != '_' and name[-2:-1] != '_'


def _is_descriptor(value: Any) -> bool:
    kind = type(value)
    return hasattr(kind, '__get__') or hasattr(kind, '__set__') or hasattr(kind, '__delete__')


class Notes:
    """The names that the body of one enumeration has bound so far."""

    __slots__ = ('bases', 'finish', 'generate', 'ignored', 'last_values', 'members', 'name', 'names')

    def __init__(self, name: str, bases: tuple[Any, ...]) -> None:
        self.name = name
        self.bases = bases
        #: What makes the members, once the class is there.
        self.finish: Any = None
        _check_bases(name, bases)
        self.generate: Any = bases[-1]._generate_next_value_
        self.ignored: list[str] = []
        self.members: dict[str, Any] = {}
        self.last_values: list[Any] = []
        #: Every name that was bound, members or not.
        self.names: dict[str, Any] = {}

    def bind(self, name: str, value: Any) -> Any:
        """Note that a name is bound; return the value that it gets."""
        if name.startswith(f'_{self.name.lstrip("_")}__'):
            pass
        elif _is_sunder(name):
            if name not in _SUNDERS:
                raise ValueError(f'_sunder_ names, such as {name!r}, are reserved for future Enum use')
            if name == '_generate_next_value_':
                self.generate = value.__func__ if type(value) in (staticmethod, classmethod) else value
            elif name == '_ignore_':
                self.ignored = list(value.replace(',', ' ').split() if isinstance(value, str) else value)
                already = set(self.ignored) & set(self.members)
                if already:
                    raise ValueError(f'_ignore_ cannot specify already set names: {already!r}')
        elif _is_dunder(name) or name in self.ignored:
            pass
        elif name in self.members:
            raise TypeError(f'{name!r} already defined as {repr_of(self.members[name])}')
        elif type(value) is Marked and not value.is_member:
            value = value.value
        elif type(value) is Marked or not (_is_descriptor(value) or isinstance(value, type)):
            value = self._member(name, value.value if type(value) is Marked else value)
        self.names[name] = value
        return value

    def _member(self, name: str, value: Any) -> Any:
        if name in self.names:
            raise TypeError(f'{name!r} already defined as {repr_of(self.names[name])}')
        if type(value) is Auto:
            value = self._next(name, value)
        elif type(value) is tuple and any(type(item) is Auto for item in value):
            value = tuple([self._next(name, item) if type(item) is Auto else item for item in value])
        self.members[name] = value
        self.last_values.append(value)
        if len(self.members) > MAX_MEMBERS:
            raise ValueError(f'an enumeration has more than {MAX_MEMBERS} members')
        return value

    def _next(self, name: str, auto: Auto) -> Any:
        if auto.value is _AUTO:
            auto.value = self.generate(name, 1, len(self.members), self.last_values[:])
        return auto.value


def notes_of(name: str, bases: tuple[Any, ...]) -> Notes | None:
    """Return what is to be told of the bindings of a class body; None where the class is no enumeration."""
    return Notes(name, bases) if any(type(base) is EnumType for base in bases) else None


def note_binding(notes: Notes | None, name: str, value: Any) -> Any:
    """Return the value that a name of a class body is bound to."""
    return value if notes is None else notes.bind(name, value)


def _check_bases(name: str, bases: tuple[Any, ...]) -> None:
    for chain in bases:
        for base in chain.__mro__:
            if type(base) is EnumType and base._member_names_:
                raise TypeError(f'<enum {name!r}> cannot extend {base!r}')
    if type(bases[-1]) is not EnumType:
        raise TypeError('new enumerations should be created as `EnumName([mixin_type, ...] [data_type,] enum_type)`')


def _data_type(name: str, bases: tuple[Any, ...]) -> Any:
    """Return the type that the values of members are of."""
    found: list[Any] = []
    for chain in bases:
        candidate = None
        for base in chain.__mro__:
            if base is object or base is ScriptRoot:
                continue
            if type(base) is EnumType:
                if base._member_type_ is not object:
                    found.append(base._member_type_)
                    break
            elif '__new__' in vars(base) or '__dataclass_fields__' in vars(base):
                found.append(candidate or base)
                break
            else:
                candidate = candidate or base
    kinds = list(dict.fromkeys(found))
    if len(kinds) > 1:
        raise TypeError(f'too many data types for {name!r}: {set(kinds)!r}')
    return kinds[0] if kinds else object


def make_enum(name: str, qualname: str, bases: tuple[Any, ...], keywords: dict[str, Any], names: dict[str, Any]) -> Any:
    """Return the enumeration of a `class` statement; `names` are the locals of its body's function."""
    given = names.get('$notes')
    notes = given if type(given) is Notes else Notes(name, bases)
    namespace = {key[1:]: value for key, value in names.items() if key.startswith(BODY_PREFIX)}
    for key in list(namespace):
        if key not in notes.names:
            namespace[key] = notes.bind(key, namespace[key])
    cls = build_enum(name, qualname, bases, keywords, notes, namespace, names.get('$annotations'))
    if notes is not given:
        notes.finish()
    return cls


def build_enum(
    name: str,
    qualname: str,
    bases: tuple[Any, ...],
    keywords: dict[str, Any],
    notes: Notes,
    namespace: dict[str, Any],
    annotations: Any = None,
) -> Any:
    """Make the class; `notes.finish` makes its members in their order, and runs the hooks."""
    boundary = keywords.pop('boundary', None)
    if boundary is not None and type(boundary) is not Boundary:
        raise TypeError('boundary must be STRICT, CONFORM, EJECT or KEEP')
    checked_bases(bases)
    for key, value in namespace.items():
        check_member(key, value, bases)
    invalid = {'mro', ''} & set(notes.members)
    if invalid:
        raise ValueError(f'invalid enum member name(s) {",".join(map(repr, invalid))}')
    order = namespace.pop('_order_', None)
    body = {
        key: value
        for key, value in namespace.items()
        if key not in notes.members and key != '__slots__' and key not in notes.ignored and key != '_ignore_'
    }
    member_type = _data_type(name, bases)
    new_member, use_args = _new_of(body, member_type, bases[-1])
    if '_generate_next_value_' in body and type(body['_generate_next_value_']) is not staticmethod:
        body['_generate_next_value_'] = staticmethod(notes.generate)
    state: dict[str, Any] = {key: make() for key, make in EMPTY.items()}
    state |= {'_member_type_': member_type, '_value_repr_': _data_repr(bases), '_use_args_': use_args}
    first = bases[-1]
    if issubclass(first, Flag):
        state |= {**NO_BITS, '_flag_order_': [], '_boundary_': boundary or first._boundary_}
    stored = {stored_name(key): value for key, value in body.items()}
    namespace_made = {**stored, **state, '__module__': '__main__', '__qualname__': qualname}
    if annotations:
        namespace_made['__annotations__'] = annotations
    save_new = '__new__' in body
    if save_new:
        namespace_made['__new_member__'] = body['__new__']
        del namespace_made['__new__']
    cls: Any = type.__new__(EnumType, name, bases, namespace_made)
    _choose_methods(cls, body, bases, member_type)
    notes.finish = lambda: _finish(cls, notes, new_member, order, body, keywords)
    return cls


def _finish(
    cls: Any, notes: Notes, new_member: Any, order: Any, body: dict[str, Any], keywords: dict[str, Any]
) -> None:
    for key, value in notes.members.items():
        if key not in notes.ignored:
            _add_member(cls, key, value, new_member)
    _check_order(cls, order)
    finish_class(cls, body, keywords)


def finish_members(notes: Notes | None) -> None:
    """Make the members of the class of a body: its methods can name the class by now."""
    if notes is not None:
        notes.finish()


def _new_of(body: dict[str, Any], member_type: Any, first: Any) -> tuple[Any, bool]:
    """Return what makes a member, and whether it takes the value's parts as arguments."""
    new = body.get('__new__')
    if type(new) is staticmethod:
        new = new.__func__
    if new is None:
        plain = {None, object.__new__}
        for target in (
            *(getattr(possible, '__new_member__', None) for possible in (member_type, first)),
            getattr(member_type, '__new__', None),
        ):
            if target not in plain:
                new = target
                break
    return (object.__new__, False) if new is None else (new, True)


def _data_repr(bases: tuple[Any, ...]) -> Any:
    for chain in bases:
        for base in chain.__mro__:
            if base is object or base is ScriptRoot:
                continue
            if type(base) is EnumType:
                return base._value_repr_
            if '__repr__' in vars(base):
                return vars(base)['__repr__'] if type(base) in SCRIPT_TYPES else None
    return None


def _choose_methods(cls: Any, body: dict[str, Any], bases: tuple[Any, ...], member_type: Any) -> None:
    """Keep the ways of an enumeration where a data type or object would otherwise come first."""
    put = type.__setattr__
    first = bases[-1]
    if ReprEnum in bases:
        if member_type is object:
            raise TypeError('ReprEnum subclasses must be mixed with a data type (i.e. int, str, float, etc.)')
        if '__format__' not in body:
            put(cls, '__format__', member_type.__format__)
        if '__str__' not in body:
            shows: Any = member_type.__str__
            put(cls, '__str__', member_type.__repr__ if shows is object.__str__ else shows)
    for name in ('__repr__', '__str__', '__format__'):
        if name not in body and name not in vars(cls):
            found = getattr(cls, name)
            if found in (getattr(member_type, name), getattr(object, name), getattr(ScriptRoot, name)):
                put(cls, name, getattr(first, name))
    if issubclass(cls, Flag):
        for name in _FLAG_METHODS:
            if name not in body:
                put(cls, name, getattr(Flag, name))


def _add_member(cls: Any, name: str, value: Any, new_member: Any) -> None:
    args = value if isinstance(value, tuple) else (value,)
    if cls._member_type_ is tuple:
        args = (args,)
    member = new_member(cls, *args) if cls._use_args_ else new_member(cls)
    if not hasattr(member, '_value_'):
        member._value_ = value
        if cls._member_type_ is not object:
            try:
                member._value_ = cls._member_type_(*args)
            except MemoryError:
                raise
            except Exception as error:
                raise TypeError('_value_ not set in __new__, unable to create it') from error
    member._name_ = name
    init: Any = cls.__init__
    if init is not object.__init__ and not _is_of_data_type(cls, init):
        member.__init__(*args)
    member._sort_order_ = len(cls._member_names_)
    _enter(cls, name, member, member._value_)


def _enter(cls: Any, name: str, member: Any, value: Any) -> None:
    """Put a member into its class, as an alias where its value is known."""
    is_flag = issubclass(cls, Flag)
    if is_flag and isinstance(value, int):
        put = type.__setattr__
        put(cls, '_flag_mask_', cls._flag_mask_ | value)
        if is_single_bit(value):
            put(cls, '_singles_mask_', cls._singles_mask_ | value)
        put(cls, '_all_bits_', 2 ** cls._flag_mask_.bit_length() - 1)
    known = _known(cls, value)
    if known is not None:
        member = known
    elif not is_flag or (isinstance(value, int) and is_single_bit(value)):
        cls._member_names_.append(name)
        if is_flag:
            cls._flag_order_.append(value)
    below = next((vars(base)[name] for base in cls.__mro__[1:] if name in vars(base)), None)
    if below is not None and hasattr(type(below), '__set__'):
        type.__setattr__(cls, name, MemberValue(member, below))
    else:
        type.__setattr__(cls, name, member)
    cls._member_map_[name] = member
    try:
        cls._value2member_map_.setdefault(value, member)
    except TypeError:
        cls._unhashable_values_.append(value)


def _is_of_data_type(cls: Any, init: Any) -> bool:
    return cls._member_type_ is not object and init is getattr(cls._member_type_, '__init__', None)


def _known(cls: Any, value: Any) -> Any:
    """Return the member that has this value already."""
    try:
        return cls._value2member_map_.get(value)
    except TypeError:
        for member in cls._member_map_.values():
            if member._value_ == value:
                return member
    return None


def _check_order(cls: Any, order: Any) -> None:
    if order is None:
        return
    wanted = order.replace(',', ' ').split() if isinstance(order, str) else list(order)
    wanted = [name for name in wanted if name not in cls._member_map_ or name in cls._member_names_]
    if wanted != cls._member_names_:
        raise TypeError(f'member order does not match _order_:\n  {cls._member_names_!r}\n  {wanted!r}')


def create(cls: Any, name: Any, names: Any, **options: Any) -> Any:
    """Make an enumeration by `Enum('Name', 'A B C')`."""
    qualname, boundary = options.get('qualname'), options.get('boundary')
    data_type, start = options.get('type'), options.get('start', 1)
    for text in (name, qualname or ''):
        if not isinstance(text, str):
            raise TypeError('the name of an enumeration must be a str')
    bases = (cls,) if data_type is None else (data_type, cls)
    notes = Notes(str.__str__(name), enumeration_bases(bases))
    namespace: dict[str, Any] = {}
    for key, value in _items(notes, names, start):
        _check_member_name(key)
        namespace[key] = notes.bind(key, value)
    keywords = {} if boundary is None else {'boundary': boundary}
    made = build_enum(notes.name, qualname or notes.name, bases, keywords, notes, namespace)
    notes.finish()
    return made


def _items(notes: Notes, names: Any, start: Any) -> list[tuple[Any, Any]]:
    """Return (name, value) of the members that the functional interface is given."""
    if isinstance(names, dict):
        return list(names.items())
    listed: list[Any] = names.replace(',', ' ').split() if isinstance(names, str) else list(names)
    return _numbered(notes, listed, start) if listed and isinstance(listed[0], str) else listed


def _numbered(notes: Notes, names: list[Any], start: Any) -> list[tuple[Any, Any]]:
    values: list[Any] = []
    for count, name in enumerate(names):
        values.append(notes.generate(name, start, count, values[:]))
    return list(zip(names, values, strict=True))


def _check_member_name(name: Any) -> None:
    """Refuse a name under which a script could not have bound a member."""
    if type(name) is not str or name.startswith('__'):
        raise TypeError(f'an enumeration cannot bind the name {repr_of(name)}')


MAKERS.append(create)
CLASS_MAKERS[EnumType] = make_enum
