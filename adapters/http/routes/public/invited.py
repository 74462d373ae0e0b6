"""GET /i/{token}, /s/{token} and /u/{token}: the links that guests get, each signed, and good until its last day."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from adapters.bootstrap import Hote
from adapters.http.pages.guest_page import HEADERS, LEADS_ON, guest_page, language_for
from adapters.http.routes.public.form import Fields, fields_of, filled_in, judged, questionnaire
from adapters.http.routes.public.visit import READ, GuestRoute, address, correlation_id_of
from adapters.keys.links import Purpose
from application.invited import Recipient, follow, load_invited, load_recipient, unsubscribe
from application.questionnaire import ReviewEntry, answer

QUESTIONNAIRE_OPEN = timedelta(days=30)
"""From the day on which somebody followed their link, which can be done as long as that is good."""


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(include_in_schema=False, route_class=GuestRoute)
    ports, links = hote.ports, hote.links

    def today() -> date:
        return ports.now().date()

    @routes.api_route("/i/{token}", methods=READ)
    def lead_on(request: Request, token: str) -> HTMLResponse:
        """Records nothing: scanners of mails read this. Their programs send no form, a guest's browser does."""
        invited = load_invited(ports, links.read(Purpose.CLICK, token, today()))
        language = language_for(request, invited.sent.language)
        return guest_page("guest_follow.html", language, sender=invited.hotel.settings.name, headers=LEADS_ON)

    @routes.post("/i/{token}")
    def follow_link(request: Request, token: str) -> Response:
        invitation_id = links.read(Purpose.CLICK, token, today())
        invited = follow(ports, invitation_id, correlation_id_of(request))
        own = links.token(Purpose.QUESTIONNAIRE, invitation_id, today() + QUESTIONNAIRE_OPEN)
        return RedirectResponse(invited.outside or address(request, f"../s/{own}"), 303, HEADERS)

    @routes.api_route("/s/{token}", methods=READ)
    def ask(request: Request, token: str) -> HTMLResponse:
        """The questionnaire, or what was answered, to be changed for a day, or thanks for it."""
        invited = load_invited(ports, links.read(Purpose.QUESTIONNAIRE, token, today()))
        language, hotel = language_for(request, invited.sent.language), invited.hotel.settings
        if invited.review is None:
            return questionnaire(language, hotel, {})
        if invited.changeable:
            return questionnaire(language, hotel, filled_in(invited.review.said), sent=True)
        return guest_page("guest_thanks.html", language, sender=hotel.name, closed=True, again=None, waits=None)

    @routes.post("/s/{token}")
    def take(request: Request, token: str, fields: Annotated[Fields, Depends(fields_of)]) -> Response:
        invitation_id = links.read(Purpose.QUESTIONNAIRE, token, today())
        invited = load_invited(ports, invitation_id)
        language, entry = language_for(request, invited.sent.language), judged(fields)
        if not isinstance(entry, ReviewEntry):
            return questionnaire(language, invited.hotel.settings, fields, wrong=entry)
        answer(ports, invitation_id, entry, language, correlation_id_of(request))
        return RedirectResponse(address(request, token), 303, HEADERS)

    @routes.api_route("/u/{token}", methods=READ)
    def ask_whether_to_unsubscribe(request: Request, token: str) -> HTMLResponse:
        recipient = load_recipient(ports, links.read(Purpose.UNSUBSCRIBE, token, today()))
        return unsubscribing(request, recipient, done=recipient.guest.unsubscribed)

    @routes.post("/u/{token}")
    def take_off(request: Request, token: str) -> HTMLResponse:
        """By the button of the page, or by a mail program without showing it (RFC 8058)."""
        guest_id = links.read(Purpose.UNSUBSCRIBE, token, today())
        return unsubscribing(request, unsubscribe(ports, guest_id, correlation_id_of(request)), done=True)

    return routes


def unsubscribing(request: Request, recipient: Recipient, *, done: bool) -> HTMLResponse:
    language = language_for(request, recipient.guest.known.language)
    name = recipient.organisation.settings.name
    return guest_page("guest_unsubscribe.html", language, sender=name, done=done)
