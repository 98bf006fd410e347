"""The closed universe: what a script may do with an attribute name, for every type that it can hold.

A name gets one rule for all types together, because the compiler knows names and not types. The
strictest type wins: a name that is refused for one type is refused, one that is guarded for one is
guarded. A name that no type has belongs to nobody yet and is native: reading it is an
AttributeError, or finds what a module of ours exports under it.

* native: for every type that has the name, what it gives is in the universe, cannot reach the host,
  and costs no more than the size of its operands. The compiler emits the attribute as it stands.
* guarded: `Methods.m_<name>(obj, ...)` for a call and `Methods.attribute(obj, name)` for a load, because
  the result may be far bigger than the operands, the work may run unmetered in C, the value would
  carry an address, or the clock or time zone of the host would be seen.
* refused: a `MontySyntaxError`. All names with a leading underscore are refused unless they are listed,
  so the slots of our own runtime types have such names and cannot be reached.

A test enumerates `dir()` of each type in `TYPES` on the running interpreter and fails on a name that is
in no group, so a new attribute of a new CPython is a failing test and not a hole.
"""

from __future__ import annotations

import builtins
import collections
import datetime
import decimal
import types
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any, Final

from monty_flow.interpreter.records import record
from monty_flow.interpreter.runtime import match_args, watch
from monty_flow.interpreter.runtime.cancellation import OWN_EXCEPTIONS, ScriptMemoryError
from monty_flow.interpreter.runtime.classes import (
    BODY_PREFIX,
    OF_RUN,
    SCRIPT_TYPES,
    begin_or_make,
    is_script_function,
    make_class,
)
from monty_flow.interpreter.runtime.immutable import FrozenType
from monty_flow.interpreter.runtime.sealing import conditions_of, is_decimal_error, seal


class Rule(Enum):
    """What the compiler does with an attribute name."""

    NATIVE = 'native'
    GUARDED = 'guarded'
    REFUSED = 'refused'


@record(frozen=True)
class Verdict:
    """A rule and, where it is REFUSED, what to do instead."""

    rule: Rule
    reason: str = ''


#: Exception classes that a script may name, raise and catch. `MemoryError` is ours: that of CPython ends a run.
EXCEPTIONS: Final[dict[str, type[BaseException]]] = {
    name: ScriptMemoryError if value is MemoryError else value
    for name, value in vars(builtins).items()
    if isinstance(value, type)
    and issubclass(value, BaseException)
    # Names of the Windows build, aliases and CPython's own errors that no script can meet are left out.
    and name not in {'WindowsError', 'PythonFinalizationError', '_IncompleteInputError'}
}

#: Errors of `decimal`, those that only name a condition too. CPython makes them as types that can be changed, so each
#: is sealed: all runs and the host share them.
DECIMAL_ERRORS: Final[dict[str, type[BaseException]]] = {
    **{name: value for name, value in vars(decimal).items() if is_decimal_error(value)},
    **{error.__name__: error for error in conditions_of(decimal)},
}
for _error in DECIMAL_ERRORS.values():
    seal(_error)
match_args.install()
_ERRORS: Final = frozenset({*EXCEPTIONS.values(), *DECIMAL_ERRORS.values(), *OWN_EXCEPTIONS.values()})


class _Sequence:
    """Be iterated by index."""

    def __getitem__(self, index: int) -> int:
        raise IndexError


