"""A process that is killed, or loses the database, after a server took a mail and before saying so, sends it again."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from uuid import UUID

import pytest
from pydantic import SecretStr

from adapters.bootstrap import Hote, open_hote
from adapters.settings import Settings
from application.feedback import FeedbackEntry, record_feedback
from application.replying import ReplyEntry, reply_to_feedback
from domain.feedback import MailSent
from tests.adapters.mail.server import MailServer, mail_server
from tests.conftest import FreshDatabase
from tests.installation import rivage, running, waits_for_a_lock
from tests.waiting import eventually


@pytest.fixture(scope="module")
def hote(fresh_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hote]:
    """Wired, but not at work: the work is for the processes that get killed."""
    home = tmp_path_factory.mktemp("home")
    with fresh_database() as database, open_hote(Settings(home=home, database_url=SecretStr(database))) as hote:
        yield hote


@pytest.fixture
def smtp(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with mail_server() as server:
        monkeypatch.setenv("HOTE_SMTP_URL", server.url)
        yield server


def worker(hote: Hote) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return running(hote.settings.home, hote.database_url, "worker", output=hote.settings.home / "worker.log")


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
        eventually(lambda: all(each.behind_events == 0 for each in hote.standings()))
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
        eventually(lambda: all(each.behind_events == 0 for each in hote.standings()))
        with smtp.held():
            feedback_id = replied(hote)
            assert smtp.waiting.wait(60)
            with hote.pool.connection() as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND application_name = 'worker'"
                )
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
