"""What answers to the questionnaire become, and what a change of them does to how the feedback is handled."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from domain import handling, reviewing
from domain.feedback import (
    FeedbackDone,
    FeedbackEvent,
    FeedbackMarkedSpam,
    FeedbackRecorded,
    Kind,
    NoteAdded,
    ReviewRevised,
    Words,
)
from domain.handling import Feedback, Folder
from domain.property import FeedbackSettings, Property, PropertySettings
from domain.reviewing import Review

ID, GUEST = UUID(int=1), UUID(int=2)
LATE = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
PLAIN = PropertySettings(name="Hôtel du Port", country="FR", time_zone="Europe/Paris", currency="EUR")
HOTEL = Property(UUID(int=9), 1, UUID(int=8), PLAIN)


def review(mark: int, comment: str | None = None, email: str | None = None, **answers: int) -> Review:
    return Review(mark, answers, comment, email)


def written(said: Review, guest_id: UUID | None = GUEST) -> FeedbackRecorded:
    return reviewing.written(ID, HOTEL, guest_id, said, "de", LATE)


def after(*events: FeedbackEvent) -> Feedback:
    return handling.fold(Feedback(ID), events)


def test_the_day_is_the_one_at_the_property() -> None:
    assert written(review(3)).day == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("mark", "threshold", "kind", "alert"),
    [
        (1, 5, Kind.NEGATIVE, True),
        (2, 5, Kind.NEGATIVE, True),
        (3, 5, Kind.POSITIVE, False),
        (3, 7, Kind.POSITIVE, True),
        (2, 4, Kind.NEGATIVE, False),
        (1, 0, Kind.NEGATIVE, False),
    ],
)
def test_kind_and_alert_follow_from_the_mark(mark: int, threshold: int, kind: Kind, alert: bool) -> None:
    strict = PLAIN.model_copy(update={"feedback": FeedbackSettings(alert_threshold=threshold)})
    recorded = reviewing.written(ID, Property(HOTEL.id, 1, UUID(int=8), strict), None, review(mark), "de", LATE)
    assert (recorded.kind, recorded.alert) == (kind, alert)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (review(3), None),
        (review(3, "Gut"), Words(comment="Gut")),
        (review(3, email="zoe@example.com"), Words(email="zoe@example.com")),
    ],
)
def test_where_nothing_was_said_there_are_no_words(said: Review, words: Words | None) -> None:
    assert written(said).words == words


@pytest.mark.parametrize(("guest_id", "subject_id"), [(GUEST, GUEST), (None, ID)])
def test_words_are_the_guest_s_or_have_a_key_of_their_own(guest_id: UUID | None, subject_id: UUID) -> None:
    recorded = written(review(3, "Gut"), guest_id)
    assert (recorded.guest_id, recorded.subject_id) == (guest_id, subject_id)


@pytest.mark.parametrize(
    "other", [review(4, "Gut", bed=2), review(3, "Sehr gut", bed=2), review(3, "Gut", bed=3), review(3, "Gut")]
)
def test_a_review_can_be_changed(other: Review) -> None:
    before = after(written(review(3, "Gut", bed=2)))
    assert reviewing.revise(before, HOTEL, review(3, "Gut", bed=2)) == []
    [event] = reviewing.revise(before, HOTEL, other)
    now = handling.evolve(before, event).said
    assert (now.rating, now.answers, now.words) == (other.rating, other.answers, other.words)
    assert (now.day, now.guest_id, now.language) == (before.said.day, GUEST, "de")


@pytest.mark.parametrize(
    ("marks", "put_away", "folder"),
    [
        ((5, 1), FeedbackDone, Folder.INBOX),
        ((5, 4), FeedbackDone, Folder.DONE),
        ((1, 2), FeedbackDone, Folder.DONE),
        ((1, 5), FeedbackDone, Folder.DONE),
        ((5, 1), FeedbackMarkedSpam, Folder.SPAM),
        ((5, 1), NoteAdded, Folder.INBOX),
    ],
)
def test_what_is_done_comes_back_when_it_becomes_an_alert(
    marks: Sequence[int], put_away: type[FeedbackDone], folder: Folder
) -> None:
    first, then = marks
    more = {"subject_id": GUEST, "text": None} if put_away.__name__ == "NoteAdded" else {}
    away = after(written(review(first)), put_away(originator_id=ID, originator_version=2, **more))
    [event] = reviewing.revise(away, HOTEL, review(then))
    assert isinstance(event, ReviewRevised)
    assert handling.evolve(away, event).folder is folder
