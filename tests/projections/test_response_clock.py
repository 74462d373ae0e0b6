"""The response clock, as the inbox keeps it: when it started and stopped."""

from collections.abc import Iterator
from random import Random
from uuid import UUID

import pytest

from domain.event import Event
from domain.feedback import (
    CallOutcome,
    CallRecorded,
    FeedbackDone,
    FeedbackHeld,
    FeedbackMarkedSpam,
    FeedbackReopened,
    FeedbackResolved,
    FeedbackRestored,
    FeedbackResumed,
    GuestReplied,
    ReplyWritten,
)
from projections.inbox.queries import stream
from projections.inbox.query import said
from tests.projections.plain_inbox import PROPERTIES, START, House, prepared

Happening = tuple[type[Event], dict[str, object]]
SUBJECT: dict[str, object] = {"subject_id": UUID(int=0)}
ANSWER: Happening = (ReplyWritten, SUBJECT | {"letter": None})
LETTER: Happening = (GuestReplied, SUBJECT | {"letter": None})
HOLD: Happening = (FeedbackHeld, SUBJECT | {"note": None})
RESUME: Happening = (FeedbackResumed, {})
DONE: Happening = (FeedbackDone, {})
SPAM: Happening = (FeedbackMarkedSpam, {})
RESTORED: Happening = (FeedbackRestored, {})
SETTLED: dict[str, object] = {"day": START.date(), "currency": "EUR", "items": (), "comment": None}
RESOLVED: Happening = (FeedbackResolved, SUBJECT | SETTLED)
REOPENED: Happening = (FeedbackReopened, SUBJECT | {"reason": None})
REACHED: Happening = (CallRecorded, SUBJECT | {"outcome": CallOutcome.REACHED, "comment": None})
NO_ANSWER: Happening = (CallRecorded, SUBJECT | {"outcome": CallOutcome.NO_ANSWER, "comment": None})


@pytest.fixture
def house(database: str) -> Iterator[House]:
    with prepared(database) as connection:
        yield House(connection, Random(1))


@pytest.mark.parametrize(
    ("happened", "turned", "folder"),
    [
        ([], [0], "inbox"),
        ([ANSWER], [0, 1], "inbox"),
        ([REACHED], [0, 1], "inbox"),
        ([NO_ANSWER], [0], "inbox"),
        ([RESOLVED], [0, 1], "done"),
        ([DONE], [0, 1], "done"),
        ([SPAM], [0, 1], "spam"),
        ([HOLD], [0, 1], "inbox"),
        ([HOLD, RESUME], [0, 1, 2], "inbox"),
        ([HOLD, ANSWER], [0, 1], "inbox"),
        ([HOLD, ANSWER, RESUME], [0, 1], "inbox"),
        ([ANSWER, HOLD, RESUME], [0, 1], "inbox"),
        ([HOLD, DONE, RESTORED], [0, 1, 3], "inbox"),
        ([ANSWER, LETTER], [0, 1, 2], "inbox"),
        ([DONE, LETTER], [0, 1, 2], "inbox"),
        ([LETTER], [0], "inbox"),
        ([HOLD, LETTER], [0, 1], "inbox"),
        ([SPAM, LETTER], [0, 1], "spam"),
        ([SPAM, RESTORED], [0, 1, 2], "inbox"),
        ([RESOLVED, REOPENED], [0, 1, 2], "inbox"),
        ([ANSWER, ANSWER], [0, 1], "inbox"),
    ],
)
def test_the_response_clock_runs_while_the_guest_waits(
    house: House, happened: list[Happening], turned: list[int], folder: str
) -> None:
    """`turned` are the events, 0 the first of all, that start and stop it in turn."""
    feedback = house.say()
    for kind, fields in happened:
        house.does(feedback, kind, **fields)
    house.tell()
    [item] = stream(house.connection, said(dict.fromkeys(PROPERTIES), {}))
    times = [at for at, _ in house.all[feedback].events]
    assert item.clock == [times[number] for number in turned]
    assert item.folder == folder
