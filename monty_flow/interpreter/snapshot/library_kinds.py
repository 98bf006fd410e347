"""The kinds of values that belong to the importable modules of the library.

An object of ours is made empty and then filled, so that a cycle through it can be closed (a cache whose results hold
the cached function). What a row fills in is checked by the class's own module.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from monty_flow.interpreter.modules.array import NO_NUMBERS, Array, build_array
from monty_flow.interpreter.modules.compression import BadGzipFile, LZMAError
from monty_flow.interpreter.modules.copy import Error as CopyError
from monty_flow.interpreter.modules.counter import Counter, Elements, make_counter
from monty_flow.interpreter.modules.csv import DictReader, DictWriter, Reader, Writer
from monty_flow.interpreter.modules.csv import Error as CsvError
from monty_flow.interpreter.modules.decimal import LocalContext
from monty_flow.interpreter.modules.deque import deque, make_deque
from monty_flow.interpreter.modules.dicts import OrderedDict, defaultdict, make_defaultdict, make_ordered_dict
from monty_flow.interpreter.modules.functools import FunctoolsFunctions, Key, KeyMaker, Wrapping, wrapping_parts
from monty_flow.interpreter.modules.hashlib import Hash, hash_state, restore_hash
from monty_flow.interpreter.modules.heapq import Merge
from monty_flow.interpreter.modules.io import BytesIO, StringIO, restore_stream, stream_state
from monty_flow.interpreter.modules.itertools import STEPPERS
from monty_flow.interpreter.modules.json import JSONDecodeError
from monty_flow.interpreter.modules.library import (
    DERIVABLE,
    Method,
    Union,
    method_place,
    restore_stepper,
    stepper_state,
    typed,
)
from monty_flow.interpreter.modules.matching import PatternError
from monty_flow.interpreter.modules.old_callables import (
    Cached,
    CacheInfo,
    CacheMaker,
    Partial,
    cached_state,
    fill_partial,
    restore_cached,
)
from monty_flow.interpreter.modules.old_managers import Closing, NullContext, Suppress
from monty_flow.interpreter.modules.old_statistics import LinearRegression, StatisticsError
from monty_flow.interpreter.modules.operator import (
    AttributeGetter,
    ItemGetter,
    MethodCaller,
    caller_state,
    restore_caller,
)
from monty_flow.interpreter.modules.random import Random, make_random
from monty_flow.interpreter.modules.struct import Struct, StructError, Unpacked, struct_format
from monty_flow.interpreter.modules.texts import BinasciiError, ZlibError
from monty_flow.interpreter.modules.types import SimpleNamespace, make_namespace, set_attributes
from monty_flow.interpreter.modules.uuid import UuidFunctions
from monty_flow.interpreter.modules.zoneinfo import Zone, ZoneInfoNotFoundError, zone
from monty_flow.interpreter.runtime.arithmetic import (
    Context,
    DecimalTuple,
    Signals,
    context_state,
    restored_context,
    signals_parts,
)
from monty_flow.interpreter.runtime.dataclass_support import FrozenInstanceError
from monty_flow.interpreter.snapshot.decoder import put_keys, put_values
from monty_flow.interpreter.snapshot.exceptions import exception_state, fill_exception
from monty_flow.interpreter.snapshot.iterators import sequence_kind
from monty_flow.interpreter.snapshot.native_bases import keys_and_values
from monty_flow.interpreter.snapshot.registry import Kind


def library_kinds() -> tuple[Kind, ...]:
    """Return the rows for the modules' own types."""
    # A UUID is of the built-in kinds; its module takes the type into the universe.
    assert UuidFunctions.module
    return (
        Kind('deque_of_run', deque, lambda v, _: ((v.maxlen,), tuple(v)), _build_deque, _fill_deque),
        Kind('counter_of_run', Counter, _reduce_dict, lambda context: make_counter(context.run), put_values, put_keys),
        Kind(
            'ordered_dict_of_run', OrderedDict, _reduce_dict, lambda context: make_ordered_dict(context.run),
            put_values, put_keys,
        ),
        Kind(
            'defaultdict_of_run', defaultdict, _reduce_defaultdict,
            lambda context: make_defaultdict(context.run, None), _fill_defaultdict, put_keys,
        ),
        *[_stepper_kind(kind) for kind in (*STEPPERS, Elements, Merge, Reader, DictReader, Unpacked)],
        *[_caller_kind(kind) for kind in (ItemGetter, AttributeGetter, MethodCaller)],
        Kind('partial', Partial, _reduce_partial, _empty(Partial), _fill_partial),
        Kind('cached_function', Cached, lambda v, _: ((), cached_state(v)), _empty(Cached), _fill_cached),
        Kind('cache_info', CacheInfo, lambda v, _: ((tuple(v),), ()), _build_cache_info),
        Kind('linear_regression', LinearRegression, lambda v, _: (tuple(v), ()), _build_regression),
        Kind('cache_maker', CacheMaker, lambda v, _: ((v._maxsize, v._typed), ()), _build_cache_maker),
        Kind('wrapping', Wrapping, lambda v, _: ((), wrapping_parts(v)), _empty(Wrapping), _fill_wrapping),
        Kind('sort_key', Key, lambda v, _: ((), (v._compare, v.obj)), _empty(Key), _initialise),
        Kind('sort_key_maker', KeyMaker, lambda v, _: ((), (v._compare,)), _empty(KeyMaker), _initialise),
        Kind('hash', Hash, lambda v, _: (hash_state(v), ()), lambda context, *state: restore_hash(context.run, *state)),
        Kind(
            'namespace', SimpleNamespace, lambda v, _: ((), (v.__dict__,)),
            lambda context: make_namespace(context.run, {}), _fill_namespace, last=True,
        ),
        Kind(
            'decimal.Context', Context, lambda v, _: (context_state(v), ()), lambda _, *state: restored_context(*state)
        ),
        Kind('decimal.signals', Signals, lambda v, _: ((), signals_parts(v)), _empty(Signals), _initialise_signals),
        Kind('decimal.DecimalTuple', DecimalTuple, lambda v, _: (tuple(v), ()), lambda _, *parts: DecimalTuple(*parts)),
        Kind('decimal.localcontext', LocalContext, _reduce_local_context, _empty(LocalContext), _initialise),
        Kind(
            'array', Array, lambda v, _: ((v.typecode, v.itemsize, v.tobytes()), ()),
            lambda _, *parts: build_array(*parts),
        ),
        sequence_kind('array_iterator', Array, type(iter(NO_NUMBERS)), lambda: NO_NUMBERS),
        Kind('struct.Struct', Struct, lambda v, _: ((struct_format(v),), ()), _build_struct),
        Kind('library_method', Method, lambda v, _: (method_place(v), ()), _build_method),
        Kind(
            'random.Random', Random, lambda v, _: ((), (v.getstate(),)), lambda context: make_random(context.run),
            lambda _, target, state: target.setstate(state),
        ),
        *[_error_kind(name, kind) for name, kind in _ERRORS.items()],
        *[
            Kind(f'contextlib.{kind.script_type_name}', kind, _reduce_manager, _empty(kind), _initialise)
            for kind in (Suppress, NullContext, Closing)
        ],
        *[_stream_kind(kind) for kind in (StringIO, BytesIO)],
        Kind('csv.writer', Writer, lambda v, _: ((), (v._file, v._options)), _empty(Writer), _fill_writer, last=True),
        Kind('csv.DictWriter', DictWriter, _reduce_dict_writer, _empty(DictWriter), _fill_dict_writer),
        Kind('zoneinfo.ZoneInfo', Zone, lambda v, _: ((v.key,), ()), lambda _, key: zone(key)),
        Kind('union', Union, lambda v, _: ((v._members,), ()), lambda _, members: Union(typed(members, tuple))),
    )  # fmt: skip


