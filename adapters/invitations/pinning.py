"""Judges what is due: it is cancelled, put off, or pinned to be sent as things are now."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from psycopg import Connection, Cursor
from psycopg.rows import TupleRow

from adapters.invitations import queue
from adapters.invitations.cases import Circumstances, load_cases
from adapters.invitations.queue import Asking, Pinned
from adapters.invitations.writing import write
from adapters.postgres.guest_log import GuestLog
from application.ports import Ports
from application.races import persistently
from application.sending import Due, due_now, later, not_sent, quiet_until, reason_against, waits_for_complaint
from domain import inviting
from domain.event import Event
from domain.invitation import About, Delay, InvitationEvent, Message, Reason
from domain.inviting import Invitation
from projections.inbox.queries import complaining

PINNED_AT_ONCE = 100


class Pinner:
    """Several processes can run it: an invitation is judged by one at a time."""

    def __init__(self, ports: Ports, log: GuestLog) -> None:
        self._ports = ports
        self._log = log

    def pin_some(self, connection: Connection[TupleRow]) -> bool:
        """Whether anything was due that was not pinned, and that nobody else was at."""
        with connection.transaction(), connection.cursor() as cursor:
            due = queue.to_pin(cursor, self._ports.now(), PINNED_AT_ONCE)
            if due:
                persistently(partial(self._pin, cursor, due))
            return bool(due)

    def _pin(self, cursor: Cursor[TupleRow], due: Mapping[UUID, str | None]) -> None:
        """`due` has the portals that invitations were to lead to before."""
        now = self._ports.now()
        with cursor.connection.transaction():
            as_of = self._log.events.recorder.max_notification_id() or 0
            # In the order of whom they go to: others who judge invitations to the same two would wait for each other.
            cases = sorted(
                ((case.invitation, case.circumstances()) for case in load_cases(self._log, due)),
                key=lambda case: case[1].to.id,
            )
            complaints = complaining(cursor.connection, [id_ for _, each in cases for id_ in each.guest.ids])
            told: list[tuple[About, Event]] = []
            waiting: dict[UUID, datetime] = {}
            to_pin: list[tuple[Invitation, Circumstances]] = []
            for invitation, circumstances in cases:
                what = due_now(invitation, now)
                if what is None:
                    continue
                complains = any((id_, invitation.about.property_id) in complaints for id_ in circumstances.guest.ids)
                judged = self._judged(cursor, invitation, what, circumstances, now, complains=complains)
                if judged is None:
                    to_pin.append((invitation, circumstances))
                elif isinstance(judged, datetime):
                    waiting[invitation.id] = judged
                else:
                    told += ((invitation.about, event) for event in judged)
            portals = _portals(cursor, to_pin, due)
            pinned = [
                Pinned(invitation.id, now, as_of, portals.get(invitation.id), invitation.about.property_id)
                for invitation, _ in to_pin
            ]
            queue.pin(cursor, pinned)
            queue.put_off(cursor, waiting)
            queue.leave(cursor, due.keys() - waiting.keys() - {each.invitation_id for each in pinned})
            write(self._ports, self._log, cursor, told)

    def _judged(
        self,
        cursor: Cursor[TupleRow],
        invitation: Invitation,
        what: Due,
        circumstances: Circumstances,
        now: datetime,
        *,
        complains: bool,
    ) -> Sequence[InvitationEvent] | datetime | None:
        """None for what is to be sent now; when to look again where nothing is to be told for that."""
        guest, to, settings, organisation = circumstances
        about = invitation.about
        if reason := reason_against(invitation, what, guest, to, settings, now):
            return not_sent(invitation, what, reason)
        if at := quiet_until(to, settings, about.message, now):
            return later(invitation, what, at, Delay.QUIET_HOURS) or at
        if complains and (at := waits_for_complaint(invitation, guest, settings, now)):
            return later(invitation, what, at, Delay.OPEN_COMPLAINT)
        if what is Due.REMINDER:
            return None
        if to.id != guest.id and not queue.may_tell(cursor, to, about, guest.stays[about.stay_id]):
            return inviting.not_sent(invitation, Reason.SAME_GROUP)
        days, asks = organisation.ask_again_after_days, about.message is Message.POST_STAY
        if asks and days and not queue.may_ask(cursor, to, invitation.id, now, timedelta(days)):
            return inviting.not_sent(invitation, Reason.ASKED_TOO_RECENTLY)
        return None


def _portals(
    cursor: Cursor[TupleRow], to_pin: Sequence[tuple[Invitation, Circumstances]], had: Mapping[UUID, str | None]
) -> dict[UUID, str]:
    """For those that are sent for the first time and ask for a review."""
    asking = [
        (invitation, circumstances.settings)
        for invitation, circumstances in to_pin
        if invitation.about.message is Message.POST_STAY and invitation.sent is None
    ]
    shares = {invitation.about.property_id: settings.invitations.distribution for invitation, settings in asking}
    return queue.portals(cursor, shares, [Asking(each.id, each.about.property_id, had[each.id]) for each, _ in asking])
