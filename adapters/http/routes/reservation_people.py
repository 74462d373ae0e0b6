"""/v1/reservations/{id}: who is written to in the guest's place, and booking again for the guest."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ConfigDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import problems
from adapters.http.preconditions import ExpectedVersion
from adapters.http.routes.reservation_views import ReservationView
from adapters.http.routes.reservations import CHANGE, WhoFor, as_told
from application import reservations
from application.caller import Caller
from application.rebooking import rebook
from application.reservation_entry import RoomsEntry
from application.reservations import read_reservation
from domain.access import Right


class ContactPerson(WhoFor):
    """The guest who gets the messages about the reservation from now on; they need not stay."""


class Rebooking(RoomsEntry):
    """When the guest of a reservation comes again; without `rooms`, in the same ones."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"arrival": "2027-05-07", "departure": "2027-05-09"}]})


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/reservations/{reservation_id}", tags=["Reservations"])
    ports = hote.ports

    def shown(
        request: Request, caller: Caller, reservation_id: UUID, response: Response, position: int
    ) -> ReservationView:
        return as_told(hote, request, caller, read_reservation(ports, caller, reservation_id), response, position)

    @routes.put(
        "/contact-person",
        summary="Name the contact person, to whom messages go in the guest's place",
        responses=problems(*CHANGE, "guest-merged", "invalid"),
    )
    def name(
        reservation_id: UUID,
        who: ContactPerson,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
        expected: ExpectedVersion,
        request: Request,
        response: Response,
    ) -> ReservationView:
        position = reservations.name_contact_person(ports, caller, reservation_id, who.guest_id, expected=expected)
        return shown(request, caller, reservation_id, response, position)

    @routes.delete(
        "/contact-person", summary="Name no contact person of the reservation's own", responses=problems(*CHANGE)
    )
    def name_nobody(
        reservation_id: UUID,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
        expected: ExpectedVersion,
        request: Request,
        response: Response,
    ) -> ReservationView:
        position = reservations.name_contact_person(ports, caller, reservation_id, None, expected=expected)
        return shown(request, caller, reservation_id, response, position)

    @routes.post(
        "/rebook",
        status_code=201,
        summary="Book again for the guest, as they are known today",
        responses=problems(
            "unauthenticated", "forbidden", "not-found", "guest-blocked", "guest-forgotten", "conflict", "invalid"
        ),
    )
    def again(
        reservation_id: UUID,
        entry: Rebooking,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
        request: Request,
        response: Response,
    ) -> ReservationView:
        new_id, position = rebook(ports, caller, reservation_id, entry)
        response.headers["Location"] = f"/v1/reservations/{new_id}"
        return shown(request, caller, new_id, response, position)

    return routes
