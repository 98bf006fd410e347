"""Modules whose matter a script has no part in, as far as programs need them to run: references, codecs, imports, the platform."""

from __future__ import annotations

from typing import Final

from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.modules.scripted import Scripted

_ALL_KEPT: Final = 'a reference of a script keeps what it refers to'
_NO_REGISTRY: Final = 'the codecs of a script are those of str.encode() and bytes.decode()'
_NO_STREAMS: Final = 'open the file with open(path, encoding=...)'
_NO_LOADERS: Final = 'a script has the modules of the sandbox; import_module() gives them'
_HOST: Final = 'it tells of the host'

MODULES: Final[tuple[Definition, ...]] = (
    Definition(
        'weakref',
        scripted=Scripted('weakref', stopping='__hash__ __eq__'),
        left_out={_ALL_KEPT: 'CallableProxyType KeyedRef ProxyType ProxyTypes getweakrefcount getweakrefs'},
    ),
    Definition(
        'codecs',
        scripted=Scripted('codecs'),
        left_out={
            _NO_REGISTRY: 'Codec CodecInfo register unregister register_error lookup_error charmap_build charmap_decode charmap_encode'
            ' getincrementaldecoder getincrementalencoder getreader getwriter make_encoding_map make_identity_dict'
            ' ascii_decode ascii_encode escape_decode escape_encode latin_1_decode latin_1_encode raw_unicode_escape_decode'
            ' raw_unicode_escape_encode readbuffer_encode unicode_escape_decode unicode_escape_encode utf_16_be_decode'
            ' utf_16_be_encode utf_16_decode utf_16_encode utf_16_ex_decode utf_16_le_decode utf_16_le_encode'
            ' utf_32_be_decode utf_32_be_encode utf_32_decode utf_32_encode utf_32_ex_decode utf_32_le_decode'
            ' utf_32_le_encode utf_7_decode utf_7_encode utf_8_decode utf_8_encode strict_errors ignore_errors replace_errors'
            ' xmlcharrefreplace_errors backslashreplace_errors namereplace_errors',
            _NO_STREAMS: 'BufferedIncrementalDecoder BufferedIncrementalEncoder EncodedFile IncrementalDecoder IncrementalEncoder'
            ' StreamReader StreamReaderWriter StreamRecoder StreamWriter iterdecode iterencode',
        },
    ),
    Definition(
        'importlib',
        scripted=Scripted('importlib'),
        left_out={_NO_LOADERS: 'abc find_loader machinery metadata readers resources simple util'},
    ),
    Definition(
        'platform',
        scripted=Scripted('platform'),
        left_out={
            _HOST: 'AndroidVer IOSVersionInfo DEV_NULL android_ver freedesktop_os_release ios_ver java_ver libc_ver mac_ver'
            ' python_branch python_build python_revision uname uname_result win32_edition win32_is_iot win32_ver'
            ' invalidate_caches'
        },
    ),
)
