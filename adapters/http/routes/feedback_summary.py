"""How a feedback reads in lists, and at the head of the answer about itself."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from adapters.http.tables import Cell
from domain.contact import Profile
from domain.feedback import Kind, Origin
from domain.handling import Category, Folder
from domain.money import Money
from domain.policies.response_clock import elapsed
from projections.inbox.queries import Item
from projections.inbox.row import CATEGORIES
from projections.settings.properties import PropertyClock

EXAMPLE: JsonDict = {
    "id": "0199f3c4-51aa-7d10-8a7b-2f6f0f8f3f11",
    "property_id": "0199f3c1-7d3a-7b60-8f1e-2b9c0f6a4d11",
    "kind": "negative",
    "origin": "staff",
    "code_id": "0199f3c1-8c10-7f2e-9d6f-7f1f5a0d2b01",
    "code": "Bruit",
    "room": "104",
    "guest_id": "0199f3c2-0b6f-7a2c-9d35-6f0f8f3f6c02",
    "guest_name": "Zoé Lefèvre",
    "employee_id": None,
    "emoji": "😠",
    "comment": "Travaux dès 7 h",
    "title": None,
    "liked": None,
    "disliked": None,
    "author": None,
    "rating": {"given": 2, "scale": 5},
    "portal": None,
    "language": "fr",
    "said_at": "2026-11-19T07:40:00Z",
    "day": "2026-11-19",
    "created_at": "2026-11-19T07:45:00Z",
    "updated_at": "2026-11-19T08:10:00Z",
    "resolved": True,
    "resolved_at": "2026-11-19T08:10:00Z",
    "mark": "✓",
    "satisfaction": 4,
    "total": {"amount": 1250, "currency": "EUR"},
    "pending_approval": None,
    "folder": "done",
    "category": "alert",
    "alert": True,
    "held": False,
    "holder": None,
    "assigned_to": None,
    "delegated_to": None,
    "answered_at": None,
    "response": {
        "elapsed_seconds": 1500,
        "running": False,
        "paused": False,
        "target_seconds": 3600,
        "overdue": False,
    },
    "version": 2,
}


class RatingView(BaseModel):
    """4 of 5 is `{"given": 4, "scale": 5}`."""

    given: float
    scale: int


class ResponseClock(BaseModel):
    """How long the guest has waited for an answer, in the opening hours of the property.

    The clock starts when the feedback is recorded, and again when the guest writes or it is reopened or restored. A
    reply, a call that reached the guest, a resolution, done and spam stop it; it is `paused` on hold. Without a target
    nothing is `overdue`.
    """

    elapsed_seconds: int
    running: bool
    paused: bool
    target_seconds: int | None
    overdue: bool

    @classmethod
    def of(cls, clock: PropertyClock, moments: Sequence[datetime], *, paused: bool, now: datetime) -> Self:
        """`moments` are those at which it started and stopped, in turn."""
        spans = zip_longest(moments[::2], moments[1::2])
        waited = elapsed(clock.feedback.opening_hours, clock.zone, spans, now)
        minutes = clock.feedback.response_target_minutes
        return cls(
            elapsed_seconds=int(waited.total_seconds()),
            running=len(moments) % 2 == 1,
            paused=paused,
            target_seconds=None if minutes is None else 60 * minutes,
            overdue=minutes is not None and waited > timedelta(minutes=minutes),
        )


class FeedbackSummary(BaseModel):
    """A feedback as lists show it; what was said is null once it was forgotten.

    `total` is what its resolution gave, `pending_approval` what is proposed and beyond its author's limit.
    `answered_at` is the last time that staff wrote to the guest, or reached them by call.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: UUID
    property_id: UUID
    kind: Kind
    origin: Origin
    code_id: UUID | None
    code: Annotated[str | None, Field(description="What the code is called today.")]
    room: str | None
    guest_id: UUID | None
    guest_name: str | None
    employee_id: UUID | None
    emoji: str | None
    comment: str | None
    title: str | None
    liked: str | None
    disliked: str | None
    author: str | None
    rating: RatingView | None
    portal: str | None
    language: str | None
    said_at: datetime
    day: Annotated[date, Field(description="The property's local date when it was said.")]
    created_at: datetime
    updated_at: datetime
    resolved: bool
    resolved_at: datetime | None
    mark: Literal["✓", "✗"]
    satisfaction: int | None
    total: Money | None
    pending_approval: Money | None
    folder: Folder
    category: Category
    alert: bool
    held: bool
    holder: str | None
    assigned_to: UUID | None
    delegated_to: str | None
    answered_at: datetime | None
    response: ResponseClock
    version: int

    @classmethod
    def of(cls, item: Item, clock: PropertyClock, now: datetime, **more: object) -> Self:
        """`more` are the fields of a subclass."""
        words = item.words or {}
        return cls.model_validate(
            {name: words.get(name) for name in ("comment", "title", "liked", "disliked", "author")}
            | item._asdict()
            | {
                "id": item.feedback,
                "property_id": item.property,
                "code_id": item.code,
                "code": item.code_name,
                "guest_id": item.guest,
                "guest_name": Profile.model_validate(item.guest_profile).full_name if item.guest_profile else None,
                "employee_id": item.employee,
                "rating": None if item.given is None else {"given": item.given, "scale": item.scale},
                "resolved": item.resolved_at is not None,
                "mark": "✗" if item.resolved_at is None else "✓",
                "total": money(item.total, item.currency),
                "pending_approval": money(item.proposed, item.currency),
                "holder": item.claimant or item.holder,
                "category": CATEGORIES[item.urgency],
                "response": ResponseClock.of(clock, item.clock, paused=item.held and item.waiting, now=now),
            }
            | more
        )


def money(amount: int | None, currency: str | None) -> Money | None:
    return None if amount is None or currency is None else Money(amount=amount, currency=currency)


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
