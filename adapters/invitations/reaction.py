"""Notes what events mean for messages to guests: who is to be planned anew, and what is due when."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from domain import guest as guests
from domain import invitation as invitations
from domain.contact import Stay
from domain.event import Event, Recorded
from domain.guest import StayRecorded, StayRemoved
from domain.invitation import (
    InvitationBounced,
    InvitationCancelled,
    InvitationDeleted,
    InvitationMoved,
    InvitationScheduled,
    InvitationSent,
    ReminderAsked,
    ReminderMoved,
    ReminderSent,
    ReviewWritten,
)
from domain.property import PropertyChanged

CONCERNS_A_GUEST: tuple[type[Event], ...] = (
    guests.GuestRegistered,
    guests.GuestChanged,
    guests.GuestAnonymised,
    guests.GuestDeleted,
    guests.StayRecorded,
    guests.StayRemoved,
    guests.CommunicationCancelled,
    guests.GuestUnsubscribed,
    guests.AddressSuppressed,
    guests.GuestBlocked,
    guests.GuestUnblocked,
)
CONCERNS_THE_QUEUE: tuple[type[Event], ...] = (
    invitations.InvitationScheduled,
    invitations.InvitationMoved,
    invitations.InvitationCancelled,
    invitations.InvitationSent,
    invitations.ReminderAsked,
    invitations.ReminderMoved,
    invitations.ReminderSent,
    invitations.InvitationBounced,
    invitations.ReviewWritten,
    invitations.InvitationDeleted,
)

LONG_AGO = timedelta(days=150)
"""Before a change of settings: a stay that ended then has no message to come, however long the delays are."""


class Invitations:
    """A reaction: see the tables of the schema `invitations`."""

    name = "invitations"
    tables = ""
    indexes = ""
    readable = None
    folds: tuple[type[Event], ...] = (*CONCERNS_A_GUEST, PropertyChanged, *CONCERNS_THE_QUEUE)

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
        _keep_stays(cursor, batch)
        _note_to_plan(cursor, batch)
        _queue(cursor, batch)


def _keep_stays(cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
    stays: dict[UUID, tuple[UUID, Stay | None]] = {}
    for each in batch:
        match each.event:
            case StayRecorded(originator_id=guest_id, stay_id=stay_id, stay=stay):
                stays[stay_id] = guest_id, stay
            case StayRemoved(originator_id=guest_id, stay_id=stay_id):
                stays[stay_id] = guest_id, None
    kept = {stay_id: (guest_id, stay) for stay_id, (guest_id, stay) in stays.items() if stay}
    cursor.execute("DELETE FROM invitations.stay WHERE stay_id = ANY(%b)", [list(stays.keys() - kept.keys())])
    cursor.execute(
        "INSERT INTO invitations.stay SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::date[])"
        " ON CONFLICT (stay_id) DO UPDATE SET (guest_id, property_id, last_day)"
        " = (excluded.guest_id, excluded.property_id, excluded.last_day)",
        [
            list(kept),
            [guest_id for guest_id, _ in kept.values()],
            [stay.property_id for _, stay in kept.values()],
            [stay.departure or stay.arrival for _, stay in kept.values()],
        ],
    )


def _note_to_plan(cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
    told = {each.event.originator_id: each.position for each in batch if isinstance(each.event, CONCERNS_A_GUEST)}
    cursor.execute(
        "INSERT INTO invitations.to_plan SELECT *, false FROM unnest(%b::uuid[], %b::bigint[])"
        " ON CONFLICT (guest_id) DO UPDATE SET position = excluded.position",
        [list(told), list(told.values())],
    )
    for each in batch:
        if isinstance(each.event, PropertyChanged) and {"invitations", "time_zone"}.intersection(each.event.fields):
            since: date = each.recorded_at.date() - LONG_AGO
            cursor.execute(
                "INSERT INTO invitations.to_plan"
                " SELECT DISTINCT guest_id, %s::bigint, true FROM invitations.stay"
                " WHERE property_id = %s AND last_day >= %s"
                " ON CONFLICT (guest_id) DO UPDATE SET (position, settings) = (excluded.position, true)",
                [each.position, each.event.originator_id, since],
            )


class _Due(NamedTuple):
    """What is to come of an invitation: a message at `at`, and perhaps an automatic reminder after it."""

    at: datetime
    remind_at: datetime | None = None


def _queue(cursor: Cursor[TupleRow], batch: Iterable[Recorded]) -> None:
    told = [each for each in batch if isinstance(each.event, CONCERNS_THE_QUEUE)]
    if not told:
        return
    ids = list({each.event.originator_id for each in told})
    found = cursor.execute(
        "SELECT invitation_id, due_at, remind_at FROM invitations.due WHERE invitation_id = ANY(%b) FOR UPDATE", [ids]
    )
    due: dict[UUID, _Due | None] = {invitation: _Due(at, remind_at) for invitation, at, remind_at in found}
    for each in told:
        due[each.event.originator_id] = _next(due.get(each.event.originator_id), each)
    to_come = {invitation: what for invitation, what in due.items() if what}
    cursor.execute("DELETE FROM invitations.due WHERE invitation_id = ANY(%b)", [list(due.keys() - to_come.keys())])
    cursor.execute(
        "INSERT INTO invitations.due (invitation_id, due_at, remind_at)"
        " SELECT * FROM unnest(%b::uuid[], %b::timestamptz[], %b::timestamptz[])"
        " ON CONFLICT (invitation_id) DO UPDATE SET due_at = excluded.due_at, remind_at = excluded.remind_at,"
        " attempts = 0, handled = false, pinned_at = NULL, as_of = NULL, portal = NULL"
        " WHERE due.handled OR (due.due_at, due.remind_at) IS DISTINCT FROM (excluded.due_at, excluded.remind_at)",
        [list(to_come), [what.at for what in to_come.values()], [what.remind_at for what in to_come.values()]],
    )


def _next(before: _Due | None, recorded: Recorded) -> _Due | None:
    match recorded.event:
        case InvitationScheduled(due_at=at) | InvitationMoved(due_at=at):
            return _Due(at)
        case InvitationSent(remind_at=at) | ReminderMoved(remind_at=at):
            return _Due(at) if at else None
        case ReminderAsked():
            return _Due(recorded.recorded_at, before.at if before else None)
        case ReminderSent(automatic=False):
            return _Due(before.remind_at) if before and before.remind_at else None
        case InvitationBounced(permanent=False):
            return before
        case ReminderSent() | InvitationBounced() | InvitationCancelled() | ReviewWritten() | InvitationDeleted():
            return None
        case _:
            return before
