"""Sends the mails of the outbox, and tells their feedback what became of each."""

import logging
from collections.abc import Sequence
from datetime import timedelta

import psycopg
from psycopg import Connection, Cursor
from psycopg.rows import TupleRow

from adapters.mail.letters import written
from adapters.mail.outbox import Asked, next_due, postpone, take_off
from adapters.mail.smtp import NAME_NOT_ALLOWED
from adapters.postgres.guest_log import GuestLog
from application.ports import NO_IDENTITIES, Mail, MailDelayed, MailRefused, Ports
from application.races import persistently
from domain.event import Metadata, Recorded
from domain.feedback import MailFailed, MailSent

PATIENCE = timedelta(days=3)
"""After which a mail that nobody takes is given up."""

NOBODY_TOOK_IT = 0

RACES = 50
"""How often it is tried to record that a mail was sent: who gives up would send it again."""

logger = logging.getLogger(__name__)


class Sender:
    """Sends what is due, one mail after the other; several processes can run it, one sends each mail.

    A mail is nobody else's as long as the transaction lasts in which it is sent. When it, or its process, is cut off
    before the end, the mail is sent again, with the same Message-ID and content.
    """

    def __init__(self, ports: Ports, log: GuestLog, mail: Mail, mail_from: str) -> None:
        self._ports = ports
        self._log = log
        self._mail = mail
        self._mail_from = mail_from

    def send_next(self, connection: Connection[TupleRow]) -> bool:
        """Sends the mail that waits for longest; False when none is due that nobody else is sending."""
        with connection.transaction(), connection.cursor() as cursor:
            asked = next_due(cursor)
            if asked is None:
                self._mail.close()
                return False
            recorded = self._log.stream(asked.feedback_id)
            asking = recorded[asked.version - 1]
            try:
                if not _is_told(recorded, asked) and self._deliver(recorded, asked):
                    self._record(cursor, asking, asked, None)
            except MailRefused as refused:
                self._record(cursor, asking, asked, refused.status)
            except MailDelayed as delayed:
                logger.warning("mail %s.%s waits: %s", asked.feedback_id, asked.version, delayed)
                if self._ports.now() - asking.recorded_at < PATIENCE:
                    postpone(cursor, asked)
                    return True
                self._record(cursor, asking, asked, NOBODY_TOOK_IT)
            take_off(cursor, asked)
            return True

    def _deliver(self, recorded: Sequence[Recorded], asked: Asked) -> bool:
        """Whether there was anything to send. Raises MailRefused, MailDelayed."""
        try:
            mail = written(self._log, self._mail_from, recorded, asked)
            if mail:
                self._mail.send(mail)
            return mail is not None
        except (MailRefused, MailDelayed, psycopg.Error):
            raise
        except UnicodeError as error:
            raise MailRefused(NAME_NOT_ALLOWED) from error
        except Exception as error:  # a mail that cannot be written must not hold up all that come after it
            raise MailDelayed(type(error).__name__) from error

    def _record(self, cursor: Cursor[TupleRow], asking: Recorded, asked: Asked, status: int | None) -> None:
        """Tells the feedback that its mail was sent, or with which reply code it failed."""
        feedback_id, of, recipient = asked
        metadata = Metadata(
            recorded_at=self._ports.now(),
            actor="hote",
            organisation_id=asking.organisation_id,
            property_id=asking.property_id,
            correlation_id=asking.correlation_id,
        )

        def attempt() -> int:
            place = {"originator_id": feedback_id, "originator_version": len(self._log.stream(feedback_id)) + 1}
            event: MailSent | MailFailed = MailSent(of=of, recipient=recipient, **place)
            if status is not None:
                event = MailFailed(of=of, recipient=recipient, status=status, **place)
            with cursor.connection.transaction():
                return self._log.write(self._log.ready([event], metadata, NO_IDENTITIES), cursor=cursor)

        persistently(attempt, attempts=RACES)


def _is_told(recorded: Sequence[Recorded], asked: Asked) -> bool:
    """Whether the feedback knows already what became of the mail."""
    told = (each.event for each in recorded if isinstance(each.event, MailSent | MailFailed))
    return any((event.of, event.recipient) == (asked.version, asked.recipient) for event in told)
