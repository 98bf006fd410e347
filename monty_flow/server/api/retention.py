"""How long runs are kept after they have ended. A token of one namespace sees the rules that count there, and says its own."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import Query, Response

from monty_flow.engine import Retention, Role
from monty_flow.server.access import AtDesk
from monty_flow.server.api.bodies.retention import NAMESPACE_PATTERN, EndedStatus, RetentionBody
from monty_flow.server.api.routing import router as new_router
from monty_flow.server.api.routing import takes
from monty_flow.server.failures import Refused

router = new_router('retention')


@router.get('/retention', **takes(Role.READ))
async def list_retention(desk: AtDesk) -> list[RetentionBody]:
    """List the rules by which workers delete runs that have ended; without any, runs are kept for ever."""
    found = await desk.do(lambda engine: engine.retention())
    return [_body(rule) for rule in found if counts_for(desk.caller.namespace, rule)]


@router.put('/retention', **takes(Role.ADMIN))
async def set_retention(rule: RetentionBody, desk: AtDesk) -> RetentionBody:
    """Say for how long runs are kept after they have ended: of a namespace and a status, of one of these, or of all."""
    keep = None if rule.keep_seconds is None else timedelta(seconds=rule.keep_seconds)
    namespace = desk.own_namespace(rule.namespace)
    return _body(
        await desk.do(lambda engine: engine.set_retention(keep, status=rule.status, namespace=namespace)),
    )


@router.delete('/retention', status_code=HTTPStatus.NO_CONTENT, response_class=Response, **takes(Role.ADMIN))
async def clear_retention(
    desk: AtDesk,
    namespace: Annotated[
        str | None, Query(pattern=NAMESPACE_PATTERN, description='The namespace of the rule; left out for that of all.')
    ] = None,
    status: Annotated[EndedStatus | None, Query(description='Its status; left out for that of all.')] = None,
) -> Response:
    """Delete a rule, so that a more general one counts, or none."""
    whose = desk.own_namespace(namespace)
    if not await desk.do(lambda engine: engine.clear_retention(status=status, namespace=whose)):
        raise Refused(
            HTTPStatus.NOT_FOUND, 'rule_not_found', 'there is no such rule; list the rules to see those that are there'
        )
    return Response(status_code=HTTPStatus.NO_CONTENT)


def counts_for(namespace: str | None, rule: Retention) -> bool:
    """Tell whether who sees the runs of a namespace, None for all, sees a rule."""
    return namespace is None or rule.namespace in (None, namespace)


def _body(rule: Retention) -> RetentionBody:
    keep_seconds = None if rule.keep is None else rule.keep.total_seconds()
    return RetentionBody(namespace=rule.namespace, status=rule.status, keep_seconds=keep_seconds)  # type: ignore[arg-type]
