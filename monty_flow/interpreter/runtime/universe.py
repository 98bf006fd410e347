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
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES


class Rule(Enum):
    """What the compiler does with an attribute name."""

    NATIVE = 'native'
    GUARDED = 'guarded'
    REFUSED = 'refused'


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule and, where it is REFUSED, what to do instead."""

    rule: Rule
    reason: str = ''


#: Exception classes that a script may name, raise and catch.
EXCEPTIONS: Final[dict[str, type[BaseException]]] = {
    name: value
    for name, value in vars(builtins).items()
    if isinstance(value, type)
    and issubclass(value, BaseException)
    # Names of the Windows build, aliases and CPython's own errors that no script can meet are left out.
    and name not in {'WindowsError', 'PythonFinalizationError', '_IncompleteInputError'}
}

#: Iterator and view types, by an example of each: they have no other name in Python.
_ITERATORS: Final[tuple[Iterator[Any], ...]] = (
    iter([]), reversed([]), iter(()), iter(''), iter('\u0100'), iter(b''), iter(bytearray()), iter(range(1)),
    iter(range(1 << 100)), iter({}), iter({}.values()), iter({}.items()), reversed({}), reversed({}.values()),
    reversed({}.items()), iter(set()),
)  # fmt: skip
ITERATORS: Final[tuple[type, ...]] = tuple(map(type, _ITERATORS))
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
#: Immutable values of the library, which show themselves.
VALUES: Final[tuple[type, ...]] = (decimal.Decimal, uuid.UUID)
TYPES: Final[tuple[type, ...]] = (
    *COLLECTIONS, *VALUES, *SCALARS, *CONTAINERS, *ITERATORS, *VIEWS, *COMPOSITES, *CALLABLES, *SUSPENDED, *DATES, *EXCEPTIONS.values(),
    type, object, types.GenericAlias, types.UnionType, types.MappingProxyType,
)  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Harmless for every type that has them.
NATIVE: Final = (
    # numbers
    _words('as_integer_ratio bit_count bit_length conjugate denominator imag is_integer numerator real')
    # str and bytes: at most a small multiple of the operand
    | _words('capitalize casefold endswith fromhex hex isalnum isalpha isascii isdecimal isdigit isidentifier islower')
    | _words('isnumeric isprintable isspace istitle isupper lower partition removeprefix removesuffix startswith')
    | _words('swapcase title upper')
    # containers, one element at a time
    | _words('add append clear discard get insert items keys pop popitem reverse setdefault values')
    | _words('indices start step stop')
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
    # generators
    | _words('aclose asend athrow close send throw')
    # exceptions
    | _words('add_note args characters_written code encoding end end_lineno end_offset errno exceptions filename')
    | _words('filename2 lineno msg message name name_from object offset path print_file_and_line reason strerror text')
    | _words('value')
    # datetime, apart from what asks the host for its clock or zone
    | _words('combine ctime date day days dst fold fromisocalendar fromisoformat fromordinal fromutc hour isocalendar')
    | _words('isoformat isoweekday max microsecond microseconds min minute month resolution second seconds strftime')
    | _words('strptime time timetuple timetz toordinal total_seconds tzinfo tzname utc utcfromtimestamp utcoffset')
    | _words('utctimetuple week weekday year n_fields n_sequence_fields n_unnamed_fields tm_gmtoff tm_hour tm_isdst')
    | _words('tm_mday tm_min tm_mon tm_sec tm_wday tm_yday tm_year tm_zone')
)

#: Attributes with a leading underscore that a script may load; `Methods.attribute` makes what it sees.
GUARDED_LOADS: Final = _words(
    '__name__ __qualname__ __doc__ __class__ __cause__ __context__ __suppress_context__ __notes__ obj'
)
#: Operators by their method names, as in `x.__len__()`.
OPERATORS: Final = _words(
    '__aenter__ __aexit__ __aiter__ __anext__ __await__ __abs__ __add__ __and__ __bool__ __contains__ __delitem__ __divmod__ __eq__ __float__ __floordiv__ __format__ '
    '__ge__ __getitem__ __gt__ __hash__ __iadd__ __imul__ __index__ __int__ __invert__ __iter__ __le__ __len__ '
    '__lshift__ __lt__ __mod__ __mul__ __ne__ __neg__ __next__ __or__ __pos__ __pow__ __radd__ __repr__ '
    '__reversed__ __rmul__ __rshift__ __rsub__ __rtruediv__ __setitem__ __str__ __sub__ __truediv__ __xor__'
)
#: Methods whose work, result or source is bounded by `Methods.m_<name>`.
GUARDED_METHODS: Final = (
    # results that may be far bigger than their operands
    _words('center expandtabs format format_map join ljust replace rjust to_bytes translate zfill')
    # work over whole operands, or quadratic in them
    | _words('copy count decode encode find from_bytes fromkeys index maketrans remove rfind rindex rpartition rsplit')
    | _words('lstrip rstrip sort split splitlines strip')
    # work over an iterable
    | _words('difference difference_update extend intersection intersection_update isdisjoint issubset issuperset')
    | _words('symmetric_difference symmetric_difference_update union update')
    # call back into the script
    | _words('derive subgroup')
    # the host's clock and time zone
    | _words('astimezone fromtimestamp now timestamp today utcnow')
)
GUARDED: Final = GUARDED_LOADS | OPERATORS | GUARDED_METHODS

_FRAMES = 'frames and code objects are not part of a script'
#: Names without a leading underscore that reach out of the universe -> what to say.
REFUSED: Final[dict[str, str]] = {
    **dict.fromkeys(
        _words(
            'gi_code gi_frame gi_running gi_suspended gi_yieldfrom cr_await cr_code cr_frame cr_origin cr_running '
            'cr_suspended ag_await ag_code ag_frame ag_running ag_suspended f_back f_builtins f_code f_globals '
            'f_lasti f_lineno f_locals f_trace tb_frame tb_lasti tb_lineno tb_next co_code co_consts co_names'
        ),
        _FRAMES,
    ),
    'as_tuple': 'use str() of the number',
    'is_safe': 'it tells of the host',
    'mapping': 'use the dict itself instead of the mapping of its view',
    'mro': 'use isinstance() to ask about classes',
    'with_traceback': "a script has no traceback objects; use 'raise ... from ...' to link exceptions",
}
_UNDERSCORE = 'names with a leading underscore are private to the sandbox; use a name without it'
_DUNDERS: Final[dict[str, str]] = {
    '__traceback__': 'a script has no traceback objects; use the exception itself',
    '__dict__': 'objects do not show their namespace; use a dict for data',
    '__subclasses__': 'classes do not list their subclasses',
    '__bases__': 'use isinstance() to ask about classes',
    '__mro__': 'use isinstance() to ask about classes',
    '__globals__': _FRAMES,
    '__code__': _FRAMES,
    '__closure__': _FRAMES,
    '__builtins__': _FRAMES,
    '__getattribute__': 'use getattr(object, name)',
    '__setattr__': 'assign to the attribute',
    '__delattr__': 'use del',
    '__import__': 'use an import statement',
}

_NATIVE_VERDICT = Verdict(Rule.NATIVE)
_GUARDED_VERDICT = Verdict(Rule.GUARDED)


def attribute_rule(name: str) -> Verdict:
    """Return what the compiler does with the attribute `name`, a name as CPython's parser gives it (NFKC)."""
    if name in GUARDED:
        return _GUARDED_VERDICT
    if name.startswith('_'):
        return Verdict(Rule.REFUSED, _DUNDERS.get(name, _UNDERSCORE))
    reason = REFUSED.get(name)
    return _NATIVE_VERDICT if reason is None else Verdict(Rule.REFUSED, reason)