#: Iterator and view types, by an example of each: they have no other name in Python.
_ITERATORS: Final[tuple[Iterator[Any], ...]] = (
    iter([]), reversed([]), iter(()), iter(''), iter('\u0100'), iter(b''), iter(bytearray()), iter(range(1)),
    iter(range(1 << 100)), iter({}), iter({}.values()), iter({}.items()), reversed({}), reversed({}.values()),
    reversed({}.items()), iter(set()), iter(int, 0), iter(_Sequence()),
)  # fmt: skip
ITERATORS: Final[tuple[type, ...]] = tuple(map(type, _ITERATORS))
#: The type of an iterator over what has nothing but items by index.
SequenceIterator: Final[type] = type(iter(_Sequence()))
VIEWS: Final[tuple[type, ...]] = (type({}.keys()), type({}.values()), type({}.items()))
#: Iterators over other iterables.
COMPOSITES: Final[tuple[type, ...]] = (enumerate, zip, map, filter, reversed)
SCALARS: Final[tuple[type, ...]] = (
    type(None), bool, int, float, complex, str, bytes, slice, type(Ellipsis), type(NotImplemented),
)  # fmt: skip
CONTAINERS: Final[tuple[type, ...]] = (bytearray, list, tuple, dict, set, frozenset, range)
CALLABLES: Final[tuple[type, ...]] = (
    types.FunctionType, types.MethodType, types.BuiltinFunctionType, types.MethodDescriptorType,
    types.WrapperDescriptorType, types.MethodWrapperType, types.ClassMethodDescriptorType,
    types.MemberDescriptorType, types.GetSetDescriptorType,
)  # fmt: skip
SUSPENDED: Final[tuple[type, ...]] = (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)
DATES: Final[tuple[type, ...]] = (
    datetime.date, datetime.time, datetime.datetime, datetime.timedelta, datetime.timezone, datetime.tzinfo,
    type(datetime.date(2000, 1, 1).isocalendar()), type(datetime.date(2000, 1, 1).timetuple()),
)  # fmt: skip
#: Base types of the containers of `collections`; ours add a slot for the run.
COLLECTIONS: Final[tuple[type, ...]] = (
    collections.deque, collections.Counter, collections.OrderedDict, collections.defaultdict,
)  # fmt: skip
#: Immutable values of the library, which show themselves; `uuid` adds its own when it is loaded.
VALUES: Final[tuple[type, ...]] = (decimal.Decimal,)
TYPES: Final[tuple[type, ...]] = (
    *COLLECTIONS, *VALUES, *SCALARS, *CONTAINERS, *ITERATORS, *VIEWS, *COMPOSITES, *CALLABLES, *SUSPENDED, *DATES, *EXCEPTIONS.values(), *DECIMAL_ERRORS.values(),
    *OWN_EXCEPTIONS.values(), memoryview,
    type, object, types.GenericAlias, types.UnionType, types.MappingProxyType, property, staticmethod, classmethod,
)  # fmt: skip
# `ExceptionGroup` and `time.struct_time` are made at run time too: what a script sets there would be in all runs, and in the host.
for _kind in TYPES:
    if type(_kind) is type and _kind not in COLLECTIONS:
        seal(_kind)


_growing: Final[list[set[type]]] = []
_growing_for_values: Final[list[set[type]]] = []


def growing(kinds: Iterable[type], *, of_values: bool = True) -> set[type]:
    """Return the set of these types, to which `admit` adds; with `of_values`, immutable ones alone."""
    found = set(kinds)
    (_growing_for_values if of_values else _growing).append(found)
    return found


def admit(kind: type, *, is_value: bool = True) -> None:
    """Take a type of a module of Python's into the universe, when that module is loaded; `is_value` for an immutable one."""
    for kinds in (*_growing, *_growing_for_values) if is_value else _growing:
        kinds.add(kind)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Harmless for every type that has them.
NATIVE: Final = (
    # numbers
    _words('as_integer_ratio bit_count bit_length conjugate denominator imag is_integer numerator real')
    # str and bytes: at most a small multiple of the operand
    | _words('fromhex isalnum isalpha isascii isdecimal isdigit isidentifier islower')
    | _words('isnumeric isprintable isspace istitle isupper partition removeprefix removesuffix')
    # containers, one element at a time
    | _words('add append clear discard get insert items keys pop popitem reverse setdefault values')
    | _words('indices start step stop')
    # views of bytes: what they tell of themselves, and views of the same memory
    | _words('c_contiguous cast contiguous f_contiguous itemsize nbytes ndim readonly release shape strides suboffsets')
    | _words('toreadonly')
    # arrays: in one stretch of memory
    | _words('byteswap typecode')
    # collections: what goes over all items is metered by our classes themselves
    | _words('appendleft default_factory elements extendleft maxlen most_common move_to_end popleft rotate subtract')
    | _words('total')
    # decimal and uuid: bounded by the context's precision, and 16 bytes
    | _words('adjusted canonical compare compare_signal compare_total compare_total_mag copy_abs copy_negate copy_sign')
    | _words('exp fma from_float from_number is_canonical is_finite is_infinite is_nan is_normal is_qnan is_signed')
    | _words('is_snan is_subnormal is_zero ln log10 logb logical_and logical_invert logical_or logical_xor max_mag')
    | _words('min_mag next_minus next_plus next_toward normalize number_class quantize radix remainder_near')
    | _words('same_quantum scaleb shift sqrt to_eng_string to_integral to_integral_exact to_integral_value')
    | _words('bytes bytes_le clock_seq clock_seq_hi_variant clock_seq_low fields int node time_hi_version time_low')
    | _words('time_mid urn variant version')
    # properties
    | _words('deleter fdel fget fset getter setter')
    # generators
    | _words('aclose asend athrow close send throw')
    # exceptions
    | _words('add_note args characters_written code encoding end end_lineno end_offset errno exceptions filename')
    | _words('filename2 lineno msg message name name_from object offset path print_file_and_line reason strerror text')
    | _words('value')
    # datetime, apart from what asks the host for its clock or zone
    | _words('combine ctime date day days dst fold fromisocalendar fromisoformat fromordinal fromutc hour isocalendar')
    | _words('isoformat isoweekday max microsecond microseconds min minute month resolution second seconds')
    | _words('strptime time timetuple timetz toordinal total_seconds tzinfo tzname utc utcfromtimestamp utcoffset')
    | _words('utctimetuple week weekday year n_fields n_sequence_fields n_unnamed_fields tm_gmtoff tm_hour tm_isdst')
    | _words('tm_mday tm_min tm_mon tm_sec tm_wday tm_yday tm_year tm_zone')
)

