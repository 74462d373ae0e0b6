"""/v1/keys: API keys, shown once, with a role and the properties they reach."""

from collections.abc import Callable
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
from adapters.http.paging import ListQuery, Page
from adapters.http.positions import HOTE_POSITION, at_least
from adapters.http.tables import Cell
from application import keys
from application.caller import Caller
from domain.access import ApiKey, Right, Role
from projections.settings import queries

ID = "0199f3c1-9a01-7c11-8e4d-51d6a3b7c001"
EXAMPLE: JsonDict = {"name": "Réception Port", "role": "front_desk", "properties": None, "expires_at": None}


class NewKey(BaseModel):
    """`properties` null reaches all of the organisation's; `expires_at` null never expires."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    name: Annotated[str, Field(min_length=1, max_length=100)]
    role: Role
    properties: Annotated[list[UUID], Field(min_length=1, max_length=1000)] | None = None
    expires_at: AwareDatetime | None = None


class KeyPatch(BaseModel):
    """What is not sent stays; what a key opens cannot be changed: issue another."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Réception Villa"}]})

    name: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    expires_at: AwareDatetime | None = None


class IssuedKeyView(NewKey):
    """`key` is shown in this answer and never again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": ID, **EXAMPLE, "key": "hote_AZnzwZ…"}]})

    id: UUID
    key: str


class KeyView(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"id": ID, **EXAMPLE, "created_at": "2026-11-21T20:00:00Z", "revoked_at": None}]
        }
    )

    id: UUID
    name: str
    role: Role
    properties: list[UUID] | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


COLUMNS: dict[str, Callable[[queries.KeyRow], Cell]] = {
    "id": lambda row: str(row.id),
    "name": lambda row: row.name,
    "role": lambda row: row.role,
    "created_at": lambda row: row.created_at,
    "expires_at": lambda row: row.expires_at,
    "revoked_at": lambda row: row.revoked_at,
}


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/keys", tags=["Keys"])

    @routes.post(
        "",
        status_code=201,
        summary="Issue a key",
        responses=problems("unauthenticated", "forbidden", "not-found"),
    )
    def issue(
        new: NewKey, caller: Annotated[Caller, Depends(allowed(Right.MANAGE_KEYS))], response: Response
    ) -> IssuedKeyView:
        issued = keys.issue_key(hote.ports, caller, **dict(new))
        response.headers[HOTE_POSITION] = str(issued.position)
        return IssuedKeyView(id=issued.id, key=issued.token, **dict(new))

    @routes.get(
        "",
        summary="List the keys, without their secrets",
        dependencies=[Depends(at_least("settings", hote.runner.wait_for))],
        response_model=Page[KeyView],
        responses=problems("unauthenticated", "forbidden", "not-acceptable", "not-yet"),
    )
    def list_(
        request: Request,
        query: Annotated[ListQuery, Query()],
        caller: Annotated[Caller, Depends(allowed(Right.MANAGE_KEYS))],
    ) -> Page[KeyView] | Response:
        def fetch(after: UUID, limit: int) -> list[queries.KeyRow]:
            with hote.pool.connection() as connection:
                return queries.keys(connection, caller.organisation_id, after=after, limit=limit)

        return listed(request, query, fetch, lambda row: KeyView(**row._asdict()), COLUMNS)

    @routes.get("/{key_id}", summary="Read a key", responses=problems("unauthenticated", "forbidden", "not-found"))
    def read(key_id: UUID, caller: Annotated[Caller, Depends(allowed(Right.MANAGE_KEYS))]) -> KeyView:
        return view(keys.read_key(hote.ports, caller, key_id))

    @routes.patch(
        "/{key_id}",
        summary="Rename a key or move its end",
        responses=problems("unauthenticated", "forbidden", "not-found", "conflict"),
    )
    def change(
        key_id: UUID,
        patch: KeyPatch,
        caller: Annotated[Caller, Depends(allowed(Right.MANAGE_KEYS))],
        response: Response,
    ) -> KeyView:
        def new(key: ApiKey) -> tuple[str, datetime | None]:
            ends = patch.expires_at if "expires_at" in patch.model_fields_set else key.expires_at
            return patch.name or key.name, ends

        position = keys.change_key(hote.ports, caller, key_id, new)
        if position is not None:
            response.headers[HOTE_POSITION] = str(position)
        return view(keys.read_key(hote.ports, caller, key_id))

    @routes.post(
        "/{key_id}/retire",
        summary="Revoke a key for good",
        responses=problems("unauthenticated", "forbidden", "not-found", "conflict"),
    )
    def retire(
        key_id: UUID, caller: Annotated[Caller, Depends(allowed(Right.MANAGE_KEYS))], response: Response
    ) -> KeyView:
        position = keys.revoke_key(hote.ports, caller, key_id)
        if position is not None:
            response.headers[HOTE_POSITION] = str(position)
        return view(keys.read_key(hote.ports, caller, key_id))

    return routes


def view(record: keys.KeyRecord) -> KeyView:
    key = record.key
    return KeyView(
        id=key.id,
        name=key.name,
        role=key.role,
        properties=None if key.properties is None else sorted(key.properties),
        created_at=record.created_at,
        expires_at=key.expires_at,
        revoked_at=record.revoked_at,
    )
