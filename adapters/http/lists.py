"""Answers a list that is ordered by id: as a page of JSON, or whole as CSV or XLSX."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from fastapi import Request, Response

from adapters.http.paging import ListQuery, Page
from adapters.http.problems import FieldError, ProblemError
from adapters.http.tables import Cell, Format, table, wanted


class HasId(Protocol):
    @property
    def id(self) -> UUID: ...


Row = TypeVar("Row", bound=HasId)
View = TypeVar("View")

FIRST = UUID(int=0)
WHOLE_LIST_STEP = 1_000


def listed(
    request: Request,
    query: ListQuery,
    fetch: Callable[[UUID, int], Sequence[Row]],
    view: Callable[[Row], View],
    columns: dict[str, Callable[[Row], Cell]],
) -> Page[View] | Response:
    """`fetch` gives at most so many rows after an id; `columns` are those of the table, by title."""
    format_ = wanted(query.format, request.headers.get("accept", ""))
    if format_ is not Format.JSON:
        name = request.url.path.rsplit("/", 1)[-1]
        rows = ([cell(row) for cell in columns.values()] for row in _all(fetch))
        return table(format_, name, list(columns), rows)
    rows_ = fetch(_after(query.cursor), query.limit + 1)
    page = rows_[: query.limit]
    more = len(rows_) > query.limit
    total = sum(1 for _ in _all(fetch)) if query.count else None
    return Page(items=[view(row) for row in page], next=str(page[-1].id) if more else None, total=total)


def _all(fetch: Callable[[UUID, int], Sequence[Row]]) -> Iterator[Row]:
    after = FIRST
    while rows := fetch(after, WHOLE_LIST_STEP):
        yield from rows
        after = rows[-1].id


def _after(cursor: str | None) -> UUID:
    try:
        return UUID(cursor) if cursor else FIRST
    except ValueError:
        wrong = FieldError(parameter="cursor", code="cursor-invalid", detail="Send `next` of the page before.")
        raise ProblemError("invalid", errors=[wrong]) from None
