"""The API against its own description: Schemathesis sends what the description allows and what it forbids, and reads what comes back.

All of its phases, and all of its checks but one that `contract_hooks.py` says more sharply.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from monty_flow.engine import Engine, Functions, Worker
from tests.server.live import listening

ROOT = Path(__file__).parents[2]
#: Examples of each route, beside those that cover its description systematically.
EXAMPLES = int(os.environ.get('CONTRACT_EXAMPLES', '8'))
SEED = os.environ.get('CONTRACT_SEED', '1')
#: Bounds on how often one asks that nobody meets.
WITHOUT_BOUNDS = {'requests_per_second': 1e6, 'burst': 10**6, 'failures_per_second': 1e6, 'failure_burst': 10**6}
functions = Functions()


@functions.function()
def double(x: Any) -> Any:
    """Return twice as much."""
    return 2 * x


@pytest.mark.timeout(1200)
def test_the_api_does_what_its_description_says(url: str, engine: Engine, tmp_path: Path) -> None:
    """CONTRACT_EXAMPLES=300 and another CONTRACT_SEED try more."""
    token = engine.create_token('contract', 'admin', namespace='*').text
    run = engine.submit('print(double(n))\ndouble([n])', inputs={'n': 1}, tags={'a': 'b'})
    Worker(url, functions, isolation='none').run_until(run.id)
    with listening(url, **WITHOUT_BOUNDS) as address:
        tried = subprocess.run(
            [
                *(Path(sys.executable).parent / 'schemathesis', 'run', f'{address}/api/v1/openapi.json'),
                *('--header', f'Authorization: Bearer {token}'),
                *('--phases', 'examples,coverage,fuzzing,stateful', '--mode', 'all'),
                *('--checks', 'all', '--exclude-checks', 'positive_data_acceptance'),
                *('--max-examples', str(EXAMPLES), '--seed', SEED, '--generation-database', 'none'),
                # How long an answer takes says more of the machine that runs the tests.
                *('--request-timeout', '120', '--max-response-time', '120'),
                *('--continue-on-failure', '--warnings', 'off', '--no-color'),
            ],
            cwd=tmp_path,
            env={
                **os.environ,
                'PYTHONPATH': str(ROOT),
                'SCHEMATHESIS_HOOKS': 'tests.server.contract_hooks',
                'CONTRACT_RUN': run.id,
            },
            capture_output=True,
            text=True,
        )

    assert tried.returncode == 0, tried.stdout + tried.stderr
    assert ' passed' in tried.stdout.partition('Test cases:')[2], tried.stdout
