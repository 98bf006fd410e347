"""Look into the states of a run: frames and variables at each step."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Query

from monty_flow.engine import Engine, Role, Run
from monty_flow.interpreter import FutureSnapshot, Snapshot
from monty_flow.server.access import AtDesk
from monty_flow.server.api.bodies.describing import body
from monty_flow.server.api.bodies.states import FrameBody, StateBody, StoredStepBody, VariableChangeBody
from monty_flow.server.api.routing import RunId, StepNumber, takes
from monty_flow.server.api.routing import router as new_router
from monty_flow.server.failures import Refused

router = new_router('states')

_AStep = Annotated[int, Query(ge=1, le=2**31 - 1, description='A step whose state is kept.')]


@router.get('/runs/{run_id:run_id}/steps', **takes(Role.READ))
async def list_steps(run_id: RunId, desk: AtDesk) -> list[StoredStepBody]:
    """List the steps of a run whose states are kept."""
    found = await desk.on_run(run_id, lambda engine, run: engine.steps(run.id))
    return [body(StoredStepBody, step) for step in found]


@router.get('/runs/{run_id:run_id}/steps/{step}', **takes(Role.READ))
async def get_state(run_id: RunId, step: StepNumber, desk: AtDesk) -> StateBody:
    """Return the frames and variables of a run when it waited for its call of that number."""

    def read(engine: Engine, run: Run) -> StateBody:
        found = state_at(engine, run, step)
        return StateBody(run_id=run.id, step=step, frames=[body(FrameBody, frame) for frame in found.frames])

    return await desk.on_run(run_id, read)


@router.get('/runs/{run_id:run_id}/diff', **takes(Role.READ))
async def diff_steps(
    run_id: RunId,
    desk: AtDesk,
    before: _AStep,
    after: _AStep,
) -> list[VariableChangeBody]:
    """List the variables of a run that differ between two of its steps, and where in them."""
    from monty_flow.interpreter import differences  # knows every type of every module: loaded with the first look

    def read(engine: Engine, run: Run) -> list[VariableChangeBody]:
        changes = differences(state_at(engine, run, before), state_at(engine, run, after))
        return [body(VariableChangeBody, change) for change in changes]

    return await desk.on_run(run_id, read)


def state_at(engine: Engine, run: Run, step: int) -> Snapshot | FutureSnapshot:
    """Return the state of a run at a step, or raise Refused with the steps that are kept."""
    state = engine.snapshot(run.id, step=step)
    if state is None:
        kept = [each.number for each in engine.steps(run.id)]
        known = f'it has those from {kept[0]} to {kept[-1]}' if kept else 'it has none'
        raise Refused(
            HTTPStatus.NOT_FOUND, 'state_not_kept', f'the state of step {step} of run {run.id} is not kept; {known}'
        )
    return state
