"""`json`: CPython's C encoder and decoder, behind a walk that makes their work bounded.

The C encoder trusts what it is given: it calls methods of subclasses, expands shared values as a tree, and
does not look at clock or memory. So `dumps` first walks the value:

* the *measure* walk sees exact built-in types only, charges each node as often as the output will hold it, and
  adds up an upper bound of the output's size. Where that fits, the C encoder gets the value as it is;
* a value with anything else in it (subclasses, objects for `default`) is first *rebuilt* from exact types; no
  callback runs after that, so nothing can change between the check and the use;
* where the upper bound does not fit, or with `indent`, the output is made piece by piece and metered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import accumulate
from typing import Any, Final, TypeAlias

from monty_flow.interpreter.modules.module import Definition, FrozenType, Functions
from monty_flow.interpreter.modules.scripted import Scripted
from monty_flow.interpreter.runtime.run import Run

Hook: TypeAlias = Callable[[Any], Any]

#: Levels of nesting; CPython's own recursion limit stops a little above.
MAX_DEPTH = 900
_NUMBER_SIZE = 26  # the longest repr of a float, with a separator
_NODE_SIZE = 4  # brackets and separators of one element
_WIDEST_ESCAPE = 6
_LONG = 65_536  # characters of a str, or of a text to parse, that are looked at
_CONTROLS = ''.join(chr(code) for code in range(32) if chr(code) not in '\n\r\t\b\f')
_REBUILT_NODE_BYTES = 64
_CHARGE_EVERY = 1000  # nodes; a charge costs as much as a small container
_CONSTANTS = frozenset({float, bool, type(None)})
_ONLY_STR = frozenset({str})
_ONLY_INT = frozenset({int})
_SCALARS: frozenset[type] = frozenset({str, int, float, bool, type(None)})

_ENCODE = json.JSONEncoder().encode
_DECODE = json.JSONDecoder().decode
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_NOT_BRACKET = re.compile(r'[^\[\]{}]+')
_STEP = {'[': 1, '{': 1, ']': -1, '}': -1}


class JSONDecodeError(json.JSONDecodeError, metaclass=FrozenType):
    """CPython's class, with no attribute of the class to change."""

    __module__ = 'json.decoder'


class _NotPlain(Exception):
    """The value holds something else than exact built-in types."""


class _Measure:
    """Add up an upper bound of the size of a value's JSON text."""

    __slots__ = ('_charged', '_open', '_run', 'deepest', 'nodes', 'size')

    def __init__(self, run: Run) -> None:
        self._run = run
        self._open: set[int] = set()
        self.size = 0
        self.nodes = 0
        self.deepest = 0
        self._charged = 0

    def walk(self, value: Any) -> None:
        """Add a value; one Python frame for each level of nesting."""
        kind = type(value)
        if kind is dict:
            if not self._add_scalars(value):
                raise _NotPlain
            children = value.values()
        elif kind is list or kind is tuple:
            children = value
        elif kind in _SCALARS:
            self.size += self._text_size(value) if kind is str else _scalar_size(value, kind)
            return
        else:
            raise _NotPlain
        count = len(children)
        self.nodes += count + 1
        self.size += count * _NODE_SIZE + 2
        if self.nodes > self._charged + _CHARGE_EVERY:
            self.settle()
        if self._add_scalars(children):
            return
        _enter(self._open, value)
        self.deepest = max(self.deepest, len(self._open))
        for child in children:
            kind = type(child)
            if kind is str:
                self.size += self._text_size(child)
            elif kind in _CONSTANTS:
                self.size += _NUMBER_SIZE
            else:
                self.walk(child)
        self._open.discard(id(value))

    def _text_size(self, text: str) -> int:
        """Return the size of a str as JSON; a long one, which is made in one piece, must fit by itself."""
        if len(text) <= _LONG:
            return len(text) * _WIDEST_ESCAPE + 2
        size = _escaped_size(text)
        self._run.charge(len(text) >> 3)
        self._run.reserve(size)
        return size

    def settle(self) -> None:
        """Charge for the nodes that were not yet charged for."""
        self._run.charge(self.nodes - self._charged)
        self._charged = self.nodes

    def _add_scalars(self, values: Any) -> bool:
        """Add values that are all scalars, at the speed of C where they are alike; return whether they are."""
        kinds = set(map(type, values))
        if str in kinds and sum([len(value) for value in values if type(value) is str]) > _LONG:
            return False
        if kinds == _ONLY_STR:
            self.size += sum(map(len, values)) * _WIDEST_ESCAPE + 2 * len(values)
        elif not kinds <= _SCALARS:
            return False
        elif kinds == _ONLY_INT:
            self.size += sum(map(int.bit_length, values)) // 3 + 3 * len(values)
        elif kinds <= _CONSTANTS:
            self.size += len(values) * _NUMBER_SIZE
        else:
            self.size += sum(_scalar_size(value, type(value)) for value in values)
        return True


