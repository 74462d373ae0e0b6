"""GET /v1/alerts: the cards of the dashboard, and what is behind them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import problems
from adapters.http.paging import GroupFilter, ListQuery, Page, PropertyFilter
from adapters.http.positions import at_least
from adapters.http.routes.guest_views import GUEST_ID, PROPERTY_ID
from adapters.http.routes.listing import LIST_PROBLEMS, answered, reached
from adapters.http.routes.table_formats import AS_TABLE
from adapters.http.tables import Cell
from application.caller import Caller
from domain.access import Right
from projections.alerts import queries
from projections.alerts.queries import AlertQuery, Item, Kind
from projections.guest_list.fold import status_on

FOLLOWED = ("reservations", "guest_list", "inbox", "invitation_status", "settings")
GUEST: JsonDict = {
    "id": GUEST_ID,
    "status": "blocked",
    "status_label": None,
    "first_name": "Zoé",
    "last_name": "Lefèvre",
}
EXAMPLE: JsonDict = {
    "kind": "blocked_guest_reservation",
    "property_id": PROPERTY_ID,
    "reservation_id": "0199f3c8-6c1d-7e2b-9a40-5b6c7d8e9f01",
    "feedback_id": None,
    "invitation_id": None,
    "since": "2026-11-22T10:00:00Z",
    "arrival": "2026-12-18",
    "departure": "2026-12-21",
    "guest": GUEST,
}


class AlertListQuery(ListQuery):
    kind: Annotated[Kind | None, Field(description="Of this kind.")] = None
    property_id: PropertyFilter = None
    group: GroupFilter = None


class AlertGuest(BaseModel):
    """Who an alert is about; the names are null once they were anonymised."""

    model_config = ConfigDict(json_schema_extra={"examples": [GUEST]})

    id: UUID
    status: Literal["new", "returning", "blocked"]
    status_label: str | None
    first_name: str | None
    last_name: str | None


class AlertView(BaseModel):
    """An alert, with the id of what it is about.

    It stands `since` the reservation was booked, the feedback was said, or the message came back. Only a reservation
    has `arrival` and `departure`. The guest is null where nobody knows who said it.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    kind: Kind
    property_id: UUID
    reservation_id: UUID | None = None
    feedback_id: UUID | None = None
    invitation_id: UUID | None = None
    since: datetime
    arrival: date | None
    departure: date | None
    guest: AlertGuest | None

    @classmethod
    def of(cls, item: Item, today: date) -> Self:
        guest = None
        if item.guest and item.stays is not None:
            names = {name: (item.profile or {}).get(name) for name in ("status_label", "first_name", "last_name")}
            status = status_on(today, item.stays, item.blocked_until)
            guest = AlertGuest.model_validate({"id": item.guest, "status": status, **names})
        return cls.model_validate(item._asdict() | {"kind": item.kind, ABOUT[item.kind]: item.id, "guest": guest})


class Card(BaseModel):
    """How many alerts of a kind there are."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "blocked_guest_reservation", "count": 1}]})

    kind: Kind
    count: int


class AlertPage(Page[AlertView]):
    """A card for each kind of which there are any, the most urgent first, and the alerts in that order.

    Within a kind the next to arrive, or what has waited longest, comes first.
    """

    cards: list[Card]


ABOUT: Mapping[Kind, str] = {
    Kind.BLOCKED_GUEST_RESERVATION: "reservation_id",
    Kind.UNSATISFIED_FEEDBACK: "feedback_id",
    Kind.FAILED_DELIVERY: "invitation_id",
}
"""The field that holds the id of what an alert is about."""

COLUMNS: Mapping[str, Callable[[AlertView], Cell]] = {
    "kind": lambda view: view.kind,
    "property_id": lambda view: str(view.property_id),
    "id": lambda view: str(getattr(view, ABOUT[view.kind])),
    "since": lambda view: view.since,
    "arrival": lambda view: view.arrival,
    "departure": lambda view: view.departure,
    "guest_id": lambda view: str(view.guest.id) if view.guest else None,
    "status": lambda view: view.guest.status if view.guest else None,
    "first_name": lambda view: view.guest.first_name if view.guest else None,
    "last_name": lambda view: view.guest.last_name if view.guest else None,
}
"""Of the table, by title; times in UTC."""


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/alerts", tags=["Alerts"])

    @routes.get(
        "",
        summary="Tell what asks for attention: blocked guests to come, the unsatisfied, messages that did not arrive",
        dependencies=[Depends(at_least(name, hote.runner.progress)) for name in FOLLOWED],
        response_model=AlertPage,
        responses=AS_TABLE | problems(*LIST_PROBLEMS),
    )
    def list_(
        request: Request,
        query: Annotated[AlertListQuery, Query()],
        caller: Annotated[Caller, Depends(allowed(Right.READ_GUESTS))],
    ) -> AlertPage | Response:
        """They appear and go by themselves: when a block ends, an answer is written, an address is corrected, …"""
        caller.require(Right.READ_FEEDBACK)
        now = hote.ports.now()
        today = {id_: clock.today(now) for id_, clock in reached(hote, caller, query.property_id, query.group).items()}

        def view(item: Item) -> AlertView:
            return AlertView.of(item, today[item.property_id])

        asked = AlertQuery(caller.organisation_id, today, now, query.kind)
        answer = answered(hote, request, query, queries, asked, COLUMNS, view)
        if isinstance(answer, Response):
            return answer
        with hote.pool.connection() as connection:
            cards = [Card(kind=kind, count=count) for kind, count in queries.counts(connection, asked).items()]
        return AlertPage(cards=cards, **dict(answer))

    return routes
