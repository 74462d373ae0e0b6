"""/v1/keys: API keys, shown once, with a role and the properties they reach."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.lists import listed
from adapters.http.openapi import problems
from adapters.http.paging import ListQuery, Page
from adapters.http.positions import HOTE_POSITION, at_least
from adapters.http.preconditions import ExpectedVersion, etag
from adapters.http.routes.table_formats import AS_TABLE
from adapters.http.tables import Cell
from application import keys
from application.caller import Caller
from domain import access
from domain.access import ApiKey, ApiKeyEvent, Right, Role
from domain.label import Label
from projections.settings import queries

ID = "0199f3c1-9a01-7c11-8e4d-51d6a3b7c001"
EXAMPLE: JsonDict = {"name": "Réception Port", "role": "front_desk", "properties": None, "expires_at": None}
SHOWN: JsonDict = {"id": ID, **EXAMPLE, "created_at": "2026-11-21T20:00:00Z", "revoked_at": None}


def in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise PydanticCustomError("date_invalid", "beyond the calendar") from error


Moment = Annotated[AwareDatetime, AfterValidator(in_utc)]


class NewKey(BaseModel):
    """`properties` null reaches all of the organisation's; `expires_at` null never expires."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    name: Annotated[Label, Field(max_length=100)]
    role: Role
    properties: Annotated[list[UUID], Field(min_length=1, max_length=1000)] | None = None
    expires_at: Moment | None = None


class KeyPatch(BaseModel):
    """What is not sent stays; what a key opens cannot be changed: issue another."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Réception Villa"}]})

    name: Annotated[Label, Field(max_length=100)] | None = None
    expires_at: Moment | None = None


class KeyView(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [SHOWN]})

    id: UUID
    name: str
    role: Role
    properties: list[UUID] | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class IssuedKeyView(KeyView):
    """`key` is shown in this answer and never again."""

    model_config = ConfigDict(json_schema_extra={"examples": [SHOWN | {"key": "hote_AZnzwZ…"}]})

    key: str


class KeyQuery(ListQuery):
    sort: Literal["created_at", "-created_at"] = "-created_at"


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
        response.headers["Location"] = f"/v1/keys/{issued.id}"
        return IssuedKeyView(**dict(shown(issued.id, caller, response)), key=issued.token)

    @routes.get(
        "",
        summary="List the keys, without their secrets",
        dependencies=[Depends(at_least("settings", hote.runner.progress))],
        response_model=Page[KeyView],
        responses=AS_TABLE | problems("unauthenticated", "forbidden", "not-acceptable", "not-yet", "exports-busy"),
    )
    def list_(
        request: Request,
        query: Annotated[KeyQuery, Query()],
        caller: Annotated[Caller, Depends(allowed(Right.MANAGE_KEYS))],
    ) -> Page[KeyView] | Response:
        def fetch(after: UUID, limit: int) -> list[queries.KeyRow]:
            with hote.pool.connection() as connection:
                return queries.keys(
                    connection,
                    caller.organisation_id,
                    among=caller.properties,
                    newest_first=query.sort == "-created_at",
                    after=after,
                    limit=limit,
                )

        return listed(request, query, fetch, lambda row: KeyView(**row._asdict()), COLUMNS)

    @routes.get("/{key_id}", summary="Read a key", responses=problems("unauthenticated", "forbidden", "not-found"))
    def read(
        key_id: UUID, caller: Annotated[Caller, Depends(allowed(Right.MANAGE_KEYS))], response: Response
    ) -> KeyView:
        return shown(key_id, caller, response)

    @routes.patch(
        "/{key_id}",
        summary="Rename a key or move its end",
        responses=problems("unauthenticated", "forbidden", "not-found", "version-mismatch", "conflict"),
    )
    def change(
        key_id: UUID,
        patch: KeyPatch,
        caller: Annotated[Caller, Depends(allowed(Right.MANAGE_KEYS))],
        expected: ExpectedVersion,
        response: Response,
    ) -> KeyView:
        def decide(key: ApiKey) -> Sequence[ApiKeyEvent]:
            ends = patch.expires_at if "expires_at" in patch.model_fields_set else key.expires_at
            return access.change(key, patch.name or key.name, ends)

        keys.change_key(hote.ports, caller, key_id, decide, expected=expected)
        return shown(key_id, caller, response)

    @routes.post(
        "/{key_id}/retire",
        summary="Revoke a key for good",
        responses=problems("unauthenticated", "forbidden", "not-found", "conflict"),
    )
    def retire(
        key_id: UUID, caller: Annotated[Caller, Depends(allowed(Right.MANAGE_KEYS))], response: Response
    ) -> KeyView:
        keys.change_key(hote.ports, caller, key_id, access.revoke)
        return shown(key_id, caller, response)

    def shown(key_id: UUID, caller: Caller, response: Response) -> KeyView:
        record = keys.read_key(hote.ports, caller, key_id)
        response.headers[HOTE_POSITION] = str(record.position)
        response.headers["ETag"] = etag(record.key.version)
        return view(record)

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
