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
from itertools import accumulate
from typing import Any, Final

from monty_flow.interpreter.modules.json_values import (
    LONG,
    MAX_DEPTH,
    WIDEST_ESCAPE,
    Hook,
    Measure,
    NotPlain,
    Rebuild,
    exact_scalar,
    parsed_size,
)
from monty_flow.interpreter.modules.module import Definition, Functions
from monty_flow.interpreter.modules.scripted import Scripted
from monty_flow.interpreter.runtime.immutable import FrozenType
from monty_flow.interpreter.runtime.run import Run

_ENCODE = json.JSONEncoder().encode
_DECODE = json.JSONDecoder().decode
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_NOT_BRACKET = re.compile(r'[^\[\]{}]+')
_STEP = {'[': 1, '{': 1, ']': -1, '}': -1}


class JSONDecodeError(json.JSONDecodeError, metaclass=FrozenType):
    """CPython's class, with no attribute of the class to change."""

    __module__ = 'json.decoder'


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
        measure = Measure(run)
        try:
            measure.walk(obj)
        except NotPlain:
            obj = Rebuild(run, default, skip_keys).walk(obj)
            measure = Measure(run)
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
        if len(text) > LONG:
            self._run.reserve(parsed_size(text))
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
        self._run.reserve(WIDEST_ESCAPE * len(s))
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
    exact: int | str = exact_scalar(indent)
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
    for start in range(0, len(stripped), LONG):
        brackets = _NOT_BRACKET.sub('', stripped[start : start + LONG])
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
