"""GET /v1/guests: the list, searched, filtered, sorted, by pages or whole."""

from collections.abc import Iterator
from datetime import UTC, date
from typing import Annotated, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import ConfigDict, Field

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import problems
from adapters.http.paging import ListQuery, Page
from adapters.http.positions import at_least
from adapters.http.problems import FieldError, ProblemError
from adapters.http.routes.guest_views import EXAMPLE, GuestSummary
from adapters.http.routes.table_formats import AS_TABLE
from adapters.http.tables import Cell, Format, table, wanted
from application.caller import Caller
from application.text import one_line
from domain.access import Right
from domain.invitation_states import State
from domain.label import Label
from domain.policies.invitation_actions import Action
from domain.property import Channel
from projections.guest_list import queries
from projections.guest_list.query import BadQuery, GuestQuery
from projections.settings.queries import properties

Sort = Literal[
    "last_name", "-last_name", "stays", "-stays", "last_stay", "-last_stay", "company", "-company",
    "country", "-country", "status", "-status", "total_paid", "-total_paid", "created_at", "-created_at",
]  # fmt: skip

COLUMNS = (
    "id", "salutation", "first_name", "last_name", "emails", "phones", "language", "country", "company", "address",
    "level", "status_label", "custom", "status", "stays", "nights", "last_stay", "last_rooms", "total_paid",
    "created_at", "updated_at", "version", "portal", "pre_stay", "post_stay", "actions",
)  # fmt: skip


class GuestListQuery(ListQuery):
    search: Annotated[
        str, Field(max_length=200, description="Words that must all occur, whole or in part, in any field.")
    ] = ""
    status: Literal["new", "returning", "blocked"] | None = None
    status_label: Annotated[
        str | None, Field(max_length=40, description="The key of one of the organisation's status labels.")
    ] = None
    property_id: Annotated[UUID | None, Field(description="Guests with a stay there.")] = None
    group: Annotated[Label | None, Field(max_length=60, description="Guests with a stay in a property of it.")] = None
    country: Annotated[str | None, Field(pattern="^[A-Z]{2}$")] = None
    language: Annotated[str | None, Field(pattern="^[A-Za-z0-9-]{2,35}$")] = None
    arrival_from: Annotated[date | None, Field(alias="arrival[gte]")] = None
    arrival_before: Annotated[date | None, Field(alias="arrival[lt]")] = None
    departure_from: Annotated[date | None, Field(alias="departure[gte]")] = None
    departure_before: Annotated[date | None, Field(alias="departure[lt]")] = None
    room: Annotated[Label | None, Field(max_length=100, description="Guests with a stay in it; case is no matter.")] = (
        None
    )
    staying_on: Annotated[
        date | None,
        Field(description="Guests with a stay on that day; one whose arrival or departure is not known, by the other."),
    ] = None
    post_stay: Annotated[
        State | None, Field(description="Guests the invitation to review whose last stay is in this state.")
    ] = None
    channel: Annotated[Channel | None, Field(description="Guests to whom that invitation was sent so.")] = None
    sort: Sort = "-created_at"
    columns: Annotated[
        str | None, Field(max_length=500, description="Only these, with commas between.", examples=["last_name,stays"])
    ] = None


class GuestListItem(GuestSummary):
    """A guest in the list. With `columns`, only those that were asked for.

    `pre_stay` and `post_stay` are where the messages about the last stay are, `portal` is where its invitation leads.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {name: EXAMPLE[name] for name in COLUMNS if name in EXAMPLE}
                | {"portal": "hote", "pre_stay": "not_enabled"}
                | {"post_stay": "clicked_email", "actions": ["remind", "anonymise"]}
            ]
        }
    )

    portal: str | None
    pre_stay: State
    post_stay: State
    actions: list[Action]


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/guests", tags=["Guests"])

    @routes.get(
        "",
        summary="List, search, filter and sort the guests",
        dependencies=[Depends(at_least(name, hote.runner.progress)) for name in ("guest_list", "invitation_status")],
        response_model=Page[GuestListItem],
        responses=AS_TABLE
        | problems("unauthenticated", "forbidden", "not-acceptable", "not-yet", "exports-busy", "invalid"),
    )
    def list_(
        request: Request,
        query: Annotated[GuestListQuery, Query()],
        caller: Annotated[Caller, Depends(allowed(Right.READ_GUESTS))],
    ) -> Page[GuestListItem] | Response:
        columns = chosen_columns(query)
        asked = as_asked(hote, caller, query)
        format_ = wanted(query.format, request.headers.get("accept", ""))
        if format_ is not Format.JSON:
            return table(format_, "guests", columns, rows(asked, columns))
        try:
            with hote.pool.connection() as connection:
                page = queries.page(connection, asked)
                total = queries.count(connection, asked) if query.count else None
        except BadQuery as error:
            wrong = FieldError(parameter=error.field, code=f"{error.field}-invalid", detail=str(error))
            raise ProblemError("invalid", errors=[wrong]) from error
        if query.columns:
            items = [{name: item[name] for name in columns} for item in page.items]
            return as_json(items, page.next, total)
        return Page(items=[GuestListItem.model_validate(item) for item in page.items], next=page.next, total=total)

    def rows(asked: GuestQuery, columns: list[str]) -> Iterator[list[Cell]]:
        with hote.pool.connection() as connection:
            for item in queries.stream(connection, asked):
                yield [cell(item[name]) for name in columns]

    return routes


def as_asked(hote: Hote, caller: Caller, query: GuestListQuery) -> GuestQuery:
    stayed_in = None if query.property_id is None else frozenset({query.property_id})
    if query.group is not None:
        with hote.pool.connection() as connection:
            of_group = frozenset(row.id for row in properties(connection, caller.organisation_id, group=query.group))
        stayed_in = of_group if stayed_in is None else stayed_in & of_group
    return GuestQuery(
        organisation_id=caller.organisation_id,
        search=query.search,
        status=query.status,
        status_label=query.status_label,
        country=query.country,
        language=query.language,
        properties=stayed_in,
        visible=caller.properties,
        arrival_from=query.arrival_from,
        arrival_before=query.arrival_before,
        departure_from=query.departure_from,
        departure_before=query.departure_before,
        room=query.room and one_line(query.room),
        staying_on=query.staying_on,
        post_stay=query.post_stay,
        channel=query.channel,
        today=hote.ports.now().astimezone(UTC).date(),
        sort=query.sort,
        limit=query.limit,
        cursor=query.cursor,
    )


def chosen_columns(query: GuestListQuery) -> list[str]:
    """All when nothing is chosen; the id always comes along."""
    if not query.columns:
        return list(COLUMNS)
    names = [name.strip() for name in query.columns.split(",")]
    if unknown := [name for name in names if name not in COLUMNS]:
        detail = f"There is no column {unknown[0][:40]!r}."
        wrong = FieldError(parameter="columns", code="column-unknown", detail=detail, expected=", ".join(COLUMNS))
        raise ProblemError("invalid", errors=[wrong])
    return list(dict.fromkeys(["id", *names]))


def cell(value: object) -> Cell:
    match value:
        case list():
            return ", ".join(map(str, value))
        case dict():
            return ", ".join(str(part) for part in value.values() if part is not None)
        case UUID():
            return str(value)
        case str() | bool() | int() | float() | date() | None:
            return value
        case _:
            raise TypeError(f"a cell cannot hold a {type(value).__name__}")


def as_json(items: list[dict[str, object]], next_: str | None, total: int | None) -> Response:
    body = {"items": items, "next": next_} | ({} if total is None else {"total": total})
    return Response(orjson.dumps(body), media_type="application/json")
