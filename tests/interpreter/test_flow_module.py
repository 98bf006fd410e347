"""The module `flow` stops at external calls, however it is reached, and its exceptions come from the host."""

from __future__ import annotations

from typing import Any

import pytest

from monty_flow import Complete, Monty, load
from monty_flow.interpreter import Cancelled, FutureSnapshot, MontyRuntimeError, Rejected, Returned, Snapshot

FACTS = {
    'run_id': 'r1', 'script_name': 'main.py', 'key': 'k', 'inputs': {'n': 1}, 'step': 2, 'attempt': 3,
    'parent': None, 'tags': {},
}  # fmt: skip
ANSWERS: dict[str, Any] = {'flow.info': FACTS, 'flow.now': 5, 'flow.status': None, 'flow.publish': None}


def driven(source: str, answers: dict[str, Any] = ANSWERS) -> tuple[Any, list[tuple[Any, ...]]]:
    """Return the output of a script and its calls, going on from stored bytes after each."""
    calls: list[tuple[Any, ...]] = []
    state = Monty(source).start()
    while not isinstance(state, Complete):
        assert isinstance(state, Snapshot)
        calls.append((state.function_name, *state.args))
        state = load(state.dump())
        answer = answers[calls[-1][0]]
        if isinstance(answer, BaseException):
            state = state.resume(exception=answer)
        else:
            state = state.resume(return_value=answer)
    return state.output, calls


@pytest.mark.parametrize(
    'source',
    [
        'import flow\nflow.now() + 1',
        'import flow as f\nf.now() + 1',
        'from flow import now\nnow() + 1',
        'from flow import now as n\nn() + 1',
        'import flow\nask = flow.now\nask() + 1',
        'import flow\n[x + 1 for x in [flow.now()]][0]',
        'import flow\nmax(map(lambda x: flow.now() + x, [1]))',
        'import flow\ndef f():\n    import flow\n    return flow.now()\nf() + 1',
        'import flow\nclass Now:\n    def __call__(self):\n        return flow.now()\nNow()() + 1',
    ],
)
def test_a_function_of_the_module_stops_wherever_it_is_called(source: str) -> None:
    assert driven(source) == (6, [('flow.now',)])


def test_a_function_that_stops_may_be_handed_on_as_a_value() -> None:
    _, calls = driven('import time\nwait = time.sleep\nwait(3)', {'time.sleep': None})

    assert calls == [('time.sleep', 3)]


def test_each_function_is_a_call_of_the_host_under_its_own_name() -> None:
    output, calls = driven(
        'import flow\nflow.status("begun")\nflow.publish("n", [1])\ni = flow.info()\n(i.run_id, i.inputs, i.attempt, repr(i))'
    )

    assert calls == [('flow.status', 'begun'), ('flow.publish', 'n', [1]), ('flow.info',)]
    assert output == ('r1', {'n': 1}, 3, "Info(run_id='r1', script_name='main.py', step=2)")


@pytest.mark.parametrize(
    ('call', 'message'),
    [
        ('flow.status(3)', 'TypeError: flow.status() takes a text, not int'),
        ('flow.publish(3, 4)', 'TypeError: flow.publish() takes the name as a text, not int'),
        ('flow.publish("a")', "TypeError: publish() missing 1 required positional argument: 'value'"),
    ],
)
def test_wrong_arguments_are_errors_of_the_script_before_the_host_is_asked(call: str, message: str) -> None:
    with pytest.raises(MontyRuntimeError) as caught:
        Monty(f'import flow\n{call}').start()

    assert caught.value.traceback.rstrip().endswith(message)


CATCHING = """
import flow
seen = []
try:
    try:
        fetch()
    except Exception as error:
        seen.append(['Exception', type(error).__name__, str(error)])
    finally:
        seen.append(flow.now())
except flow.Cancelled as error:
    seen.append(['Cancelled', str(error), isinstance(error, Exception)])
seen
"""


def test_cancelled_passes_by_except_exception_and_rejected_does_not() -> None:
    cancelled, _ = driven(CATCHING, ANSWERS | {'fetch': Cancelled('stop')})
    rejected, _ = driven(CATCHING, ANSWERS | {'fetch': Rejected('no')})

    assert cancelled == [5, ['Cancelled', 'stop', False]]
    assert rejected == [['Exception', 'Rejected', 'no'], 5]


def test_cancelled_is_caught_where_asyncio_scripts_clean_up() -> None:
    source = (
        'import asyncio\ntry:\n    fetch()\nexcept asyncio.CancelledError as error:\n    found = repr(error)\nfound'
    )

    assert driven(source, {'fetch': Cancelled()})[0] == 'Cancelled()'


def test_a_run_that_no_engine_drives_says_so() -> None:
    with pytest.raises(MontyRuntimeError) as caught:
        Monty('import flow\nflow.status("x")').run()

    assert caught.value.message == ('flow.status() asks the engine, and there is none here: submit the script as a run')


def test_a_host_may_give_functions_of_the_module_itself() -> None:
    said: list[str] = []

    Monty('import flow\nflow.status("x")').run(external_functions={'flow.status': said.append})

    assert said == ['x']


@pytest.mark.parametrize(
    ('source', 'at_once'),
    [
        ('import flow\nawait flow.wait_signal("a")', True),
        ('import flow as f\nawait f.wait_signal("a")', True),
        ('from flow import wait_signal as wait\nawait wait("a")', True),
        ('import asyncio, flow\nawait asyncio.gather(flow.wait_signal("a"))', True),
        ('import asyncio, flow\nwaits = [flow.wait_signal("a")]\nawait asyncio.gather(*waits)', True),
        ('import asyncio, flow\nasync def go():\n    async with asyncio.timeout(9):\n        return await flow.wait_signal("a")\nawait go()', True),
        ('import asyncio, flow\nasync def go():\n    return flow.wait_signal("a")\nawait go()', False),
        ('import flow\nflow.wait_signal("a")', False),
    ],
)  # fmt: skip
def test_a_wait_is_a_coroutine_where_its_result_is_awaited(source: str, at_once: bool) -> None:
    state = load(Monty(source).start().dump())

    assert isinstance(state, FutureSnapshot if at_once else Snapshot)
    if isinstance(state, FutureSnapshot):
        [call] = [call for call in state.pending if call.function_name == 'flow.wait_signal']
        end = state.resume({call.call_id: Returned(7)})
    else:
        end = state.resume(return_value=7)
    assert isinstance(end, Complete)
    assert end.output in (7, [7])


def test_a_method_result_of_a_script_stops_as_it_did() -> None:
    output, calls = driven(
        'import flow\n'
        'class Later:\n    def result(self):\n        return self\n    def __await__(self):\n        flow.now()\n        yield from ()\n        return 3\n'
        'await Later().result()',
    )

    assert (output, calls) == (3, [('flow.now',)])
