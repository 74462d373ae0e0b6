"""/v1/companies: those that book for guests, and who is written to for them."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.lists import listed
from adapters.http.openapi import problems
from adapters.http.paging import ListQuery, Page
from adapters.http.patching import patched
from adapters.http.positions import HOTE_POSITION, at_least
from adapters.http.preconditions import ExpectedVersion, etag
from adapters.http.routes.table_formats import AS_TABLE
from adapters.http.tables import Cell
from application import parties
from application.caller import Caller
from domain.access import Right
from domain.party import CompanySettings
from projections.settings.parties import PartyQuery, PartyRow
from projections.settings.parties import parties as parties_after

EXAMPLE: JsonDict = {"name": "Sirvoy AB", "contact_person_id": None}


class NewCompany(CompanySettings):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})


class CompanyPatch(BaseModel):
    """What is not sent stays as it is; `contact_person_id` null names nobody."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Sirvoy"}]})

    name: str | None = None
    contact_person_id: UUID | None = None


class CompanyView(CompanySettings):
    """A company. Messages about its reservations go to the guest `contact_person_id`; to nobody who was anonymised."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0199f3c9-1a2b-7c3d-8e4f-5a6b7c8d9e0f",
                    **EXAMPLE,
                    "created_at": "2026-11-22T10:00:00Z",
                    "version": 1,
                }
            ]
        }
    )

    id: UUID
    created_at: datetime
    version: int


class CompanyListQuery(ListQuery):
    sort: Literal["created_at", "-created_at"] = "-created_at"


COLUMNS: dict[str, Callable[[PartyRow[CompanySettings]], Cell]] = {
    "id": lambda row: str(row.id),
    "name": lambda row: row.settings.name,
    "contact_person_id": lambda row: str(row.settings.contact_person_id) if row.settings.contact_person_id else None,
    "created_at": lambda row: row.created_at,
}


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/companies", tags=["Companies"])
    ports = hote.ports

    @routes.post(
        "", status_code=201, summary="Add a company", responses=problems("unauthenticated", "forbidden", "guest-merged")
    )
    def add(
        new: NewCompany, caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))], response: Response
    ) -> CompanyView:
        company_id = parties.add_party(ports, caller, CompanySettings(**dict(new)))
        response.headers["Location"] = f"/v1/companies/{company_id}"
        return read(company_id, caller, response)

    @routes.get(
        "",
        summary="List the companies",
        dependencies=[Depends(at_least("settings", hote.runner.progress))],
        response_model=Page[CompanyView],
        responses=AS_TABLE | problems("unauthenticated", "forbidden", "not-acceptable", "not-yet", "exports-busy"),
    )
    def list_(
        request: Request,
        query: Annotated[CompanyListQuery, Query()],
        caller: Annotated[Caller, Depends(allowed(Right.READ_GUESTS))],
    ) -> Page[CompanyView] | Response:
        asked = PartyQuery(caller.organisation_id, newest_first=query.sort == "-created_at")

        def fetch(after: UUID, limit: int) -> list[PartyRow[CompanySettings]]:
            with hote.pool.connection() as connection:
                return parties_after(connection, CompanySettings, asked, after, limit)

        return listed(request, query, fetch, view, COLUMNS)

    @routes.get(
        "/{company_id}", summary="Read a company", responses=problems("unauthenticated", "forbidden", "not-found")
    )
    def read(
        company_id: UUID, caller: Annotated[Caller, Depends(allowed(Right.READ_GUESTS))], response: Response
    ) -> CompanyView:
        record = parties.read_party(ports, caller, CompanySettings, company_id)
        response.headers[HOTE_POSITION] = str(record.position)
        response.headers["ETag"] = etag(record.party.version)
        return view(PartyRow(company_id, record.party.version, record.created_at, record.party.settings))

    @routes.patch(
        "/{company_id}",
        summary="Rename a company, or name its contact person",
        responses=problems("unauthenticated", "forbidden", "not-found", "guest-merged", "version-mismatch", "conflict"),
    )
    def change(
        company_id: UUID,
        patch: CompanyPatch,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
        expected: ExpectedVersion,
        response: Response,
    ) -> CompanyView:
        parties.change_party(
            ports, caller, CompanySettings, company_id, lambda settings: patched(settings, patch), expected=expected
        )
        return read(company_id, caller, response)

    return routes


def view(row: PartyRow[CompanySettings]) -> CompanyView:
    return CompanyView(id=row.id, created_at=row.created_at, version=row.version, **dict(row.settings))
