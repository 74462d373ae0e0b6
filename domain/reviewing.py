"""What a guest's answers to our own questionnaire become, and for how long they can change them: decisions."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from domain.feedback import FeedbackEvent, FeedbackRecorded, Kind, Origin, Rating, ReviewRevised, Words
from domain.handling import Feedback
from domain.policies.alerting import is_alert, kind_of
from domain.property import Property

OWN_PORTAL = "hote"
SCALE = 5
CHANGEABLE_FOR = timedelta(hours=24)
"""After a review was written."""


class Review(NamedTuple):
    """What was answered: marks of 1 to SCALE, for the stay as a whole and by the keys of the property's questions."""

    mark: int
    answers: Mapping[str, int]
    comment: str | None
    email: str | None = None
    """Of somebody who is no known guest."""

    @property
    def rating(self) -> Rating:
        return Rating(given=Decimal(self.mark), scale=SCALE)

    @property
    def kind(self) -> Kind:
        return kind_of(self.rating.score)

    @property
    def words(self) -> Words | None:
        return Words(comment=self.comment, email=self.email) if self.comment or self.email else None

    def is_alert_at(self, hotel: Property) -> bool:
        return is_alert(self.kind, self.rating.score, hotel.settings.feedback.alert_threshold)


def written(
    feedback_id: UUID, hotel: Property, guest_id: UUID | None, review: Review, language: str, now: datetime
) -> FeedbackRecorded:
    """The review as feedback on the property, by the guest or by nobody who is known."""
    assert hotel.organisation_id is not None  # a property that was added has one
    return FeedbackRecorded(
        originator_id=feedback_id,
        originator_version=1,
        organisation_id=hotel.organisation_id,
        property_id=hotel.id,
        subject_id=guest_id or feedback_id,
        guest_id=guest_id,
        origin=Origin.REVIEW,
        kind=review.kind,
        said_at=now,
        day=hotel.settings.local_day(now),
        rating=review.rating,
        answers=review.answers,
        portal=OWN_PORTAL,
        language=language,
        alert=review.is_alert_at(hotel),
        words=review.words,
    )


def revise(feedback: Feedback, hotel: Property, review: Review) -> list[FeedbackEvent]:
    """Nothing when it says so already."""
    said = feedback.said
    if (said.rating, said.answers, said.words) == (review.rating, review.answers, review.words):
        return []
    return [
        ReviewRevised(
            **feedback.next_place,
            subject_id=feedback.subject_id,
            kind=review.kind,
            rating=review.rating,
            answers=review.answers,
            alert=review.is_alert_at(hotel),
            words=review.words,
        )
    ]
