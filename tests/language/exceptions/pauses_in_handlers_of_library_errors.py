# What a library raises is caught, waits in its handler, and is afterwards what it was, with what it says of itself.
import base64
import binascii
import bz2
import configparser
import csv
import dataclasses
import datetime
import decimal
import enum
import fractions
import graphlib
import gzip
import ipaddress
import json
import lzma
import queue
import re
import shlex
import statistics
import string
import struct
import sys
import tomllib
import traceback
import uuid
import zlib
import zoneinfo


@dataclasses.dataclass(frozen=True)
class Point:
    x: int


class Colour(enum.Enum):
    RED = 1


def write_to_frozen():
    Point(1).x = 2


CASES = [
    (json.JSONDecodeError, lambda: json.loads('{')),
    (json.JSONDecodeError, lambda: json.loads('[1,', object_hook=lambda d: d)),
    (re.error, lambda: re.compile('(')),
    (re.error, lambda: re.sub('a', r'\g<9>', 'a')),
    (csv.Error, lambda: list(csv.reader(['"a'], strict=True))),
    (struct.error, lambda: struct.unpack('i', b'')),
    (zlib.error, lambda: zlib.decompress(b'abc')),
    (gzip.BadGzipFile, lambda: gzip.decompress(b'abc')),
    (lzma.LZMAError, lambda: lzma.decompress(b'abc')),
    (OSError, lambda: bz2.decompress(b'abc')),
    (binascii.Error, lambda: base64.b64decode('a')),
    (statistics.StatisticsError, lambda: statistics.mean([])),
    (decimal.InvalidOperation, lambda: decimal.Decimal('x')),
    (decimal.DivisionByZero, lambda: decimal.Decimal(1) / 0),
    (ZeroDivisionError, lambda: fractions.Fraction(1, 0)),
    (zoneinfo.ZoneInfoNotFoundError, lambda: zoneinfo.ZoneInfo('no/where')),
    (tomllib.TOMLDecodeError, lambda: tomllib.loads('a=')),
    (dataclasses.FrozenInstanceError, write_to_frozen),
    (ValueError, lambda: datetime.date(2020, 13, 1)),
    (ValueError, lambda: uuid.UUID('x')),
    (ValueError, lambda: Colour(3)),
    (ValueError, lambda: ipaddress.ip_address('x')),
    (ValueError, lambda: shlex.split('"')),
    (SyntaxError, lambda: eval('1 +')),
    (KeyError, lambda: string.Template('$a').substitute()),
    (graphlib.CycleError, lambda: list(graphlib.TopologicalSorter({1: [2], 2: [1]}).static_order())),
    (queue.Empty, lambda: queue.Queue().get_nowait()),
    (configparser.Error, lambda: configparser.ConfigParser().read_string('x')),
]

for expected, act in CASES:
    try:
        act()
    except expected as error:
        kept = error
        before = str(error)
        ext(1)
        print(type(error).__name__, error is kept, type(error) is expected or expected in type(error).__mro__)
        print(str(error) == before, isinstance(type(error), type), sys.exc_info()[1] is error)
        print(traceback.format_exc().splitlines()[-1] != 'NoneType: None')
    else:
        print('nothing was raised')

try:
    try:
        json.loads('[1, 2')
    except json.JSONDecodeError as error:
        raise RuntimeError('no answer') from error
except RuntimeError as error:
    ext(2)
    cause = error.__cause__
    print(type(cause) is json.JSONDecodeError, cause.msg, cause.doc, cause.pos, cause.lineno, cause.colno)

try:
    re.compile('a\n*(')
except re.error as error:
    ext(3)
    print(error.msg, repr(error.pattern), error.pos, error.lineno, error.colno)

for kind in (re.Pattern, re.error, json.JSONDecodeError, csv.Error):
    print(isinstance(kind, type), type(kind) is type)
