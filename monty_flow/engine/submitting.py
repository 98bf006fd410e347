"""A submission, checked, as the run that is to be stored.

Everything that can be wrong with a submission is found here, before anything is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from monty_flow.engine import payloads
from monty_flow.engine.clock import MICROSECONDS, microseconds
from monty_flow.engine.errors import InputsRefused, SubmissionRefused, ValueRefused
from monty_flow.engine.filters import MAX_TAGS
from monty_flow.engine.functions import is_version
from monty_flow.engine.ids import IdSource
from monty_flow.engine.interpreting import compile_script, encode_limits, names_in
from monty_flow.engine.lanes import MAX_KEY_CHARACTERS, MAX_PRIORITY, Lane, is_plain_name
from monty_flow.engine.records import Submission
from monty_flow.engine.store import NewRun

#: Characters of the value of a tag.
MAX_TAG_CHARACTERS = 500
#: Longest delays and deadlines, some 3000 years: beyond, a moment cannot be written.
MAX_SECONDS = 1e11


class Submissions:
    """Check submissions; what several of them share is checked once."""

    def __init__(self, ids: IdSource) -> None:
        self._ids = ids
        #: Hashes of the scripts that were compiled, by source, name and inputs.
        self._checked: dict[tuple[str, str, tuple[str, ...]], str] = {}

    def new_run(self, submission: Submission) -> NewRun:
        """Return the run that a submission asks for, or raise what is wrong with it."""
        _check_kinds(submission)
        return NewRun(
            id=self._ids.next(),
            source=submission.source,
            script_hash=self._checked_script(submission),
            script_name=submission.script_name,
            key=submission.key,
            inputs=_encode_inputs(submission.inputs),
            limits=encode_limits(submission.limits),
            keep_snapshots=checked_keep(submission.keep_snapshots),
            function_versions=_checked_versions(submission.function_versions),
            namespace=plain_name('namespace', submission.namespace),
            tags=checked_tags(submission.tags),
            start_at=_moment('start_at', submission.start_at),
            delay_us=_duration('delay_seconds', submission.delay_seconds, 'start_at', submission.start_at),
            deadline_at=_moment('deadline', submission.deadline),
            deadline_us=_duration('deadline_seconds', submission.deadline_seconds, 'deadline', submission.deadline),
            lane=_lane(submission).text,
        )

    def _checked_script(self, submission: Submission) -> str:
        names = tuple(sorted(submission.inputs))
        what = (submission.source, submission.script_name, names)
        if what not in self._checked:
            _check_input_names(names)
            compile_script(submission.source, names, submission.script_name)
            _check_inputs_are_read(names, submission.source)
            self._checked[what] = hashlib.sha256(submission.source.encode()).hexdigest()
        return self._checked[what]


def _check_kinds(submission: Submission) -> None:
    for name in ('source', 'script_name', 'key'):
        value = getattr(submission, name)
        if not isinstance(value, str) and (name != 'key' or value is not None):
            raise SubmissionRefused(f'{name}={value!r} is not a text; give a str')
    if not isinstance(submission.inputs, Mapping):
        raise InputsRefused(f'inputs={submission.inputs!r} are not names with values; give a dict, such as {{"n": 1}}')


def _lane(submission: Submission) -> Lane:
    priority, key = submission.priority, submission.concurrency_key
    if type(priority) is not int or not -MAX_PRIORITY <= priority <= MAX_PRIORITY:
        raise SubmissionRefused(f'priority={priority!r} is not a whole number from -{MAX_PRIORITY} to {MAX_PRIORITY}')
    if key is not None and not (isinstance(key, str) and 0 < len(key) <= MAX_KEY_CHARACTERS and '\0' not in key):
        raise SubmissionRefused(f'concurrency_key={key!r} is not a text of 1 to {MAX_KEY_CHARACTERS} characters')
    queue = plain_name('queue', submission.queue)
    return Lane(queue, plain_name('namespace', submission.namespace), priority, key)


def checked_keep(keep: int | None) -> int | None:
    """Return a number of snapshots to keep, or raise InputsRefused."""
    if keep is not None and (type(keep) is not int or keep < 1):
        raise InputsRefused(f'keep_snapshots={keep!r} is not a number from 1 on; give one, or None for all')
    return keep


def plain_name(what: str, name: Any) -> str:
    """Return a name that is written in commands and queries, or raise SubmissionRefused."""
    if not is_plain_name(name):
        raise SubmissionRefused(
            f'{what}={name!r} is not a name; use up to 100 letters, digits and _ . : -, the first of them a letter, a digit or _'
        )
    return str(name)


def checked_tags(tags: Any) -> dict[str, str]:
    """Return tags whose names and values can be stored, or raise SubmissionRefused."""
    if not isinstance(tags, Mapping):
        raise SubmissionRefused(f'tags={tags!r} are not names with values; give a dict of texts')
    if len(tags) > MAX_TAGS:
        raise SubmissionRefused(f'{len(tags)} tags are more than {MAX_TAGS}; keep the rest in the inputs')
    for name, value in tags.items():
        plain_name('the name of a tag', name)
        if not isinstance(value, str) or len(value) > MAX_TAG_CHARACTERS or '\0' in value:
            raise SubmissionRefused(
                f'the tag {name!r} is not a text of up to {MAX_TAG_CHARACTERS} characters; shorten it, or write it as one'
            )
    return dict(tags)


def _checked_versions(versions: Any) -> dict[str, str]:
    if not isinstance(versions, Mapping) or not all(is_version(version) for version in versions.values()):
        raise SubmissionRefused(
            f"function_versions={versions!r} are not versions by the names of functions; write {{'fetch': '2'}}"
        )
    return dict(versions)


def _moment(name: str, value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise SubmissionRefused(f'{name}={value!r} is not a moment; give a datetime with a time zone')
    return microseconds(value)


def _duration(name: str, value: Any, other: str, given: Any) -> int | None:
    if value is None:
        return None
    if given is not None:
        raise SubmissionRefused(f'both {name} and {other} are given; give one of them')
    if type(value) not in (int, float) or not 0 <= value <= MAX_SECONDS:
        raise SubmissionRefused(f'{name}={value!r} is not a number of seconds from 0 on')
    return round(float(value) * MICROSECONDS)


def _check_input_names(names: Sequence[str]) -> None:
    wrong = [name for name in names if not isinstance(name, str) or not name.isidentifier()]
    if wrong:
        raise InputsRefused(f'inputs: {", ".join(map(repr, wrong))} cannot be a variable of a script; use identifiers')


def _check_inputs_are_read(names: Sequence[str], source: str) -> None:
    """Refuse inputs that the script never mentions: a misspelt name would be noticed only in the middle of a run."""
    if not names:
        return
    mentioned = names_in(source)
    unknown = [name for name in names if name not in mentioned]
    if not unknown:
        return
    close = get_close_matches(unknown[0], sorted(mentioned - set(names)), n=1)
    hint = f'did you mean {close[0]!r}?' if close else 'leave them out'
    raise InputsRefused(f'inputs: the script never uses {", ".join(map(repr, unknown))}; {hint}')


def _encode_inputs(inputs: Mapping[str, Any]) -> bytes:
    for name, value in inputs.items():
        try:
            payloads.encode(value, f'the input {name!r}')
        except ValueRefused as error:
            raise InputsRefused(str(error)) from None
    return payloads.encode(dict(inputs), 'the inputs')
