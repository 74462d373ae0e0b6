"""What an event asks for is sent once, and its feedback is told what became of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from uuid_utils.compat import uuid7

from adapters.keys.master import MasterKey
from adapters.keys.sources import KEY_BYTES
from adapters.mail import letters, outbox, sender
from adapters.mail.folder import Folder
from adapters.mail.outbox import Outbox
from adapters.mail.sender import Sender
from adapters.mail.smtp import Smtp, smtp_server
from adapters.postgres.feed import LogFeed
from adapters.postgres.guest_log import GuestLog
from adapters.postgres.recorder import Pool
from adapters.worker import Worker
from application.feedback import FeedbackEntry, record_feedback
from application.handling import NoteEntry, ShareEntry, add_note, share_feedback
from application.ports import Mail, Ports
from application.replying import ReplyEntry, reply_to_feedback
from domain.event import Event
from domain.feedback import MailFailed, MailSent
from projections.runner import Runner
from tests.adapters.mail.server import OK, MailServer
from tests.installation import rivage
from tests.waiting import eventually


class House:
    """A hotel whose mails go to a server that the test has."""

    def __init__(self, pool: Pool, database: str) -> None:
        self.pool = pool
        self.database = database
        self.log = GuestLog(pool, MasterKey(bytes(range(KEY_BYTES))))
        self.ports = Ports(log=self.log, now=lambda: datetime.now(UTC), new_id=uuid7)
        self.caller, self.property_id, _ = rivage(self.ports)

    def feedback(self) -> UUID:
        entry = {"property_id": self.property_id, "kind": "negative", "author": "Zoé", "email": "zoe@example.com"}
        return record_feedback(self.ports, self.caller, FeedbackEntry.model_validate(entry))[0]

    def replied(self, feedback_id: UUID | None = None) -> UUID:
        feedback_id = feedback_id or self.feedback()
        reply_to_feedback(self.ports, self.caller, feedback_id, ReplyEntry(text="Merci, Zoé."))
        return feedback_id

    def shared(self, *emails: str) -> UUID:
        feedback_id = self.feedback()
        share_feedback(self.ports, self.caller, feedback_id, ShareEntry(emails=emails))
        return feedback_id

    def noted(self) -> None:
        """Has the outbox follow the log up to now."""
        runner = Runner(self.pool, self.database, LogFeed(self.log.events), [Outbox()])
        runner.start()
        _, last = runner.progress("mail")
        assert runner.wait_for("mail", last, 30)
        runner.stop()

    def sender(self, mail: Mail) -> Sender:
        return Sender(self.ports, self.log, mail, "accueil@example.org")

    def send_all(self, mail: Mail) -> int:
        """Until nothing is due; gives how many mails were tried."""
        self.noted()
        tried = 0
        with psycopg.connect(self.database, autocommit=True) as connection:
            while self.sender(mail).send_next(connection):
                tried += 1
        mail.close()
        return tried

    def outcomes(self, feedback_id: UUID) -> list[Event]:
        events = [each.event for each in self.log.stream(feedback_id)]
        return [event for event in events if isinstance(event, MailSent | MailFailed)]

    def waiting(self) -> list[tuple[int, float]]:
        """Attempts so far and the seconds until the next, of each mail in the outbox."""
        with self.pool.connection() as connection:
            return connection.execute(
                "SELECT attempts, extract(epoch FROM due_at - now())::float8 FROM mail.outbox ORDER BY due_at"
            ).fetchall()

    def time_passes(self) -> None:
        """Until whatever waits is due."""
        with self.pool.connection() as connection:
            connection.execute("UPDATE mail.outbox SET due_at = now()")


@pytest.fixture
def house(pool: Pool, database: str) -> House:
    return House(pool, database)


@pytest.fixture
def mail(smtp: MailServer) -> Smtp:
    return Smtp(smtp_server(smtp.url))


def test_a_reply_is_sent_and_its_feedback_knows(house: House, smtp: MailServer, mail: Smtp) -> None:
    feedback_id = house.replied()
    assert house.send_all(mail) == 1
    assert smtp.recipients == ["zoe@example.com"]
    assert house.outcomes(feedback_id) == [MailSent(originator_id=feedback_id, originator_version=3, of=2)]
    assert house.waiting() == []
    told = house.log.stream(feedback_id)[-1]
    asked = house.log.stream(feedback_id)[1]
    assert (told.actor, told.property_id, told.correlation_id) == ("hote", house.property_id, asked.correlation_id)
    assert house.send_all(mail) == 0


def test_a_refusal_is_final_and_the_others_go_on(house: House, smtp: MailServer, mail: Smtp) -> None:
    feedback_id = house.shared("nobody@example.org", "siege@example.org")
    smtp.to_recipient = lambda address: "550 5.1.1 no such user" if "nobody" in address else OK
    assert house.send_all(mail) == 2
    first, second = house.outcomes(feedback_id)
    assert (type(first), type(second)) in ((MailFailed, MailSent), (MailSent, MailFailed))
    [failed] = [each for each in (first, second) if isinstance(each, MailFailed)]
    assert (failed.of, failed.status) == (2, 550)
    assert house.waiting() == []
    assert smtp.recipients == ["siege@example.org"]


def test_what_is_put_off_waits_longer_each_time(house: House, smtp: MailServer, mail: Smtp) -> None:
    feedback_id = house.replied()
    smtp.to_recipient = lambda _: "450 4.2.0 greylisted"
    for attempt in range(1, 4):
        assert house.send_all(mail) == 1
        [(attempts, seconds)] = house.waiting()
        usual = outbox.FIRST_PAUSE * 2 ** (attempt - 1)
        assert attempts == attempt
        assert 0.4 * usual < seconds < 1.6 * usual
        house.time_passes()
    assert house.outcomes(feedback_id) == []
    smtp.to_recipient = lambda _: OK
    house.send_all(mail)
    assert len(house.outcomes(feedback_id)) == 1


def test_a_pause_never_is_longer_than_the_longest(house: House, smtp: MailServer, mail: Smtp) -> None:
    house.replied()
    house.noted()
    with house.pool.connection() as connection:
        connection.execute("UPDATE mail.outbox SET attempts = 1000000")
    smtp.to_recipient = lambda _: "450 4.2.0 greylisted"
    assert house.send_all(mail) == 1
    [(_, seconds)] = house.waiting()
    assert seconds < 1.6 * outbox.LONGEST_PAUSE


def test_what_nobody_takes_is_given_up(
    house: House, smtp: MailServer, mail: Smtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "PATIENCE", timedelta(0))
    feedback_id = house.replied()
    smtp.to_content = lambda: ""
    house.send_all(mail)
    [failed] = house.outcomes(feedback_id)
    assert isinstance(failed, MailFailed)
    assert (failed.of, failed.status) == (2, 0)
    assert house.waiting() == []


def test_one_that_cannot_be_written_holds_up_no_other(
    house: House, mail: Smtp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = house.replied(), house.replied()
    write = letters.written

    def written(log: object, mail_from: str, recorded: Sequence[object], asked: outbox.Asked) -> object:
        if asked.feedback_id == bad:
            raise ValueError("Zoé")
        return write(log, mail_from, recorded, asked)  # type: ignore[arg-type]

    monkeypatch.setattr(sender, "written", written)
    house.send_all(mail)
    assert (len(house.outcomes(bad)), len(house.outcomes(good))) == (0, 1)
    assert f"mail {bad}.2 waits: ValueError" in caplog.text
    assert "Zoé" not in caplog.text


def test_an_address_that_cannot_be_written_is_refused_for_ever(
    house: House, mail: Smtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    feedback_id = house.replied()
    monkeypatch.setattr(sender, "written", lambda *_: f"a@{'x' * 64}.example".encode("idna"))
    house.send_all(mail)
    [failed] = house.outcomes(feedback_id)
    assert isinstance(failed, MailFailed)
    assert failed.status == 553
    assert house.waiting() == []


def test_what_there_is_nothing_to_send_of_leaves_without_a_word(
    house: House, smtp: MailServer, mail: Smtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    feedback_id = house.replied()
    monkeypatch.setattr(sender, "written", lambda *_: None)
    assert house.send_all(mail) == 1
    assert (house.waiting(), house.outcomes(feedback_id), smtp.taken) == ([], [], [])


def test_following_the_log_again_sends_nothing_again(house: House, smtp: MailServer, mail: Smtp) -> None:
    house.shared("siege@example.org", "direction@example.org")
    house.replied()
    house.send_all(mail)
    with house.pool.connection() as connection:
        connection.execute("DELETE FROM projection.checkpoints WHERE name = 'mail'")
    assert house.send_all(mail) == 3
    assert (len(smtp.taken), house.waiting()) == (3, [])


def test_a_feedback_that_moves_on_meanwhile_is_told_all_the_same(house: House, smtp: MailServer, mail: Smtp) -> None:
    feedback_id = house.replied()

    def meanwhile() -> str:
        add_note(house.ports, house.caller, feedback_id, NoteEntry(text="Rappeler demain"))
        return OK

    smtp.to_content = meanwhile
    house.send_all(mail)
    assert house.outcomes(feedback_id) == [MailSent(originator_id=feedback_id, originator_version=4, of=2)]


def test_two_at_work_send_each_mail_once(house: House, smtp: MailServer) -> None:
    conversation = house.feedback()
    for _ in range(20):
        house.replied(conversation)
    others = [house.replied() for _ in range(20)]
    senders = [house.sender(Smtp(smtp_server(smtp.url))) for _ in range(2)]
    workers = [Worker("mail", house.database, each.send_next) for each in senders]
    house.noted()
    for each in workers:
        each.start()
    eventually(lambda: not house.waiting())
    for each in workers:
        each.stop()
    ids = [mail["Message-ID"] for mail in smtp.taken]
    assert len(ids) == len(set(ids)) == 40
    assert len(smtp.sessions) > 1
    assert len(house.outcomes(conversation)) == 20
    assert [len(house.outcomes(each)) for each in others] == [1] * 20


def test_without_a_server_mails_are_files_that_one_can_read(house: House, tmp_path: Path) -> None:
    feedback_id = house.replied()
    house.send_all(Folder(tmp_path / "outbox"))
    [file] = (tmp_path / "outbox").iterdir()
    assert file.name == f"{feedback_id}.2.eml"
    assert file.stat().st_mode & 0o077 == 0
    text = file.read_text(encoding="utf-8")
    for line in ("From: Hôtel du Port <accueil@example.org>", "To: zoe@example.com", "", "Merci, Zoé."):
        assert line in text.split("\n")
    assert len(house.outcomes(feedback_id)) == 1


def test_nothing_personal_is_in_the_outbox(house: House) -> None:
    feedback_id = house.replied()
    house.noted()
    with house.pool.connection() as connection:
        [row] = connection.execute("SELECT * FROM mail.outbox").fetchall()
    assert row[:4] == (feedback_id, 2, 0, 0)
    assert isinstance(row[4], datetime)
    assert len(row) == 5
