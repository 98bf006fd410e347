"""Contents as files of an `fsspec` file system: a folder of the machine, S3, and whatever else fsspec knows.

    <folder>/<first two digits>/<sha-256>.<random>

A file is written under a name of its own before the row that names it, and never changed: what a crash leaves is a file that no row names, and
a file that is removed since no row named it is never one that somebody has just written. Names of rows are not believed:
what a row can name are files of this form, in this folder.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from monty_flow.engine.errors import LargeValueMissing, LargeValuesUnavailable

logger = logging.getLogger('monty_flow.engine')

_NAME = re.compile(r'[0-9a-f]{2}/[0-9a-f]{64}\.[0-9a-f]{16}')


class Files:
    """The files of one folder."""

    def __init__(self, place: str) -> None:
        self.place = place
        self._system, self._root = _opened(place)

    def write(self, digest: bytes, data: bytes) -> str:
        """Write a content and return the name of its file."""
        text = digest.hex()
        name = f'{text[:2]}/{text}.{secrets.token_hex(8)}'
        try:
            self._system.makedirs(f'{self._root}/{text[:2]}', exist_ok=True)
            self._system.pipe_file(f'{self._root}/{name}', data)
        except Exception as error:  # each file system has errors of its own
            raise LargeValuesUnavailable(self.place, f'cannot be written: {_said(error)}') from error
        return name

    def read(self, name: str, digest: bytes) -> bytes:
        """Return the bytes of a file; raise LargeValueMissing when it is not there."""
        if not _NAME.fullmatch(name) or name[3:67] != digest.hex():
            raise LargeValueMissing(digest.hex(), 'its row names a file that is none')
        try:
            data: bytes = self._system.cat_file(f'{self._root}/{name}')
        except FileNotFoundError:
            raise LargeValueMissing(digest.hex(), f'the file {name} is not in {self.place}') from None
        except Exception as error:  # each file system has errors of its own
            raise LargeValuesUnavailable(self.place, f'cannot be read: {_said(error)}') from error
        return data

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        if not _NAME.fullmatch(name):
            return
        try:
            self._system.rm_file(f'{self._root}/{name}')
        except FileNotFoundError:
            pass
        except Exception as error:  # each file system has errors of its own
            raise LargeValuesUnavailable(self.place, f'cannot be written: {_said(error)}') from error

    def remove_all(self, names: Iterable[str]) -> None:
        """Remove files; what cannot be removed now is garbage that `older` finds, and somebody is told of it."""
        try:
            for name in names:
                self.remove(name)
        except LargeValuesUnavailable as error:
            logger.warning('files of large values that nothing names are left: %s', error)

    def older(self, than: datetime) -> Iterator[str]:
        """Yield the names of the files that were written before a moment; none of a file system that does not tell."""
        try:
            found = self._system.find(self._root, detail=True) if self._system.exists(self._root) else {}
        except Exception as error:  # each file system has errors of its own
            raise LargeValuesUnavailable(self.place, f'cannot be listed: {_said(error)}') from error
        for path, about in found.items():
            name = '/'.join(path.rsplit('/', 2)[-2:])
            written = _written_at(about)
            if _NAME.fullmatch(name) and written is not None and written < than:
                yield name


def _opened(place: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise LargeValuesUnavailable(
            place, 'needs the package fsspec; install it with "pip install \'monty-flow[files]\'"'
        ) from None
    try:
        system, root = url_to_fs(place)
    except Exception as error:  # a protocol that is none, or one whose package is missing
        raise LargeValuesUnavailable(place, f'cannot be opened: {_said(error)}') from error
    return system, root.rstrip('/')


def _written_at(about: dict[str, Any]) -> datetime | None:
    for name in ('mtime', 'LastModified', 'last_modified', 'updated', 'created'):
        value = about.get(name)
        if isinstance(value, (int, float)):
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, datetime):
            return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    return None


def _said(error: BaseException) -> str:
    return str(error) or type(error).__name__
