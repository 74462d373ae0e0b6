"""Mails that events ask for, from the moment a read of the log finds the event until a mail server has the mail."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from domain.event import Event, Recorded
from domain.feedback import FeedbackDelegated, FeedbackShared, FeedbackTransferred, ReplyWritten

FIRST_PAUSE, LONGEST_PAUSE = 30.0, 7200.0
"""Seconds until a mail that was not taken is tried again; each pause is about twice the one before."""


class Asked(NamedTuple):
    """A mail that the event of this version asked for, to the recipient of this number."""

    feedback_id: UUID
    version: int
    recipient: int


class Outbox:
    """A reaction: follows the log and notes each mail that an event asks for, without anything that is in it."""

    name = "mail"
    tables = ""
    indexes = ""
    readable = None
    folds: tuple[type[Event], ...] = (ReplyWritten, FeedbackDelegated, FeedbackShared, FeedbackTransferred)

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
        cursor.executemany(
            "INSERT INTO mail.outbox (feedback_id, version, recipient) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [
                Asked(each.event.originator_id, each.event.originator_version, number)
                for each in batch
                for number in range(recipients(each.event))
            ],
        )


def recipients(event: Event) -> int:
    """To how many the event asks for a mail."""
    return event.recipients if isinstance(event, FeedbackShared) else 1


def next_due(cursor: Cursor[TupleRow]) -> Asked | None:
    """The mail that waits for longest; nobody else is given it until the cursor's transaction ends, however it ends."""
    row = cursor.execute(
        "SELECT feedback_id, version, recipient FROM mail.outbox WHERE due_at <= now()"
        " ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED"
    ).fetchone()
    return Asked(*row) if row else None


def postpone(cursor: Cursor[TupleRow], asked: Asked) -> None:
    """Has it wait, for longer each time, and not for exactly as long as others that failed with it."""
    cursor.execute(
        "UPDATE mail.outbox SET attempts = attempts + 1, due_at = clock_timestamp() + (0.5 + random())"
        " * least(%s * 2 ^ least(attempts, 20), %s) * interval '1 second'"
        " WHERE (feedback_id, version, recipient) = (%s, %s, %s)",
        [FIRST_PAUSE, LONGEST_PAUSE, *asked],
    )


def take_off(cursor: Cursor[TupleRow], asked: Asked) -> None:
    cursor.execute("DELETE FROM mail.outbox WHERE (feedback_id, version, recipient) = (%s, %s, %s)", asked)
