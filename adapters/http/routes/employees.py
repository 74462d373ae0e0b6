"""/v1/employees: who works here, and where mail reaches them."""

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
from domain.catalogue import EmployeeSettings
from projections.settings import queries

EXAMPLE: JsonDict = {"name": "Maëlle Kerbrat", "email": "maelle@rivage.example", "properties": None}


class NewEmployee(EmployeeSettings):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})


class EmployeePatch(BaseModel):
    """What is not sent stays as it is; `properties` null is everywhere."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"email": "m.kerbrat@rivage.example"}]})

    name: str | None = None
    email: str | None = None
    properties: list[UUID] | None = None


class EmployeeView(EntryView):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": "0199f3c1-bb14-7c3d-a0f7-54c1e8b9d603", **EXAMPLE, **SHOWN}]}
    )

    name: str | None
    email: str | None


COLUMNS: dict[str, Callable[[queries.EmployeeRow], Cell]] = {
    "id": lambda row: str(row.id),
    "name": lambda row: row.name,
    "email": lambda row: row.email,
    "retired": lambda row: row.retired,
    "created_at": lambda row: row.created_at,
}


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/employees", tags=["Employees"])

    @routes.post("", status_code=201, summary="Add an employee", responses=problems("unauthenticated", "forbidden"))
    def add(
        new: NewEmployee, caller: Annotated[Caller, Depends(allowed(Right.WRITE_SETTINGS))], response: Response
    ) -> EmployeeView:
        employee_id = catalogue.add_entry(hote.ports, caller, new)
        response.headers["Location"] = f"/v1/employees/{employee_id}"
        return read(employee_id, caller, response)

    @routes.get(
        "",
        summary="List the employees",
        dependencies=[Depends(at_least("settings", hote.runner.progress))],
        response_model=Page[EmployeeView],
        responses=AS_TABLE | problems("unauthenticated", "forbidden", "not-acceptable", "not-yet", "exports-busy"),
    )
    def list_(
        request: Request,
        query: Annotated[CatalogueListQuery, Query()],
        caller: Annotated[Caller, Depends(allowed(Right.READ_SETTINGS))],
    ) -> Page[EmployeeView] | Response:
        def fetch(after: UUID, limit: int) -> list[queries.EmployeeRow]:
            with hote.pool.connection() as connection:
                return queries.employees(connection, query.of(caller), after, limit)

        return listed(request, query, fetch, lambda row: EmployeeView(**row._asdict()), COLUMNS)

    @routes.get(
        "/{employee_id}", summary="Read an employee", responses=problems("unauthenticated", "forbidden", "not-found")
    )
    def read(
        employee_id: UUID, caller: Annotated[Caller, Depends(allowed(Right.READ_SETTINGS))], response: Response
    ) -> EmployeeView:
        return shown(EmployeeView, catalogue.read_entry(hote.ports, caller, EmployeeSettings, employee_id), response)

    @routes.patch(
        "/{employee_id}",
        summary="Change how an employee is called or reached, or where they work",
        responses=problems("unauthenticated", "forbidden", "not-found", "version-mismatch", "conflict", "retired"),
    )
    def change(
        employee_id: UUID,
        patch: EmployeePatch,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_SETTINGS))],
        expected: ExpectedVersion,
        response: Response,
    ) -> EmployeeView:
        catalogue.change_entry(
            hote.ports,
            caller,
            EmployeeSettings,
            employee_id,
            lambda settings: patched(settings, patch),
            expected=expected,
        )
        return read(employee_id, caller, response)

    @routes.post(
        "/{employee_id}/retire",
        summary="Retire an employee: they work here no more",
        responses=problems("unauthenticated", "forbidden", "not-found", "conflict"),
    )
    def retire(
        employee_id: UUID, caller: Annotated[Caller, Depends(allowed(Right.WRITE_SETTINGS))], response: Response
    ) -> EmployeeView:
        catalogue.retire_entry(hote.ports, caller, EmployeeSettings, employee_id)
        return read(employee_id, caller, response)

    return routes
