"""`sys`: a stub that tells nothing of the host; output goes to the run."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any, Final, NoReturn

from monty_flow.interpreter.modules.module import Definition, Frozen, Functions, Module
from monty_flow.interpreter.runtime.classes import is_script_instance
from monty_flow.interpreter.runtime.immutable import FrozenType
from monty_flow.interpreter.runtime.metering import sized
from monty_flow.interpreter.runtime.reflection import Traceback
from monty_flow.interpreter.runtime.run import RECURSION, STREAMS, Run
from monty_flow.interpreter.runtime.stack import deepen
from monty_flow.interpreter.runtime.universe import HELD_TYPES, is_error

#: What an instance of a script's class takes, by CPython's own count.
_OBJECT_BYTES: Final = 48

#: The largest that `sys.setrecursionlimit` takes, a C int.
_MAX_LIMIT: Final = 2**31 - 1

#: The name under which a run's globals hold its own streams.
_ORIGINAL = '$original_streams'
STREAM_NAMES: Final = ('stdin', 'stdout', 'stderr')
#: The language level that scripts are told, whatever interpreter hosts them.
VERSION = (3, 14, 0, 'final', 0)


class VersionInfo(tuple[int | str, ...], metaclass=FrozenType):
    """The version as a tuple with named fields."""

    __slots__ = ()

    @property
    def major(self) -> int | str:
        return self[0]

    @property
    def minor(self) -> int | str:
        return self[1]

    @property
    def micro(self) -> int | str:
        return self[2]

    @property
    def releaselevel(self) -> int | str:
        return self[3]

    @property
    def serial(self) -> int | str:
        return self[4]

    def __repr__(self) -> str:
        fields = ('major', 'minor', 'micro', 'releaselevel', 'serial')
        return f'sys.version_info({", ".join(f"{name}={value!r}" for name, value in zip(fields, self, strict=True))})'


class Stream(Frozen):
    """`sys.stdout` or `sys.stderr` of a run, text that can be written and not read; or `sys.stdin`, which has ended."""

    __slots__ = ('_name', '_run')
    _name: str
    _run: Run

    def __init__(self, run: Run, name: str) -> None:
        self._set(_run=run, _name=name)

    @property
    def name(self) -> str:
        return f'<{self._name}>'

    def write(self, text: str, /) -> int:
        """Write text and return its length."""
        if self._name == 'stdin':
            raise ValueError('not writable')
        if not isinstance(text, str):
            raise TypeError(f'write() argument must be str, not {type(text).__name__}')
        exact = str.__str__(text)
        self._run.write(self._name, exact)
        return len(exact)

    def writelines(self, lines: Iterable[str], /) -> None:
        for line in sized(self._run.charge, lines):
            self.write(line)

    def flush(self) -> None:
        """Do nothing: every write is handed to the host at once."""

    def read(self, size: int | None = -1, /) -> str:
        _must_read(self)
        return ''

    readline = read

    def readlines(self, hint: int = -1, /) -> list[str]:
        _must_read(self)
        return []

    def __iter__(self) -> Iterator[str]:
        return iter(self.readlines())

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return self._name != 'stdin'

    def readable(self) -> bool:
        return self._name == 'stdin'

    @property
    def encoding(self) -> str:
        return 'utf-8'

    @property
    def closed(self) -> bool:
        return False

    def __repr__(self) -> str:
        return f"<stream '{self.name}'>"


def _must_read(stream: Stream) -> None:
    if not stream.readable():
        raise ValueError('not readable')


def _was_raised_in(error: Any, run: Run) -> bool:
    """Tell whether an exception has passed code of a run."""
    traceback = error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_globals is run.globals:
            return True
        traceback = traceback.tb_next
    return False


def _stream(run: Run, name: str) -> Any:
    """Return what a stream is now: a script may have put another object in its place."""
    replaced = run.globals.get(STREAMS, {})
    return replaced[name] if name in replaced else original_stream(run, name)


def original_stream(run: Run, name: str) -> Stream:
    """Return the one stream of that name that a run begins with."""
    if name not in STREAM_NAMES:
        raise ValueError('there is no such stream')
    streams: dict[str, Stream] = run.globals.setdefault(_ORIGINAL, {})
    if name not in streams:
        streams[name] = Stream(run, name)
    return streams[name]


def stream_name(stream: Stream) -> str:
    """Return 'stdin', 'stdout' or 'stderr'."""
    return stream._name


def _replace_stream(module: Module, name: str, value: Any) -> None:
    functions: Any = module
    run: Run = functions.getrecursionlimit.__self__._run
    replaced: dict[str, Any] = run.globals.setdefault(STREAMS, {})
    if type(value) is Stream and value._name == name:
        replaced.pop(name, None)
    else:
        replaced[name] = value


def _arguments(run: Run) -> list[str]:
    """Return the words of a command line that names the script and nothing else."""
    program: Any = run.program
    return ['' if program is None else program.script_name]


class SysFunctions(Functions):
    """The functions of `sys`."""

    __slots__ = ()
    module = 'sys'

    def exit(self, status: object = None, /) -> NoReturn:
        if isinstance(status, tuple):
            raise SystemExit(*status)
        raise SystemExit(status) if status is not None else SystemExit()

    def getrecursionlimit(self) -> int:
        asked: int | None = self._run.globals.get(RECURSION)
        return self._run.limits.max_recursion_depth if asked is None else asked

    def getdefaultencoding(self) -> str:
        return 'utf-8'

    def intern(self, string: str, /) -> str:
        # Interning for real would keep the text alive after the run.
        if type(string) is not str:
            raise TypeError(f'intern() argument must be str, not {type(string).__name__}')
        return string

    def exc_info(self) -> tuple[Any, Any, Any]:
        """Return the exception that the script is handling; its traceback is opaque."""
        error = self.exception()
        return (None, None, None) if error is None else (type(error), error, Traceback(error.__traceback__))

    def exception(self) -> BaseException | None:
        error = sys.exc_info()[1]
        known = error is not None and (is_error(type(error)) or is_script_instance(error))
        # The host may be handling one of its own, around this run.
        return error if known and _was_raised_in(error, self._run) else None

    def setrecursionlimit(self, limit: int, /) -> None:
        """Make room for that depth, as far as the stack goes; what there is room for already stays."""
        if type(limit) is not int:
            raise TypeError(f"'{type(limit).__name__}' object cannot be interpreted as an integer")
        if limit < 1:
            raise ValueError('recursion limit must be greater or equal than 1')
        if limit > _MAX_LIMIT:
            raise OverflowError('signed integer is greater than maximum')
        self._run.globals[RECURSION] = limit
        deepen(limit)

    def getsizeof(self, value: object, default: int = 0, /) -> int:
        """Return what CPython says of values of built-in types; of others, the size of a plain object."""
        kind = type(value)
        return sys.getsizeof(value) if kind in HELD_TYPES else _OBJECT_BYTES

    def get_int_max_str_digits(self) -> int:
        return sys.get_int_max_str_digits()


MODULE = Definition(
    'sys',
    static={
        'version': '3.14.0 (Monty)',
        'version_info': VersionInfo(VERSION),
        'hexversion': 0x030E00F0,
        'platform': 'monty',
        'maxsize': 2**63 - 1,
        'maxunicode': 0x10FFFF,
        'byteorder': 'little',
        'copyright': '',
        'float_info': sys.float_info,
        'int_info': sys.int_info,
        'hash_info': sys.hash_info,
        'float_repr_style': 'short',
    },
    functions=SysFunctions,
    objects={
        'stdin': lambda run: _stream(run, 'stdin'),
        'stdout': lambda run: _stream(run, 'stdout'),
        'stderr': lambda run: _stream(run, 'stderr'),
        '__stdin__': lambda run: original_stream(run, 'stdin'),
        '__stdout__': lambda run: original_stream(run, 'stdout'),
        '__stderr__': lambda run: original_stream(run, 'stderr'),
        # New lists for each run: scripts may change them.
        'argv': _arguments,
        'path': lambda run: [],
    },
    settable=dict.fromkeys(STREAM_NAMES, _replace_stream),
    left_out={
        'modules of the host are out of reach': 'modules builtin_module_names stdlib_module_names meta_path path_hooks '
        'path_importer_cache pycache_prefix dont_write_bytecode',
        'frames and tracebacks are out of reach': 'excepthook unraisablehook tracebacklimit '
        'last_exc last_type last_value last_traceback call_tracing settrace gettrace setprofile getprofile '
        'breakpointhook displayhook addaudithook audit monitoring activate_stack_trampoline '
        'deactivate_stack_trampoline is_stack_trampoline_active get_asyncgen_hooks set_asyncgen_hooks '
        'get_coroutine_origin_tracking_depth set_coroutine_origin_tracking_depth ps1 ps2',
        'it shows the interpreter that hosts the script': 'abiflags api_version base_exec_prefix base_prefix exec_prefix '
        'executable flags getallocatedblocks getunicodeinternedsize getdlopenflags '
        'setdlopenflags getfilesystemencodeerrors getfilesystemencoding getrefcount getswitchinterval '
        'setswitchinterval implementation is_finalizing orig_argv platlibdir prefix thread_info '
        'warnoptions winver getwindowsversion dllhandle',
        'limits are set by the host': 'set_int_max_str_digits',
    },
)
