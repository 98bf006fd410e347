"""Sign in with a token, and out."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from monty_flow.engine import Role
from monty_flow.server.access import AtDesk, address_of, token_of
from monty_flow.server.failures import Refused
from monty_flow.server.pages.rendering import bare_page, takes
from monty_flow.server.pages.rendering import router as new_router
from monty_flow.server.place import Place
from monty_flow.server.sessions import COOKIE

router = new_router()


@router.get('/login')
async def show_login(request: Request) -> Response:
    """Ask for a token."""
    return bare_page(request, 'login.html', status=HTTPStatus.OK, trouble=None)


@router.post('/login')
async def sign_in(request: Request, token: Annotated[str, Form(max_length=200)] = '') -> Response:
    """Take a token, and give a cookie for it. A page of another origin cannot: `guard.py` hears none."""
    place = Place.of(request)
    try:
        found = await token_of(place, address_of(request), token.strip())
    except Refused as refused:
        return bare_page(request, 'login.html', status=refused.status_code, trouble=str(refused.detail))
    response = RedirectResponse('/runs', HTTPStatus.SEE_OTHER)
    response.set_cookie(
        COOKIE,
        place.sessions.cookie_for(found.id),
        max_age=round(place.settings.session_seconds),
        httponly=True,
        samesite='strict',
        secure=place.settings.secure_cookies,
    )
    return response


@router.post('/logout', **takes(Role.READ))
async def sign_out(desk: AtDesk) -> Response:
    """Take the cookie back."""
    response = RedirectResponse('/login', HTTPStatus.SEE_OTHER)
    response.delete_cookie(COOKIE, httponly=True, samesite='strict', secure=desk.place.settings.secure_cookies)
    return response
