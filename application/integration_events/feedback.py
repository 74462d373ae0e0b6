"""What others are told of feedback, on the topic `hote.feedback.v1`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from application.integration_events.event import Amount, IntegrationEvent, told
from domain import erasure, feedback
from domain.handling import Folder
from domain.money import total

Score = Annotated[float | None, Field(ge=0, le=10, description="The guest's rating, of 10.", examples=[7.5])]


class OfFeedback(IntegrationEvent):
    """Feedback, keyed by the feedback's id. It outlives its guest, without its words: no tombstone."""

    topic = "hote.feedback.v1"


class FeedbackRecorded(OfFeedback):
    """A guest praised, complained, reviewed or wrote; `day` is the property's local date then.

    It can be that nobody knows which guest. What was said is told by GET /v1/feedback/{feedback_id} alone.
    """

    type = "hote.feedback.recorded.v1"

    property_id: UUID
    guest_id: UUID | None
    origin: feedback.Origin
    kind: feedback.Kind
    said_at: datetime
    day: date
    code_id: UUID | None
    score: Score
    alert: bool


@told.register
def _(event: feedback.FeedbackRecorded) -> FeedbackRecorded:
    return FeedbackRecorded(
        property_id=event.property_id,
        guest_id=event.guest_id,
        origin=event.origin,
        kind=event.kind,
        said_at=event.said_at,
        day=event.day,
        code_id=event.code_id,
        score=_score(event.rating),
        alert=event.alert,
    )


class FeedbackRevised(OfFeedback):
    """The guest changed the review they had written a moment before."""

    type = "hote.feedback.revised.v1"

    kind: feedback.Kind
    score: Score
    alert: bool


@told.register
def _(event: feedback.ReviewRevised) -> FeedbackRevised:
    return FeedbackRevised(kind=event.kind, score=_score(event.rating), alert=event.alert)


class FeedbackResolved(OfFeedback):
    """It was settled; `cost` is the value of what was given, `satisfaction` of 5, `day` the property's local date."""

    type = "hote.feedback.resolved.v1"

    day: date
    satisfaction: int | None
    cost: Amount


@told.register
def _(event: feedback.FeedbackResolved) -> FeedbackResolved:
    cost = Amount(amount=total(event.items), currency=event.currency)
    return FeedbackResolved(day=event.day, satisfaction=event.satisfaction, cost=cost)


class FeedbackReopened(OfFeedback):
    """The resolution did not settle it after all; what it gave counts no more."""

    type = "hote.feedback.reopened.v1"


@told.register
def _(_event: feedback.FeedbackReopened) -> FeedbackReopened:
    return FeedbackReopened()


class FeedbackFiled(OfFeedback):
    """Somebody put it into a folder; what is spam counts in no figure unless it was resolved."""

    type = "hote.feedback.filed.v1"

    folder: Folder


@told.register
def _(event: feedback.FeedbackDone | feedback.FeedbackMarkedSpam | feedback.FeedbackRestored) -> FeedbackFiled:
    return FeedbackFiled(folder=FOLDERS[type(event)])


FOLDERS = {
    feedback.FeedbackDone: Folder.DONE,
    feedback.FeedbackMarkedSpam: Folder.SPAM,
    feedback.FeedbackRestored: Folder.INBOX,
}


class FeedbackAnonymised(OfFeedback):
    """What was said in it, by somebody who is no known guest, is gone for ever, and must go wherever it was copied to.

    The rest of it stays. Of a known guest, the anonymisation of the guest tells the same of all they said.
    """

    type = "hote.feedback.anonymised.v1"

    erasure_id: UUID


@told.register
def _(event: erasure.ErasureBegun) -> FeedbackAnonymised | None:
    # Not of WordsErased, which does not tell whether it is a feedback or a quality cost whose words they were.
    return FeedbackAnonymised(erasure_id=event.originator_id) if event.about is erasure.About.FEEDBACK else None


def _score(rating: feedback.Rating | None) -> float | None:
    return float(rating.score.quantize(Decimal("0.01"))) if rating else None
