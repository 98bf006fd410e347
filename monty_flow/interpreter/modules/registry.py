"""The table of importable modules, and the well-known ones that a script cannot have."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from monty_flow.interpreter.modules import (
    abc,
    asyncio,
    base64,
    bisect,
    cmath,
    collections,
    collections_abc,
    copy,
    coroutine_tools,
    csv,
    dataclasses,
    datetime,
    decimal,
    enum,
    flow,
    functools,
    future,
    hashlib,
    heapq,
    io,
    itertools,
    json,
    math,
    operator,
    os,
    random,
    re,
    statistics,
    string,
    struct,
    sys,
    texts,
    time,
    types,
    typing,
    uuid,
    written,
)
from monty_flow.interpreter.modules.module import Definition, External, Functions, Module
from monty_flow.interpreter.modules.scripted import Scripted
from monty_flow.interpreter.runtime.run import Run

#: Every importable module by its full name.
DEFINITIONS: Mapping[str, Definition] = MappingProxyType(
    {
        definition.name: definition
        for definition in (
            abc.MODULE,
            asyncio.MODULE,
            base64.MODULE,
            bisect.MODULE,
            cmath.MODULE,
            collections.MODULE,
            collections_abc.LIBRARY,
            collections_abc.MARKS,
            collections_abc.MODULE,
            copy.MODULE,
            coroutine_tools.MODULE,
            csv.MODULE,
            dataclasses.MODULE,
            datetime.MODULE,
            decimal.MODULE,
            enum.MODULE,
            flow.EXTERNALS,
            flow.MODULE,
            functools.MODULE,
            future.MODULE,
            hashlib.HMAC_MODULE,
            hashlib.MODULE,
            heapq.MODULE,
            io.MODULE,
            itertools.MODULE,
            json.MODULE,
            math.MODULE,
            operator.MODULE,
            os.MODULE,
            os.PATH_MODULE,
            random.MODULE,
            re.MODULE,
            statistics.MODULE,
            string.MODULE,
            string.PARSING_MODULE,
            struct.MODULE,
            sys.MODULE,
            texts.BINASCII_MODULE,
            texts.HTML_MODULE,
            texts.KEYWORD_MODULE,
            texts.UNICODEDATA_MODULE,
            texts.ZLIB_MODULE,
            time.MODULE,
            types.MODULE,
            typing.MODULE,
            uuid.MODULE,
            *written.MODULES,
        )
    }
)

#: What `import` of a script accepts; names that begin with an underscore are for library modules alone.
NAMES: frozenset[str] = frozenset(name for name in DEFINITIONS if not name.startswith('_') or name == '__future__')
#: Sources in the script language by name.
SCRIPTED: Mapping[str, Scripted] = MappingProxyType(
    {
        definition.scripted.name: definition.scripted
        for definition in DEFINITIONS.values()
        if definition.scripted is not None
    }
)

_NO_HOST = 'scripts cannot reach the host; make it an external function'
_NO_FILES = 'scripts have no files of the host; pass data in as inputs or through an external function'
_NO_NETWORK = 'scripts have no network; make the request in an external function'
_NO_THREADS = 'scripts run in one thread; external calls can run at the same time under asyncio.gather'
_NO_CODE = 'scripts cannot look at or make code'
_NO_PICKLE = 'unpickling runs code; use json'
_NOT_YET = 'it is not part of this release; write what is needed in the script, or as an external function'

_REASONS: Mapping[str, str] = {
    _NO_HOST: 'ctypes gc multiprocessing platform pwd resource signal subprocess sysconfig syslog getpass faulthandler',
    _NO_FILES: 'fcntl fileinput glob gzip mmap pathlib shutil sqlite3 tarfile tempfile zipfile bz2 lzma',
    _NO_NETWORK: 'aiohttp ftplib http httpx imaplib poplib requests select selectors smtplib socket ssl urllib urllib3',
    _NO_THREADS: 'concurrent contextvars queue sched threading _thread',
    _NO_CODE: 'ast builtins code codeop compileall dis importlib inspect marshal pkgutil runpy symtable token tokenize '
    'traceback unittest warnings weakref atexit linecache',
    _NO_PICKLE: 'pickle shelve copyreg dbm',
    _NOT_YET: 'argparse array calendar cmath codecs configparser difflib email fractions '
    'getopt gettext graphlib ipaddress locale logging numpy pandas pprint pydantic secrets shlex struct toml '
    'tomllib xml yaml zoneinfo',
}

#: Well-known modules that scripts cannot import: why, and what to do instead.
REFUSED: Mapping[str, str] = MappingProxyType(
    {name: reason for reason, names in _REASONS.items() for name in names.split() if name not in NAMES}
)

_NO_EXTERNALS: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Description:
    """What the documentation says of one module."""

    name: str
    exports: tuple[str, ...]
    #: Names of CPython's module that are left out, each with the reason.
    left_out: Mapping[str, str]


def load(name: str, run: Run, externals: Mapping[str, object] = _NO_EXTERNALS) -> Module:
    """Return a new module object for the run.

    `externals` maps the full name of an external function ('time.sleep') to what the script gets for it.
    The caller keeps one object a run, so that a module is itself wherever it is imported.
    """
    return DEFINITIONS[name].bind(run, externals)


def is_known(name: str) -> bool:
    """Tell whether there is a module of that name, for scripts or for library modules."""
    return name in DEFINITIONS


def is_scripted(name: str) -> bool:
    """Tell whether there is a source in the script language of that name."""
    return name in SCRIPTED


def has_script(name: str, names: Collection[str] = ('*',)) -> bool:
    """Tell whether a module that can be imported has a source in the script language, for some of these names."""
    definition = DEFINITIONS.get(name)
    if definition is None or definition.scripted is None:
        return False
    return '*' in names or not definition.scripted.exports.isdisjoint(names)


def scripted(name: str) -> Scripted:
    """Return the source of that name."""
    return SCRIPTED[name]


def exports(name: str) -> frozenset[str]:
    """Return the names that `from name import ...` accepts."""
    return DEFINITIONS[name].exports


def native_exports(name: str) -> frozenset[str]:
    """Return the exports of a module that no source in the script language has."""
    definition = DEFINITIONS[name]
    return definition.exports if definition.scripted is None else definition.exports - definition.scripted.exports


def describe() -> tuple[Description, ...]:
    """Return what every module exports and leaves out, by name."""
    return tuple(
        Description(name, tuple(sorted(definition.exports)), definition.reasons)
        for name, definition in sorted(DEFINITIONS.items())
        if name in NAMES
    )


def reference_of(value: object) -> tuple[str, str] | None:
    """Return (module, export) of a value that a module exports to all runs alike, None for any other.

    Snapshots write functions of modules in this form; `getattr(load(module, run), export)` is the way back.
    """
    owner = getattr(value, '__self__', None)
    if isinstance(owner, Functions):
        return owner.module, value.__name__  # type: ignore[attr-defined]
    if isinstance(value, External):
        module, _, export = value.name.rpartition('.')
        return module, export
    return _SHARED.get(id(value))


# By identity: what is equal is not the same (1.0 and True), and the definitions keep every value alive.
# Plain data needs no reference.
_SHARED: Mapping[int, tuple[str, str]] = {
    id(value): (name, export)
    for name, definition in DEFINITIONS.items()
    for export, value in definition.static.items()
    if type(value) not in {int, float, str, bool, tuple, bytes}
}
