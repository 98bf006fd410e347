"""What SQLite and the place of its file are like.

The engine sets what belongs to a connection itself; that is looked at as well, since a file system may refuse it in silence: WAL
needs memory that all processes share, which network file systems do not have.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path
from typing import Final

from monty_flow.engine.store.settings import Setting

#: File systems of other machines, where locks and shared memory are not what SQLite takes them for.
_NETWORK: Final = frozenset(
    'nfs nfs4 cifs smb3 smbfs 9p afs ceph glusterfs lustre gpfs ncpfs vboxsf drvfs fuse.sshfs fuse.glusterfs fuse.s3fs '
    'fuse.rclone fuse.gcsfuse'.split()
)
#: File systems that are gone when the machine is switched off.
_IN_MEMORY: Final = frozenset({'tmpfs', 'ramfs'})
#: Bytes that should be free: a checkpoint and a large step need room.
FREE_BYTES: Final = 512 * 1024 * 1024
_SYNCHRONOUS: Final = {0: 'OFF', 1: 'NORMAL', 2: 'FULL', 3: 'EXTRA'}
_MOUNTS: Final = Path('/proc/self/mounts')


def settings_of(connection: sqlite3.Connection, path: str) -> list[Setting]:
    """Return the settings of a connection of the engine, and of the place of its file."""

    def pragma(name: str) -> str:
        return str(connection.execute(f'PRAGMA {name}').fetchone()[0])

    journal = pragma('journal_mode').upper()
    synchronous = _SYNCHRONOUS.get(int(pragma('synchronous')), '?')
    locking = pragma('locking_mode').upper()
    kind = file_system(path)
    free = shutil.disk_usage(Path(path).resolve().parent).free
    return [
        Setting('sqlite version', sqlite3.sqlite_version),
        Setting('journal_mode', journal, None if journal == 'WAL' else
                'it should be WAL, or readers and the writer wait for each other; put the file on a local disk that offers it'),
        Setting('synchronous', synchronous, None if synchronous in ('FULL', 'EXTRA') else
                'it should be FULL, or commits are lost when the power fails; SQLite was built without it'),
        # Rows are deleted by the engine itself, table by table.
        Setting('foreign_keys', 'ON' if pragma('foreign_keys') == '1' else 'OFF'),
        Setting('locking_mode', locking, None if locking == 'NORMAL' else
                'it should be NORMAL, or no second process can open the file'),
        Setting('file system', kind or 'unknown', _of_kind(kind)),
        Setting('free space', f'{free // 1024 // 1024} MiB', None if free >= FREE_BYTES else
                'the disk is nearly full, and steps cannot be committed then; make room'),
        Setting('file', 'writable' if os.access(path, os.W_OK) else 'read-only', None if os.access(path, os.W_OK) else
                'this user may not write the file; start workers as its owner'),
    ]  # fmt: skip


def _of_kind(kind: str | None) -> str | None:
    if kind in _NETWORK:
        return (
            'SQLite is not safe on a file system of another machine; move the file to a local disk, or use PostgreSQL'
        )
    if kind in _IN_MEMORY:
        return 'it is gone when the machine is switched off; move the file to a disk if runs are to survive that'
    return None


def file_system(path: str, mounts: Path = _MOUNTS) -> str | None:
    """Return the kind of the file system in which a file is, None where the system does not tell."""
    try:
        lines = mounts.read_text(encoding='utf-8', errors='replace').splitlines()
    except OSError:
        return None
    place = str(Path(path).resolve())
    found, longest = None, -1
    for line in lines:
        fields = line.split(' ')
        if len(fields) < 3:
            continue
        # Spaces in names are written as octal numbers. Of two mounts in one place the later one counts.
        at = fields[1].replace('\\040', ' ')
        if (place == at or place.startswith(at.rstrip('/') + '/')) and len(at) >= longest:
            found, longest = fields[2], len(at)
    return found
