"""Sends what is due: judges and pins it, hands it to the mail server or the SMS gateway, tells what became of it."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection, Cursor
from psycopg.rows import TupleRow

from adapters.invitations import queue
from adapters.invitations.letters import Letter, Then, Writer
from adapters.invitations.queue import Pinned
from adapters.invitations.writing import metadata, write
from adapters.mail.verdicts import is_no_mailbox
from adapters.postgres.guest_log import GuestLog
from application.invitation_records import Streams, invitation_of
from application.planning import settings_of
from application.ports import ConcurrentChange, Mail, MailDelayed, MailRefused, Ports, Sms, SmsDelayed, SmsRefused
from application.races import persistently
from application.sending import Due, due_now, hindered, reach_of, sent
from domain import guest as guests
from domain import inviting, organisation
from domain.event import Event
from domain.guest import Guest
from domain.invitation import About, Message, Reason
from domain.inviting import Invitation
from domain.organisation import Organisation, OrganisationSettings
from domain.policies.contacting import Reach
from domain.property import Channel, PropertySettings
from projections.inbox.queries import complaining

PINNED_AT_ONCE = 100
SENT_AT_ONCE = 20
NOT_LONGER = 2.0
"""Seconds after which the rest of what was taken to be sent is left to others: a server may be slow."""

PATIENCE = timedelta(days=3)
"""After which a message that nobody takes is given up."""

EXPIRED = "4.4.7"
"""Delivery time expired (RFC 3463, 3.5)."""

RACES = 50
"""How often it is tried to record that a message was sent: who gives up would send it again."""

logger = logging.getLogger(__name__)


class NotWritten(Exception):
    """A template, or an address, that nothing can be made of. Its text names nobody."""


class Case(NamedTuple):
    """An invitation of which something is due, with whom and what it concerns."""

    invitation: Invitation
    guest: Guest
    settings: PropertySettings
    organisation: OrganisationSettings


class InvitationSender:
    """Several processes can run it: each message is one's alone, as long as the transaction lasts in which it is sent.

    When that, or its process, is cut off between sending and saying so, the message is sent again: from the same pinned
    position of the log, and therefore the same, with the same Message-ID.
    """

    def __init__(self, ports: Ports, log: GuestLog, mail: Mail, sms: Sms, writer: Writer) -> None:
        self._ports = ports
        self._log = log
        self._mail = mail
        self._sms = sms
        self._writer = writer

    def work(self, connection: Connection[TupleRow]) -> bool:
        """Whether there was anything to do that nobody else was at."""
        pinned = self.pin_some(connection)
        return self.send_some(connection) or pinned

    def pin_some(self, connection: Connection[TupleRow]) -> bool:
        """Cancels, moves or pins what is due."""
        with connection.transaction(), connection.cursor() as cursor:
            ids = queue.to_pin(cursor, self._ports.now(), PINNED_AT_ONCE)
            if ids:
                persistently(partial(self._pin, cursor, ids))
            return bool(ids)

    def _pin(self, cursor: Cursor[TupleRow], ids: Sequence[UUID]) -> None:
        now = self._ports.now()
        with cursor.connection.transaction():
            as_of = self._log.events.recorder.max_notification_id() or 0
            cases = self._cases(ids)
            complaints = complaining(cursor.connection, [case.guest.id for case in cases])
            told: list[tuple[About, Event]] = []
            to_pin: list[Case] = []
            for case in cases:
                about, what = case.invitation.about, due_now(case.invitation, now)
                if what is None:
                    continue
                complains = (case.guest.id, about.property_id) in complaints
                events = hindered(case.invitation, what, case.guest, case.settings, now, complains=complains)
                if not events and what is Due.MESSAGE and not self._may_ask(cursor, case):
                    events = inviting.not_sent(case.invitation, Reason.ASKED_TOO_RECENTLY)
                told += ((about, event) for event in events)
                if not events:
                    to_pin.append(case)
            portals = _portals(cursor, to_pin)
            queue.pin(
                cursor, [Pinned(case.invitation.id, now, as_of, portals.get(case.invitation.id)) for case in to_pin]
            )
            queue.handled(cursor, set(ids) - {case.invitation.id for case in to_pin})
            write(self._ports, self._log, cursor, told)

    def _may_ask(self, cursor: Cursor[TupleRow], case: Case) -> bool:
        about, days = case.invitation.about, case.organisation.ask_again_after_days
        if about.message is not Message.POST_STAY or not days:
            return True
        return queue.may_ask(cursor, about.guest_id, case.invitation.id, self._ports.now(), timedelta(days))

    def send_some(self, connection: Connection[TupleRow]) -> bool:
        """Sends what is pinned."""
        until = time.monotonic() + NOT_LONGER
        with connection.transaction(), connection.cursor() as cursor:
            pinned = {each.invitation_id: each for each in queue.to_send(cursor, self._ports.now(), SENT_AT_ONCE)}
            if not pinned:
                self._mail.close()
                return False
            for case, then in self._with_then(pinned):
                if time.monotonic() > until:
                    break
                try:
                    if self._send(case, then, pinned[case.invitation.id]):
                        queue.handled(cursor, [case.invitation.id])
                    else:
                        queue.postpone(cursor, case.invitation.id, self._ports.now())
                except NotWritten as error:
                    logger.error("invitation %s cannot be written (%s)", case.invitation.id, error)
                    queue.postpone(cursor, case.invitation.id, self._ports.now(), anew=True)
            return True

    def _send(self, case: Case, then: Then, pinned: Pinned) -> bool:
        """False when it is to be tried again. Raises NotWritten."""
        invitation = case.invitation
        what = due_now(invitation, self._ports.now())
        reached = reach_of(then.guest, then.settings, invitation.about.message)
        if what is None or isinstance(reached, Reason) or case.guest.known.profile is None:
            return True
        number = invitation.reminders + 1 if what is Due.REMINDER else 0
        letter, hand_over = self._written(invitation, number, reached, then)
        try:
            hand_over()
        except (MailRefused, SmsRefused) as refused:
            dead = isinstance(refused, MailRefused) and is_no_mailbox(refused.told)
            suppressed = guests.suppress(case.guest, reached.address) if dead else []
            bounced = inviting.bounce(invitation, permanent=True, status=str(refused.status))
            self._tell(invitation.about, [*bounced, *suppressed])
        except (MailDelayed, SmsDelayed) as delayed:
            logger.warning("invitation %s waits: %s", invitation.id, delayed)
            if self._ports.now() - pinned.pinned_at < PATIENCE:
                return False
            self._tell(invitation.about, inviting.bounce(invitation, permanent=True, status=EXPIRED))
        else:
            self._tell_sent(case, what, letter, pinned.portal)
        return True

    def _written(
        self, invitation: Invitation, number: int, reached: Reach, then: Then
    ) -> tuple[Letter, Callable[[], None]]:
        """The letter, and what sends it. Raises NotWritten: one that cannot be written must not hold up all others."""
        try:
            letter = self._writer.letter(invitation, number, reached, then)
            if reached.channel is Channel.SMS:
                key = f"{invitation.id}.{number}"
                return letter, partial(self._sms.send, reached.address, letter.rendered.text, key)
            mail = self._writer.mail(letter, then)
            return letter, partial(self._mail.send, mail, self._writer.return_path(invitation, then.at.date()))
        except Exception as error:
            raise NotWritten(type(error).__name__) from error

    def _tell_sent(self, case: Case, what: Due, letter: Letter, portal: str | None) -> None:
        """Whatever has happened to the invitation since: that it was sent is true all the same."""

        def attempt() -> None:
            now = invitation_of(self._log.streams([case.invitation.id]), case.invitation.id)
            tell(now)

        def tell(invitation: Invitation) -> None:
            reached, language, now = letter.reached, letter.language, self._ports.now()
            self._tell(invitation.about, [sent(invitation, what, reached, language, portal, case.settings, now)])

        try:
            tell(case.invitation)
        except ConcurrentChange:
            persistently(attempt, attempts=RACES)

    def _tell(self, about: About, events: Sequence[Event]) -> None:
        if events:
            self._log.append(events, metadata(self._ports, about.organisation_id, about.property_id))

    def _cases(self, ids: Sequence[UUID]) -> list[Case]:
        """As they are now."""
        invitations = {id_: invitation_of(streams, id_) for streams in [self._log.streams(ids)] for id_ in ids}
        streams = self._streams(invitations.values())
        return [
            Case(
                invitation,
                _guest(streams, about.guest_id),
                settings_of(streams, about.property_id),
                _organisation(streams, about.organisation_id),
            )
            for invitation in invitations.values()
            for about in [invitation.about]
        ]

    def _with_then(self, pinned: Mapping[UUID, Pinned]) -> Iterable[tuple[Case, Then]]:
        invitations = self._log.streams(list(pinned))
        folded = {id_: invitation_of(invitations, id_) for id_ in pinned}
        streams = self._streams(folded.values())
        for id_, invitation in folded.items():
            about, then = invitation.about, _up_to(pinned[id_].as_of, streams, invitation.about)
            yield (
                Case(
                    invitation,
                    _guest(streams, about.guest_id),
                    settings_of(streams, about.property_id),
                    _organisation(streams, about.organisation_id),
                ),
                Then(
                    _guest(then, about.guest_id),
                    settings_of(then, about.property_id),
                    _organisation(then, about.organisation_id),
                    pinned[id_].pinned_at,
                ),
            )

    def _streams(self, invitations: Iterable[Invitation]) -> Streams:
        concerned = {
            id_
            for each in invitations
            for id_ in (each.about.guest_id, each.about.property_id, each.about.organisation_id)
        }
        return self._log.streams(list(concerned))


def _portals(cursor: Cursor[TupleRow], cases: Sequence[Case]) -> dict[UUID, str]:
    """For those that are sent for the first time and ask for a review."""
    asking = [
        case for case in cases if case.invitation.about.message is Message.POST_STAY and case.invitation.sent is None
    ]
    shares = {case.invitation.about.property_id: case.settings.invitations.distribution for case in asking}
    return queue.portals(cursor, shares, [(case.invitation.id, case.invitation.about.property_id) for case in asking])


def _up_to(position: int, streams: Streams, about: About) -> Streams:
    ids = (about.guest_id, about.property_id, about.organisation_id)
    return {id_: [each for each in streams.get(id_, ()) if each.position <= position] for id_ in ids}


def _guest(streams: Streams, guest_id: UUID) -> Guest:
    return guests.fold(Guest(guest_id), _events(streams, guest_id))


def _organisation(streams: Streams, organisation_id: UUID) -> OrganisationSettings:
    return organisation.fold(Organisation(organisation_id), _events(streams, organisation_id)).settings


def _events(streams: Streams, id_: UUID) -> Iterable[Event]:
    return (each.event for each in streams.get(id_, ()))
