"""GET /r/{property_id}: the questionnaire for whoever stands there, on the hotel's tablet or through its link."""

from datetime import date, timedelta
from ipaddress import IPv6Address, ip_address
from time import monotonic_ns
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from adapters.bootstrap import Hote
from adapters.http.limits import Allowance
from adapters.http.pages.guest_page import HEADERS, guest_page, language_for
from adapters.http.routes.public.form import SHOW, Fields, fields_of, judged, language_chosen, questionnaire
from adapters.http.routes.public.visit import READ, GuestRoute, TooMany, address, correlation_id_of
from adapters.keys.links import LinkExpired, LinkInvalid, Purpose
from application.guest_links import load_hotel
from application.questionnaire import ReviewEntry, answer_on_site
from domain.invitation import Via

AGAIN_SECONDS = 10
"""After which a tablet shows an empty form to the next guest."""

FORM_OPEN = timedelta(days=365)
"""A tablet may show one form for long."""

EACH_CLIENT = (0.1, 20)
EACH_PROPERTY = (0.5, 200)
"""Reviews a second in the long run, and at once. A hotel's guests may all have its one address."""

OnSite = Annotated[Literal[Via.TABLET, Via.LINK], Query()]


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(include_in_schema=False, route_class=GuestRoute)
    ports, links = hote.ports, hote.links
    clients, properties = (Allowance(*each, monotonic_ns) for each in (EACH_CLIENT, EACH_PROPERTY))

    async def within_limits(request: Request, property_id: UUID) -> None:
        wait = clients.take(client_of(request)) or properties.take(str(property_id))
        if wait:
            raise TooMany(wait)

    def today() -> date:
        return ports.now().date()

    @routes.api_route("/r/{property_id}", methods=READ)
    def ask(request: Request, property_id: UUID, via: OnSite = Via.LINK, *, sent: bool = False) -> Response:
        hotel, language = load_hotel(ports, property_id).settings, language_for(request)
        if sent:
            return guest_page(
                "guest_thanks.html",
                language,
                sender=hotel.name,
                query={"via": via, "sent": "true"},
                closed=False,
                again=address(request, str(property_id), via=via),
                waits=AGAIN_SECONDS if via is Via.TABLET else None,
            )
        form = links.token(Purpose.FORM, ports.new_id(), today() + FORM_OPEN)
        return questionnaire(language, hotel, {}, form=form, via=via)

    @routes.post("/r/{property_id}", dependencies=[Depends(within_limits)])
    def take(
        request: Request, property_id: UUID, fields: Annotated[Fields, Depends(fields_of)], via: OnSite = Via.LINK
    ) -> Response:
        """A form that is sent twice is one review."""
        hotel = load_hotel(ports, property_id).settings
        language = language_for(request, chosen=language_chosen(fields))
        entry = () if SHOW in fields else judged(fields)
        try:
            feedback_id = links.read(Purpose.FORM, fields.get("form", ""), today())
        except (LinkInvalid, LinkExpired):
            feedback_id = ports.new_id()
        if not isinstance(entry, ReviewEntry):
            form = links.token(Purpose.FORM, feedback_id, today() + FORM_OPEN)
            return questionnaire(language, hotel, fields, wrong=entry, form=form, via=via)
        answer_on_site(ports, property_id, feedback_id, entry, via, language, correlation_id_of(request))
        return RedirectResponse(address(request, str(property_id), via=via, sent="true"), 303, HEADERS)

    return routes


def client_of(request: Request) -> str:
    """The address that a request comes from; of IPv6 the network, for a client has 2^64 of those."""
    if request.client is None:
        return ""
    try:
        host = ip_address(request.client.host)
    except ValueError:
        return request.client.host
    return str(int(host) >> 64) if isinstance(host, IPv6Address) else str(host)