class TypeFacade:
    """Stand for a type that a script may ask about but must not hold, such as that of functions."""

    __slots__ = ('_name',)
    _name: str

    def __init__(self, name: str) -> None:
        object.__setattr__(self, '_name', name)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"cannot set '{name}' attribute of immutable type '{self._name}'")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"cannot delete '{name}' attribute of immutable type '{self._name}'")

    def __repr__(self) -> str:
        return f"<class '{self._name}'>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self is not TYPE:
            raise TypeError(f"cannot create '{self._name}' instances")
        if len(args) != 1 or kwargs:
            raise TypeError('type() takes 1 argument; classes cannot be made with type()')
        return type_of(args[0])

    def has_instance(self, value: object) -> bool:
        """Return what isinstance(value, this type) means."""
        return type_of(value) is self


def facade_name(facade: TypeFacade) -> str:
    """Return the name of the type that `facade` stands for."""
    return facade._name


_NAMED: Final[dict[str, TypeFacade]] = {}


def facade_named(name: str) -> TypeFacade:
    """Return the one facade of that name; a snapshot stores names."""
    facade = _NAMED.get(name)
    return _NAMED.setdefault(name, TypeFacade(name)) if facade is None else facade


TYPE: Final = facade_named('type')
#: Names that scripts know a type by, where they differ from its own.
_SHOWN_NAMES: Final[dict[type, str]] = {
    TypeFacade: 'type',
    # Bound methods of our own objects stand for built-in functions.
    types.MethodType: 'builtin_function_or_method',
}


#: Types that a script may hold as values: making one of them again cannot reach the host.
HELD_TYPES: Final[frozenset[type]] = frozenset(
    {*SCALARS, *CONTAINERS, *ITERATORS, *VIEWS, *COMPOSITES, *DATES, *EXCEPTIONS.values(), object}
)


def type_of(value: object) -> Any:
    """Return what type(value) gives to a script: a real type of the universe, or a facade for the rest.

    A type of ours may say in `script_type_name` what scripts know it by.
    """
    kind = type(value)
    if kind in HELD_TYPES or type(kind) in SCRIPT_TYPES:
        return kind
    of_run = getattr(kind, '__type_of_run__', None)
    if of_run is not None:
        return of_run(value)
    shown: Any = _SHOWN_NAMES.get(kind) or getattr(kind, 'script_type_name', kind.__name__)
    return facade_named(shown)
