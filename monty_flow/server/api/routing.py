"""How a route of the API is declared: with the role that it takes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BeforeValidator
from starlette.convertors import StringConvertor, register_url_convertor

from monty_flow.engine import Role
from monty_flow.server.access import allow
from monty_flow.server.failures import ErrorBody

PREFIX = '/api/v1'
#: Every answer that is no success has the one body.
ERRORS: dict[int | str, dict[str, Any]] = {
    '4XX': {'model': ErrorBody, 'description': 'Refused; the code says why.'},
    '5XX': {'model': ErrorBody, 'description': 'The server or its database failed.'},
}
_ID = '[0-9a-f-]{1,36}'
RunId = Annotated[
    str,
    Path(pattern=f'^{_ID}$', description='The id of a run, or a beginning of it that only it has.', min_length=1),
]


class _RunIds(StringConvertor):
    # What is no id is no address of a run: `/runs/counts` takes the methods of its own route only.
    regex = _ID


register_url_convertor('run_id', _RunIds())


def _flag(text: Any) -> Any:
    if type(text) is str and text not in ('true', 'false'):
        raise ValueError('write true or false')
    return text


# In an address, where 'yes', 'on' and '1' would be taken for true.
Flag = Annotated[bool, BeforeValidator(_flag)]
StepNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description='A step whose state is kept.')]


def router(tag: str) -> APIRouter:
    """Return a router for a group of routes."""
    return APIRouter(prefix=PREFIX, tags=[tag], responses=ERRORS)


def takes(role: Role) -> dict[str, Any]:
    """Return the options of a route that takes a role, as its description tells too."""
    return {'dependencies': [allow(role)], 'openapi_extra': {'x-role': role.value}}
