"""What `test_contract.py` tells Schemathesis, which runs in a process of its own: which requests it makes of what it thought of."""

from __future__ import annotations

import os
import re
from typing import Any

import schemathesis
from schemathesis.checks import CheckContext
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode

#: A run that has ended, with two states and a line in its log.
ENDED_RUN = os.environ['CONTRACT_RUN']
_ID = re.compile('[0-9a-f-]+')
#: Of an id; whole ones are of runs that an answer has told.
_LENGTH = 36


@schemathesis.check
def what_fits_is_not_refused_as_what_does_not(ctx: CheckContext, response: Response, case: schemathesis.Case) -> None:
    """Raise AssertionError for a request that fits the description and is said not to.

    It may be refused all the same, for a script that is none or a run that is not there; hence not `positive_data_acceptance`.
    """
    if _is_meant_to_fit(case) and response.status_code == 422:
        assert response.json()['error']['code'] != 'request_invalid', response.text


@schemathesis.hook
def before_call(context: Any, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    """Let requests be about what is there, or nothing but "not found" would be tried, and wait for nothing."""
    run_id = case.path_parameters.get('run_id')
    if isinstance(run_id, str) and _ID.fullmatch(run_id):
        is_made_up = _is_meant_to_fit(case) and len(run_id) < _LENGTH and run_id < '8'
        # Events of a run that nobody works on do not end.
        if is_made_up or case.operation.path.endswith('/events'):
            case.path_parameters['run_id'] = ENDED_RUN
    if _is_meant_to_fit(case):
        if 'wait_seconds' in case.query:
            case.query['wait_seconds'] = 0.01
        if isinstance(case.body, dict) and len(str(case.body.get('source', '-'))) % 2 == 0:
            case.body['source'] = 'import flow\nflow.wait_signal("go")'


def _is_meant_to_fit(case: schemathesis.Case) -> bool:
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
