"""Sends what is pinned: hands it to the mail server or the SMS gateway, and tells what became of it."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from adapters.invitations import queue
from adapters.invitations.cases import Case, load_cases
from adapters.invitations.letters import Letter, Then, Writer
from adapters.invitations.pinning import Pinner
from adapters.invitations.queue import Pinned
from adapters.invitations.writing import metadata
from adapters.mail.verdicts import is_no_mailbox
from adapters.postgres.guest_log import GuestLog
from application.ports import ConcurrentChange, Mail, MailDelayed, MailRefused, Ports, Sms, SmsDelayed, SmsRefused
from application.races import persistently
from application.sending import Due, due_now, not_sent, quiet_until, reach_of, reason_against, sent
from domain import inviting, silencing
from domain.event import Event
from domain.invitation import Reason
from domain.invitation_states import Step
from domain.policies.contacting import Reach
from domain.property import Channel

SENT_AT_ONCE = 20
NOT_LONGER = 2.0
"""Seconds after which the rest of what was claimed is left to others: a server may be slow."""

PATIENCE = timedelta(days=3)
"""After which a message that nobody takes is given up."""

EXPIRED, UNWRITABLE = "4.4.7", "5.6.0"
"""Delivery time expired; other or undefined media error (RFC 3463, 3.5 and 3.7)."""

RACES = 50
"""How often it is tried to record that a message was sent: who gives up would send it again."""

logger = logging.getLogger(__name__)


class InvitationSender:
    """Several processes can run it: each message is one's alone until that one is done with it, or dies.

    When a process dies between sending a message and saying so, or a server was cut off before it answered, the
    message is sent again from the same pinned position of the log, and is therefore the same, with the same Message-ID.
    """

    def __init__(self, ports: Ports, log: GuestLog, mail: Mail, sms: Sms, writer: Writer) -> None:
        self._ports = ports
        self._log = log
        self._mail = mail
        self._sms = sms
        self._writer = writer
        self._pinner = Pinner(ports, log)

    def work(self, connection: Connection[TupleRow]) -> bool:
        """Whether there was anything to do that nobody else was at. Needs a connection that commits by itself."""
        if self.send_some(connection) or self._pinner.pin_some(connection):
            return True
        self._mail.close()
        return False

    def send_some(self, connection: Connection[TupleRow]) -> bool:
        """What is pinned."""
        until = time.monotonic() + NOT_LONGER
        handled: list[Pinned] = []
        try:
            pinned = {each.invitation_id: each for each in queue.claim(connection, self._ports.now(), SENT_AT_ONCE)}
            for case in load_cases(self._log, pinned):
                if time.monotonic() > until:
                    break
                if self._send(connection, case, pinned[case.invitation.id]):
                    handled.append(pinned[case.invitation.id])
        finally:
            queue.release(connection, handled)
        return bool(pinned)

    def _send(self, connection: Connection[TupleRow], case: Case, pinned: Pinned) -> bool:
        """Whether there is nothing more to do. What was pinned is judged again: it may have waited for days."""
        invitation, now = case.invitation, self._ports.now()
        guest, _, settings, _ = case.circumstances()
        what = due_now(invitation, now)
        if what is None:
            return True
        then = Then(*case.circumstances(pinned.as_of), pinned.pinned_at)
        if reason := reason_against(invitation, what, guest, case.guest(then.to.id), settings, now):
            self._tell(case, partial(_not_sent, what, reason))
            return True
        if at := quiet_until(then.to, then.settings, invitation.about.message, now):
            queue.wait_until(connection, pinned, at)
            return False
        try:
            letter, hand_over = self._written(case, what, then)
        except Exception as error:  # noqa: BLE001  one that cannot be written must not hold up all others
            logger.error("invitation %s cannot be written (%s)", invitation.id, type(error).__name__)
            return self._try_again(connection, case, pinned, UNWRITABLE, anew=True)
        try:
            hand_over()
        except (MailRefused, SmsRefused) as refused:
            self._tell(case, partial(_refused, refused, then.to.id, letter.reached))
            return True
        except (MailDelayed, SmsDelayed) as delayed:
            logger.warning("invitation %s waits: %s", invitation.id, delayed)
            return self._try_again(connection, case, pinned, EXPIRED, anew=not delayed.perhaps_taken)
        except Exception as error:  # noqa: BLE001  nor must one that cannot be sent
            logger.error("invitation %s cannot be sent (%s)", invitation.id, type(error).__name__)
            return self._try_again(connection, case, pinned, UNWRITABLE, anew=True)
        self._tell(case, partial(self._sent, what, then.to.id, letter, pinned.portal), attempts=RACES)
        return True

    def _written(self, case: Case, what: Due, then: Then) -> tuple[Letter, Callable[[], None]]:
        """The letter, and what sends it. Raises whatever a template or an address makes it raise."""
        invitation = case.invitation
        reached = reach_of(then.to, then.settings, invitation.about.message)
        if isinstance(reached, Reason):
            raise LookupError("what was an address when it was pinned is none any more")
        number = invitation.reminders + 1 if what is Due.REMINDER else 0
        letter = self._writer.letter(invitation, number, reached, then)
        if reached.channel is Channel.SMS:
            key = f"{invitation.id}.{number}"
            return letter, partial(self._sms.send, reached.address, letter.rendered.text, key)
        mail = self._writer.mail(letter, then)
        return letter, partial(self._mail.send, mail, self._writer.return_path(invitation, then.at.date()))

    def _try_again(
        self, connection: Connection[TupleRow], case: Case, pinned: Pinned, status: str, *, anew: bool
    ) -> bool:
        """Later, or no more: then the `status` of RFC 3463 is told, and there is nothing more to do."""
        now = self._ports.now()
        if pinned.failing_since and now - pinned.failing_since >= PATIENCE:
            self._tell(case, lambda case: inviting.refused(case.invitation, status))
            return True
        queue.try_again(connection, pinned, now, anew=anew)
        return False

    def _sent(self, what: Due, to_id: UUID, letter: Letter, portal: str | None, case: Case) -> Sequence[Event]:
        """Whatever has happened to the invitation and to whom it went since: that it was sent is true all the same."""
        to, settings, now = case.guest(to_id), case.circumstances().settings, self._ports.now()
        return [sent(case.invitation, what, to, letter.reached, letter.language, portal, settings, now)]

    def _tell(self, case: Case, decide: Callable[[Case], Sequence[Event]], attempts: int = 5) -> None:
        """Raises ConcurrentChange when it is overtaken again and again."""
        about = case.invitation.about

        def attempt(case: Case) -> None:
            if events := decide(case):
                self._log.append(events, metadata(self._ports, about.organisation_id, about.property_id))

        try:
            attempt(case)
        except ConcurrentChange:
            persistently(lambda: attempt(load_cases(self._log, [case.invitation.id])[0]), attempts=attempts)


def _not_sent(what: Due, reason: Reason, case: Case) -> Sequence[Event]:
    """Nothing where it was cancelled, or answered, in the meantime."""
    step = Step.CANCEL if what is Due.MESSAGE else Step.REMIND
    return not_sent(case.invitation, what, reason) if case.invitation.allows(step) else []


def _refused(refused: MailRefused | SmsRefused, to_id: UUID, reached: Reach, case: Case) -> Sequence[Event]:
    """Where there is no such mailbox, it gets nothing more."""
    told = inviting.refused(case.invitation, str(refused.status))
    if isinstance(refused, MailRefused) and is_no_mailbox(refused.told):
        return [*told, *silencing.suppress(case.guest(to_id), reached.address)]
    return told
