"""GET /i/{token}, /s/{token} and /u/{token}: the links that guests get, each signed, and good until its last day."""

from datetime import date, timedelta
from time import monotonic_ns
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from adapters.bootstrap import Hote
from adapters.http.limits import Allowance
from adapters.http.pages.guest_page import HEADERS, LEADS_ON, guest_page, language_for
from adapters.http.pages.guest_texts import GuestLanguage
from adapters.http.routes.public.form import SHOW, Fields, fields_of, filled_in, judged, language_chosen, questionnaire
from adapters.http.routes.public.visit import READ, GuestRoute, TooMany, address, correlation_id_of
from adapters.keys.links import Purpose
from application.guest_links import GuestLink, Recipient, follow, load_guest_link, load_recipient, unsubscribe
from application.questionnaire import ReviewEntry, answer

QUESTIONNAIRE_OPEN = timedelta(days=30)
"""From the day on which somebody followed their link, which can be done as long as that is good."""

EACH_INVITATION = (0.1, 10)
"""Answers a second in the long run, and at once: each that differs is an event."""


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(include_in_schema=False, route_class=GuestRoute)
    ports, links = hote.ports, hote.links
    invitations = Allowance(*EACH_INVITATION, monotonic_ns)

    def today() -> date:
        return ports.now().date()

    async def within_limits(token: str) -> None:
        if wait := invitations.take(str(links.read(Purpose.QUESTIONNAIRE, token, today()))):
            raise TooMany(wait)

    @routes.api_route("/i/{token}", methods=READ)
    def lead_on(request: Request, token: str) -> HTMLResponse:
        """Records nothing: scanners of mails read this. Their programs send no form, a guest's browser does."""
        link = load_guest_link(ports, links.read(Purpose.CLICK, token, today()))
        language = language_for(request, link.sent.language)
        return guest_page("guest_follow.html", language, sender=link.hotel.settings.name, headers=LEADS_ON)

    @routes.post("/i/{token}")
    def follow_link(request: Request, token: str) -> Response:
        invitation_id = links.read(Purpose.CLICK, token, today())
        link = follow(ports, invitation_id, correlation_id_of(request))
        own = links.token(Purpose.QUESTIONNAIRE, invitation_id, today() + QUESTIONNAIRE_OPEN)
        return RedirectResponse(link.outside or address(request, f"../s/{own}"), 303, HEADERS)

    @routes.api_route("/s/{token}", methods=READ)
    def ask(request: Request, token: str) -> HTMLResponse:
        """The questionnaire, or what was answered, to be changed for a day, or thanks for it."""
        link = load_guest_link(ports, links.read(Purpose.QUESTIONNAIRE, token, today()))
        return reviewing(link, language_for(request, link.sent.language))

    @routes.post("/s/{token}", dependencies=[Depends(within_limits)])
    def take(request: Request, token: str, fields: Annotated[Fields, Depends(fields_of)]) -> Response:
        invitation_id = links.read(Purpose.QUESTIONNAIRE, token, today())
        link = load_guest_link(ports, invitation_id)
        language = language_for(request, link.sent.language, chosen=language_chosen(fields))
        if SHOW in fields:
            return reviewing(link, language, fields)
        entry = judged(fields)
        if not isinstance(entry, ReviewEntry):
            return questionnaire(language, link.hotel.settings, fields, wrong=entry)
        answer(ports, invitation_id, entry, language, correlation_id_of(request))
        return RedirectResponse(address(request, token), 303, HEADERS)

    @routes.api_route("/u/{token}", methods=READ)
    def ask_whether_to_unsubscribe(request: Request, token: str) -> HTMLResponse:
        recipient = load_recipient(ports, links.read(Purpose.UNSUBSCRIBE, token, today()))
        return unsubscribing(request, recipient, done=recipient.guest.unsubscribed_since)

    @routes.post("/u/{token}")
    def take_off(request: Request, token: str) -> HTMLResponse:
        """By the button of the page, or by a mail program without showing it (RFC 8058)."""
        guest_id = links.read(Purpose.UNSUBSCRIBE, token, today())
        return unsubscribing(request, unsubscribe(ports, guest_id, correlation_id_of(request)), done=True)

    return routes


def reviewing(link: GuestLink, language: GuestLanguage, given: Fields | None = None) -> HTMLResponse:
    """With what was given; before that, with what was sent."""
    hotel = link.hotel.settings
    if link.review is None:
        return questionnaire(language, hotel, given or {})
    if link.changeable:
        return questionnaire(language, hotel, given or filled_in(link.review.said), sent=True)
    return guest_page("guest_thanks.html", language, sender=hotel.name, closed=True, again=None, waits=None)


def unsubscribing(request: Request, recipient: Recipient, *, done: bool) -> HTMLResponse:
    language = language_for(request, recipient.guest.known.language)
    name = recipient.organisation.settings.name
    return guest_page("guest_unsubscribe.html", language, sender=name, done=done)