def _empty(kind: type) -> Callable[[Any], Any]:
    def build(context: Any) -> Any:
        return object.__new__(kind)

    return build


def _initialise(context: Any, target: Any, *arguments: Any) -> None:
    target.__init__(*arguments)


# Containers


def _build_deque(context: Any, maxlen: Any) -> deque:
    if maxlen is not None and (type(maxlen) is not int or maxlen < 0):
        raise TypeError('the maximal length of a deque is none')
    return make_deque(context.run, maxlen)


def _fill_deque(context: Any, target: deque, *items: Any) -> None:
    for item in items:
        target.append(item)


def _reduce_dict(value: dict[Any, Any], context: Any) -> Any:
    keys, values = keys_and_values(value)
    return (), values, keys


def _reduce_defaultdict(value: defaultdict, context: Any) -> Any:
    keys, values = keys_and_values(value)
    return (), (value.default_factory, *values), keys


def _fill_defaultdict(context: Any, target: defaultdict, factory: Any, *values: Any) -> None:
    if factory is not None and not callable(factory):
        raise TypeError('the factory of a defaultdict cannot be called')
    target.default_factory = factory
    put_values(context, target, *values)


# Iterators

_STEPPER_NAMES: dict[type, str] = {
    Elements: 'counter_elements',
    Merge: 'heapq.merge',
    Reader: 'csv.reader',
    DictReader: 'csv.DictReader',
    Unpacked: 'struct.iter_unpack',
}


