"""Speak with runs: signals, decisions, and what scripts publish."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Path

from monty_flow.engine import Engine, Role, Run
from monty_flow.plain import plain
from monty_flow.server.access import AtDesk
from monty_flow.server.api.bodies.describing import body
from monty_flow.server.api.bodies.talks import ApprovalBody, DecisionBody, SignalBody, SignalRequestBody
from monty_flow.server.api.routing import RunId, takes
from monty_flow.server.api.routing import router as new_router

router = new_router('speaking')

CallNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description='The number of a call.')]


@router.post('/runs/{run_id:run_id}/signals', status_code=HTTPStatus.CREATED, **takes(Role.OPERATE))
async def send_signal(run_id: RunId, signal: SignalRequestBody, desk: AtDesk) -> SignalBody:
    """Send a signal to a run, for a `flow.wait_signal` of its script, now or later."""
    sent = await desk.on_run(
        run_id, lambda engine, run: engine.signal(run.id, signal.name, signal.value, key=signal.key)
    )
    return body(SignalBody, sent)


@router.get('/runs/{run_id:run_id}/signals', **takes(Role.READ))
async def list_signals(run_id: RunId, desk: AtDesk) -> list[SignalBody]:
    """List the signals that were sent to a run, in their order."""
    return [body(SignalBody, each) for each in await desk.on_run(run_id, lambda engine, run: engine.signals(run.id))]


@router.get('/runs/{run_id:run_id}/published', **takes(Role.READ))
async def get_published(run_id: RunId, desk: AtDesk) -> dict[str, Any]:
    """Return what the script of a run has published last under each name."""
    found: dict[str, Any] = plain(await desk.on_run(run_id, lambda engine, run: engine.published(run.id)))
    return found


@router.get('/approvals', **takes(Role.READ))
async def list_approvals(desk: AtDesk) -> list[ApprovalBody]:
    """List the calls that wait for a person's decision, the oldest first."""
    found = await desk.do(lambda engine: engine.approvals(namespace=desk.caller.namespace))
    return [body(ApprovalBody, each) for each in found]


@router.post('/runs/{run_id:run_id}/calls/{number}/decision', **takes(Role.OPERATE))
async def decide_call(run_id: RunId, number: CallNumber, decision: DecisionBody, desk: AtDesk) -> ApprovalBody:
    """Let a call that waits for a decision go on, or refuse it; the name of the token is recorded."""

    def decide(engine: Engine, run: Run) -> ApprovalBody:
        act = engine.approve if decision.approved else engine.reject
        return body(ApprovalBody, act(run.id, number, by=desk.caller.name, comment=decision.comment))

    return await desk.on_run(run_id, decide)
