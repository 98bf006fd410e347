"""Secrets of functions: they come from the worker's settings, and never enter a script, the database, a log or a traceback.

    @functions.function
    def create_issue(title: str, token: Annotated[str, Secret('GITHUB_TOKEN')]) -> int: ...

A script calls `create_issue('broken')`; the worker adds the token. `Secret['GITHUB_TOKEN']` is short for the same hint; linters and
type checkers take the text in it for the name of a type, so give it a name of its own (`Token = Secret['GITHUB_TOKEN']`). What functions raise is redacted before it is stored or
raised in the script, and a result or progress that holds a secret is refused.
"""

from __future__ import annotations

import json
import logging
import os
import stat
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from monty_flow.engine import payloads
from monty_flow.engine.errors import SecretsMissing, SecretsRefused
from monty_flow.engine.records import ErrorInfo

#: Before the names of secrets in the environment of the command line.
PREFIX = 'MONTY_FLOW_SECRET_'
#: Characters of a host traceback that are kept, its end.
KEPT_TRACEBACK = 8000

logger = logging.getLogger('monty_flow.engine')


class Secret:
    """Marks a parameter of a function as a secret of this name."""

    __slots__ = ('name',)

    def __init__(self, name: str) -> None:
        if not isinstance(name, str) or not name.isidentifier():
            raise SecretsRefused(f'{name!r} cannot be the name of a secret; use letters, digits and underscores')
        self.name = name

    def __repr__(self) -> str:
        return f'Secret({self.name!r})'

    def __class_getitem__(cls, name: str) -> Any:
        return Annotated[str, cls(name)]


class Secrets:
    """The secrets of a worker by name."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = dict(values or {})
        for name, value in self._values.items():
            Secret(name)
            if not isinstance(value, str) or not value:
                raise SecretsRefused(f'the secret {name} is not a text, or is empty; give it a value or leave it out')
        #: What to write in place of each form of each secret, the longest first.
        self._marks = sorted(
            ((form, f'<secret {name}>') for name, value in self._values.items() for form in _forms(value)),
            key=lambda mark: -len(mark[0]),
        )
        self._encoded = [(value.encode(), name) for name, value in self._values.items()]

    def __repr__(self) -> str:
        return f'<secrets {", ".join(sorted(self._values))}>'

    def get(self, name: str) -> str:
        """Return a secret, or raise SecretsMissing."""
        try:
            return self._values[name]
        except KeyError:
            raise SecretsMissing([name]) from None

    def require(self, names: Iterable[str]) -> None:
        """Raise SecretsMissing unless all these are there."""
        missing = sorted(set(names) - self._values.keys())
        if missing:
            raise SecretsMissing(missing)

    def redacted(self, text: str) -> str:
        """Return a text without the secrets."""
        for form, mark in self._marks:
            text = text.replace(form, mark)
        return text

    def found_in(self, payload: bytes) -> str | None:
        """Return the name of a secret that is in a payload, None when there is none."""
        if not self._encoded:
            return None
        data = payloads.unwrap(payload)
        return next((name for value, name in self._encoded if value in data), None)

    def host_error(self, error: BaseException) -> ErrorInfo:
        """Return an error of host code as it is stored, with the end of its traceback for the operator."""
        try:
            message = str(error)
        except Exception:  # the class is the user's, and its text may fail
            message = '<its text could not be made>'
        text = '' if error.__traceback__ is None else ''.join(traceback.format_exception(error))
        return ErrorInfo(type(error).__name__, self.redacted(message), self.redacted(text)[-KEPT_TRACEBACK:])

    def for_script(self, error: BaseException) -> BaseException:
        """Return an error that may enter a script: this one, or one of its kind without the secrets."""
        if not self._marks:
            return error
        try:
            text, shown = str(error), repr(error.args)
        except Exception:  # it will be shown without its text
            return error
        if self.redacted(text) == text and self.redacted(shown) == shown:
            return error
        kind = type(error)
        if kind.__module__ == 'builtins':
            try:
                return kind(self.redacted(text))
            except TypeError:
                pass
        return Exception(f'{kind.__name__}: {self.redacted(text)}')


NO_SECRETS = Secrets()


def load_secrets(file: Path | str | None = None, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the secrets of a file and, over them, those of variables `MONTY_FLOW_SECRET_<NAME>` of the environment.

    The file is a JSON object of texts, or has lines NAME=VALUE, where lines that begin with # are comments. Raises
    SecretsRefused for a file that is not so.
    """
    found = {} if file is None else _read(Path(file))
    variables = os.environ if environment is None else environment
    return found | {
        name.removeprefix(PREFIX): value for name, value in variables.items() if name.startswith(PREFIX) and value
    }


def _read(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding='utf-8')
        mode = path.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else 'it is not UTF-8 text'
        raise SecretsRefused(f'the secrets of {path} cannot be read: {reason}') from None
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        logger.warning('%s can be read by other users; say "chmod 600 %s"', path, path)
    if text.lstrip().startswith('{'):
        return _of_json(path, text)
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith('#'):
            continue
        name, equals, value = line.partition('=')
        if not equals:
            raise SecretsRefused(f'{path}, line {number}: there is no "="; write NAME=VALUE')
        found[name.strip()] = value.strip()
    return found


def _of_json(path: Path, text: str) -> dict[str, str]:
    # Errors of the parser are not shown: they quote the text.
    try:
        document = json.loads(text)
    except ValueError:
        raise SecretsRefused(f'{path} begins like JSON and is none; mend it, or write lines NAME=VALUE') from None
    wrong = [name for name, value in document.items() if not isinstance(value, str)]
    if wrong:
        raise SecretsRefused(f'{path}: {", ".join(map(repr, wrong))} is not a text; secrets are texts')
    return dict(document)


def _forms(value: str) -> set[str]:
    """Return the forms in which a secret may stand in a text."""
    return {value, repr(value)[1:-1], json.dumps(value)[1:-1], quote(value), quote(value, safe='')}
