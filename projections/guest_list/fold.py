"""Keeps the guest list up with the log: takes the rows a batch concerns out, changes them here, puts them back."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import LiteralString
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from domain.contact import Address, Profile
from domain.event import Event, Recorded
from domain.feedback import ReplyWritten
from domain.guest_events import (
    AddressSuppressed,
    CommunicationCancelled,
    GuestAnonymised,
    GuestBlocked,
    GuestChanged,
    GuestDeleted,
    GuestMerged,
    GuestRegistered,
    GuestUnblocked,
    GuestUnmerged,
    GuestUnsubscribed,
    LegalHoldLifted,
    LegalHoldPlaced,
    MergedInto,
    MergeUndone,
    StayRecorded,
    StayRemoved,
)
from domain.stay import figures
from projections.guest_list.rows import GuestRow, Rows, StayRow, put_back, take
from projections.guest_list.text import fold, national

_FOLDER = Path(__file__).parent
SAMPLED = 512
"""One guest in this many is marked, from whom `queries` tells how many a search will find."""
_SORTED = 200
"""Letters of a text that it is sorted by: an entry of an index must stay below 2,700 bytes."""


_NOWHERE = Address()


class GuestList:
    """The projection `guest_list`. A guest is "returning" from the second realised stay on."""

    name = "guest_list"
    tables = (_FOLDER / "schema.sql").read_text()
    indexes = (_FOLDER / "indexes.sql").read_text()
    readable: LiteralString = (
        "SELECT guest, count(*) FROM (TABLE guest UNION ALL TABLE merged) AS known WHERE guest = ANY(%(guests)s)"
        " AND num_nonnulls(last_name, company, suppressed, status_label, profile, note, search) > 0 GROUP BY guest"
    )
    folds: tuple[type[Event], ...] = (
        GuestRegistered,
        GuestChanged,
        StayRecorded,
        StayRemoved,
        GuestDeleted,
        GuestAnonymised,
        LegalHoldPlaced,
        LegalHoldLifted,
        CommunicationCancelled,
        GuestUnsubscribed,
        AddressSuppressed,
        GuestBlocked,
        GuestUnblocked,
        GuestMerged,
        MergedInto,
        GuestUnmerged,
        MergeUndone,
        ReplyWritten,
    )

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
        registered: set[UUID] = set()
        changed: set[UUID] = set()
        moved: set[UUID] = set()
        for one in batch:
            match one.event:
                case GuestRegistered(originator_id=guest):
                    registered.add(guest)
                case StayRecorded() | StayRemoved() | GuestDeleted() | MergedInto():
                    moved.add(one.event.originator_id)
                case GuestMerged(with_ids=others) | GuestUnmerged(with_ids=others):
                    moved.add(one.event.originator_id)
                    changed.update(others)
                case ReplyWritten(subject_id=subject):
                    changed.add(subject)
                case _:
                    changed.add(one.event.originator_id)

        rows = take(cursor, (changed | moved) - registered, moved)
        for one in batch:
            _evolve(rows, one)
        for guest in moved & rows.guests.keys():
            rows.guests[guest] = _counted(rows.guests[guest], rows.stays[guest].values())
        for guest, row in rows.guests.items():
            rows.guests[guest] = row._replace(status=status_on(date.min, row.stays, row.blocked_until))
        put_back(cursor, rows)


def _evolve(rows: Rows, recorded: Recorded) -> None:
    event, guest, guests = recorded.event, recorded.event.originator_id, rows.guests
    match event:
        case GuestRegistered():
            at, version = recorded.recorded_at, event.originator_version
            row = GuestRow(recorded.organisation_id, guest, version, at, at, sampled=guest.int % SAMPLED == 0)
            guests[guest] = _described(row._replace(country=event.country, language=event.language), event.profile)
            return
        case GuestDeleted():
            del guests[guest], rows.stays[guest]
            return
        case ReplyWritten(subject_id=subject):
            if subject in guests:  # or it is to somebody who is no known guest
                guests[subject] = guests[subject]._replace(answered=True)
            return
        case StayRecorded(stay_id=stay_id, stay=stay):
            rows.stays[guest][stay_id] = StayRow.of(recorded.organisation_id, guest, stay_id, stay)
        case StayRemoved(stay_id=stay_id):
            del rows.stays[guest][stay_id]
        case GuestMerged(with_ids=others):
            rows.merged |= dict.fromkeys(others, guest)
        case MergedInto(guest_id=survivor):
            rows.merged[guest] = survivor
            rows.stays[guest].clear()
        case GuestUnmerged(other_id=other, with_ids=others, stay_ids=stay_ids):
            rows.merged |= {each: other for each in others if each != other}
            for stay_id in stay_ids:
                del rows.stays[guest][stay_id]
        case MergeUndone():
            del rows.merged[guest]
    version, at = event.originator_version, recorded.recorded_at
    guests[guest] = _changed(guests[guest], event)._replace(version=version, updated_at=at)


def _changed(row: GuestRow, event: Event) -> GuestRow:
    match event:
        case GuestAnonymised():
            return _described(row, None)._replace(suppressed=None, held=False)
        case LegalHoldPlaced() | LegalHoldLifted():
            return row._replace(held=isinstance(event, LegalHoldPlaced))
        case CommunicationCancelled(stay_ids=stay_ids):
            return row._replace(silenced=[*row.silenced, *stay_ids])
        case GuestUnsubscribed():
            return row._replace(unsubscribed=True)
        case AddressSuppressed(address=str(address)):
            return row._replace(suppressed=[*(row.suppressed or ()), address])
        case GuestBlocked(until=until):
            return row._replace(blocked_until=until or date.max)
        case GuestUnblocked():
            return row._replace(blocked_until=None)
        case GuestUnmerged(unsubscribed=unsubscribed, silenced=silenced, suppressed=suppressed):
            row = row._replace(
                unsubscribed=unsubscribed, silenced=list(silenced), suppressed=list(suppressed) if suppressed else None
            )
    if isinstance(event, GuestChanged | GuestMerged | GuestUnmerged | MergeUndone):
        row = _described(row._replace(country=event.country, language=event.language), event.profile)
    return row


def _described(guest: GuestRow, profile: Profile | None) -> GuestRow:
    return guest._replace(
        last_name=fold(profile.last_name)[:_SORTED] if profile else None,
        company=fold(profile.company)[:_SORTED] if profile and profile.company else None,
        status_label=profile.status_label if profile else None,
        profile=profile.model_dump_json(exclude={"note"}) if profile else None,
        note=profile.note if profile else None,
        search=_searchable(profile) if profile else None,
    )


def _searchable(profile: Profile) -> str:
    """Every field, folded. The space at the end is for the search of pairs: see `plan`."""
    address = profile.address or _NOWHERE
    fields = [
        profile.last_name,
        profile.first_name,
        *profile.emails,
        *profile.phones,
        *map(national, profile.phones),
        profile.company,
        address.street,
        address.postal_code,
        address.city,
        address.region,
        address.country,
        profile.level,
        profile.note,
        *map(str, profile.custom.values()),
    ]
    return fold(" ".join(filter(None, fields))) + " "


def _counted(guest: GuestRow, rows: Iterable[StayRow]) -> GuestRow:
    """The guest with what the list shows of their stays."""
    in_order = sorted(rows, key=lambda row: row.stay_id)  # so that a rebuilt row is the same, also where stays tie
    known = {row.stay_id: row.stay for row in in_order}
    come_to = figures(known.values())
    latest = max(known, key=lambda stay_id: known[stay_id].begins or date.min, default=None)
    return guest._replace(
        stays=come_to.stays,
        nights=come_to.nights,
        last_stay=come_to.last_stay,
        last_rooms=list(come_to.last_rooms),
        latest_stay_id=latest,
        properties=sorted({stay.property_id for stay in known.values()}),
        total_paid=max(come_to.total_paid.values(), default=0),
        paid=json.dumps(come_to.total_paid),
    )


def status_on(day: date, stays: int, blocked_until: date | None) -> str:
    """A block is over by itself after its last day, as Guest.blocked_on has it."""
    if blocked_until is not None and day <= blocked_until:
        return "blocked"
    return "returning" if stays > 1 else "new"
