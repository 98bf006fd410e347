"""The modules that work on the files of a run: paths, patterns, copies, temporary files. All are in the script language."""

from __future__ import annotations

from typing import Final

from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.modules.scripted import Scripted

_NO_OWNERS: Final = 'the files of a run have no owners, modes or links'
_NO_ARCHIVES: Final = 'a script packs no archives; make them in an external function'
_NO_DESCRIPTORS: Final = 'scripts have no file descriptors; use NamedTemporaryFile'

#: Methods of files and paths that these modules call, and that a script may define.
_STOPPING: Final = 'read write __fspath__ ignore'

MODULES: Final[tuple[Definition, ...]] = (
    Definition(
        'pathlib',
        scripted=Scripted('pathlib', stopping=_STOPPING),
        left_out={'paths of a script are POSIX ones': 'PureWindowsPath WindowsPath UnsupportedOperation'},
    ),
    Definition('glob', scripted=Scripted('glob'), left_out={'use glob()': 'glob0 glob1 translate'}),
    Definition(
        'shutil',
        scripted=Scripted('shutil', stopping=_STOPPING),
        left_out={
            _NO_OWNERS: 'chown copymode copystat SpecialFileError',
            _NO_ARCHIVES: 'get_archive_formats get_unpack_formats make_archive register_archive_format'
            ' register_unpack_format unpack_archive unregister_archive_format unregister_unpack_format ReadError'
            ' RegistryError ExecError',
            'it tells of the host': 'disk_usage which',
        },
    ),
    Definition(
        'tempfile',
        scripted=Scripted('tempfile'),
        left_out={
            _NO_DESCRIPTORS: 'mkstemp',
            'it races; use NamedTemporaryFile or mkdtemp': 'mktemp',
            'names of files are text in a script': 'gettempdirb gettempprefixb',
            'it belongs to the host': 'TMP_MAX tempdir template',
        },
    ),
)
