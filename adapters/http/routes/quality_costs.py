"""/v1/quality-costs: what is given outside complaints, recorded, read, listed."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.lists import listed
from adapters.http.openapi import problems
from adapters.http.paging import (
    BeforeDay,
    CodeFilter,
    FromDay,
    GroupFilter,
    GuestFilter,
    ListQuery,
    Page,
    PropertyFilter,
    RoomFilter,
)
from adapters.http.positions import HOTE_POSITION, at_least
from adapters.http.routes.given_view import GivenView
from adapters.http.routes.table_formats import AS_TABLE
from adapters.http.tables import Cell
from application.caller import Caller
from application.quality_costs import QualityCostEntry, read_quality_cost, record_quality_cost
from domain.access import Right
from domain.money import Money, total
from projections.cost_of_quality import queries
from projections.cost_of_quality.queries import QualityCostQuery, QualityCostRow

HEAD: JsonDict = {
    "id": "0199f3c4-11d2-7b1e-9c55-0b6a2f6f4a10",
    "property_id": "0199f3c1-7d3a-7b60-8f1e-2b9c0f6a4d11",
    "code_id": "0199f3c1-b201-7a44-9c1e-7e5b0c2d8f31",
    "room": "104",
    "guest_id": None,
    "comment": "Fête ses 40 ans",
    "day": "2026-11-21",
    "total": {"amount": 3500, "currency": "EUR"},
    "created_at": "2026-11-21T20:00:00Z",
}
GIVEN: JsonDict = {
    "item_id": "0199f3c1-b6d0-7f0b-8a52-1d9a4e6c7b02",
    "quantity": 1,
    "unit_value": {"amount": 3500, "currency": "EUR"},
    "value": {"amount": 3500, "currency": "EUR"},
}


class QualityCostListQuery(ListQuery):
    sort: Literal["created_at", "-created_at"] = "-created_at"
    property_id: PropertyFilter = None
    group: GroupFilter = None
    guest_id: GuestFilter = None
    code_id: CodeFilter = None
    room: RoomFilter = None
    day_from: FromDay = None
    day_before: BeforeDay = None


class QualityCostHead(BaseModel):
    """What was given on which local day of the property; `comment` is null once who it tells of was forgotten."""

    id: UUID
    property_id: UUID
    code_id: UUID | None
    room: str | None
    guest_id: UUID | None
    comment: str | None
    day: date
    total: Money
    created_at: datetime


class QualityCostView(QualityCostHead):
    """As it was recorded."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**HEAD, "items": [GIVEN]}]})

    items: list[GivenView]


class NamedGivenView(GivenView):
    """`item` is what the cost item is called now."""

    item: str | None


class QualityCostItem(QualityCostHead):
    """As lists show it; `code` is what it is called now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**HEAD, "code": "Anniversaire", "items": [{**GIVEN, "item": "Bouteille de champagne"}]}]
        }
    )

    code: str | None
    items: list[NamedGivenView]


COLUMNS: dict[str, Callable[[QualityCostRow], Cell]] = {
    "id": lambda row: str(row.id),
    "property_id": lambda row: str(row.property_id),
    "day": lambda row: row.day,
    "created_at": lambda row: row.created_at,
    "code": lambda row: row.code,
    "room": lambda row: row.room,
    "guest_id": lambda row: str(row.guest_id) if row.guest_id else None,
    "comment": lambda row: row.comment,
    "items": lambda row: ", ".join(f"{given['quantity']} × {given['item']}" for given in row.items),
    "total": lambda row: row.total,
    "currency": lambda row: row.currency,
}


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/quality-costs", tags=["Quality costs"])

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
        "",
        summary="List what was given outside complaints",
        dependencies=[
            Depends(at_least("cost_of_quality", hote.runner.progress)),
            Depends(at_least("settings", hote.runner.progress)),
        ],
        response_model=Page[QualityCostItem],
        responses=AS_TABLE | problems("unauthenticated", "forbidden", "not-acceptable", "not-yet", "exports-busy"),
    )
    def list_(
        request: Request,
        query: Annotated[QualityCostListQuery, Query()],
        caller: Annotated[Caller, Depends(allowed(Right.READ_FEEDBACK))],
    ) -> Page[QualityCostItem] | Response:
        asked = as_asked(caller, query)

        def fetch(after: UUID, limit: int) -> list[QualityCostRow]:
            with hote.pool.connection() as connection:
                return queries.quality_costs(connection, asked, after, limit)

        return listed(request, query, fetch, view, COLUMNS)

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


def as_asked(caller: Caller, query: QualityCostListQuery) -> QualityCostQuery:
    return QualityCostQuery(
        caller.organisation_id,
        among=caller.properties,
        property_id=query.property_id,
        group=query.group,
        guest_id=query.guest_id,
        code_id=query.code_id,
        room=query.room,
        day_from=query.day_from,
        day_before=query.day_before,
        newest_first=query.sort == "-created_at",
    )


def view(row: QualityCostRow) -> QualityCostItem:
    def money(amount: int) -> Money:
        return Money(amount=amount, currency=row.currency)

    items = [
        NamedGivenView(
            item_id=UUID(given["item_id"]),
            item=given["item"],
            quantity=given["quantity"],
            unit_value=money(given["unit_value"]),
            value=money(given["quantity"] * given["unit_value"]),
        )
        for given in row.items
    ]
    fields = row._asdict() | {"items": items, "total": money(row.total)}
    fields.pop("currency")
    return QualityCostItem(**fields)
