"""Answers a list of feedback: as a page of JSON, or whole as CSV or XLSX."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar
from uuid import UUID

from fastapi import Depends, Request, Response, params
from pydantic import BaseModel, ConfigDict

from adapters.bootstrap import Hote
from adapters.http.paging import GroupFilter, ListQuery, Page, PropertyFilter
from adapters.http.positions import at_least
from adapters.http.problems import FieldError, ProblemError
from adapters.http.routes.feedback_summary import FeedbackSummary
from adapters.http.tables import Cell, Format, table, wanted
from application.caller import Caller
from projections.cursor import BadCursor
from projections.inbox import queries
from projections.inbox.queries import Item
from projections.inbox.query import Asked
from projections.settings.properties import PropertyClock, property_clocks

View = TypeVar("View", bound=FeedbackSummary)


class PropertiesQuery(BaseModel):
    """Which of the caller's properties."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    property_id: PropertyFilter = None
    group: GroupFilter = None


LIST_PROBLEMS = ("unauthenticated", "forbidden", "not-acceptable", "not-yet", "exports-busy", "invalid")

COLUMNS: Mapping[str, Callable[[FeedbackSummary], Cell]] = {
    "id": lambda view: str(view.id),
    "property_id": lambda view: str(view.property_id),
    "mark": lambda view: view.mark,
    "kind": lambda view: view.kind,
    "origin": lambda view: view.origin,
    "code": lambda view: view.code,
    "room": lambda view: view.room,
    "guest": lambda view: view.guest_name or view.author,
    "emoji": lambda view: view.emoji,
    "title": lambda view: view.title,
    "comment": lambda view: view.comment,
    "liked": lambda view: view.liked,
    "disliked": lambda view: view.disliked,
    "rating": lambda view: view.rating.given if view.rating else None,
    "rating_scale": lambda view: view.rating.scale if view.rating else None,
    "portal": lambda view: view.portal,
    "language": lambda view: view.language,
    "said_at": lambda view: view.said_at,
    "day": lambda view: view.day,
    "resolved_at": lambda view: view.resolved_at,
    "satisfaction": lambda view: view.satisfaction,
    "total": lambda view: view.total.amount if view.total else None,
    "currency": lambda view: view.total.currency if view.total else None,
    "folder": lambda view: view.folder,
    "category": lambda view: view.category,
    "holder": lambda view: view.holder,
    "response_seconds": lambda view: view.response.elapsed_seconds,
    "overdue": lambda view: view.response.overdue,
}
"""Of the table, by title; times are UTC, amounts minor units."""


def followed(hote: Hote) -> list[params.Depends]:
    """A list's dependencies: it shows what the inbox has, with names that other read models have."""
    return [Depends(at_least(name, hote.runner.progress)) for name in ("inbox", "settings", "guest_list")]


def reached(hote: Hote, caller: Caller, property_id: UUID | None, group: str | None) -> dict[UUID, PropertyClock]:
    """The caller's properties; with either filter, those of them that it names."""
    with hote.pool.connection() as connection:
        return property_clocks(
            connection, caller.organisation_id, among=caller.properties, property_id=property_id, group=group
        )


def answered(
    hote: Hote, request: Request, query: ListQuery, asked: Asked, view: Callable[[Item], View]
) -> Page[View] | Response:
    format_ = wanted(query.format, request.headers.get("accept", ""))
    if format_ is not Format.JSON:
        rows = ([cell(view(item)) for cell in COLUMNS.values()] for item in whole(hote, asked))
        return table(format_, request.url.path.rsplit("/", 1)[-1], list(COLUMNS), rows)
    try:
        with hote.pool.connection() as connection:
            page = queries.page(connection, asked, query.limit, query.cursor)
            total = queries.count(connection, asked) if query.count else None
    except BadCursor as error:
        wrong = FieldError(parameter="cursor", code="cursor-invalid", detail="Send `next` of the page before.")
        raise ProblemError("invalid", errors=[wrong]) from error
    return Page(items=[view(item) for item in page.items], next=page.next, total=total)


def whole(hote: Hote, asked: Asked) -> Iterator[Item]:
    with hote.pool.connection() as connection:
        yield from queries.stream(connection, asked)
