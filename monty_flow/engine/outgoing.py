"""What leaves the rows of a step, a run and a signal before they are written.

    inputs, output                  of a run
    arguments, result               of a call; those of an approval stay, since its question is shown wherever it is listed
    value                           of a signal
    the snapshot                    at full frames (growth.py)

A result that the script has not taken yet stays in its row, as do published values and progress, which are written over and over, results
that are kept for a time (`cache_seconds`), and the inputs of schedules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monty_flow.engine import payloads
from monty_flow.engine.large import Large, LargeValues, merged
from monty_flow.engine.parts import Part
from monty_flow.engine.states import CallKind, CallStatus
from monty_flow.engine.store import NewRun
from monty_flow.engine.transitions import NewCall, Settled, Transition


def run_out(run: NewRun, large: LargeValues) -> NewRun:
    """Return a new run without what leaves its row."""
    inputs, used = large.out(run.inputs)
    return replace(run, inputs=inputs, large=used) if used else run


def step_out(step: Transition, parts: Sequence[Part], large: LargeValues) -> Transition:
    """Return a transition without what leaves its rows, with that beside it; its snapshot is without `parts` already."""
    least = large.from_bytes
    if not parts and (least is None or _is_short(step, least)):
        return step
    used = list(large.kept(step.step, parts))
    settled = tuple([_settled_out(call, large, used) for call in step.settled])
    new = tuple([_new_out(call, large, used) for call in step.new])
    output = step.output
    if output is not None:
        output, found = large.out(output)
        used += found
    said = step.said
    if said.started:
        said = replace(said, started=tuple([run_out(run, large) for run in said.started]))
    if not used and said is step.said:
        return step
    return replace(step, settled=settled, new=new, output=output, said=said, large=merged(used))


def _is_short(step: Transition, least: int) -> bool:
    """Tell at a glance that nothing leaves the rows of a step, as of nearly all."""
    for call in step.settled:
        if call.result is not None and not payloads.is_shorter(call.result, least):
            return False
    for new in step.new:
        if not payloads.is_shorter(new.arguments, least):
            return False
    return not step.said.started and (step.output is None or payloads.is_shorter(step.output, least))


def _settled_out(call: Settled, large: LargeValues, used: list[Large]) -> Settled:
    if call.result is None or call.status is not CallStatus.DONE:
        return call
    result, found = large.out(call.result)
    used += found
    return replace(call, result=result) if found else call


def _new_out(call: NewCall, large: LargeValues, used: list[Large]) -> NewCall:
    if call.kind is CallKind.APPROVAL:
        return call
    arguments, found = large.out(call.arguments)
    used += found
    return replace(call, arguments=arguments) if found else call
