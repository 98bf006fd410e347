"""A step that was dropped and is still the run's own: as it has to be written now.

A step stands only if its run is as it was when the call was begun. A person who pauses a run, or lets it go on, changes the run and
leaves the call in execution with its worker. So a worker whose step was dropped looks whether it still has the
call in hand; if so, nobody else can have gone on with the run, and the step is written to the run as it now is. Under a paused run,
what would be for a worker to take is held. (That the statement of a step itself looks for pauses was dropped: every step
would pay for it.)
"""

from __future__ import annotations

from dataclasses import replace

from monty_flow.engine.records import Transition
from monty_flow.engine.states import ENDED, CallStatus, RunStatus


def revised(transition: Transition, version: int, status: RunStatus) -> Transition:
    """Return the transition for a run that now has this version and status."""
    changed = replace(transition, from_version=version, from_status=status)
    if status is not RunStatus.PAUSED or transition.to_status in ENDED:
        return changed
    call_status = transition.call_status
    if call_status is CallStatus.PENDING:
        call_status = CallStatus.HELD
    following = transition.next
    if following is not None:
        following = replace(following, leased=False, held=True)
    return replace(changed, to_status=RunStatus.PAUSED, call_status=call_status, next=following)
