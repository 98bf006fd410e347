"""The example does real work through the command line, and its functions read documents rightly."""

from __future__ import annotations

import json
from pathlib import Path

from monty_flow.cli.exit_codes import ExitCode
from monty_flow.engine import load_functions
from tests.cli.conftest import Shell

EXAMPLES = Path(__file__).parents[2] / 'examples'
PLACE = f'{EXAMPLES / "functions.py"}:functions'

REPORT = """\
# invoice: 4 documents

* invoice-0417.txt: 32 words, sum of amounts EUR 2,671.00
* invoice-0418.txt: 33 words, sum of amounts EUR 3,070.00
* invoice-0421.txt: 29 words, sum of amounts EUR 2,460.00
* invoice-0430.txt: 21 words, sum of amounts EUR 714.00

Mentioned in all: EUR 8,915.00
which is about USD 9,628.20
From 2026-02-03 to 2026-04-20
Dr Amir Haddad: 2
Ms Ingrid Solberg: 2
Mr Lars Holm: 1
Mrs Anne Berg: 1
"""


def test_the_report_is_written_and_its_effects_journaled_once_each(shell: Shell) -> None:
    report, journal = shell.folder / 'report.md', shell.folder / 'effects.jsonl'
    shell.environment['MONTY_FLOW_EFFECTS'] = str(journal)
    inputs = {'folder': str(EXAMPLES / 'documents'), 'kind': 'invoice', 'currency': 'USD', 'report': str(report)}
    file = shell.write('inputs.json', json.dumps(inputs))

    answer = shell('run', str(EXAMPLES / 'report.py'), '-f', PLACE, '--inputs', str(file), '--json')

    effects = [json.loads(line) for line in journal.read_text().splitlines()]
    assert answer.code is ExitCode.OK
    assert report.read_text(encoding='utf-8') == REPORT
    assert answer.document['output'] == {'documents': 4, 'cents': 891500, 'days': 9, 'people': 4, 'bytes': len(REPORT)}
    assert len({effect['key'] for effect in effects}) == len(effects) == 11
    assert [effect['attempt'] for effect in effects if effect['function'] == 'exchange_rate'] == [2]


def test_facts_are_counted_in_a_text() -> None:
    functions = load_functions(PLACE)
    extract = functions.get('extract_facts')
    assert extract is not None

    facts = extract.function.__wrapped__('On 2026-01-02 Dr Ada Byron paid EUR 1,200.50; the rest later.')

    assert facts == {'words': 9, 'dates': ['2026-01-02'], 'amounts': [120050], 'names': ['Dr Ada Byron']}