#: Attributes without a method's meaning that are read by a helper, whatever the object: exceptions, dict views and views of
#: bytes hold them.
#: What generators and coroutines tell of themselves: plain bools.
STATES: Final = _words('gi_running gi_suspended cr_running cr_suspended ag_running')
GUARDED_LOADS: Final = _words('mapping obj') | STATES
#: Operators and other methods of built-in types by their names, as in `x.__len__()`.
OPERATORS: Final = _words(
    '__aenter__ __aexit__ __aiter__ __anext__ __await__ __abs__ __add__ __alloc__ __and__ __bool__ __bytes__ __ceil__ __class_getitem__ __complex__ __contains__ '
    '__delattr__ __delitem__ __divmod__ __enter__ __eq__ __exit__ __float__ __floor__ __floordiv__ __format__ __ge__ '
    '__getattribute__ __getitem__ __getnewargs__ __gt__ __hash__ __iadd__ __iand__ __imul__ __index__ __init__ __int__ '
    '__invert__ __ior__ __isub__ __iter__ __ixor__ __le__ __len__ __length_hint__ __lshift__ __lt__ __mod__ __mul__ '
    '__ne__ __neg__ __new__ __next__ __or__ __pos__ __pow__ __radd__ __rand__ __rdivmod__ __repr__ __reversed__ '
    '__rfloordiv__ __rlshift__ __rmod__ __rmul__ __ror__ __round__ __rpow__ __rrshift__ __rshift__ __rsub__ '
    '__rtruediv__ __rxor__ __setattr__ __setitem__ __str__ __sub__ __truediv__ __trunc__ __xor__'
)
#: Methods whose work, result or source is bounded by `Methods.m_<name>`.
GUARDED_METHODS: Final = (
    # a class of the host's that names the parts
    _words('as_tuple')
    # results that may be far bigger than their operands
    | _words('center expandtabs format format_map join ljust replace rjust to_bytes translate zfill')
    # tables of case in CPython take twelve bytes a character while they work
    | _words('capitalize casefold lower swapcase title upper')
    # work over whole operands, or quadratic in them
    | _words('copy count decode encode find from_bytes fromkeys index maketrans remove rfind rindex rpartition rsplit')
    | _words('lstrip rstrip sort split splitlines strip')
    # places that a script's class may give: a call without any is native
    | _words('endswith startswith')
    # work over an iterable
    | _words('difference difference_update extend intersection intersection_update isdisjoint issubset issuperset')
    | _words('symmetric_difference symmetric_difference_update union update')
    # copies of the bytes that a view shows, and text of them between separators that may be a script's own
    | _words('hex tobytes tolist')
    # the same of arrays, what fills them, and an address
    | _words('buffer_info frombytes fromfile fromlist fromunicode tofile tounicode')
    # call back into the script
    | _words('derive subgroup')
    # classes and tracebacks, as far as they are shown
    | _words('mro with_traceback')
    # a text that may be many times the format
    | _words('strftime')
    # the host's clock and time zone
    | _words('astimezone fromtimestamp now timestamp today utcnow')
)
GUARDED: Final = GUARDED_LOADS | OPERATORS | GUARDED_METHODS

