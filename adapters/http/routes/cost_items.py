"""/v1/cost-items: what can be given, with its value."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.lists import listed
from adapters.http.openapi import problems
from adapters.http.paging import Page
from adapters.http.patching import patched
from adapters.http.positions import at_least
from adapters.http.preconditions import ExpectedVersion
from adapters.http.routes.catalogues import SHOWN, CatalogueListQuery, EntryView, shown
from adapters.http.routes.table_formats import AS_TABLE
from adapters.http.tables import Cell
from application import catalogue
from application.caller import Caller
from domain.access import Right
from domain.catalogue import CostItemSettings
from domain.money import Money
from projections.settings import queries

EXAMPLE: JsonDict = {
    "name": "Bouteille de champagne",
    "unit_value": {"amount": 3500, "currency": "EUR"},
    "properties": None,
}


class NewCostItem(CostItemSettings):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})


class CostItemPatch(BaseModel):
    """What is not sent stays as it is; `properties` null is everywhere."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"unit_value": {"amount": 3900, "currency": "EUR"}}]}
    )

    name: str | None = None
    unit_value: Money | None = None
    properties: list[UUID] | None = None


class CostItemView(EntryView):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": "0199f3c1-b6d0-7f0b-8a52-1d9a4e6c7b02", **EXAMPLE, **SHOWN}]}
    )

    name: str
    unit_value: Money


COLUMNS: dict[str, Callable[[queries.CostItemRow], Cell]] = {
    "id": lambda row: str(row.id),
    "name": lambda row: row.name,
    "amount": lambda row: row.amount,
    "currency": lambda row: row.currency,
    "retired": lambda row: row.retired,
    "created_at": lambda row: row.created_at,
}


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/cost-items", tags=["Cost items"])

    @routes.post("", status_code=201, summary="Add a cost item", responses=problems("unauthenticated", "forbidden"))
    def add(
        new: NewCostItem, caller: Annotated[Caller, Depends(allowed(Right.WRITE_SETTINGS))], response: Response
    ) -> CostItemView:
        item_id = catalogue.add_entry(hote.ports, caller, new)
        response.headers["Location"] = f"/v1/cost-items/{item_id}"
        return read(item_id, caller, response)

    @routes.get(
        "",
        summary="List the cost items",
        dependencies=[Depends(at_least("settings", hote.runner.progress))],
        response_model=Page[CostItemView],
        responses=AS_TABLE | problems("unauthenticated", "forbidden", "not-acceptable", "not-yet", "exports-busy"),
    )
    def list_(
        request: Request,
        query: Annotated[CatalogueListQuery, Query()],
        caller: Annotated[Caller, Depends(allowed(Right.READ_SETTINGS))],
    ) -> Page[CostItemView] | Response:
        def fetch(after: UUID, limit: int) -> list[queries.CostItemRow]:
            with hote.pool.connection() as connection:
                return queries.cost_items(connection, query.of(caller), after, limit)

        return listed(request, query, fetch, listed_item, COLUMNS)

    @routes.get(
        "/{item_id}", summary="Read a cost item", responses=problems("unauthenticated", "forbidden", "not-found")
    )
    def read(
        item_id: UUID, caller: Annotated[Caller, Depends(allowed(Right.READ_SETTINGS))], response: Response
    ) -> CostItemView:
        return shown(CostItemView, catalogue.read_entry(hote.ports, caller, CostItemSettings, item_id), response)

    @routes.patch(
        "/{item_id}",
        summary="Rename a cost item, value it anew, or switch it on elsewhere",
        responses=problems("unauthenticated", "forbidden", "not-found", "version-mismatch", "conflict", "retired"),
    )
    def change(
        item_id: UUID,
        patch: CostItemPatch,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_SETTINGS))],
        expected: ExpectedVersion,
        response: Response,
    ) -> CostItemView:
        catalogue.change_entry(
            hote.ports, caller, CostItemSettings, item_id, lambda settings: patched(settings, patch), expected=expected
        )
        return read(item_id, caller, response)

    @routes.post(
        "/{item_id}/retire",
        summary="Retire a cost item: it is not given any more",
        responses=problems("unauthenticated", "forbidden", "not-found", "conflict"),
    )
    def retire(
        item_id: UUID, caller: Annotated[Caller, Depends(allowed(Right.WRITE_SETTINGS))], response: Response
    ) -> CostItemView:
        catalogue.retire_entry(hote.ports, caller, CostItemSettings, item_id)
        return read(item_id, caller, response)

    return routes


def listed_item(row: queries.CostItemRow) -> CostItemView:
    fields = row._asdict()
    return CostItemView(unit_value=Money(amount=fields.pop("amount"), currency=fields.pop("currency")), **fields)
