"""The HTTP API and the web pages, over the engine's public names.

    app = create_app(Settings('sqlite:///monty-flow.db'))     # an ASGI application

`monty-flow serve` runs it with uvicorn. May import `monty_flow.engine` and the interpreter's front door, and what the
extra `monty-flow[server]` installs. `access.py` says who may do what, `guard.py` which requests are heard at all,
`api/` and `pages/` hold the routes, each with the role that it takes.
"""

from __future__ import annotations

from monty_flow.server.app import create_app
from monty_flow.server.settings import Settings

__all__ = ['Settings', 'create_app']
