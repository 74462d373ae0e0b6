"""/v1/arrivals: guests of whom interfaces told, listed, accepted and refused, one by one and all at once."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.lists import listed
from adapters.http.openapi import problems
from adapters.http.paging import ListQuery, Page, PropertyFilter
from adapters.http.positions import HOTE_POSITION, at_least
from adapters.http.routes.guest_views import ARRIVAL_ID, GUEST_ID, PROPERTY_ID, StayView
from adapters.http.routes.table_formats import AS_TABLE
from adapters.http.tables import Cell
from application import arrivals
from application.caller import Caller
from domain.access import Right
from domain.arrival import State
from domain.contact import Profile
from projections.arrivals import queries
from projections.arrivals.queries import ArrivalQuery, ArrivalRow

TOLD: JsonDict = {
    "salutation": "Mme",
    "first_name": "Zoé",
    "last_name": "Lefèvre",
    "emails": ["zoe.lefevre@example.com"],
    "phones": ["+33612345678"],
    "company": None,
    "address": None,
    "level": None,
    "note": None,
    "custom": {},
}
EXAMPLE: JsonDict = {
    "id": ARRIVAL_ID,
    "state": "pending",
    "announced_at": "2026-11-16T03:00:00Z",
    "told_at": "2026-11-17T03:00:00Z",
    "stay": {"property_id": PROPERTY_ID, "arrival": "2026-11-18", "departure": "2026-11-21", "room": "104"},
    "language": "fr",
    "country": "FR",
    "told": TOLD,
    "guest_id": None,
}


class ArrivalListQuery(ListQuery):
    property_id: PropertyFilter = None
    state: State = State.PENDING


class ArrivalView(BaseModel):
    """A guest of whom an interface told first at `announced_at`, and last at `told_at`.

    What was `told` is null once somebody answered; `guest_id` is who they are on the list, once accepted.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: UUID
    state: State
    announced_at: datetime
    told_at: datetime
    stay: StayView
    language: str | None
    country: str | None
    told: Profile | None
    guest_id: UUID | None

    @classmethod
    def of(cls, row: ArrivalRow) -> "ArrivalView":
        return cls.model_validate(row._asdict() | {"stay": StayView.model_validate(row), "told": row.profile})


class AnswerView(BaseModel):
    """What became of an arrival; `guest_id` is who was accepted."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": ARRIVAL_ID, "state": "accepted", "guest_id": GUEST_ID}]}
    )

    id: UUID
    state: State
    guest_id: UUID | None


class Which(BaseModel):
    """All pending arrivals of a property; with `told_before`, those of which nothing was told since."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"property_id": PROPERTY_ID, "told_before": "2026-11-17T08:00:00Z"}]},
    )

    property_id: UUID
    told_before: Annotated[AwareDatetime | None, Field(description="RFC 3339, with offset.")] = None


class AllAnswered(BaseModel):
    """How many were answered. `overtaken`: somebody else was faster, or an interface told anew of them meanwhile."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"answered": 42, "overtaken": 0}]})

    answered: int
    overtaken: int


COLUMNS: dict[str, Callable[[ArrivalRow], Cell]] = {
    "id": lambda row: str(row.id),
    "property_id": lambda row: str(row.property_id),
    "state": lambda row: row.state,
    "announced_at": lambda row: row.announced_at,
    "told_at": lambda row: row.told_at,
    "arrival": lambda row: row.arrival,
    "departure": lambda row: row.departure,
    "room": lambda row: row.room,
    "language": lambda row: row.language,
    "country": lambda row: row.country,
    "salutation": lambda row: told(row, "salutation"),
    "first_name": lambda row: told(row, "first_name"),
    "last_name": lambda row: told(row, "last_name"),
    "emails": lambda row: told(row, "emails"),
    "phones": lambda row: told(row, "phones"),
    "company": lambda row: told(row, "company"),
    "note": lambda row: told(row, "note"),
    "guest_id": lambda row: str(row.guest_id) if row.guest_id else None,
}


def told(row: ArrivalRow, name: str) -> str | None:
    value = (row.profile or {}).get(name)
    return ", ".join(map(str, value)) if isinstance(value, list) else value if isinstance(value, str) else None


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/arrivals", tags=["Arrivals"])
    ports = hote.ports
    followed = [Depends(at_least("arrivals", hote.runner.progress))]
    one = problems(
        "unauthenticated",
        "forbidden",
        "not-found",
        "arrival-answered",
        "reservation-state",
        "identity-taken",
        "conflict",
    )
    all_ = problems(
        "unauthenticated", "forbidden", "not-found", "reservation-state", "identity-taken", "conflict", "not-yet"
    )

    @routes.get(
        "",
        summary="List the guests who wait for a person's yes",
        dependencies=followed,
        response_model=Page[ArrivalView],
        responses=AS_TABLE | problems("unauthenticated", "forbidden", "not-acceptable", "not-yet", "exports-busy"),
    )
    def list_(
        request: Request,
        query: Annotated[ArrivalListQuery, Query()],
        caller: Annotated[Caller, Depends(allowed(Right.READ_GUESTS))],
    ) -> Page[ArrivalView] | Response:
        asked = ArrivalQuery(caller.organisation_id, query.state, caller.properties, query.property_id)

        def fetch(after: UUID, limit: int) -> list[ArrivalRow]:
            with hote.pool.connection() as connection:
                return queries.arrivals(connection, asked, after, limit)

        return listed(request, query, fetch, ArrivalView.of, COLUMNS)

    @routes.post("/accept", summary="Accept all of a property", dependencies=followed, responses=all_)
    def accept_all(
        which: Which, caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))], response: Response
    ) -> AllAnswered:
        return answer_all(which, caller, response, accept=True)

    @routes.post("/refuse", summary="Refuse all of a property", dependencies=followed, responses=all_)
    def refuse_all(
        which: Which, caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))], response: Response
    ) -> AllAnswered:
        return answer_all(which, caller, response, accept=False)

    @routes.post("/{arrival_id}/accept", summary="Take a guest in who was announced", responses=one)
    def accept(
        arrival_id: UUID,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
        request: Request,
        response: Response,
    ) -> AnswerView:
        guest_id, position = arrivals.accept_arrival(ports, caller, arrival_id)
        response.headers[HOTE_POSITION] = str(position)
        # Not the arrival: that its key is destroyed must not cost the answer.
        request.state.about = [guest_id]
        return AnswerView(id=arrival_id, state=State.ACCEPTED, guest_id=guest_id)

    @routes.post("/{arrival_id}/refuse", summary="Have a guest forgotten who was announced", responses=one)
    def refuse(
        arrival_id: UUID,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
        request: Request,
        response: Response,
    ) -> AnswerView:
        response.headers[HOTE_POSITION] = str(arrivals.refuse_arrival(ports, caller, arrival_id))
        request.state.about = []
        return AnswerView(id=arrival_id, state=State.REFUSED, guest_id=None)

    def answer_all(which: Which, caller: Caller, response: Response, *, accept: bool) -> AllAnswered:
        told_before = which.told_before or ports.now()
        asked = ArrivalQuery(caller.organisation_id, property_id=which.property_id, told_before=told_before)

        def following(after: UUID, limit: int) -> Sequence[UUID]:
            with hote.pool.connection() as connection:
                return [row.id for row in queries.arrivals(connection, asked, after, limit)]

        done = arrivals.answer_all(ports, caller, which.property_id, following, told_before, accept=accept)
        response.headers[HOTE_POSITION] = str(done.position)
        return AllAnswered(answered=done.number, overtaken=done.overtaken)

    return routes
