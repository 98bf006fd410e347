"""The kinds of values that belong to the file system of a run."""

from __future__ import annotations

from typing import Any

from monty_flow.interpreter.modules.library import int_checked, restore_stepper, stepper_state, typed
from monty_flow.interpreter.modules.os_functions import (
    DirEntry,
    Entries,
    Environ,
    StatResult,
    Walk,
    entries_left,
    stat_parts,
)
from monty_flow.interpreter.runtime.codecs import check_codec
from monty_flow.interpreter.runtime.open_files import BinaryFile, File, TextFile, action_of, set_up
from monty_flow.interpreter.snapshot.registry import Kind


def _reduce_file(file: File, context: Any) -> Any:
    """Return the state of an open file; its buffers are emptied first, which no script can see."""
    place = None
    if not file._stream.closed:
        if file._mode not in ('r', 'rb'):
            file._stream.flush()
        place = file._stream.tell()
    return (), (file._file, file._path, file._mode, file._encoding, file._callback, place)


def _fill_file(
    context: Any, target: File, file: Any, path: Any, mode: Any, layers: Any, callback: Any, place: Any
) -> None:
    if type(file) is not list or len(file) != 2 or type(file[0]) is not bytearray or type(file[1]) is not float:
        raise ValueError('an open file has no content')
    action_of(typed(mode, str))
    if (layers is None) != ('b' in mode) or type(target) is not (BinaryFile if layers is None else TextFile):
        raise ValueError('an open file is of another mode')
    if layers is not None:
        if type(layers) is not tuple or len(layers) != 3 or not all(type(part) in (str, type(None)) for part in layers):
            raise TypeError('the encoding of a file is malformed')
        check_codec(layers[:2], {})
    set_up(target, context.run, file, typed(path, str), mode, layers, typed(callback, str, type(None)))
    if place is None:
        target._callback = None
        target._stream.close()
    else:
        target._stream.seek(int_checked(place))


def _build_stat(context: Any, mode: Any, size: Any, modified: Any) -> StatResult:
    return StatResult(int_checked(mode), int_checked(size), typed(modified, float))


def _build_entry(context: Any, name: Any, path: Any) -> DirEntry:
    return DirEntry(context.run, typed(name, str), typed(path, str))


def _fill_entries(context: Any, target: Entries, *entries: Any) -> None:
    Entries.__init__(target, [typed(entry, DirEntry) for entry in entries])


def _fill_walk(context: Any, target: Walk, *state: Any) -> None:
    restore_stepper(context.run, target, *state)


def file_kinds() -> tuple[Kind, ...]:
    """Return the rows for files and what `os` gives."""
    return (
        Kind('file.text', TextFile, _reduce_file, lambda _: object.__new__(TextFile), _fill_file, last=True),
        Kind('file.bytes', BinaryFile, _reduce_file, lambda _: object.__new__(BinaryFile), _fill_file, last=True),
        Kind('os.stat_result', StatResult, lambda v, _: (stat_parts(v), ()), _build_stat),
        Kind('os.DirEntry', DirEntry, lambda v, _: ((v.name, v.path), ()), _build_entry),
        Kind('os.scandir', Entries, lambda v, _: ((), entries_left(v)), lambda _: Entries([]), _fill_entries),
        Kind('os.walk', Walk, lambda v, _: ((), stepper_state(v)), lambda _: object.__new__(Walk), _fill_walk),
        Kind('os.environ', Environ, lambda v, _: ((), ()), lambda context: Environ(context.run)),
    )
