"""The table of importable modules, and the well-known ones that a script cannot have."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from monty_flow.interpreter.records import record
from monty_flow.interpreter.runtime import watch
from monty_flow.interpreter.runtime.reflection import EXPORTERS

if TYPE_CHECKING:
    from monty_flow.interpreter.modules.module import Definition, Module
    from monty_flow.interpreter.modules.scripted import Scripted
    from monty_flow.interpreter.runtime.run import Run


class Place(NamedTuple):
    """Where the definition of a module is."""

    #: The file of this package that defines it.
    file: str
    #: The name of its source in the script language, None for a module that is native throughout.
    script: str | None = None


def _places(file: str, names: str) -> dict[str, Place]:
    """Return the places of modules that one file defines; `name=script` for one with a source of that name."""
    pairs = [word.partition('=') for word in names.split()]
    return {name: Place(file, script or None) for name, _, script in pairs}


def _scripts(file: str, names: str) -> dict[str, Place]:
    """Return the places of modules whose sources bear their own names."""
    return {name: Place(file, name) for name in names.split()}


#: Every importable module by its full name. Nothing here is loaded before a script asks for it: all definitions
#: together take longer to load than the rest of the interpreter.
PLACES: Final[Mapping[str, Place]] = MappingProxyType(
    {
        **{
            name: Place(name)
            for name in (
                'abc array asyncio base64 bisect cmath copy csv dataclasses datetime decimal enum hashlib heapq io'
                ' math operator os random struct sys time typing uuid zoneinfo'
            ).split()
        },
        **_places('collections', 'collections=collections'),
        **_places('collections_abc', '_collections_abc=collections_abc _abstract_marks collections.abc'),
        **_places('coroutine_tools', '_coroutine_tools'),
        **_places('compression', 'gzip bz2 lzma'),
        **_places('flow', 'flow=flow _flow'),
        **_places('functools', 'functools=functools'),
        **_places('bisect', '_bisect_by_steps=bisect'),
        **_places('csv', '_csv_records _csv_by_steps=csv'),
        **_places('heapq', '_heapq_by_steps=heapq'),
        **_places('future', '__future__'),
        **_places('hashlib', 'hmac'),
        **_places('os', 'os.path'),
        **_places('re', 're=re'),
        **_places('string', 'string=string _string_parsing'),
        **_places('texts', 'binascii html=html keyword unicodedata zlib'),
        **_places('types', 'types=class_tools'),
        **_places('itertools', 'itertools=itertools'),
        **_places('json', 'json=json _json'),
        **_scripts('json', 'json.decoder json.encoder json.scanner'),
        **_places('written', '_builtins builtins errno'),
        **_scripts(
            'written',
            'contextlib warnings graphlib difflib ipaddress fractions pprint urllib.parse urllib numbers colorsys'
            ' fnmatch getopt html.entities html.parser _markupbase shlex textwrap calendar reprlib configparser'
            ' tomllib._parser tomllib._re tomllib._types tomllib quopri statistics argparse http optparse sched stat gc',
        ),
        **_places('inspect', 'inspect=inspect _inspection'),
        **_places('telling', '_frames'),
        **_scripts('telling', 'traceback logging'),
        **_scripts('on_files', 'pathlib glob shutil tempfile'),
        **_places('literals', 'ast'),
        **_scripts('standing_in', 'weakref codecs importlib platform'),
        **_scripts('testing', 'doctest timeit unittest'),
        **_scripts('one_thread', 'queue threading concurrent'),
        **_places('one_thread', 'concurrent.futures=concurrent_futures'),
    }
)


class _Definitions(Mapping[str, 'Definition']):
    """The definitions by name, each loaded when it is asked for."""

    def __init__(self) -> None:
        self._loaded: dict[str, Definition] = {}

    def __getitem__(self, name: str) -> Definition:
        found = self._loaded.get(name)
        return self._load(PLACES[name].file, name) if found is None else found

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)

    def __contains__(self, name: object) -> bool:
        return name in PLACES

    def _load(self, file: str, name: str) -> Definition:
        for definition in defined_in(_loaded(file)):
            for export, value in definition.static.items():
                if type(value) not in _PLAIN:
                    _shared.setdefault(id(value), (definition.name, export))
            self._loaded[definition.name] = definition
        return self._loaded[name]


def _loaded(file: str) -> ModuleType:
    """Load a file of this package, which a limit of the run that asks for it must not break off.

    All runs share it, and Python's lock of imports: an end between its taking and giving back would have every other thread
    wait for ever. The time counts; the run is ended right afterwards.
    """
    name = f'monty_flow.interpreter.modules.{file}'
    run = watch.current()
    if run is None or run.hosting:
        return importlib.import_module(name)
    run.hosting = True
    try:
        return importlib.import_module(name)
    finally:
        run.hosting = False


def defined_in(file: ModuleType) -> Iterator[Definition]:
    """Give the definitions that a file of this package binds."""
    from monty_flow.interpreter.modules.module import Definition  # loaded with the file

    for value in vars(file).values():
        if type(value) is Definition:
            yield value
        elif type(value) is tuple:
            yield from (item for item in value if type(item) is Definition)


#: Values that need no reference in a snapshot.
_PLAIN: Final = frozenset({int, float, str, bool, tuple, bytes, type(None)})
#: (module, export) of what a module exports to all runs alike, by address: what is equal is not the same (1.0 and
#: True), and the definitions keep every value alive.
_shared: dict[int, tuple[str, str]] = {}

DEFINITIONS: Final[Mapping[str, Definition]] = _Definitions()
#: What `import` of a script accepts; names that begin with an underscore are for library modules alone.
NAMES: Final[frozenset[str]] = frozenset(name for name in PLACES if not name.startswith('_') or name == '__future__')
#: The module that has the source of a name, for each source in the script language.
SCRIPTED: Final[Mapping[str, str]] = MappingProxyType(
    {place.script: name for name, place in PLACES.items() if place.script is not None}
)

_NO_HOST = 'scripts cannot reach the host; make it an external function'
_NO_FILES = 'scripts have no files of the host; pass data in as inputs or through an external function'
_NO_NETWORK = 'scripts have no network; make the request in an external function'
_NO_THREADS = 'scripts run in one thread; external calls can run at the same time under asyncio.gather'
_NO_CODE = 'scripts cannot look at or make code'
_NO_PICKLE = 'unpickling runs code; use json'
_NO_SECRETS = 'a script draws from the seeded source of its run; make secrets in an external function'
_NOT_YET = 'it is not part of this release; write what is needed in the script, or as an external function'

_REASONS: Mapping[str, str] = {
    _NO_HOST: 'ctypes multiprocessing platform pwd resource signal subprocess sysconfig syslog getpass faulthandler',
    _NO_FILES: 'fcntl fileinput glob gzip mmap pathlib shutil sqlite3 tarfile tempfile zipfile bz2 lzma',
    _NO_NETWORK: 'aiohttp ftplib http.client http.server httpx imaplib poplib requests select selectors smtplib socket ssl urllib urllib3',
    _NO_THREADS: 'contextvars _thread',
    _NO_CODE: 'builtins code codeop compileall dis importlib inspect marshal pkgutil runpy symtable token tokenize '
    'traceback unittest warnings weakref atexit linecache',
    _NO_PICKLE: 'pickle shelve copyreg dbm',
    _NO_SECRETS: 'secrets',
    _NOT_YET: 'calendar cmath codecs configparser difflib email fractions '
    'getopt gettext graphlib ipaddress locale logging numpy pandas pprint pydantic shlex struct toml '
    'tomllib xml yaml zoneinfo',
}

#: Well-known modules that scripts cannot import: why, and what to do instead.
REFUSED: Mapping[str, str] = MappingProxyType(
    {name: reason for reason, names in _REASONS.items() for name in names.split() if name not in NAMES}
)


def reason_against(name: str) -> str:
    """Return why a script cannot import a module, and what to do instead."""
    known = ', '.join(sorted(NAMES))
    return REFUSED.get(name) or REFUSED.get(name.partition('.')[0]) or f'the modules of the sandbox are {known}'


_NO_EXTERNALS: Mapping[str, object] = MappingProxyType({})


@record(frozen=True)
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
    return name in PLACES


def is_scripted(name: str) -> bool:
    """Tell whether there is a source in the script language of that name."""
    return name in SCRIPTED


def has_script(name: str, names: Collection[str] = ('*',)) -> bool:
    """Tell whether a module that can be imported has a source in the script language, for some of these names."""
    place = PLACES.get(name)
    if place is None or place.script is None:
        return False
    return '*' in names or not source_of(place.script).exports.isdisjoint(names)


def called_methods(name: str) -> frozenset[str]:
    """Return the methods of a script's classes that a module calls, by which its own methods may stop."""
    place = PLACES.get(name)
    return frozenset() if place is None or place.script is None else frozenset(source_of(place.script).stopping.split())


