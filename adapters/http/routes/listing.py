"""Answers the lists that are walked with a cursor: as a page of JSON, or whole as CSV or XLSX."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from fastapi import Depends, Request, Response, params
from psycopg import Connection
from psycopg.rows import TupleRow
from pydantic import BaseModel, ConfigDict

from adapters.bootstrap import Hote
from adapters.http.paging import GroupFilter, ListQuery, Page, PropertyFilter
from adapters.http.positions import at_least
from adapters.http.problems import FieldError, ProblemError
from adapters.http.tables import Cell, Format, table, wanted
from application.caller import Caller
from projections.cursor import BadCursor
from projections.settings.properties import PropertyClock, property_clocks

Asked = TypeVar("Asked")
Row = TypeVar("Row")
View = TypeVar("View")
A = TypeVar("A", contravariant=True)
R = TypeVar("R", covariant=True)


class Found(Protocol[R]):
    @property
    def items(self) -> Sequence[R]: ...
    @property
    def next(self) -> str | None: ...


class Queries(Protocol[A, R]):
    """The module `queries` of a read model that is asked `A` and gives `R`."""

    def page(self, connection: Connection[TupleRow], asked: A, limit: int, cursor: str | None) -> Found[R]: ...
    def count(self, connection: Connection[TupleRow], asked: A) -> int: ...
    def stream(self, connection: Connection[TupleRow], asked: A) -> Iterator[R]: ...


class PropertiesQuery(BaseModel):
    """Which of the caller's properties."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    property_id: PropertyFilter = None
    group: GroupFilter = None


LIST_PROBLEMS = ("unauthenticated", "forbidden", "not-acceptable", "not-yet", "exports-busy", "invalid")


def followed(hote: Hote) -> list[params.Depends]:
    """The dependencies of a list of feedback: it shows what the inbox has, with names that other read models have."""
    return [Depends(at_least(name, hote.runner.progress)) for name in ("inbox", "settings", "guest_list")]


def reached(hote: Hote, caller: Caller, property_id: UUID | None, group: str | None) -> dict[UUID, PropertyClock]:
    """The caller's properties; with either filter, those of them that it names."""
    with hote.pool.connection() as connection:
        return property_clocks(
            connection, caller.organisation_id, among=caller.properties, property_id=property_id, group=group
        )


def answered(
    hote: Hote,
    request: Request,
    query: ListQuery,
    queries: Queries[Asked, Row],
    asked: Asked,
    columns: Mapping[str, Callable[[View], Cell]],
    view: Callable[[Row], View],
) -> Page[View] | Response:
    """`queries` is a read model's module; `columns` are those of the table, by title."""
    format_ = wanted(query.format, request.headers.get("accept", ""))
    if format_ is not Format.JSON:
        rows = ([cell(view(row)) for cell in columns.values()] for row in whole(hote, queries, asked))
        return table(format_, request.url.path.rsplit("/", 1)[-1], list(columns), rows)
    try:
        with hote.pool.connection() as connection:
            page = queries.page(connection, asked, query.limit, query.cursor)
            total = queries.count(connection, asked) if query.count else None
    except BadCursor as error:
        wrong = FieldError(parameter="cursor", code="cursor-invalid", detail="Send `next` of the page before.")
        raise ProblemError("invalid", errors=[wrong]) from error
    return Page(items=[view(row) for row in page.items], next=page.next, total=total)


def whole(hote: Hote, queries: Queries[Asked, Row], asked: Asked) -> Iterator[Row]:
    with hote.pool.connection() as connection:
        yield from queries.stream(connection, asked)
