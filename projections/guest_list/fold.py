"""Keeps the guest list up with the log: takes the rows a batch concerns out, changes them here, puts them back."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import LiteralString, NamedTuple
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow, class_row

from domain.contact import Address, Profile
from domain.event import Event, Recorded
from domain.feedback import ReplyWritten
from domain.guest import (
    AddressSuppressed,
    CommunicationCancelled,
    GuestAnonymised,
    GuestBlocked,
    GuestChanged,
    GuestDeleted,
    GuestRegistered,
    GuestUnblocked,
    GuestUnsubscribed,
    LegalHoldLifted,
    LegalHoldPlaced,
    StayRecorded,
    StayRemoved,
)
from projections.guest_list.text import fold, national

_FOLDER = Path(__file__).parent
SAMPLED = 512
"""One guest in this many is marked, from whom `queries` tells how many a search will find."""
_SORTED = 200
"""Letters of a text that it is sorted by: an entry of an index must stay below 2,700 bytes."""


class _Guest(NamedTuple):
    """A row of the table `guest`, its columns in order."""

    organisation: UUID
    guest: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    sampled: bool
    last_name: str | None = None
    company: str | None = None
    country: str | None = None
    language: str | None = None
    status: str = "new"
    blocked_until: date | None = None
    stays: int = 0
    last_stay: date | None = None
    last_stay_id: UUID | None = None
    last_room: str | None = None
    properties: list[UUID] = []  # noqa: RUF012  never changed, only replaced
    total_paid: int = 0
    held: bool = False
    answered: bool = False
    unsubscribed: bool = False
    silenced: list[UUID] = []  # noqa: RUF012  never changed, only replaced
    suppressed: list[str] | None = None
    profile: str | None = None
    search: str | None = None


class _Stay(NamedTuple):
    """A row of the table `stay`, its columns in order."""

    organisation: UUID
    guest: UUID
    stay_id: UUID
    property_id: UUID
    arrival: date | None
    departure: date | None
    room: str | None


_GUEST_TYPES = (
    "uuid uuid int4 timestamptz timestamptz bool text text text text text date int4 date uuid text uuid[] int8"
    " bool bool bool uuid[] text[] text text"
)
_STAY_TYPES = "uuid uuid uuid uuid date date text"

_NOWHERE = Address()
_Cursor = Cursor[TupleRow]
_Guests = dict[UUID, _Guest]
_Stays = dict[UUID, dict[UUID, _Stay]]


class GuestList:
    """The projection `guest_list`. A guest is "returning" from the second stay on, coming ones included."""

    name = "guest_list"
    tables = (_FOLDER / "schema.sql").read_text()
    indexes = (_FOLDER / "indexes.sql").read_text()
    readable: LiteralString = (
        "SELECT guest, count(*) FROM guest WHERE guest = ANY(%(guests)s)"
        " AND num_nonnulls(last_name, company, suppressed, profile, search) > 0 GROUP BY guest"
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
        ReplyWritten,
    )

    def apply(self, cursor: _Cursor, batch: Sequence[Recorded]) -> None:
        registered: set[UUID] = set()
        changed: set[UUID] = set()
        moved: set[UUID] = set()
        for one in batch:
            match one.event:
                case GuestRegistered(originator_id=guest):
                    registered.add(guest)
                case StayRecorded() | StayRemoved() | GuestDeleted():
                    moved.add(one.event.originator_id)
                case ReplyWritten(subject_id=subject):
                    changed.add(subject)
                case _:
                    changed.add(one.event.originator_id)

        guests = _take_guests(cursor, (changed | moved) - registered)
        stays = _take_stays(cursor, moved, moved - registered)
        for one in batch:
            _evolve(guests, stays, one)
        for guest in moved & guests.keys():
            guests[guest] = _counted(guests[guest], stays[guest].values())
        for guest, row in guests.items():
            guests[guest] = row._replace(status=status_on(date.min, row.stays, row.blocked_until))
        _put_back(cursor, guests, stays)


def _take_guests(cursor: _Cursor, known: set[UUID]) -> _Guests:
    if not known:
        return {}
    with cursor.connection.cursor(row_factory=class_row(_Guest)) as rows:
        rows.execute(
            "DELETE FROM guest WHERE guest = ANY(%s) RETURNING organisation, guest, version, created_at, updated_at,"
            " sampled, last_name, company, country, language, status, blocked_until, stays, last_stay, last_stay_id,"
            " last_room, properties, total_paid, held, answered, unsubscribed, silenced, suppressed, profile::text,"
            " search",
            (list(known),),
        )
        return {row.guest: row for row in rows}


def _take_stays(cursor: _Cursor, moved: set[UUID], known: set[UUID]) -> _Stays:
    stays: _Stays = {guest: {} for guest in moved}
    if known:
        with cursor.connection.cursor(row_factory=class_row(_Stay)) as rows:
            rows.execute("DELETE FROM stay WHERE guest = ANY(%s) RETURNING *", (list(known),))
            for row in rows:
                stays[row.guest][row.stay_id] = row
    return stays


def _evolve(guests: _Guests, stays: _Stays, recorded: Recorded) -> None:
    event, guest = recorded.event, recorded.event.originator_id
    match event:
        case GuestRegistered():
            at, version = recorded.recorded_at, event.originator_version
            row = _Guest(recorded.organisation_id, guest, version, at, at, sampled=guest.int % SAMPLED == 0)
            guests[guest] = _described(row, event)
            return
        case GuestChanged():
            guests[guest] = _described(guests[guest], event)
        case StayRecorded(stay_id=stay_id, stay=stay):
            stays[guest][stay_id] = _Stay(
                recorded.organisation_id, guest, stay_id, stay.property_id, stay.arrival, stay.departure, stay.room
            )
        case StayRemoved(stay_id=stay_id):
            del stays[guest][stay_id]
        case GuestDeleted():
            del guests[guest], stays[guest]
            return
        case ReplyWritten(subject_id=subject):
            if subject in guests:  # or it is to somebody who is no known guest
                guests[subject] = guests[subject]._replace(answered=True)
            return
        case GuestAnonymised():
            guests[guest] = guests[guest]._replace(
                last_name=None, company=None, suppressed=None, profile=None, search=None, held=False
            )
        case LegalHoldPlaced() | LegalHoldLifted():
            guests[guest] = guests[guest]._replace(held=isinstance(event, LegalHoldPlaced))
        case CommunicationCancelled(stay_ids=stay_ids):
            guests[guest] = guests[guest]._replace(silenced=[*guests[guest].silenced, *stay_ids])
        case GuestUnsubscribed():
            guests[guest] = guests[guest]._replace(unsubscribed=True)
        case AddressSuppressed(address=str(address)):
            guests[guest] = guests[guest]._replace(suppressed=[*(guests[guest].suppressed or ()), address])
        case GuestBlocked(until=until):
            guests[guest] = guests[guest]._replace(blocked_until=until or date.max)
        case GuestUnblocked():
            guests[guest] = guests[guest]._replace(blocked_until=None)
    guests[guest] = guests[guest]._replace(version=event.originator_version, updated_at=recorded.recorded_at)


def _described(guest: _Guest, event: GuestRegistered | GuestChanged) -> _Guest:
    profile = event.profile
    return guest._replace(
        country=event.country,
        language=event.language,
        last_name=fold(profile.last_name)[:_SORTED] if profile else None,
        company=fold(profile.company)[:_SORTED] if profile and profile.company else None,
        profile=profile.model_dump_json(exclude={"note"}) if profile else None,
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


def _counted(guest: _Guest, stays: Iterable[_Stay]) -> _Guest:
    """The guest with what the list shows of their stays; the last is the latest by arrival, else departure.

    Several rooms at one time are one stay.
    """
    known = sorted(stays, key=lambda stay: stay.stay_id)  # so that a rebuilt row is the same, also where stays tie
    last = max(known, key=_when, default=None)
    times = len({(stay.property_id, _when(stay)) for stay in known})
    return guest._replace(
        stays=times,
        last_stay=last and (last.arrival or last.departure),
        last_stay_id=last and last.stay_id,
        last_room=last and last.room,
        properties=sorted({stay.property_id for stay in known}),
    )


def status_on(day: date, stays: int, blocked_until: date | None) -> str:
    """A block is over by itself after its last day, as Guest.blocked_on has it."""
    if blocked_until is not None and day <= blocked_until:
        return "blocked"
    return "returning" if stays > 1 else "new"


def _when(stay: _Stay) -> date:
    return stay.arrival or stay.departure or date.min


def _put_back(cursor: _Cursor, guests: _Guests, stays: _Stays) -> None:
    with cursor.copy("COPY guest FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(_GUEST_TYPES.split())
        for guest in guests.values():
            copy.write_row(guest)
    with cursor.copy("COPY stay FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(_STAY_TYPES.split())
        for of_guest in stays.values():
            for stay in of_guest.values():
                copy.write_row(stay)
