"""/v1/reservations: book, read, list, change, cancel; say who came; link to a guest, or to none."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response, params
from pydantic import BaseModel, ConfigDict, Field

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed, with_guest_relations
from adapters.http.openapi import problems
from adapters.http.paging import GroupFilter, GuestFilter, ListQuery, Page, PropertyFilter
from adapters.http.patching import patched
from adapters.http.positions import HOTE_POSITION, at_least
from adapters.http.preconditions import ExpectedVersion, etag
from adapters.http.routes.guest_views import GUEST_ID
from adapters.http.routes.listing import LIST_PROBLEMS, answered, reached
from adapters.http.routes.reservation_views import NewReservation, ReservationPatch, ReservationView, Viewer
from adapters.http.routes.table_formats import AS_TABLE
from adapters.http.tables import Cell
from application import reservations
from application.caller import Caller
from application.hotels import Hotels
from application.organisation import plan_of, require_guest_relations
from application.reservation_entry import entry_of
from application.reservations import ReservationRecord, read_reservation
from domain.access import Right
from domain.label import Label
from domain.reservation import Source, State
from projections.reservations import queries
from projections.reservations.queries import Item
from projections.reservations.query import ReservationQuery

COLUMNS: Mapping[str, Callable[[ReservationView], Cell]] = {
    "id": lambda view: str(view.id),
    "property_id": lambda view: str(view.property_id),
    "source": lambda view: view.source,
    "external_id": lambda view: view.external_id,
    "state": lambda view: view.state,
    "arrival": lambda view: view.arrival,
    "departure": lambda view: view.departure,
    "rooms": lambda view: ", ".join(view.rooms),
    "total": lambda view: view.total.amount if view.total else None,
    "total_currency": lambda view: view.total.currency if view.total else None,
    "paid": lambda view: view.paid.amount if view.paid else None,
    "paid_currency": lambda view: view.paid.currency if view.paid else None,
    "first_name": lambda view: view.contact.first_name if view.contact else None,
    "last_name": lambda view: view.contact.last_name if view.contact else None,
    "emails": lambda view: ", ".join(view.contact.emails) if view.contact else None,
    "phones": lambda view: ", ".join(view.contact.phones) if view.contact else None,
    "guest_id": lambda view: str(view.guest_id) if view.guest_id else None,
    "company_id": lambda view: str(view.company_id) if view.company_id else None,
    "occasion_id": lambda view: str(view.occasion_id) if view.occasion_id else None,
    "status": lambda view: view.guest.status if view.guest else None,
    "level": lambda view: view.guest.level if view.guest else None,
    "status_label": lambda view: view.guest.status_label if view.guest else None,
    "note": lambda view: view.guest.note if view.guest else None,
    "booked_at": lambda view: view.booked_at,
    "updated_at": lambda view: view.updated_at,
}
"""Of the table, by title; amounts in minor units, times in UTC."""

ONE = ("unauthenticated", "forbidden", "not-found")
CHANGE = (*ONE, "reservation-state", "version-mismatch", "conflict")


class ReservationListQuery(ListQuery):
    property_id: PropertyFilter = None
    group: GroupFilter = None
    guest_id: GuestFilter = None
    company_id: Annotated[UUID | None, Field(description="That this company booked.")] = None
    occasion_id: Annotated[UUID | None, Field(description="For this occasion.")] = None
    external_id: Annotated[Label | None, Field(max_length=100, description="With this external id.")] = None
    source: Annotated[Source | None, Field(description="That came so.")] = None
    state: Annotated[State | None, Field(description="In this state.")] = None
    arrival_from: Annotated[date | None, Field(alias="arrival[gte]")] = None
    arrival_before: Annotated[date | None, Field(alias="arrival[lt]")] = None
    departure_from: Annotated[date | None, Field(alias="departure[gte]")] = None
    departure_before: Annotated[date | None, Field(alias="departure[lt]")] = None
    sort: Literal[
        "arrival", "-arrival", "departure", "-departure", "booked_at", "-booked_at", "updated_at", "-updated_at"
    ] = "-booked_at"


class WhoFor(BaseModel):
    """The guest whose the reservation is from now on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"guest_id": GUEST_ID}]})

    guest_id: UUID


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/reservations", tags=["Reservations"])
    ports = hote.ports

    def shown(
        request: Request, caller: Caller, reservation_id: UUID, response: Response, position: int | None = None
    ) -> ReservationView:
        record = read_reservation(ports, caller, reservation_id)
        return as_told(hote, request, caller, record, response, position or record.position)

    @routes.post(
        "",
        status_code=201,
        summary="Book, for a guest who is known by e-mail or phone, or is new",
        responses=problems(
            *ONE,
            "guest-blocked",
            "guest-merged",
            "reservation-declined",
            "reservation-known",
            "identity-taken",
            "conflict",
            "invalid",
        ),
    )
    def book(
        entry: NewReservation,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
        request: Request,
        response: Response,
    ) -> ReservationView:
        reservation_id, position = reservations.book(ports, caller, entry)
        response.headers["Location"] = f"/v1/reservations/{reservation_id}"
        return shown(request, caller, reservation_id, response, position)

    @routes.get(
        "",
        summary="List the reservations, filtered and sorted",
        dependencies=followed(hote),
        response_model=Page[ReservationView],
        responses=AS_TABLE | problems(*LIST_PROBLEMS),
    )
    def list_(
        request: Request,
        query: Annotated[ReservationListQuery, Query()],
        caller: Annotated[Caller, Depends(allowed(Right.READ_GUESTS))],
    ) -> Page[ReservationView] | Response:
        if query.guest_id:
            require_guest_relations(ports, caller)
        return listed(hote, request, query, caller)

    @routes.get("/{reservation_id}", summary="Read a reservation", responses=problems(*ONE))
    def read(
        reservation_id: UUID,
        caller: Annotated[Caller, Depends(allowed(Right.READ_GUESTS))],
        request: Request,
        response: Response,
    ) -> ReservationView:
        return shown(request, caller, reservation_id, response)

    @routes.patch(
        "/{reservation_id}",
        summary="Change what is booked, or who to contact",
        responses=problems(*CHANGE, "guest-merged", "identity-taken", "invalid"),
    )
    def change(
        reservation_id: UUID,
        patch: ReservationPatch,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
        expected: ExpectedVersion,
        request: Request,
        response: Response,
    ) -> ReservationView:
        position = reservations.change(
            ports, caller, reservation_id, lambda found: patched(entry_of(found), patch), expected=expected
        )
        return shown(request, caller, reservation_id, response, position)

    def step(path: str, state: State, summary: str) -> None:
        @routes.post(f"/{{reservation_id}}/{path}", summary=summary, name=path, responses=problems(*CHANGE))
        def say(
            reservation_id: UUID,
            caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
            expected: ExpectedVersion,
            request: Request,
            response: Response,
        ) -> ReservationView:
            position = reservations.say(ports, caller, reservation_id, state, expected=expected)
            return shown(request, caller, reservation_id, response, position)

    step("cancel", State.CANCELLED, "Cancel a reservation that is still to come")
    step("check-in", State.CHECKED_IN, "Say that the guest is there")
    step("check-out", State.CHECKED_OUT, "Say that the guest has left")
    step("no-show", State.NO_SHOW, "Say that nobody came")

    @routes.put(
        "/{reservation_id}/guest",
        summary="Link a reservation to a guest, or move it to another",
        dependencies=[Depends(with_guest_relations(ports))],
        responses=problems(
            *CHANGE, "guest-forgotten", "guest-merged", "guest-blocked", "reservation-declined", "identity-taken"
        ),
    )
    def link(
        reservation_id: UUID,
        who: WhoFor,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
        expected: ExpectedVersion,
        request: Request,
        response: Response,
    ) -> ReservationView:
        position = reservations.link(ports, caller, reservation_id, who.guest_id, expected=expected)
        return shown(request, caller, reservation_id, response, position)

    @routes.delete(
        "/{reservation_id}/guest",
        summary="Unlink a reservation from its guest",
        dependencies=[Depends(with_guest_relations(ports))],
        responses=problems(*CHANGE),
    )
    def unlink(
        reservation_id: UUID,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
        expected: ExpectedVersion,
        request: Request,
        response: Response,
    ) -> ReservationView:
        position = reservations.unlink(ports, caller, reservation_id, expected=expected)
        return shown(request, caller, reservation_id, response, position)

    return routes


