"""Which errors become which answers: the one table, and the body that all of them have."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match

from monty_flow import engine as names
from monty_flow.interpreter import MontySyntaxError, SnapshotError

_log = logging.getLogger(__name__)

#: The code of an error, also where the body is a page.
CODE_HEADER = 'X-Error-Code'
#: Makes a page of status, code and message.
ErrorPages = Callable[[Request, int, str, str], Response]


class ErrorDetail(BaseModel):
    """What was wrong, for programs and for people."""

    code: str = Field(description='A name of the kind of error, which does not change.')
    message: str = Field(description='What was wrong, and what to do.')


class ErrorBody(BaseModel):
    """The body of every answer that is an error."""

    error: ErrorDetail


@dataclass(frozen=True, slots=True)
class Answer:
    """The status and the code of an error."""

    status: HTTPStatus
    code: str


#: The answer by an error's class, or by the nearest base that is listed.
ANSWERS: dict[type[Exception], Answer] = {
    names.RunIdAmbiguous: Answer(HTTPStatus.CONFLICT, 'run_id_ambiguous'),
    names.RunNotFound: Answer(HTTPStatus.NOT_FOUND, 'run_not_found'),
    names.RunNotFinished: Answer(HTTPStatus.CONFLICT, 'run_not_finished'),
    names.RunFailed: Answer(HTTPStatus.CONFLICT, 'run_failed'),
    names.RunCancelled: Answer(HTTPStatus.CONFLICT, 'run_cancelled'),
    names.RunExists: Answer(HTTPStatus.CONFLICT, 'run_exists'),
    names.WrongStatus: Answer(HTTPStatus.CONFLICT, 'wrong_status'),
    names.WaitTimeout: Answer(HTTPStatus.CONFLICT, 'run_not_finished'),
    names.InputsRefused: Answer(HTTPStatus.UNPROCESSABLE_ENTITY, 'inputs_refused'),
    names.ValueRefused: Answer(HTTPStatus.UNPROCESSABLE_ENTITY, 'value_refused'),
    names.SubmissionRefused: Answer(HTTPStatus.UNPROCESSABLE_ENTITY, 'submission_refused'),
    names.ForkRefused: Answer(HTTPStatus.UNPROCESSABLE_ENTITY, 'fork_refused'),
    names.ArgumentRefused: Answer(HTTPStatus.UNPROCESSABLE_ENTITY, 'argument_refused'),
    names.FilterRefused: Answer(HTTPStatus.UNPROCESSABLE_ENTITY, 'filter_refused'),
    names.NameRefused: Answer(HTTPStatus.UNPROCESSABLE_ENTITY, 'name_refused'),
    names.ApprovalNotFound: Answer(HTTPStatus.NOT_FOUND, 'approval_not_found'),
    names.SignalsFull: Answer(HTTPStatus.CONFLICT, 'signals_full'),
    names.FileRefused: Answer(HTTPStatus.UNPROCESSABLE_ENTITY, 'file_refused'),
    names.KeysRefused: Answer(HTTPStatus.SERVICE_UNAVAILABLE, 'keys_refused'),
    names.PayloadUnreadable: Answer(HTTPStatus.CONFLICT, 'stored_value_unreadable'),
    names.DatabaseUnavailable: Answer(HTTPStatus.SERVICE_UNAVAILABLE, 'database_unavailable'),
    names.DatabaseRefused: Answer(HTTPStatus.SERVICE_UNAVAILABLE, 'database_refused'),
    names.SchemaMismatch: Answer(HTTPStatus.SERVICE_UNAVAILABLE, 'schema_mismatch'),
    names.ScheduleNotFound: Answer(HTTPStatus.NOT_FOUND, 'schedule_not_found'),
    names.ScheduleRefused: Answer(HTTPStatus.UNPROCESSABLE_ENTITY, 'schedule_refused'),
    names.WorkerNotFound: Answer(HTTPStatus.NOT_FOUND, 'worker_not_found'),
    names.QueueNotFound: Answer(HTTPStatus.NOT_FOUND, 'queue_not_found'),
    names.QueueRefused: Answer(HTTPStatus.UNPROCESSABLE_ENTITY, 'queue_refused'),
    names.RetentionRefused: Answer(HTTPStatus.UNPROCESSABLE_ENTITY, 'retention_refused'),
    names.QueueFull: Answer(HTTPStatus.TOO_MANY_REQUESTS, 'queue_full'),
    names.EngineError: Answer(HTTPStatus.CONFLICT, 'engine_error'),
    MontySyntaxError: Answer(HTTPStatus.UNPROCESSABLE_ENTITY, 'script_refused'),
    SnapshotError: Answer(HTTPStatus.CONFLICT, 'snapshot_unreadable'),
}


class Refused(HTTPException):
    """A request that is not carried out, with its code."""

    def __init__(self, status: HTTPStatus, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, message, headers)
        self.code = code


def answer_to(error: Exception) -> Answer | None:
    """Return the answer to an error, or None when nobody has foreseen it."""
    found = next((kind for kind in type(error).__mro__ if kind in ANSWERS), None)
    if found is names.EngineError:
        # Of the engine, and with no answer of its own: the name of its class tells it from others.
        return Answer(HTTPStatus.CONFLICT, re.sub(r'(?<!^)([A-Z])', r'_\1', type(error).__name__).lower())
    return None if found is None else ANSWERS[found]


def error_response(status: int, code: str, message: str, headers: Any = None) -> JSONResponse:
    """Return an answer with the body that all errors have."""
    body = ErrorBody(error=ErrorDetail(code=code, message=message))
    return JSONResponse(body.model_dump(), status_code=status, headers={**(headers or {}), CODE_HEADER: code})


def _answer(request: Request, status: int, code: str, message: str, headers: Any = None) -> Response:
    if request.url.path.startswith('/api/'):
        return error_response(status, code, message, headers)
    pages: ErrorPages = request.app.state.error_pages
    response = pages(request, status, code, message)
    response.headers.update({**(headers or {}), CODE_HEADER: code})
    return response


def add_handlers(app: FastAPI, pages: ErrorPages, known: Sequence[BaseRoute]) -> None:
    """Make all errors of the API have the one body, and those elsewhere be pages; `known` routes tell what an address takes."""
    app.state.error_pages = pages
    app.state.known_routes = known
    for kind in ANSWERS:
        app.add_exception_handler(kind, _foreseen)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _unforeseen)


#: What is said of addresses that are not there; the routes of the API are in its description.
_PLAINLY: dict[int, str] = {
    HTTPStatus.NOT_FOUND: 'there is nothing at this address; /api/v1/openapi.json tells those that the API has',
    HTTPStatus.METHOD_NOT_ALLOWED: 'this address does not take this method; /api/v1/openapi.json tells those that it takes',
}


async def _foreseen(request: Request, error: Exception) -> Response:
    found = answer_to(error)
    assert found is not None
    return _answer(request, found.status, found.code, str(error))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    message = f'the request does not fit the description: {what_is_wrong(error)}'
    return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, 'request_invalid', message)


def what_is_wrong(error: RequestValidationError | ValidationError) -> str:
    """Return what is wrong with the fields of a request or a form, for the first ten of them."""
    found = [(each['loc'], each['msg'].removeprefix('Value error, ')) for each in error.errors()[:10]]
    return '; '.join(f'{".".join(map(str, place))}: {said}' for place, said in found)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = error.code if isinstance(error, Refused) else HTTPStatus(error.status_code).name.lower()
    message = str(error.detail) if isinstance(error, Refused) else _PLAINLY.get(error.status_code, str(error.detail))
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        # Each method is a route of its own, and the one that refused knows its own alone.
        headers['Allow'] = ', '.join(sorted(_methods_at(request)))
    return _answer(request, error.status_code, code, message, headers)


def _methods_at(request: Request) -> set[str]:
    """Return the methods that the address of a request takes."""
    at_it = [route for route in request.app.state.known_routes if route.matches(request.scope)[0] is not Match.NONE]
    return {method for route in at_it for method in getattr(route, 'methods', None) or ()}


async def _unforeseen(request: Request, error: Exception) -> Response:
    # Quoted: a path may hold the end of a line.
    _log.error('%s %r failed', request.method, request.url.path, exc_info=error)
    message = 'the server failed at this; its log says why'
    return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, 'internal_error', message)
