"""/v1/duplicates: guests who may be the same person, and saying that they are not."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import problems
from adapters.http.paging import ListQuery, Page
from adapters.http.positions import HOTE_POSITION, at_least
from adapters.http.routes.guest_views import EXAMPLE as GUEST
from adapters.http.routes.guest_views import GUEST_ID
from adapters.http.routes.listing import LIST_PROBLEMS, answered
from adapters.http.routes.merges import OTHER_ID
from adapters.http.routes.table_formats import AS_TABLE
from adapters.http.tables import Cell
from application.caller import Caller
from application.duplicates import dismiss_duplicate
from domain.access import Right
from domain.contact import Address
from projections.duplicates import queries
from projections.duplicates.queries import Duplicate, DuplicateQuery, Known

SHOWN = (
    "id", "first_name", "last_name", "emails", "phones", "company", "address", "language", "country", "stays",
    "last_stay", "created_at",
)  # fmt: skip
ONE: JsonDict = {name: GUEST[name] for name in SHOWN}
EXAMPLE: JsonDict = {
    "guests": [ONE, ONE | {"id": OTHER_ID, "first_name": None, "emails": ["zoe.lefevre@exmaple.com"]}],
    "score": 80,
    "matched": [{"field": "name", "how": "last_name"}, {"field": "emails", "how": "domain"}],
}


class LookAlike(BaseModel):
    """One of two guests who may be the same person."""

    model_config = ConfigDict(json_schema_extra={"examples": [ONE]})

    id: UUID
    first_name: str | None
    last_name: str
    emails: list[str]
    phones: list[str]
    company: str | None
    address: Address | None
    language: str | None
    country: str | None
    stays: int
    last_stay: date | None
    created_at: datetime

    @classmethod
    def of(cls, known: Known) -> Self:
        return cls.model_validate({**known.profile, **known._asdict(), "id": known.guest})


class MatchView(BaseModel):
    """A field in which both agree, and how."""

    field: Literal["name", "emails", "phones", "address", "company"]
    how: Annotated[
        str,
        Field(
            description="Of the name same, order, part, similar, last_name; of e-mails same_mailbox, domain,"
            " one_letter; of phones same_number, one_digit; of the rest same."
        ),
    ]


class DuplicateView(BaseModel):
    """Two guests, the one registered first before the other. `score` goes from 60, may well be, to 100."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    guests: Annotated[list[LookAlike], Field(min_length=2, max_length=2)]
    score: int
    matched: list[MatchView]

    @classmethod
    def of(cls, found: Duplicate) -> Self:
        return cls(
            guests=[LookAlike.of(found.one), LookAlike.of(found.other)],
            score=found.score,
            matched=[MatchView.model_validate(each._asdict()) for each in found.matched],
        )


class Pair(BaseModel):
    """Two guests who are not the same person."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"guest_ids": [GUEST_ID, OTHER_ID]}]})

    guest_ids: Annotated[list[UUID], Field(min_length=2, max_length=2)]


def _column(place: int, name: str) -> Callable[[DuplicateView], Cell]:
    def cell(view: DuplicateView) -> Cell:
        value = getattr(view.guests[place], name)
        return ", ".join(value) if isinstance(value, list) else value if isinstance(value, int | None) else str(value)

    return cell


COLUMNS: Mapping[str, Callable[[DuplicateView], Cell]] = {
    "score": lambda view: view.score,
    "matched": lambda view: ", ".join(f"{each.field} {each.how}" for each in view.matched),
    **{
        f"{name}_{place + 1}": _column(place, name)
        for place in (0, 1)
        for name in ("id", "first_name", "last_name", "emails", "phones", "company", "stays")
    },
}
"""Of the table, by title."""


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/duplicates", tags=["Guests"])

    @routes.get(
        "",
        summary="Suggest guests who may be the same person, what says most coming first",
        dependencies=[Depends(at_least(name, hote.runner.progress)) for name in ("duplicates", "guest_list")],
        response_model=Page[DuplicateView],
        responses=AS_TABLE | problems(*LIST_PROBLEMS),
    )
    def list_(
        request: Request,
        query: Annotated[ListQuery, Query()],
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
    ) -> Page[DuplicateView] | Response:
        """A page can be shorter than asked for, and even be empty, while there is a `next`. Nobody is merged by it."""
        asked = DuplicateQuery(caller.organisation_id, caller.properties)
        return answered(hote, request, query, queries, asked, COLUMNS, DuplicateView.of)

    @routes.post(
        "/dismiss",
        status_code=204,
        summary="Say that two guests are not the same person: they are not suggested again",
        responses=problems(
            "unauthenticated", "forbidden", "not-found", "guest-forgotten", "guest-merged", "same-guest", "conflict"
        ),
    )
    def dismiss(
        pair: Pair, caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))], response: Response
    ) -> None:
        response.headers[HOTE_POSITION] = str(dismiss_duplicate(hote.ports, caller, *pair.guest_ids))

    return routes