def _stepper_kind(kind: Any) -> Kind:
    def fill(context: Any, target: Any, *state: Any) -> None:
        restore_stepper(context.run, target, *state)

    name = _STEPPER_NAMES.get(kind) or f'itertools.{kind.script_type_name}'
    return Kind(name, kind, lambda v, _: ((), stepper_state(v)), _empty(kind), fill)


# Streams


def _stream_kind(kind: type[Any]) -> Kind:
    def fill(context: Any, target: Any, *state: Any) -> None:
        restore_stream(context.run, target, *state)

    return Kind(f'io.{kind.script_type_name}', kind, lambda v, _: ((), stream_state(v)), _empty(kind), fill)


def _fill_writer(context: Any, target: Writer, file: Any, options: Any) -> None:
    target.__init__(context.run, file, typed(options, dict))  # type: ignore[misc]


def _reduce_dict_writer(writer: DictWriter, context: Any) -> Any:
    return (), (writer._writer, writer.fieldnames, writer._rest_value, writer._extras)


def _fill_dict_writer(context: Any, target: DictWriter, writer: Any, names: Any, rest_value: Any, extras: Any) -> None:
    target.__init__(typed(writer, Writer), typed(names, list), rest_value, typed(extras, str))  # type: ignore[misc]


# Callables


def _caller_kind(kind: type[Any]) -> Kind:
    def fill(context: Any, target: Any, *state: Any) -> None:
        restore_caller(context.run, target, *state)

    return Kind(f'operator.{kind.script_type_name}', kind, lambda v, _: ((), caller_state(v)), _empty(kind), fill)


_ERRORS: dict[str, type[BaseException]] = {
    'statistics.StatisticsError': StatisticsError,
    'binascii.Error': BinasciiError,
    'struct.error': StructError,
    'zlib.error': ZlibError,
    'gzip.BadGzipFile': BadGzipFile,
    'lzma.LZMAError': LZMAError,
    'zoneinfo.ZoneInfoNotFoundError': ZoneInfoNotFoundError,
    'copy.Error': CopyError,
    'csv.Error': CsvError,
    'dataclasses.FrozenInstanceError': FrozenInstanceError,
    're.error': PatternError,
    'json.JSONDecodeError': JSONDecodeError,
}


def _error_kind(name: str, kind: type[BaseException]) -> Kind:
    def build(context: Any) -> BaseException:
        return kind.__new__(kind)

    return Kind(name, kind, lambda v, context: ((), exception_state(v, context)), build, fill_exception)


def _reduce_partial(value: Partial, context: Any) -> Any:
    attributes = (value.__dict__,) if value.__dict__ else ()
    return (), (value.func, value.args, value.keywords, *attributes)


def _fill_partial(context: Any, target: Partial, func: Any, args: Any, keywords: Any, attributes: Any = None) -> None:
    fill_partial(context.run, target, func, typed(args, tuple), typed(keywords, dict))
    if attributes is not None:
        target.__dict__.update(typed(attributes, dict))


def _fill_wrapping(context: Any, target: Wrapping, wrapped: Any, *parts: Any) -> None:
    target.__init__(FunctoolsFunctions(context.run), wrapped, *[typed(part, tuple) for part in parts])  # type: ignore[misc]


def _fill_cached(context: Any, target: Cached, *state: Any) -> None:
    restore_cached(context.run, target, *state)


def _fill_namespace(context: Any, target: SimpleNamespace, attributes: Any) -> None:
    set_attributes(target, typed(attributes, dict))


def _reduce_manager(manager: Suppress | NullContext | Closing, context: Any) -> Any:
    return (), tuple(getattr(manager, name) for name in type(manager).__slots__)


def _build_method(context: Any, owner: Any, name: Any) -> Method:
    method = getattr(DERIVABLE[owner], typed(name, str), None)
    if type(method) is not Method:
        raise ValueError('a method of a library class is none')
    return method


def _build_struct(context: Any, text: Any) -> Struct:
    return Struct(context.run, typed(text, str))


def _reduce_local_context(manager: LocalContext, context: Any) -> Any:
    return (), (manager._context, manager._saved)


def _initialise_signals(context: Any, target: Signals, owner: Any, name: Any) -> None:
    if type(owner) is not Context or name not in ('flags', 'traps'):
        raise TypeError('the signals of a context are malformed')
    target.__init__(owner, name)  # type: ignore[misc]


def _build_cache_info(context: Any, parts: Any) -> CacheInfo:
    if type(parts) is not tuple or len(parts) != 4:
        raise TypeError('the figures of a cache are malformed')
    return CacheInfo(parts)


def _build_regression(context: Any, slope: Any, intercept: Any) -> LinearRegression:
    return LinearRegression((slope, intercept))


def _build_cache_maker(context: Any, maxsize: Any, is_typed: Any) -> CacheMaker:
    return CacheMaker(context.run, typed(maxsize, int, type(None)), typed(is_typed, bool))
