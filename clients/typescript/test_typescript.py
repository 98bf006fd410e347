"""The TypeScript client, compiled strictly, against a server that really listens; needs node and npm, see `.ci/run`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from monty_flow.engine import Engine, Functions
from tests.server.live import listening, working

HERE = Path(__file__).parent
PROGRAM = """
import { MontyFlow, MontyFlowError } from './dist/index.js';
const client = new MontyFlow({ baseUrl: process.argv[2], token: process.argv[3] });
const run = await client.submitRun({ source: "print('go')\\ndouble(n) + 1", inputs: { n: 20 }, tags: { team: 'ops' } });
const events = [];
for await (const event of client.events(run.id)) events.push(event.event);
const result = await client.waitForResult(run.id);
const page = await client.listRuns({ status: ['succeeded'], tag: ['team=ops'] });
const state = await client.getState(run.id, 1);
const file = await client.exportRun(run.id);
const failed = await client.getRun('0123').catch((error) => [error instanceof MontyFlowError, error.status, error.code]);
const deleted = await client.deleteRun(run.id);
console.log(JSON.stringify({
  output: result.output, events: events.slice(-1), logged: events.includes('log'), found: page.runs.length,
  frames: state.frames.length, file: file.length > 100, failed, deleted: deleted === undefined,
}));
"""
functions = Functions()


@functions.function()
def double(x: int) -> int:
    """Return twice as much."""
    return 2 * x


def test_the_client_compiles_and_speaks_with_the_server(tmp_path: Path) -> None:
    subprocess.run(['npx', 'tsc'], cwd=HERE, check=True)
    program = HERE / 'dist' / 'try.mjs'
    program.write_text(PROGRAM.replace('./dist/', './'), encoding='utf-8')
    with Engine(f'sqlite:///{tmp_path}/flow.db') as engine:
        token = engine.create_token('node', 'admin', namespace='*').text
        with listening(engine.url) as address, working(engine.url, functions):
            told = subprocess.run(
                ['node', program, address, token], cwd=HERE, check=True, capture_output=True, text=True, timeout=120
            )

    assert json.loads(told.stdout) == {
        'output': 41,
        'events': ['end'],
        'logged': True,
        'found': 1,
        'frames': 1,
        'file': True,
        'failed': [True, 404, 'run_not_found'],
        'deleted': True,
    }
