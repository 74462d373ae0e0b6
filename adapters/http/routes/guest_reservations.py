"""GET /v1/guests/{id}/reservations: previous, current and coming ones, at all properties that the caller sees."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import problems
from adapters.http.paging import ListQuery, Page
from adapters.http.routes.listing import LIST_PROBLEMS
from adapters.http.routes.reservation_views import ReservationView
from adapters.http.routes.reservations import ReservationListQuery, followed, listed
from adapters.http.routes.table_formats import AS_TABLE
from application.caller import Caller
from application.guests import read_guest
from domain.access import Right


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/guests/{guest_id}", tags=["Reservations"])

    @routes.get(
        "/reservations",
        summary="List the reservations of a guest, the latest arrival first",
        dependencies=followed(hote),
        response_model=Page[ReservationView],
        responses=AS_TABLE | problems(*LIST_PROBLEMS, "not-found"),
    )
    def of_guest(
        guest_id: UUID,
        request: Request,
        query: Annotated[ListQuery, Query()],
        caller: Annotated[Caller, Depends(allowed(Right.READ_GUESTS))],
    ) -> Page[ReservationView] | Response:
        read_guest(hote.ports, caller, guest_id)
        latest_first = ReservationListQuery(**dict(query), guest_id=guest_id, sort="-arrival")
        return listed(hote, request, latest_first, caller)

    return routes
