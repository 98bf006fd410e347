"""`json`: files, the classes that write and read, and what calls functions of the script that may stop.

The quick way is native (`modules/json.py`). With a class of the script's, or with a hook in a script that may stop inside,
CPython's own classes do the work, compiled as a part of the script.
"""

import json.decoder as _decoder
import json.encoder as _encoder
import json.scanner as _scanner
from _json import dumps as _dumps
from _json import loads as _loads
from json.decoder import JSONDecoder
from json.encoder import JSONEncoder

__all__ = [
    'JSONDecoder', 'JSONEncoder', 'decoder', 'detect_encoding', 'dump', 'dumps', 'encoder', 'load', 'loads', 'scanner',
]


decoder = _decoder
encoder = _encoder
scanner = _scanner


def dumps(
    obj, *, skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=True, cls=None, indent=None,
    separators=None, default=None, sort_keys=False, **kw,
):
    if cls is None and default is None and not kw:
        return _dumps(
            obj, skipkeys=skipkeys, ensure_ascii=ensure_ascii, check_circular=check_circular, allow_nan=allow_nan,
            indent=indent, separators=separators, sort_keys=sort_keys,
        )
    return (cls or JSONEncoder)(
        skipkeys=skipkeys, ensure_ascii=ensure_ascii, check_circular=check_circular, allow_nan=allow_nan, indent=indent,
        separators=separators, default=default, sort_keys=sort_keys, **kw,
    ).encode(obj)


def dump(obj, fp, *, cls=None, default=None, **kw):
    if cls is None and default is None:
        fp.write(_dumps(obj, **kw))
        return
    for chunk in (cls or JSONEncoder)(default=default, **kw).iterencode(obj):
        fp.write(chunk)


def loads(
    s, *, cls=None, object_hook=None, parse_float=None, parse_int=None, parse_constant=None, object_pairs_hook=None, **kw
):
    hooks = {}
    if object_hook is not None:
        hooks['object_hook'] = object_hook
    if object_pairs_hook is not None:
        hooks['object_pairs_hook'] = object_pairs_hook
    if parse_float is not None:
        hooks['parse_float'] = parse_float
    if parse_int is not None:
        hooks['parse_int'] = parse_int
    if parse_constant is not None:
        hooks['parse_constant'] = parse_constant
    if cls is None and not hooks and not kw:
        return _loads(s)
    if isinstance(s, str):
        if s.startswith('\ufeff'):
            raise decoder.JSONDecodeError('Unexpected UTF-8 BOM (decode using utf-8-sig)', s, 0)
    elif isinstance(s, (bytes, bytearray)):
        s = s.decode(detect_encoding(s), 'surrogatepass')
    else:
        raise TypeError(f'the JSON object must be str, bytes or bytearray, not {s.__class__.__name__}')
    return (cls or JSONDecoder)(**hooks, **kw).decode(s)


def load(fp, **kw):
    return loads(fp.read(), **kw)


def detect_encoding(b):
    if b.startswith((b'\x00\x00\xfe\xff', b'\xff\xfe\x00\x00')):
        return 'utf-32'
    if b.startswith((b'\xfe\xff', b'\xff\xfe')):
        return 'utf-16'
    if b.startswith(b'\xef\xbb\xbf'):
        return 'utf-8-sig'
    if len(b) >= 4:
        if not b[0]:
            return 'utf-16-be' if b[1] else 'utf-32-be'
        if not b[1]:
            return 'utf-16-le' if b[2] or b[3] else 'utf-32-le'
    elif len(b) == 2:
        if not b[0]:
            return 'utf-16-be'
        if not b[1]:
            return 'utf-16-le'
    return 'utf-8'
