"""A quality cost: items given outside a complaint, such as for a birthday. Events, state, decisions."""

from datetime import date
from typing import Annotated
from uuid import UUID

from domain.event import Event
from domain.money import GivenItem
from domain.personal import Owner
from domain.refusal import Refusal


class QualityCostRecorded(Event):
    """Items were given; `day` is the property's local date, the comment is sealed as in FeedbackRecorded."""

    organisation_id: UUID
    property_id: UUID
    subject_id: UUID
    guest_id: UUID | None = None
    code_id: UUID | None = None
    room: str | None = None
    day: date
    currency: str
    items: tuple[GivenItem, ...]
    comment: Annotated[str | None, Owner("subject_id")]


class QualityCostUnknown(Refusal):
    """There is no such quality cost in this organisation, or not for this caller."""

    code = "not-found"
