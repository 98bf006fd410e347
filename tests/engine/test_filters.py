"""Runs are found by what is known of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from monty_flow.engine import MAX_TAGS, FilterRefused, RunFilter, Submission
from tests.engine.bench import Bench


@pytest.fixture
def names(bench: Bench) -> dict[str, str]:
    """Submit five runs, an hour after each other, and return what each is called by its id."""
    submissions = {
        'plain': Submission('1'),
        'report': Submission('1', script_name='report.py', key='daily'),
        'acme': Submission('1', namespace='acme', queue='slow', tags={'tenant': 'Acme', 'tier': 'gold'}),
        'acme too': Submission('1', namespace='acme', tags={'tenant': 'Acme', 'tier': '100%_tin'}),
        'other': Submission('1', namespace='other', tags={'tenant': 'Other'}),
    }
    found = {}
    for name, submission in submissions.items():
        found[bench.engine.submit_many([submission])[0].id] = name
        bench.clock.advance(3600)
    bench.engine.terminate(next(iter(found)))
    return found


def hour(number: int) -> datetime:
    """Return the moment at which the run of this number was submitted."""
    return datetime(2030, 1, 1, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ('conditions', 'expected'),
    [
        ({}, ['other', 'acme too', 'acme', 'report', 'plain']),
        ({'status': 'cancelled'}, ['plain']),
        ({'status': ['cancelled', 'pending'], 'namespace': 'default'}, ['report', 'plain']),
        ({'script_name': 'report.py'}, ['report']),
        ({'key': 'daily'}, ['report']),
        ({'namespace': 'acme'}, ['acme too', 'acme']),
        ({'tags': {'tenant': 'Acme'}}, ['acme too', 'acme']),
        ({'tags': {'tenant': 'Acme', 'tier': 'gold'}}, ['acme']),
        ({'tags': {'tier': 'gold', 'tenant': 'Acme'}, 'status': 'failed'}, []),
        ({'tags': {'tenant': 'acme'}}, []),
        ({'text': 'REPORT'}, ['report']),
        ({'text': 'acme'}, ['acme too', 'acme']),
        ({'text': '%_'}, ['acme too']),
        ({'text': 'daily'}, ['report']),
        ({'queue': 'default'}, ['other', 'acme too', 'report', 'plain']),
        ({'queue': 'slow'}, ['acme']),
        ({'queue': 'slo'}, []),
        ({'queue': 'default', 'text': 'acme'}, ['acme too']),
        ({'submitted_after': hour(3)}, ['other', 'acme too']),
        ({'submitted_before': hour(2)}, ['report', 'plain']),
        ({'submitted_after': hour(1), 'submitted_before': hour(3)}, ['acme', 'report']),
        ({'submitted_after': hour(1), 'tags': {'tenant': 'Acme'}, 'text': 'gold'}, ['acme']),
    ],
)
def test_a_filter_finds_the_runs_that_meet_all_conditions(
    bench: Bench, names: dict[str, str], conditions: dict[str, Any], expected: list[str]
) -> None:
    listed = [names[run.id] for run in bench.engine.list(**conditions)]

    assert listed == expected
    assert bench.engine.count(RunFilter(**conditions)) == len(expected)


def test_the_runs_of_a_tag_come_in_pages(bench: Bench, names: dict[str, str]) -> None:
    wanted = RunFilter(tags={'tenant': 'Acme'})

    [first] = bench.engine.list(wanted, limit=1)
    [second] = bench.engine.list(wanted, limit=1, before=first.id)
    nothing = bench.engine.list(wanted, limit=1, before=second.id)

    assert ([names[first.id], names[second.id]], nothing) == (['acme too', 'acme'], [])


def test_a_filter_may_have_as_many_tags_as_a_run() -> None:
    assert len(RunFilter(tags={f'name{n}': '' for n in range(MAX_TAGS)}).tags) == MAX_TAGS


@pytest.mark.parametrize(
    ('conditions', 'message'),
    [
        (
            {'status': 'done'},
            "'done' is no status of a run; there are pending, running, waiting, cancelling, paused, "
            'succeeded, failed, cancelled',
        ),
        (
            {'submitted_after': datetime(2030, 1, 1)},
            'submitted_after=datetime.datetime(2030, 1, 1, 0, 0) is not a moment; give a datetime with a time zone',
        ),
        ({'text': 3}, 'text=3 is not a text'),
        ({'tags': {'a': 1}}, "tags={'a': 1} are not names with texts"),
        ({'tags': {f'name{n}': '' for n in range(MAX_TAGS + 1)}}, 'no run has 51 tags; ask for 50 at most'),
    ],
)
def test_a_filter_that_cannot_be_is_refused(conditions: dict[str, Any], message: str) -> None:
    with pytest.raises(FilterRefused) as caught:
        RunFilter(**conditions)

    assert str(caught.value) == message
