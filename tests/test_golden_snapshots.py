"""Snapshots that earlier code wrote load, and go on to where CPython gets: on every Python, from every pause."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from monty_flow import MontyRuntimeError, Snapshot, load
from monty_flow.interpreter.snapshot.versions import FLAGS
from tests.differential import Observer, Outcome, run_on_cpython
from tests.snapshots.record import KEYS, is_signed

FOLDER = Path(__file__).parent / 'snapshots'
GOLDEN = {str(path.relative_to(FOLDER)): path for path in sorted(FOLDER.glob('v*/*.mflw'))}


@cache
def expected_outcome(script: Path) -> Outcome:
    return run_on_cpython(script.read_text('utf-8'))


def go_on(name: str, observer: Observer) -> Outcome:
    """Answer every call from the snapshot on."""
    data = GOLDEN[name].read_bytes()
    signed = is_signed(name)
    state = load(
        data,
        print_callback=observer.write,
        keys=KEYS if signed else None,
        binding=name.encode() if signed else b'',
    )
    try:
        while isinstance(state, Snapshot):
            try:
                answer = observer.call(state.function_name, state.args, state.kwargs)
            except Exception as error:
                failure = error
            else:
                state = state.resume(return_value=answer)
                continue
            state = state.resume(exception=failure)
    except MontyRuntimeError as error:
        return observer.outcome(None, f'{error.exception_type}: {error.message}')
    return observer.outcome(repr(state.output), None)


@pytest.mark.parametrize('name', GOLDEN)
def test_a_golden_snapshot_goes_on_to_the_end(name: str) -> None:
    script = f'{name.split("/")[1].split(".")[0]}.py'
    own, first = GOLDEN[name].with_name(script), FOLDER / 'v1' / script
    expected = expected_outcome(own if own.exists() else first)

    outcome = go_on(name, Observer())

    assert (outcome.output, outcome.error) == (expected.output, expected.error)
    assert outcome.calls == expected.calls[len(expected.calls) - len(outcome.calls) :]
    assert expected.stdout.endswith(outcome.stdout)


@pytest.mark.parametrize('version', FLAGS)
def test_the_golden_snapshots_of_every_script_are_there(version: int) -> None:
    recorded = {path.name.split('.')[0] for path in FOLDER.glob(f'v{version}/*.mflw')}

    assert recorded >= {'classes', 'closures', 'generators', 'handlers', 'libraries', 'nested_frames'}
