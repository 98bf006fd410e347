"""`codecs`: what programs encode and decode by name, the codecs of text and bytes that are no encodings of a text among it."""

import base64 as _base64
import binascii as _binascii
import zlib as _zlib
from _builtins import open as _open

__all__ = [
    'BOM', 'BOM32_BE', 'BOM32_LE', 'BOM64_BE', 'BOM64_LE', 'BOM_BE', 'BOM_LE', 'BOM_UTF16', 'BOM_UTF16_BE', 'BOM_UTF16_LE', 'BOM_UTF32',
    'BOM_UTF32_BE', 'BOM_UTF32_LE', 'BOM_UTF8', 'decode', 'encode', 'getdecoder', 'getencoder', 'lookup', 'open',
]  # fmt: skip

BOM_UTF8 = b'\xef\xbb\xbf'
BOM = BOM_LE = BOM_UTF16 = BOM_UTF16_LE = BOM32_LE = b'\xff\xfe'
BOM_BE = BOM_UTF16_BE = BOM32_BE = b'\xfe\xff'
BOM_UTF32 = BOM_UTF32_LE = BOM64_LE = b'\xff\xfe\x00\x00'
BOM_UTF32_BE = BOM64_BE = b'\x00\x00\xfe\xff'

_UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
_LOWER = _UPPER.lower()
_ROT13 = str.maketrans(_UPPER + _LOWER, _UPPER[13:] + _UPPER[:13] + _LOWER[13:] + _LOWER[:13])


def _rot13(text):
    return text.translate(_ROT13)


#: Names of the codecs that are no encodings of a text -> what encodes and what decodes.
_OTHERS = {
    'rot13': (_rot13, _rot13),
    'hex': (_binascii.hexlify, _binascii.unhexlify),
    'base64': (_base64.encodebytes, _base64.decodebytes),
    'zlib': (_zlib.compress, _zlib.decompress),
}
_ALIASES = {'rot_13': 'rot13', 'hex_codec': 'hex', 'base_64': 'base64', 'base64_codec': 'base64', 'zip': 'zlib', 'zlib_codec': 'zlib'}


def _other(encoding):
    name = encoding.lower().replace('-', '_').replace(' ', '_')
    return _OTHERS.get(_ALIASES.get(name, name))


def encode(obj, encoding='utf-8', errors='strict'):
    other = _other(encoding)
    if other is not None:
        return other[0](obj)
    if not isinstance(obj, str):
        raise TypeError(f"utf_8_encode() argument 1 must be str, not {type(obj).__name__}")
    return obj.encode(encoding, errors)


def decode(obj, encoding='utf-8', errors='strict'):
    other = _other(encoding)
    if other is not None:
        return other[1](obj)
    if isinstance(obj, str):
        raise TypeError("a bytes-like object is required, not 'str'")
    return bytes(obj).decode(encoding, errors)


class _Codec:
    def __init__(self, name):
        self.name = name

    def encode(self, text, errors='strict'):
        return encode(text, self.name, errors), len(text)

    def decode(self, data, errors='strict'):
        return decode(data, self.name, errors), len(data)

    def __repr__(self):
        return f'<codecs.CodecInfo object for encoding {self.name}>'


def lookup(encoding):
    if _other(encoding) is None:
        ''.encode(encoding)
    return _Codec(encoding.lower().replace('_', '-'))


def getencoder(encoding):
    return lookup(encoding).encode


def getdecoder(encoding):
    return lookup(encoding).decode


def open(filename, mode='r', encoding=None, errors='strict', buffering=-1):
    if encoding is None:
        return _open(filename, mode)
    return _open(filename, mode, encoding=encoding, errors=errors)
