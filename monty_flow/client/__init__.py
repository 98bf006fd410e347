"""The Python client of the HTTP API, sync and async by one implementation.

    with Client('http://127.0.0.1:8400', token='mf_...') as client:
        run = client.submit_run(source='double(n)', inputs={'n': 20})
        print(client.wait_for_result(run['id'])['output'])

    async with AsyncClient('http://127.0.0.1:8400') as client:
        run = await client.get_run(run_id)

Its operations and types are made from the description of the API (`clients/generate.py`). It needs httpx, which the extra
`monty-flow[client]` installs, and nothing of the rest of the package.
"""

from __future__ import annotations

from monty_flow.client import types
from monty_flow.client.clients import AsyncClient, Client
from monty_flow.client.errors import ServerError

__all__ = ['AsyncClient', 'Client', 'ServerError', 'types']