def followed(hote: Hote) -> list[params.Depends]:
    """The dependencies of a list of reservations: it shows their guests, who are kept by another read model."""
    return [Depends(at_least(name, hote.runner.progress)) for name in ("reservations", "guest_list", "settings")]


def listed(
    hote: Hote, request: Request, query: ReservationListQuery, caller: Caller
) -> Page[ReservationView] | Response:
    equal = {
        "guest": query.guest_id,
        "company": query.company_id,
        "occasion": query.occasion_id,
        "external_id": query.external_id,
        "source": query.source,
        "state": query.state,
    }
    asked = ReservationQuery(
        properties=list(reached(hote, caller, query.property_id, query.group)),
        equal={column: value for column, value in equal.items() if value is not None},
        arrival_from=query.arrival_from,
        arrival_before=query.arrival_before,
        departure_from=query.departure_from,
        departure_before=query.departure_before,
        sort=query.sort,
    )
    looking = viewer(hote, caller)

    def view(item: Item) -> ReservationView:
        return ReservationView.listed(item, looking)

    return answered(hote, request, query, queries, asked, COLUMNS, view)


def viewer(hote: Hote, caller: Caller) -> Viewer:
    return Viewer(caller, plan_of(hote.ports, caller), Hotels(hote.ports).today)


def as_told(
    hote: Hote, request: Request, caller: Caller, record: ReservationRecord, response: Response, position: int
) -> ReservationView:
    """With the position that a command reached, which may be that of an event of the guest's."""
    response.headers[HOTE_POSITION] = str(position)
    response.headers["ETag"] = etag(record.reservation.version)
    # It shows the guest, and with them all who are one with them: the answer goes when any of these does.
    request.state.about = {record.reservation.id, *(record.guest.subjects if record.guest else ())}
    return ReservationView.of(record, viewer(hote, caller))
