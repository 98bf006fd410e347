"""The functions that `report.py` may call: real work on real files, registered for a worker.

    monty-flow worker examples/functions.py:functions

Each finished piece of work is written to a journal when MONTY_FLOW_EFFECTS names a file, with the idempotency
key of its call: the demo reads there whether anything was done twice.
"""

from __future__ import annotations

import functools
import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypedDict, TypeVar

from monty_flow.engine import Functions, current_call

functions = Functions()

P = ParamSpec('P')
R = TypeVar('R')

#: What one euro buys.
RATES = {'EUR': 1.0, 'USD': 1.08, 'NOK': 11.6, 'GBP': 0.85}
#: Seconds that reading and extracting take, as a scanned page would.
WORK_SECONDS = 0.06

_DATE = re.compile(r'\b\d{4}-\d{2}-\d{2}\b')
_AMOUNT = re.compile(r'\bEUR ([\d,]+)\.(\d{2})\b')
_NAME = re.compile(r'\b(?:Ms|Mr|Mrs|Dr) [A-Z]\w+ [A-Z]\w+')
_WORD = re.compile(r'[A-Za-z]+')


class Facts(TypedDict):
    """What a document says."""

    words: int
    dates: list[str]
    #: In cents.
    amounts: list[int]
    names: list[str]


def journaled(function: Callable[P, R]) -> Callable[P, R]:
    """Append a line to the journal of effects for each attempt that gave a result."""

    @functools.wraps(function)
    def attempt(*args: P.args, **kwargs: P.kwargs) -> R:
        call = current_call()
        result = function(*args, **kwargs)
        journal = os.environ.get('MONTY_FLOW_EFFECTS')
        if journal:
            entry = {
                'key': call.idempotency_key,
                'attempt': call.attempt,
                'function': function.__name__,
                'pid': os.getpid(),
            }
            with open(journal, 'a', encoding='utf-8') as file:
                file.write(json.dumps(entry) + '\n')
        return result

    return attempt


@functions.function()
@journaled
def list_documents(folder: str) -> list[str]:
    """Return the names of the text files of `folder`, sorted."""
    return sorted(path.name for path in Path(folder).glob('*.txt'))


@functions.function()
@journaled
def read_document(folder: str, name: str) -> str:
    """Return the text of one document."""
    path = Path(folder) / name
    if path.parent != Path(folder):
        raise ValueError(f'{name!r} is not the name of a file in the folder')
    time.sleep(WORK_SECONDS)
    return path.read_text(encoding='utf-8')


@functions.function()
@journaled
def extract_facts(text: str) -> Facts:
    """Return the words, dates, amounts and names of a text."""
    time.sleep(WORK_SECONDS)
    return {
        'words': len(_WORD.findall(text)),
        'dates': _DATE.findall(text),
        'amounts': [int(whole.replace(',', '')) * 100 + int(cents) for whole, cents in _AMOUNT.findall(text)],
        'names': _NAME.findall(text),
    }


@functions.function(retries=3, initial_delay_seconds=0.2, no_retry_on=(KeyError,))
@journaled
def exchange_rate(currency: str) -> float:
    """Return what one euro buys; the first attempt of each call fails, as a busy service would.

    A currency that it does not know is an error at once, and the script's to handle.
    """
    if current_call().attempt == 1:
        raise ConnectionError('the rates service is busy')
    return RATES[currency]


@functions.function()
@journaled
def write_report(path: str, text: str) -> int:
    """Write a report and return its size in bytes; a reader sees the old file or the new one, never a half."""
    data = text.encode()
    target = Path(path)
    beside = target.with_name(f'.{target.name}.{os.getpid()}')
    beside.write_bytes(data)
    os.replace(beside, target)
    return len(data)
