"""What all pages for guests have in common: who comes has no key, and gets a page also where there is nothing."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from adapters.http.correlation import correlation_of
from adapters.http.pages.guest_page import instead
from adapters.http.pages.guest_texts import LANGUAGES
from adapters.keys.links import LinkExpired, LinkInvalid
from application.ports import ConcurrentChange
from application.questionnaire import ReviewClosed
from domain.guest import GuestForgotten, GuestUnknown
from domain.inviting import InvitationUnknown
from domain.property import PropertyUnknown

UNKNOWN = (LinkInvalid, InvitationUnknown, GuestUnknown, PropertyUnknown, RequestValidationError)
GONE = (LinkExpired, GuestForgotten)

RACE_OVER = 1
"""Seconds after which whoever lost a race may well win it."""

READ = ["GET", "HEAD"]


class TooMany(Exception):
    """Somebody sends too much, or a hotel gets too much; `wait` is in seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"wait {wait} s")
        self.wait = wait


class GuestRoute(APIRoute):
    """Answers with a page where routes of the API answer with a problem."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def page(request: Request) -> Response:
            try:
                return await handle(request)
            except UNKNOWN:
                return instead(request, "unknown", 404)
            except GONE:
                return instead(request, "gone", 410)
            except ReviewClosed:
                return instead(request, "late", 409)
            except TooMany as error:
                return instead(request, "busy", 429, {"Retry-After": str(error.wait)})
            except ConcurrentChange:
                return instead(request, "busy", 503, {"Retry-After": str(RACE_OVER)})

        return page


def correlation_id_of(request: Request) -> UUID:
    correlation = correlation_of(request.scope)
    assert correlation is not None  # the middleware Correlate comes first
    return correlation.correlation_id


def address(request: Request, path: str, **query: str) -> str:
    """Where a form or a link leads, relative to here; with the language, where it was chosen."""
    language = request.query_params.get("lang", "")
    query |= {"lang": language} if language in LANGUAGES else {}
    return f"{path}?{urlencode(query)}" if query else path
