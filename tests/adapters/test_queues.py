"""What waits in the queues of messages is counted, also what was tried in vain, and not what is to come."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from adapters.mail.outbox import Asked, Outbox, postpone
from adapters.postgres.recorder import Pool
from adapters.queues import Queue, queues
from application.feedback import FeedbackEntry, record_feedback
from application.ports import MailDelayed
from application.replying import ReplyEntry, reply_to_feedback
from tests.adapters.invitations.conftest import Texts
from tests.adapters.invitations.house import House
from tests.following import follow

NOW = datetime.now(UTC)
AGO = timedelta(hours=1)


class Closed:
    """Implements application.ports.Mail: a server that takes no mail for now."""

    def send(self, mail: EmailMessage, return_path: str | None = None) -> None:  # noqa: ARG002
        raise MailDelayed("closed")

    def close(self) -> None:
        pass


@pytest.fixture
def house(pool: Pool, database: str) -> Iterator[House]:
    """All that happens there was recorded AGO."""
    house = House(pool, database, now=NOW - AGO)
    with house.connection:
        yield house


def waiting(house: House) -> dict[str, Queue]:
    return {queue.queue: queue for queue in queues(house.connection)}


def lengths(house: House) -> dict[str, int]:
    return {name: queue.length for name, queue in waiting(house).items()}


def test_where_nothing_happened_nobody_waits(house: House) -> None:
    assert set(waiting(house).values()) == {Queue("mail", 0, 0), Queue("planning", 0, 0), Queue("invitations", 0, 0)}


def test_guests_wait_to_be_planned_and_messages_that_are_due_to_be_sent(house: House) -> None:
    left, comes = NOW.date() - timedelta(days=3), NOW.date() + timedelta(days=30)
    house.guest(arrival=left, departure=left)
    house.guest(arrival=comes, departure=comes + timedelta(days=2))
    house.follow()
    assert lengths(house) == {"mail": 0, "planning": 2, "invitations": 0}
    assert waiting(house)["planning"].seconds >= AGO.total_seconds()
    house.plan()
    assert lengths(house) == {"mail": 0, "planning": 0, "invitations": 1}
    assert waiting(house)["invitations"].seconds >= timedelta(days=1).total_seconds() / 2


def test_a_message_that_was_tried_in_vain_waits_since_then(house: House) -> None:
    left = NOW.date() - timedelta(days=3)
    house.guest(arrival=left, departure=left)
    house.send(Closed(), Texts())
    house.connection.execute("UPDATE invitations.due SET due_at = now() + interval '5 hours' WHERE attempts = 1")
    assert lengths(house)["invitations"] == 1
    assert waiting(house)["invitations"].seconds >= AGO.total_seconds()


def test_a_mail_waits_from_when_it_was_written_however_often_it_was_put_off(house: House) -> None:
    entry = {"property_id": house.property_id, "kind": "negative", "author": "Zoé", "email": "zoe@example.com"}
    feedback_id, _ = record_feedback(house.ports, house.caller, FeedbackEntry.model_validate(entry))
    reply_to_feedback(house.ports, house.caller, feedback_id, ReplyEntry(text="Merci, Zoé."))
    follow(house.connection, house.feed, [Outbox()])
    with house.connection.cursor() as cursor:
        postpone(cursor, Asked(feedback_id, 2, 0))
    assert lengths(house)["mail"] == 1
    assert waiting(house)["mail"].seconds >= AGO.total_seconds()