_FRAMES = 'frames and code objects are not part of a script'
#: Names without a leading underscore that reach out of the universe -> what to say.
REFUSED: Final[dict[str, str]] = {
    **dict.fromkeys(
        _words(
            'gi_code gi_frame gi_yieldfrom cr_await cr_code cr_frame cr_origin '
            'ag_await ag_code ag_frame ag_suspended f_back f_builtins f_code f_globals '
            'f_lasti f_lineno f_locals f_trace tb_frame tb_lasti tb_lineno tb_next co_code co_consts co_names'
        ),
        _FRAMES,
    ),
    'is_safe': 'it tells of the host',
}
_UNDERSCORE = 'names with a leading underscore are private to the sandbox; use a name without it'
_HOST = 'it belongs to the host'
#: Names with two underscores on both sides that no script may read or set -> what to say. All others are served by
#: `reflection` and `redefinition`, which decide by the kind of object.
DUNDERS: Final[dict[str, str]] = {
    '__subclasses__': 'classes do not list their subclasses',
    '__globals__': _FRAMES,
    '__code__': _FRAMES,
    '__closure__': _FRAMES,
    '__builtins__': _FRAMES,
    '__import__': 'use an import statement',
    '__loader__': _HOST,
    '__spec__': _HOST,
    '__weakref__': 'there are no weak references',
    **dict.fromkeys(_words('__run__ __stand_in__ __type_of_run__'), _HOST),
    '__thisclass__': _UNDERSCORE,
    '__self_class__': _UNDERSCORE,
    **dict.fromkeys(
        _words('__reduce__ __reduce_ex__ __getstate__ __subclasshook__ __sizeof__ __buffer__'),
        _UNDERSCORE,
    ),
}
_NATIVE_VERDICT = Verdict(Rule.NATIVE)
_GUARDED_VERDICT = Verdict(Rule.GUARDED)


def attribute_rule(name: str) -> Verdict:
    """Return what the compiler does with the attribute `name`, a name as CPython's parser gives it (NFKC)."""
    if name in GUARDED:
        return _GUARDED_VERDICT
    if name.startswith('__') and name.endswith('__') and len(name) > 4:
        return Verdict(Rule.REFUSED, DUNDERS[name]) if name in DUNDERS else _GUARDED_VERDICT
    if name.startswith('_'):
        return Verdict(Rule.REFUSED, _UNDERSCORE)
    reason = REFUSED.get(name)
    return _NATIVE_VERDICT if reason is None else Verdict(Rule.REFUSED, reason)


#: Modules of the types that facades stand for, where it is another than `builtins`.
FACADE_HOMES: Final[dict[str, str]] = {
    'ABCMeta': 'abc',
    'EnumType': 'enum',
    '_ProtocolMeta': 'typing',
    '_TypedDictMeta': 'typing',
}


class TypeFacade:
    """Stand for a type that a script may ask about but must not hold, such as that of functions."""

    __slots__ = ('_name',)
    __module__ = 'builtins'
    _name: str

    def __init__(self, name: str) -> None:
        object.__setattr__(self, '_name', name)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"cannot set '{name}' attribute of immutable type '{self._name}'")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"cannot delete '{name}' attribute of immutable type '{self._name}'")

    def __repr__(self) -> str:
        home = FACADE_HOMES.get(self._name)
        return f"<class '{self._name}'>" if home is None else f"<class '{home}.{self._name}'>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self is METHOD:
            return _bound(*args, **kwargs)
        if self._name == 'ABCMeta' and len(args) == 3:
            return class_of_parts(args, {**kwargs, 'metaclass': self})
        if self is not TYPE:
            raise TypeError(f"cannot create '{self._name}' instances")
        if len(args) == 1 and not kwargs:
            run = watch.current()
            return type_of(args[0]) if run is None else type_in_run(run, args[0])
        return class_of_parts(args, kwargs)

    def __getitem__(self, item: Any) -> types.GenericAlias:
        if self is not TYPE:
            raise TypeError(f"type '{self._name}' is not subscriptable")
        return types.GenericAlias(self, item)  # type: ignore[arg-type]

    def __getattr__(self, name: str) -> str:
        if name == '__qualname__':
            # What an alias shows, which CPython reads.
            return self._name
        raise AttributeError(f"type object '{self._name}' has no attribute '{name}'", name=name, obj=self)

    def has_instance(self, value: object) -> bool:
        """Return what isinstance(value, this type) means."""
        return type_of(value) is self


# The name that errors of CPython say.
TypeFacade.__name__ = 'type'


def facade_name(facade: TypeFacade) -> str:
    """Return the name of the type that `facade` stands for."""
    return facade._name


_NAMED: Final[dict[str, TypeFacade]] = {}


