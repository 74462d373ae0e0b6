"""A process that is killed, or loses the database, after a server took a mail and before saying so, sends it again."""

import os
import signal
from uuid import UUID

from adapters.bootstrap import Hote
from application.feedback import FeedbackEntry, record_feedback
from application.replying import ReplyEntry, reply_to_feedback
from domain.feedback import MailSent
from tests.adapters.mail.server import MailServer
from tests.faults.workers import cut_off, ready, worker
from tests.installation import rivage, waits_for_a_lock
from tests.waiting import eventually


def replied(hote: Hote) -> UUID:
    caller, property_id, _ = rivage(hote.ports)
    entry = {"property_id": property_id, "kind": "negative", "author": "Zoé", "email": "zoe@example.com"}
    feedback_id, _ = record_feedback(hote.ports, caller, FeedbackEntry.model_validate(entry))
    reply_to_feedback(hote.ports, caller, feedback_id, ReplyEntry(text="Mille excuses, Zoé."))
    return feedback_id


def sent(hote: Hote, feedback_id: UUID) -> int:
    """How often the feedback was told so."""
    return sum(isinstance(each.event, MailSent) for each in hote.log.stream(feedback_id))


def waiting(hote: Hote) -> int:
    with hote.pool.connection() as connection:
        [count] = connection.execute("SELECT count(*) FROM mail.outbox").fetchone() or [0]
    return int(count)


def assert_same_twice(hote: Hote, smtp: MailServer, feedback_id: UUID) -> None:
    eventually(lambda: sent(hote, feedback_id) == 1 and not waiting(hote))
    first, second = smtp.sources
    assert first == second
    assert f"<{feedback_id}.2@localhost>" in first.decode()


def test_killed_between_sending_and_saying_so(hote: Hote, smtp: MailServer) -> None:
    with worker(hote) as process:
        eventually(lambda: ready(hote))
        with smtp.held():
            feedback_id = replied(hote)
            assert smtp.waiting.wait(60)
            with hote.pool.connection() as connection, connection.transaction():
                connection.execute("LOCK TABLE log.events IN SHARE ROW EXCLUSIVE MODE")
                smtp.free.set()
                eventually(lambda: len(smtp.taken) == 1 and waits_for_a_lock(hote, "worker"))
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    assert (sent(hote, feedback_id), waiting(hote)) == (0, 1)

    with worker(hote):
        assert_same_twice(hote, smtp, feedback_id)


def test_cut_off_from_the_database_while_sending(hote: Hote, smtp: MailServer) -> None:
    with worker(hote):
        eventually(lambda: ready(hote))
        with smtp.held():
            feedback_id = replied(hote)
            assert smtp.waiting.wait(60)
            cut_off(hote)
        assert_same_twice(hote, smtp, feedback_id)


def test_a_worker_that_died_while_sending_leaves_the_mail_to_another(hote: Hote, smtp: MailServer) -> None:
    with worker(hote) as first, smtp.held():
        feedback_id = replied(hote)
        assert smtp.waiting.wait(60)
        with worker(hote):
            smtp.waiting.clear()
            os.killpg(first.pid, signal.SIGKILL)
            assert smtp.waiting.wait(60)
            smtp.free.set()
            eventually(lambda: sent(hote, feedback_id) == 1)
    assert waiting(hote) == 0