def _scalar_size(value: Any, kind: type) -> int:
    if kind is str:
        return len(value) * _WIDEST_ESCAPE + 2
    if kind is int:
        return int.bit_length(value) // 3 + 3
    return _NUMBER_SIZE


def _escaped_size(text: str) -> int:
    """Return the characters that a str takes as JSON in ASCII."""
    escaped = sum(map(text.count, '"\\\n\r\t\b\f'))
    size = len(text) + 2 + escaped + 5 * (sum(map(text.count, _CONTROLS)))
    return size if text.isascii() else size + 11 * (len(text) - len(text.encode('ascii', 'ignore')))


def _parsed_size(text: str) -> int:
    """Return the bytes that the values of a JSON text take, about: a text of brackets and commas becomes far bigger."""
    commas, quotes = text.count(','), text.count('"')
    numbers = max(0, commas - quotes // 2)
    return 56 * text.count('[') + 184 * text.count('{') + 8 * commas + 12 * numbers + 25 * quotes + len(text)


def _enter(open_containers: set[int], value: Any) -> None:
    """Note that the walk is inside `value`; refuse a cycle, and nesting that is too deep."""
    if id(value) in open_containers:
        raise ValueError('Circular reference detected')
    if len(open_containers) >= MAX_DEPTH:
        kind = 'object' if isinstance(value, dict) else 'array'
        raise RecursionError(f'maximum recursion depth exceeded while encoding a JSON {kind}')
    open_containers.add(id(value))


class _Rebuild:
    """Copy a value into exact built-in types, with `default` for what JSON has no form for."""

    __slots__ = ('_default', '_nodes', '_open', '_run', '_skip_keys')

    def __init__(self, run: Run, default: Hook | None, skip_keys: bool) -> None:
        self._run = run
        self._default = default
        self._skip_keys = skip_keys
        self._open: set[int] = set()
        self._nodes = 0

    def walk(self, value: Any) -> Any:
        self._run.charge(1)
        self._nodes += 1
        self._run.reserve(self._nodes * _REBUILT_NODE_BYTES)
        if value is None or value is True or value is False:
            return value
        exact = _exact_scalar(value)
        if exact is not None:
            return exact
        _enter(self._open, value)
        result = self._container(value)
        self._open.discard(id(value))
        return result

    def _container(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.walk(item) for item in list.__iter__(value)]
        if isinstance(value, tuple):
            return [self.walk(item) for item in tuple.__iter__(value)]
        if isinstance(value, dict):
            self._run.charge(len(value))
            items = list(dict.items(value))
            return {self._key(key): self.walk(item) for key, item in items if self._accepts(key)}
        if self._default is None:
            raise TypeError(f'Object of type {type(value).__name__} is not JSON serializable')
        return self.walk(self._default(value))

    def _accepts(self, key: Any) -> bool:
        if key is None or isinstance(key, (str, int, float)):
            return True
        if self._skip_keys:
            return False
        raise TypeError(f'keys must be str, int, float, bool or None, not {type(key).__name__}')

    def _key(self, key: Any) -> Any:
        return key if key is None or type(key) is bool else _exact_scalar(key)


def _exact_scalar(value: Any) -> Any:
    """Return a str, int or float without what a subclass adds, None for any other value."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    return None


class JsonFunctions(Functions):
    """The functions of `json`."""

    __slots__ = ()
    module = 'json'

    def dumps(
        self,
        obj: Any,
        *,
        skipkeys: Any = False,
        ensure_ascii: Any = True,
        check_circular: Any = True,
        allow_nan: Any = True,
        cls: Any = None,
        indent: int | str | None = None,
        separators: tuple[str, str] | None = None,
        default: Hook | None = None,
        sort_keys: Any = False,
        **kw: Any,
    ) -> str:
        if cls is not None or kw:
            return self._by_class(
                cls, obj, skipkeys=skipkeys, ensure_ascii=ensure_ascii, check_circular=check_circular,
                allow_nan=allow_nan, indent=indent, separators=separators, default=default, sort_keys=sort_keys, **kw,
            )  # fmt: skip
        # `check_circular` is accepted and always on: a cycle without it ends in the recursion limit.
        run = self._run
        skip_keys = bool(skipkeys)
        measure = _Measure(run)
        try:
            measure.walk(obj)
        except _NotPlain:
            obj = _Rebuild(run, default, skip_keys).walk(obj)
            measure = _Measure(run)
            measure.walk(obj)
        measure.settle()
        if ensure_ascii is True and allow_nan is True and sort_keys is False and indent is None and separators is None:
            encoder = None
        else:
            separators = None if separators is None else _checked_separators(separators)
            indent = None if indent is None else _checked_indent(run, indent, measure.deepest + 2)
            encoder = json.JSONEncoder(
                skipkeys=skip_keys,
                ensure_ascii=bool(ensure_ascii),
                allow_nan=bool(allow_nan),
                sort_keys=bool(sort_keys),
                indent=indent,
                separators=separators,
            )
        width = sum(map(len, separators)) if separators else 0
        limit = run.limits.max_memory
        if indent is None and (limit is None or measure.size + measure.nodes * width <= limit):
            return _ENCODE(obj) if encoder is None else encoder.encode(obj)
        return _encode_in_pieces(run, encoder or json.JSONEncoder(), obj)

    def loads(
        self,
        s: str | bytes | bytearray,
        *,
        cls: Any = None,
        object_hook: Hook | None = None,
        parse_float: Hook | None = None,
        parse_int: Hook | None = None,
        parse_constant: Hook | None = None,
        object_pairs_hook: Hook | None = None,
        **kw: Any,
    ) -> Any:
        text = _checked_text(s)
        if cls is not None or kw:
            hooks = {
                'object_hook': object_hook, 'parse_float': parse_float, 'parse_int': parse_int,
                'parse_constant': parse_constant, 'object_pairs_hook': object_pairs_hook,
            }  # fmt: skip
            given = {name: hook for name, hook in hooks.items() if hook is not None}
            return self._of_script('JSONDecoder', cls)(**given, **kw).decode(text)
        self._run.charge(len(text) >> 5)
        if len(text) > _LONG:
            self._run.reserve(_parsed_size(text))
        _check_depth(self._run, text)
        try:
            if object_hook is parse_float is parse_int is parse_constant is object_pairs_hook is None:
                return _DECODE(text)
            return json.JSONDecoder(
                object_hook=object_hook,
                parse_float=parse_float,
                parse_int=parse_int,
                parse_constant=parse_constant,
                object_pairs_hook=object_pairs_hook,
            ).decode(text)
        except json.JSONDecodeError as error:
            # A hook may itself have called loads() and let our error through.
            raise (error if type(error) is JSONDecodeError else _ours(error)) from None

    def _by_class(self, cls: Any, obj: Any, **options: Any) -> str:
        """Encode with a class of the script's, or with CPython's own and what it does not know."""
        encoded: str = self._of_script('JSONEncoder', cls)(**options).encode(obj)
        return encoded

    def _of_script(self, name: str, cls: Any) -> Any:
        if cls is not None:
            return cls
        assert self._run.modules is not None
        return getattr(self._run.modules['json'], name)


class Quick(JsonFunctions):
    """What the source of `json` in the script language takes from here, and its parts that go through whole texts."""

    __slots__ = ()
    module = '_json'

    def encode_basestring(self, s: Any, /) -> str:
        return json.encoder.encode_basestring(self._paid(s))

    def encode_basestring_ascii(self, s: Any, /) -> str:
        return json.encoder.encode_basestring_ascii(self._paid(s))

    def scanstring(self, s: Any, end: Any, strict: Any = True, /) -> Any:
        try:
            return json.decoder.scanstring(self._paid(s), end, strict)  # type: ignore[attr-defined]
        except json.JSONDecodeError as error:
            failure = _ours(error)
        raise failure

    def _paid(self, s: Any) -> str:
        if not isinstance(s, str):
            raise TypeError(f'first argument must be a string, not {type(s).__name__}')
        self._run.charge(len(s) >> 5)
        self._run.reserve(_WIDEST_ESCAPE * len(s))
        return str.__str__(s)


def _ours(error: json.JSONDecodeError) -> JSONDecodeError:
    return JSONDecodeError(error.msg, error.doc, error.pos)


def _checked_separators(separators: Any) -> tuple[str, str]:
    if type(separators) in {tuple, list} and len(separators) == 2 and all(type(text) is str for text in separators):
        return tuple(separators)
    raise TypeError('separators must be a tuple of two strings, such as (",", ":")')


def _checked_indent(run: Run, indent: Any, levels: int) -> int | str:
    if not isinstance(indent, (int, str)):
        raise TypeError(f'indent must be an int, a str or None, not {type(indent).__name__}')
    exact: int | str = _exact_scalar(indent)
    run.reserve((len(exact) if isinstance(exact, str) else max(exact, 0)) * levels)
    return exact


def _encode_in_pieces(run: Run, encoder: json.JSONEncoder, obj: Any) -> str:
    pieces: list[str] = []
    size = 0
    for piece in encoder.iterencode(obj):
        run.charge(1)
        size += len(piece)
        run.reserve(size)
        pieces.append(piece)
    return ''.join(pieces)


def _checked_text(s: Any) -> str:
    if isinstance(s, str):
        text = str.__str__(s)
        if text.startswith('\ufeff'):
            raise JSONDecodeError('Unexpected UTF-8 BOM (decode using utf-8-sig)', text, 0)
        return text
    if isinstance(s, (bytes, bytearray)):
        data = bytes(memoryview(s))
        return data.decode(json.detect_encoding(data), 'surrogatepass')
    raise TypeError(f'the JSON object must be str, bytes or bytearray, not {type(s).__name__}')


def _check_depth(run: Run, text: str) -> None:
    """Refuse text that nests deeper than the C decoder's recursion should go."""
    opened = text.count('[') + text.count('{')
    if opened < MAX_DEPTH:
        return
    run.charge(len(text) >> 3)
    stripped = _STRING.sub('', text)
    depth = 0
    for start in range(0, len(stripped), _LONG):
        brackets = _NOT_BRACKET.sub('', stripped[start : start + _LONG])
        depths = list(accumulate(map(_STEP.__getitem__, brackets), initial=depth))
        if max(depths) > MAX_DEPTH:
            raise RecursionError('maximum recursion depth exceeded while decoding a JSON document')
        depth = depths[-1]


#: Methods of encoders, decoders and files of the script.
_STOPPING: Final = 'default encode iterencode decode raw_decode read write'

MODULE = Definition(
    'json',
    static={'JSONDecodeError': JSONDecodeError},
    functions=JsonFunctions,
    scripted=Scripted('json', stopping=_STOPPING),
    stoppable=frozenset({'dumps', 'loads'}),
    left_out={'it is not meant for users of the module': 'codecs'},
)
QUICK = Definition('_json', functions=Quick)
DECODER = Definition(
    'json.decoder',
    scripted=Scripted(
        'json.decoder',
        installed=True,
        stopping=_STOPPING,
        without='JSONDecodeError scanner',
        before='import json.scanner as scanner\nfrom json import JSONDecodeError\n',
    ),
)
ENCODER = Definition('json.encoder', scripted=Scripted('json.encoder', installed=True, stopping=_STOPPING))
SCANNER = Definition('json.scanner', scripted=Scripted('json.scanner', installed=True))
