"""Notes what events mean for messages to guests: who is to be planned anew, and what is due when."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from adapters.invitations.queue import give_back, note_asked
from domain.event import Event, Recorded
from domain.guest_events import (
    AddressSuppressed,
    CommunicationCancelled,
    GuestAnonymised,
    GuestBlocked,
    GuestChanged,
    GuestDeleted,
    GuestMerged,
    GuestUnblocked,
    GuestUnmerged,
    GuestUnsubscribed,
    MergedInto,
    MergeUndone,
    StayRecorded,
    StayRemoved,
)
from domain.invitation import (
    Delay,
    InvitationBounced,
    InvitationCancelled,
    InvitationDeleted,
    InvitationMoved,
    InvitationScheduled,
    InvitationSent,
    ReminderAsked,
    ReminderDropped,
    ReminderMoved,
    ReminderSent,
    ReviewWritten,
)
from domain.party import CompanyAdded, CompanyChanged, OccasionAdded, OccasionChanged
from domain.property import PropertyAdded, PropertyChanged

# Not that a guest was registered: there is nothing to plan before a stay, and a profile takes long to open.
CONCERNS_A_GUEST: tuple[type[Event], ...] = (
    GuestChanged,
    GuestAnonymised,
    GuestDeleted,
    StayRecorded,
    StayRemoved,
    CommunicationCancelled,
    GuestUnsubscribed,
    AddressSuppressed,
    GuestBlocked,
    GuestUnblocked,
    GuestMerged,
    MergedInto,
    GuestUnmerged,
    MergeUndone,
)
CONCERNS_SEVERAL: tuple[type[Event], ...] = (CompanyAdded, CompanyChanged, OccasionAdded, OccasionChanged)
"""Those who are behind stays, and can name who is written to about them."""
CONCERNS_THE_QUEUE: tuple[type[Event], ...] = (
    InvitationScheduled,
    InvitationMoved,
    InvitationCancelled,
    InvitationSent,
    ReminderAsked,
    ReminderMoved,
    ReminderDropped,
    ReminderSent,
    InvitationBounced,
    ReviewWritten,
    InvitationDeleted,
)

LONG_AGO = timedelta(days=150)
"""A stay that ended then has no message to come, however long the delays are."""


class Invitations:
    """A reaction: see the tables of the schema `invitations`."""

    name = "invitations"
    tables = ""
    indexes = ""
    readable = None
    folds: tuple[type[Event], ...] = (
        *CONCERNS_A_GUEST,
        *CONCERNS_SEVERAL,
        PropertyAdded,
        PropertyChanged,
        *CONCERNS_THE_QUEUE,
    )

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
        told = {each.event.originator_id: each.position for each in batch if isinstance(each.event, CONCERNS_A_GUEST)}
        since = batch[0].recorded_at.date() - LONG_AGO
        written_to = _written_to(cursor, told, since)  # also about stays that are removed now, or elsewhere
        _keep_properties(cursor, batch)
        _keep_behind(cursor, batch)
        _keep_stays(cursor, batch, since)
        written_to |= _written_to(cursor, told, since)
        others = _behind_stays(cursor, batch, since)
        _note_to_plan(cursor, {guest_id: told.get(guest_id, batch[-1].position) for guest_id in written_to | others})
        _note_to_plan_anew(cursor, batch)
        _queue(cursor, batch)


def _written_to(cursor: Cursor[TupleRow], guests: Iterable[UUID], since: date) -> set[UUID]:
    """Those of the guests who can have messages: others, such as all of a long list of old stays, are not planned."""
    found = cursor.execute(
        "SELECT DISTINCT guest_id FROM invitations.stay JOIN invitations.writing USING (property_id)"
        " WHERE guest_id = ANY(%b) AND last_day >= %s",
        [list(guests), since],
    )
    return {guest_id for (guest_id,) in found}


def _behind_stays(cursor: Cursor[TupleRow], batch: Sequence[Recorded], since: date) -> set[UUID]:
    """The guests of stays behind which somebody is of whom the batch tells, so that others are written to, or none."""
    concerned = CONCERNS_A_GUEST + CONCERNS_SEVERAL
    found = {each.event.originator_id for each in batch if isinstance(each.event, concerned)}
    behind: set[UUID] = set()
    while found:  # most are behind nothing; else it is a person, who they were, a company, an occasion, a stay
        rows = cursor.execute("SELECT of_id FROM invitations.behind WHERE id = ANY(%b)", [list(found)])
        found = {of_id for (of_id,) in rows} - behind
        behind |= found
    guests = cursor.execute(
        "SELECT DISTINCT guest_id FROM invitations.stay JOIN invitations.writing USING (property_id)"
        " WHERE stay_id = ANY(%b) AND last_day >= %s",
        [list(behind), since],
    )
    return {guest_id for (guest_id,) in guests}


def _keep_behind(cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
    """Contact persons, companies and occasions of stays, the company of an occasion, whom both of these name, and
    who stands for somebody who was merged.
    """
    behind: dict[UUID, list[UUID | None]] = {}
    for each in batch:
        match each.event:
            case StayRecorded(stay_id=stay_id, stay=stay):
                behind[stay_id] = [id_ for _, id_ in stay.ties] if stay.ties else []
            case StayRemoved(stay_id=stay_id):
                behind[stay_id] = []
            case CompanyAdded(settings=settings) | CompanyChanged(settings=settings):
                behind[each.event.originator_id] = [settings.contact_person_id] if settings else []
            case OccasionAdded(settings=settings) | OccasionChanged(settings=settings):
                names = [settings.contact_person_id, settings.company_id] if settings else []
                behind[each.event.originator_id] = names
            case MergedInto(originator_id=merged_id, guest_id=survivor_id):
                behind[merged_id] = [survivor_id]
            case MergeUndone(originator_id=merged_id):
                behind[merged_id] = []
    cursor.execute("DELETE FROM invitations.behind WHERE of_id = ANY(%b)", [list(behind)])
    cursor.executemany(
        "INSERT INTO invitations.behind VALUES (%s, %s)",
        [(id_, of_id) for of_id, ids in behind.items() for id_ in {*ids} if id_],
    )


def _keep_properties(cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
    """Those that write to guests."""
    writing = {
        each.event.originator_id: settings.pre_stay.enabled or settings.post_stay.enabled
        for each in batch
        if isinstance(each.event, PropertyAdded | PropertyChanged)
        for settings in [each.event.settings.invitations]
    }
    cursor.execute("DELETE FROM invitations.writing WHERE property_id = ANY(%b)", [list(writing)])
    cursor.execute(
        "INSERT INTO invitations.writing SELECT unnest(%b::uuid[])", [[id_ for id_ in writing if writing[id_]]]
    )


def _keep_stays(cursor: Cursor[TupleRow], batch: Sequence[Recorded], since: date) -> None:
    """Those that ended lately, or are to come."""
    stays: dict[UUID, tuple[UUID, UUID, date] | None] = {}
    gone: set[UUID] = set()
    for each in batch:
        match each.event:
            case StayRecorded(originator_id=guest_id, stay_id=stay_id, stay=stay):
                last_day = stay.departure or stay.arrival
                stays[stay_id] = (guest_id, stay.property_id, last_day) if last_day and last_day >= since else None
            case StayRemoved(stay_id=stay_id):
                stays[stay_id] = None
            case GuestDeleted(originator_id=guest_id):
                gone.add(guest_id)
    kept = [(stay_id, *stay) for stay_id, stay in stays.items() if stay and stay[0] not in gone]
    cursor.execute(
        "DELETE FROM invitations.stay WHERE stay_id = ANY(%b) OR guest_id = ANY(%b)", [list(stays), list(gone)]
    )
    cursor.execute(
        "INSERT INTO invitations.stay SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::date[])",
        [[stay[column] for stay in kept] for column in range(4)],
    )


def _note_to_plan(cursor: Cursor[TupleRow], guests: Mapping[UUID, int]) -> None:
    """With the position of the last event that concerns them."""
    cursor.execute(
        "INSERT INTO invitations.to_plan SELECT *, false FROM unnest(%b::uuid[], %b::bigint[])"
        " ON CONFLICT (guest_id) DO UPDATE SET position = excluded.position",
        [list(guests), list(guests.values())],
    )


def _note_to_plan_anew(cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
    """Everybody at a property whose settings changed."""
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
    """What is to come of an invitation: the message, or its automatic reminder, and a reminder somebody asked for.

    The message has the portal it is to lead to, once it was to be sent.
    """

    planned_at: datetime | None = None
    asked_at: datetime | None = None
    portal: str | None = None
    property_id: UUID | None = None
    failing_since: datetime | None = None


NOTHING = _Due()


def _queue(cursor: Cursor[TupleRow], batch: Iterable[Recorded]) -> None:
    told = [each for each in batch if isinstance(each.event, CONCERNS_THE_QUEUE)]
    if not told:
        return
    ids = list({each.event.originator_id for each in told})
    found = cursor.execute(
        "SELECT invitation_id, planned_at, asked_at, portal, property_id, failing_since FROM invitations.due"
        " WHERE invitation_id = ANY(%b) ORDER BY invitation_id FOR UPDATE",
        [ids],
    )
    due = {invitation: _Due(*what) for invitation, *what in found}
    not_sent = []
    for each in told:
        invitation, before = each.event.originator_id, due.get(each.event.originator_id, NOTHING)
        after = due[invitation] = _next(before, each)
        if before.portal and before.property_id and not after.portal and not isinstance(each.event, InvitationSent):
            not_sent.append((invitation, before.property_id, before.portal))
    to_come = {invitation: what for invitation, what in due.items() if what.planned_at or what.asked_at}
    cursor.execute("DELETE FROM invitations.due WHERE invitation_id = ANY(%b)", [list(due.keys() - to_come.keys())])
    cursor.execute(
        "INSERT INTO invitations.due "
        " (invitation_id, planned_at, asked_at, portal, property_id, failing_since, due_at)"
        " SELECT *, coalesce(asked_at, planned_at) FROM unnest("
        "  %b::uuid[], %b::timestamptz[], %b::timestamptz[], %b::text[], %b::uuid[], %b::timestamptz[]"
        " ) AS told (invitation_id, planned_at, asked_at, portal, property_id, failing_since)"
        " ON CONFLICT (invitation_id) DO UPDATE SET planned_at = excluded.planned_at, asked_at = excluded.asked_at,"
        " due_at = excluded.due_at, portal = excluded.portal, property_id = excluded.property_id,"
        " failing_since = excluded.failing_since, attempts = 0, handled = false, pinned_at = NULL, as_of = NULL"
        " WHERE due.handled OR (due.planned_at, due.asked_at, due.portal)"
        "  IS DISTINCT FROM (excluded.planned_at, excluded.asked_at, excluded.portal)",
        [list(to_come), *([what[number] for what in to_come.values()] for number in range(len(_Due._fields)))],
    )
    give_back(cursor, not_sent)
    note_asked(cursor, told)


def _next(before: _Due, recorded: Recorded) -> _Due:
    match recorded.event:
        case InvitationScheduled(due_at=at):
            return _Due(at)
        case InvitationMoved(due_at=at, reason=why) | ReminderMoved(remind_at=at, reason=why):
            since = before.failing_since if why is Delay.QUIET_HOURS else None
            return before._replace(planned_at=at, failing_since=since)
        case InvitationSent(remind_at=at):
            return _Due(at)
        case ReminderAsked():
            return before._replace(asked_at=recorded.recorded_at)
        case ReminderSent(automatic=automatic):
            return NOTHING if automatic else before._replace(asked_at=None, failing_since=None)
        case InvitationBounced(permanent=False):
            return before
        case _:
            return NOTHING
