"""The dashboard: pages made by the server, kept fresh by htmx, with no build step and nothing of other hosts.

Texts of scripts, names, values and logs are anyone's. They reach a page through Jinja's autoescape only; nothing here
makes markup out of a text, and a test sends hostile texts through every page.
"""

from __future__ import annotations

from monty_flow.server.pages import (
    branching,
    queues,
    retention,
    run,
    runs,
    schedules,
    signing_in,
    speaking,
    submitting,
    surroundings,
)

ROUTERS = (
    signing_in.router,
    submitting.router,
    runs.router,
    run.router,
    branching.router,
    speaking.router,
    schedules.router,
    queues.router,
    retention.router,
    surroundings.router,
)

__all__ = ['ROUTERS']
