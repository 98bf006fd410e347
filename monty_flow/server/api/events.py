"""What happens to a run, as server-sent events.

event: run    data: the run, at each new version
event: log    data: a line that the script printed; its `seq` is the id, from which a lost connection goes on
event: end    data: the run, when it has ended; the stream ends too
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Header, Query
from fastapi.responses import StreamingResponse

from monty_flow.engine import Engine, LogLine, Role, Run
from monty_flow.plain import plain
from monty_flow.server.access import AtDesk, Desk
from monty_flow.server.api.routing import RunId, takes
from monty_flow.server.api.routing import router as new_router
from monty_flow.server.failures import Refused

router = new_router('runs')

_EVENT = {
    'description': 'One event; its data is JSON: a run, or a line of the log.',
    'type': 'object',
    'required': ['event', 'data'],
    'properties': {
        'event': {'type': 'string', 'enum': ['run', 'log', 'end']},
        'data': {'type': 'string'},
        'id': {'type': 'string'},
    },
}
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        'description': 'Events `run`, `log` and `end`.',
        'content': {'text/event-stream': {'schema': _EVENT}},
    }
}


#: Lines that are read at once.
LINES_AT_ONCE = 1000


class _EventStream(StreamingResponse):
    media_type = 'text/event-stream'


@router.get('/runs/{run_id:run_id}/events', response_class=_EventStream, responses=_EVENTS, **takes(Role.READ))
async def stream_events(
    run_id: RunId,
    desk: AtDesk,
    after: Annotated[int, Query(ge=0, le=2**62, description='The `seq` of the last line that is known.')] = 0,
    last_event_id: Annotated[
        str | None, Header(pattern='^[0-9]{1,18}$', description='As `after`; browsers send it when they connect again.')
    ] = None,
) -> StreamingResponse:
    """Tell what happens to a run until it has ended: each new version, and each line that the script prints."""
    place = desk.place
    run = await desk.on_run(run_id, lambda engine, run: run)
    mine, all_of_them = place.streams[desk.caller.counted_as], place.streams.total()
    if mine >= place.settings.max_streams_of_one or all_of_them >= place.settings.max_streams:
        raise Refused(
            HTTPStatus.SERVICE_UNAVAILABLE,
            'too_many_streams',
            'too many event streams are open; ask for the run instead',
        )
    known = after if last_event_id is None else int(last_event_id)
    return _EventStream(_counted(desk, _events(desk, run.id, known)))


async def _counted(desk: Desk, events: AsyncIterator[str]) -> AsyncIterator[str]:
    streams, caller = desk.place.streams, desk.caller.counted_as
    streams[caller] += 1
    try:
        async for event in events:
            yield event
    finally:
        streams[caller] -= 1
        if not streams[caller]:
            del streams[caller]


async def _events(desk: Desk, run_id: str, after: int) -> AsyncIterator[str]:
    place = desk.place

    def read(engine: Engine, run: Run) -> tuple[Run, list[LogLine]] | None:
        # The run first: a line that comes between the two is told twice rather than never.
        lines = engine.logs(run.id, after=after, limit=LINES_AT_ONCE)
        return (run, lines) if desk.is_still_heard(engine) else None

    version = 0
    while True:
        found = await desk.on_run(run_id, read)
        if found is None:
            return
        run, lines = found
        for line in lines:
            after = line.seq
            yield _event('log', plain(line), line.seq)
        if len(lines) == LINES_AT_ONCE:
            continue
        if run.version != version:
            version = run.version
            yield _event('run', plain(run))
        if run.finished_at is not None:
            yield _event('end', plain(run))
            return
        while not await place.watcher.wait_beyond(run_id, version, place.settings.heartbeat_seconds):
            if place.watcher.closing or not await desk.do(desk.is_still_heard):
                return
            yield ': still here\n\n'


def _event(name: str, data: Any, event_id: int | None = None) -> str:
    head = f'event: {name}\n' if event_id is None else f'event: {name}\nid: {event_id}\n'
    return f'{head}data: {json.dumps(data, ensure_ascii=False)}\n\n'
