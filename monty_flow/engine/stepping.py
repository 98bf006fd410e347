"""Take the script of a run from one state to the next, with what came of its calls.

A script waits for one call alone or for any of several. Outcomes that are there together are handed over together; one that
the script cannot take yet, because it waits for another call alone, is left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from monty_flow.engine import payloads
from monty_flow.engine.interpreting import (
    Answer,
    Paused,
    Prints,
    Programs,
    State,
    StepOutcome,
    decode_limits,
    load_snapshot,
    resume,
    resume_answered,
    resume_some,
    start,
)
from monty_flow.engine.isolation import Scripts
from monty_flow.engine.keeper import Keeper
from monty_flow.engine.large import is_out, unread
from monty_flow.engine.live import LiveRun
from monty_flow.engine.outcomes import Cancelling, Nothing, Over, Raised, Returned, failed
from monty_flow.engine.secrecy import Secrets
from monty_flow.engine.speaking import ANSWERED
from monty_flow.engine.transitions import Program
from monty_flow.interpreter import BoundaryError, Cancelled, FutureSnapshot, Monty
from monty_flow.interpreter import Raised as AnswerRaised
from monty_flow.interpreter import Returned as AnswerReturned


class StateMissing(LookupError):
    """The state in which a run waits is not in the database."""


class Stepper:
    """Load and step scripts, with those that are compiled already."""

    def __init__(
        self,
        read_program: Callable[[LiveRun], Program],
        keeper: Keeper,
        secrets: Secrets,
        whole: Callable[[bytes], bytes] = unread,
    ) -> None:
        self._secrets = secrets
        #: Returns a payload with what its row is without.
        self._whole = whole
        self._read_program = read_program
        self._programs = Programs()
        self._keeper = keeper

    def isolate(self, scripts: Scripts) -> None:
        """Say where scripts run, before the first one does."""
        self._programs.scripts = scripts

    def load(self, run: LiveRun) -> State:
        """Return the state in which a run waits."""
        stored = self._read_program(run)
        data = self._keeper.restore(run.id, run.step, stored.chain)
        if data is None:
            raise StateMissing(f'the state of run {run.id} after step {run.step} is missing')
        return load_snapshot(data, self._program(run, payloads.decode(self._whole(run.inputs)), stored.source))

    def start(self, run: LiveRun, prints: Prints) -> StepOutcome:
        """Run the script of a run to its first wait, or to its end."""
        inputs = payloads.decode(self._whole(run.inputs))
        begun = None if run.ahead_start is None else run.ahead_start.go_on
        return start(self._program(run, inputs), inputs, decode_limits(run.limits), prints, begun)

    def begin(self, run: LiveRun) -> bool | None:
        """Have the process that keeps the state take the next step of a run, or one that is free its first; tell whether it does.

        None when that is not how the step is taken: what is kept apart, and a script that is not known here, has to be read.
        """
        if not run.is_to_start:
            return run.begin_ahead()
        if is_out(run.inputs):
            return None
        inputs = payloads.decode(run.inputs)
        program = self._programs.get(run.script_hash, tuple(sorted(inputs)), run.script_name)
        if program is None:
            return None
        run.ahead = run.ahead_start = program.begin(inputs=inputs, limits=decode_limits(run.limits))
        return run.ahead is not None

    def step(
        self, run: LiveRun, outcomes: Mapping[int, Over], prints: Prints
    ) -> tuple[StepOutcome | None, dict[int, Over]]:
        """Hand outcomes over, in their order, for as long as the script takes some.

        Returns where the script stands then, None when it could take nothing, and the outcomes that it took, by the numbers of
        their calls and as it got them.
        """
        if run.state is None:
            run.state = self.load(run)
        if len(outcomes) == len(run.calls) == 1 and not isinstance(run.state, FutureSnapshot):
            # As in nearly all steps of scripts without tasks.
            [number] = outcomes
            known = run.calls.get(number)
            if known is not None and known.future is None and known.part_of is None:
                waiting, run.state = run.state, None
                return self._answered(run, waiting, dict(outcomes), prints, {None: number})
        left, taken = dict(outcomes), dict[int, Over]()
        # The script knows nothing of the items of its maps.
        numbers = {call.future: number for number, call in run.calls.items() if call.part_of is None}
        step: StepOutcome | None = None
        futures: frozenset[int] | None = None
        state = run.state
        while left:
            if isinstance(state, FutureSnapshot):
                if futures is None:
                    futures = frozenset([call.call_id for call in state.pending])
                chosen = [number for number in left if run.calls[number].future in futures]
            else:
                chosen = [number for number in (numbers.get(None),) if number in left]
            if not chosen:
                break
            # A state is used up by a step, whatever comes of it.
            run.state = None
            step, told = self._answered(run, state, {number: left[number] for number in chosen}, prints, numbers)
            taken |= told
            for number in told:
                del left[number]
            if not isinstance(step, Paused):
                break
            state, futures = step.state, step.futures
            if futures is None:
                # It waits for another call alone, which is not begun yet.
                break
        return step, taken

    def _answered(
        self,
        run: LiveRun,
        state: State,
        outcomes: dict[int, Over],
        prints: Prints,
        numbers: Mapping[int | None, int],
    ) -> tuple[StepOutcome, dict[int, Over]]:
        """Hand outcomes over: all of them, or the first when a value of them cannot enter the script."""
        while True:
            try:
                if not isinstance(state, FutureSnapshot):
                    [outcome] = outcomes.values()
                    if isinstance(outcome, Nothing) and state.function_name in ANSWERED and prints.talk is not None:
                        return resume_answered(state, prints.talk, prints, numbers), outcomes
                    return resume(state, _answer(outcome, self._secrets), prints, numbers), outcomes
                answers: dict[int, Answer] = {}
                for number, outcome in outcomes.items():
                    future = run.calls[number].future
                    assert future is not None
                    answers[future] = _answer(outcome, self._secrets)
                return resume_some(state, answers, prints, numbers), outcomes
            except BoundaryError as error:
                number, outcome = next(iter(outcomes.items()))
                if len(outcomes) == 1:
                    if not isinstance(outcome, Returned):
                        raise
                    function = run.calls[number].function
                    text = f'the result of {function}() cannot enter the script: {error}'
                    outcome = failed(Raised(TypeError(text), final=True), self._secrets)
                outcomes = {number: outcome}

    def _program(self, run: LiveRun, inputs: dict[str, Any], source: str | None = None) -> Monty:
        names = tuple(sorted(inputs))
        found = self._programs.get(run.script_hash, names, run.script_name)
        if found is not None:
            return found
        if source is None:
            source = self._read_program(run).source
        return self._programs.compile(source, run.script_hash, names, run.script_name)


def _answer(outcome: Over, secrets: Secrets) -> Answer:
    match outcome:
        case Raised(error=error):
            return AnswerRaised(secrets.for_script(error))
        case Cancelling():
            return AnswerRaised(Cancelled('the run was cancelled'))
        case Returned(value=value):
            return AnswerReturned(value)
        case Nothing():
            return AnswerReturned(None)