def facade_named(name: str) -> TypeFacade:
    """Return the one facade of that name; a snapshot stores names."""
    facade = _NAMED.get(name)
    return _NAMED.setdefault(name, TypeFacade(name)) if facade is None else facade


TYPE: Final = facade_named('type')
METHOD: Final = facade_named('method')


#: Methods of methods of methods.
_MOST_METHODS: Final = 100


def _bound(*args: Any, **kwargs: Any) -> types.MethodType:
    """Do `types.MethodType(function, instance)`; a built-in type as the function would not be metered."""
    if len(args) == 2 and not kwargs and type(args[0]) is type:
        raise TypeError('a method cannot be made of a built-in type in a script')
    function, levels = args[0] if args else None, 0
    while type(function) is types.MethodType and levels < _MOST_METHODS:
        function, levels = function.__func__, levels + 1
    if levels == _MOST_METHODS:
        # Each copies all arguments, and CPython calls one from the other in C.
        raise RecursionError('methods are nested too deeply')
    return types.MethodType(*args, **kwargs)


def class_of_parts(args: tuple[Any, ...], kwargs: dict[str, Any]) -> type:
    """Do `type(name, bases, namespace)`, with the checks of a class statement."""
    return make_class(*checked_parts(args, kwargs))


def begin_type(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[type, dict[str, Any] | None]:
    """Do the same, but for the hooks of the class."""
    return begin_or_make(*checked_parts(args, kwargs))


def checked_parts(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return what makes the class of `type(name, bases, namespace)`."""
    if len(args) != 3:
        raise TypeError('type() takes 1 or 3 arguments')
    name, bases, namespace = args
    for number, value, kind in ((1, name, str), (2, bases, tuple), (3, namespace, dict)):
        if not isinstance(value, kind):
            shown = getattr(type(value), 'script_type_name', type(value).__name__)
            raise TypeError(f'type.__new__() argument {number} must be {kind.__name__}, not {shown}')
    for key in namespace:
        if type(key) is not str:
            raise TypeError('the namespace of a class in a script has str keys')
    name = str.__str__(name)
    names = {BODY_PREFIX + key: value for key, value in namespace.items()}
    return name, name, tuple(bases), kwargs, names


#: Names that scripts know a type by, where they differ from its own.
SHOWN_NAMES: Final[dict[type, str]] = {
    TypeFacade: 'type',
}


#: Types that a script may hold as values: making one of them again cannot reach the host.
HELD_TYPES: Final[frozenset[type]] = frozenset(
    {
        *SCALARS,
        *CONTAINERS,
        *ITERATORS,
        *VIEWS,
        *COMPOSITES,
        *DATES,
        *EXCEPTIONS.values(),
        *DECIMAL_ERRORS.values(),
        *OWN_EXCEPTIONS.values(),
        memoryview,
        object,
        property,
        staticmethod,
        classmethod,
        types.MappingProxyType,
    }
)


def is_error(kind: type) -> bool:
    """Tell whether exceptions of a type may be a script's: those of CPython's built-ins and those of our library, not the host's own."""
    return kind in _ERRORS or (type(kind) is FrozenType and issubclass(kind, BaseException))


def type_in_run(run: Any, value: object) -> Any:
    """Return what type(value) gives to a script of a run, which knows some types as objects of its own."""
    place = OF_RUN.get(type(value))
    if place is not None:
        module = (run.modules or {}).get(place[0])
        if module is not None:
            return getattr(module, place[1])
    return type_of(value)


def type_of(value: object) -> Any:
    """Return what type(value) gives to a script: a real type of the universe, or a facade for the rest.

    A type of ours may say in `script_type_name` what scripts know it by.
    """
    kind = type(value)
    if kind in HELD_TYPES or type(kind) in SCRIPT_TYPES or is_error(kind):
        return kind
    if kind in SCRIPT_TYPES:
        return facade_named(SHOWN_NAMES[kind]) if kind in SHOWN_NAMES else TYPE
    if kind is types.MethodType:
        # Bound methods of our own objects stand for built-in functions.
        function = value.__func__  # type: ignore[attr-defined]
        is_ours = type(function) is types.FunctionType and not is_script_function(function)
        return facade_named('builtin_function_or_method' if is_ours else 'method')
    # Classes of ours whose attributes are frozen by a metaclass are plain classes to a script.
    name = 'type' if issubclass(kind, type) else kind.__name__
    shown: Any = SHOWN_NAMES.get(kind) or getattr(kind, 'script_type_name', name)
    return facade_named(shown)