def source_of(name: str) -> Scripted:
    """Return the source of that name."""
    found = DEFINITIONS[SCRIPTED[name]].scripted
    assert found is not None
    return found


def exports(name: str) -> frozenset[str]:
    """Return the names that `from name import ...` accepts."""
    return DEFINITIONS[name].exports


def native_exports(name: str) -> frozenset[str]:
    """Return the exports of a module that no source in the script language has."""
    return DEFINITIONS[name].native


def describe() -> tuple[Description, ...]:
    """Return what every module exports and leaves out, by name."""
    return tuple(
        Description(name, tuple(sorted(definition.exports)), definition.reasons)
        for name, definition in sorted(DEFINITIONS.items())
        if name in NAMES
    )


def reference_of(value: object) -> tuple[str, str] | None:
    """Return (module, export) of a value that a module exports to all runs alike, None for any other.

    Snapshots write functions of modules in this form; `getattr(load(module, run), export)` is the way back. What a
    script holds came from a module that is loaded, but for types of the language that only `types` has a name for.
    """
    from monty_flow.interpreter.modules.module import External, Functions  # the definitions' own imports, made by then

    owner: Any = getattr(value, '__self__', None)
    if isinstance(owner, Functions):
        return owner.module, value.__name__  # type: ignore[attr-defined]
    if isinstance(value, External):
        module, _, export = value.name.rpartition('.')
        return module, export
    found = _shared.get(id(value))
    if found is None and type(value) is type and value.__module__ == 'builtins' and DEFINITIONS['types']:
        found = _shared.get(id(value))
    return found


EXPORTERS.append(reference_of)
