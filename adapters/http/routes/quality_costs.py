"""/v1/quality-costs: what is given outside complaints, recorded and read; the list is in quality_cost_list.py."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import problems
from adapters.http.positions import HOTE_POSITION
from adapters.http.routes.given_view import GivenView
from application.caller import Caller
from application.quality_costs import QualityCostEntry, read_quality_cost, record_quality_cost
from domain.access import Right
from domain.money import Money, total


class QualityCostView(BaseModel):
    """What was given on which local day of the property; `comment` is null once who it tells of was forgotten."""

    id: UUID
    property_id: UUID
    code_id: UUID | None
    room: str | None
    guest_id: UUID | None
    comment: str | None
    day: date
    items: list[GivenView]
    total: Money
    created_at: datetime


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/quality-costs", tags=["Feedback"])

    @routes.post(
        "",
        status_code=201,
        summary="Record what was given outside a complaint",
        responses=problems("unauthenticated", "forbidden", "not-found", "invalid", "guest-forgotten", "conflict"),
    )
    def record(
        entry: QualityCostEntry,
        caller: Annotated[Caller, Depends(allowed(Right.RECORD_FEEDBACK))],
        response: Response,
    ) -> QualityCostView:
        cost_id, _ = record_quality_cost(hote.ports, caller, entry)
        response.headers["Location"] = f"{routes.prefix}/{cost_id}"
        return shown(caller, cost_id, response)

    @routes.get(
        "/{quality_cost_id}",
        summary="One quality cost",
        responses=problems("unauthenticated", "forbidden", "not-found"),
    )
    def read(
        quality_cost_id: UUID, caller: Annotated[Caller, Depends(allowed(Right.READ_FEEDBACK))], response: Response
    ) -> QualityCostView:
        return shown(caller, quality_cost_id, response)

    def shown(caller: Caller, cost_id: UUID, response: Response) -> QualityCostView:
        found = read_quality_cost(hote.ports, caller, cost_id)
        cost, recorded = found.cost, found.recorded
        response.headers[HOTE_POSITION] = str(recorded.position)
        return QualityCostView(
            id=cost_id,
            property_id=cost.property_id,
            code_id=cost.code_id,
            room=cost.room,
            guest_id=cost.guest_id,
            comment=cost.comment,
            day=cost.day,
            items=[GivenView.of(item, cost.currency) for item in cost.items],
            total=Money(amount=total(cost.items), currency=cost.currency),
            created_at=recorded.recorded_at,
        )

    return routes
