"""/v1/codes: what feedback and gifts are about."""

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
from domain.catalogue import CodeSettings
from projections.settings import queries

EXAMPLE: JsonDict = {"name": "Bruit", "properties": None}


class NewCode(CodeSettings):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})


class CodePatch(BaseModel):
    """What is not sent stays as it is; `properties` null is everywhere."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Bruit de la rue"}]})

    name: str | None = None
    properties: list[UUID] | None = None


class CodeView(EntryView):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": "0199f3c1-b201-7a44-9c1e-7e5b0c2d8f31", **EXAMPLE, **SHOWN}]}
    )

    name: str


COLUMNS: dict[str, Callable[[queries.CodeRow], Cell]] = {
    "id": lambda row: str(row.id),
    "name": lambda row: row.name,
    "retired": lambda row: row.retired,
    "created_at": lambda row: row.created_at,
}


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/codes", tags=["Codes"])

    @routes.post("", status_code=201, summary="Add a code", responses=problems("unauthenticated", "forbidden"))
    def add(
        new: NewCode, caller: Annotated[Caller, Depends(allowed(Right.WRITE_SETTINGS))], response: Response
    ) -> CodeView:
        code_id = catalogue.add_entry(hote.ports, caller, new)
        response.headers["Location"] = f"/v1/codes/{code_id}"
        return read(code_id, caller, response)

    @routes.get(
        "",
        summary="List the codes",
        dependencies=[Depends(at_least("settings", hote.runner.progress))],
        response_model=Page[CodeView],
        responses=AS_TABLE | problems("unauthenticated", "forbidden", "not-acceptable", "not-yet", "exports-busy"),
    )
    def list_(
        request: Request,
        query: Annotated[CatalogueListQuery, Query()],
        caller: Annotated[Caller, Depends(allowed(Right.READ_SETTINGS))],
    ) -> Page[CodeView] | Response:
        def fetch(after: UUID, limit: int) -> list[queries.CodeRow]:
            with hote.pool.connection() as connection:
                return queries.codes(connection, query.of(caller), after, limit)

        return listed(request, query, fetch, lambda row: CodeView(**row._asdict()), COLUMNS)

    @routes.get("/{code_id}", summary="Read a code", responses=problems("unauthenticated", "forbidden", "not-found"))
    def read(
        code_id: UUID, caller: Annotated[Caller, Depends(allowed(Right.READ_SETTINGS))], response: Response
    ) -> CodeView:
        return shown(CodeView, catalogue.read_entry(hote.ports, caller, CodeSettings, code_id), response)

    @routes.patch(
        "/{code_id}",
        summary="Rename a code, or switch it on elsewhere",
        responses=problems("unauthenticated", "forbidden", "not-found", "version-mismatch", "conflict", "retired"),
    )
    def change(
        code_id: UUID,
        patch: CodePatch,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_SETTINGS))],
        expected: ExpectedVersion,
        response: Response,
    ) -> CodeView:
        catalogue.change_entry(
            hote.ports, caller, CodeSettings, code_id, lambda settings: patched(settings, patch), expected=expected
        )
        return read(code_id, caller, response)

    @routes.post(
        "/{code_id}/retire",
        summary="Retire a code: nothing new is recorded under it",
        responses=problems("unauthenticated", "forbidden", "not-found", "conflict"),
    )
    def retire(
        code_id: UUID, caller: Annotated[Caller, Depends(allowed(Right.WRITE_SETTINGS))], response: Response
    ) -> CodeView:
        catalogue.retire_entry(hote.ports, caller, CodeSettings, code_id)
        return read(code_id, caller, response)

    return routes
