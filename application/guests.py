"""Commands about guests: register, take in many, change, delete; and reading one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, TypeVar
from uuid import UUID

from application.caller import Caller, require_version
from application.contacts import email_identity
from application.guest_entry import GuestEntry, Judged, judge
from application.organisation import load_property
from application.ports import ConcurrentChange, Identities, IdentityTaken, Ports
from application.problem_texts import problem
from domain import guest as guests
from domain.access import Right
from domain.contact import FieldProblem, Profile
from domain.custom_field import CustomField
from domain.event import Event
from domain.guest import Guest, GuestUnknown, Known, Origin
from domain.property import PropertyUnknown
from domain.refusal import Refusal

Result = TypeVar("Result")

INTAKE_RACES = (ConcurrentChange, IdentityTaken)
"""What an append refuses when someone else registered the same guest in between: the next attempt knows them."""

ATTEMPTS = 5
"""How often a command that lost a race reads again and decides again."""


class InvalidInput(Refusal):
    """Fields that cannot be taken as they are; nothing was written."""

    code = "invalid"

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        super().__init__("Some fields cannot be taken as they are.")
        self.problems = problems


class Status(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Outcome(NamedTuple):
    """What became of one row; `same_as` is the index of an earlier row that told of the same guest."""

    status: Status
    guest_id: UUID
    same_as: int | None


@dataclass(frozen=True)
class GuestRecord:
    """A guest with when they were first and last written of."""

    guest: Guest
    created_at: datetime
    updated_at: datetime


def read_guest(ports: Ports, caller: Caller, guest_id: UUID, *, as_of: datetime | None = None) -> GuestRecord:
    """The guest as the log tells it, now or at a past moment. Raises GuestUnknown, Forbidden."""
    caller.require(Right.READ_GUESTS)
    return load_guest(ports, caller, guest_id, as_of=as_of)


def load_guest(ports: Ports, caller: Caller, guest_id: UUID, *, as_of: datetime | None = None) -> GuestRecord:
    recorded = ports.log.stream(guest_id, as_of=as_of)
    guest = guests.fold(Guest(guest_id), (each.event for each in recorded))
    visible = guest.exists and caller.sees(stay.property_id for stay in guest.stays.values())
    if guest.organisation_id != caller.organisation_id or not visible:
        raise GuestUnknown("There is no such guest.")
    return GuestRecord(guest, recorded[0].recorded_at, recorded[-1].recorded_at)


class Judges:
    """Judges entries by the organisation's own fields and the country of each entry's property."""

    def __init__(
        self, ports: Ports, caller: Caller, custom_fields: Sequence[CustomField], default_country: str
    ) -> None:
        self._ports = ports
        self._caller = caller
        self._custom_fields = custom_fields
        self._default_country = default_country
        self._countries: dict[UUID, str] = {}

    def __call__(self, entry: GuestEntry) -> Judged | list[FieldProblem]:
        country = self._default_country
        if entry.stay is not None:
            try:
                country = self._country(entry.stay.property_id)
            except PropertyUnknown:
                return [problem("/stay/property_id", "property-unknown")]
        return judge(entry, country=country, custom_fields=self._custom_fields)

    def _country(self, property_id: UUID) -> str:
        if property_id not in self._countries:
            hotel = load_property(self._ports, self._caller, property_id)
            self._countries[property_id] = hotel.settings.country
        return self._countries[property_id]


def register_guest(ports: Ports, caller: Caller, judged: Judged, origin: Origin) -> tuple[UUID, int]:
    """The new guest's id and the position. Raises IdentityTaken, naming the guest who has the e-mail or phone."""
    caller.require(Right.WRITE_GUESTS)
    told = Known(judged.language, judged.country, judged.profile)
    guest = Guest(ports.new_id())
    events = guests.register(guest, caller.organisation_id, origin, told)
    if judged.stay:
        events += guests.record_stay(guests.fold(guest, events), judged.stay, ports.new_id())
    taken = [(identity, guest.id) for identity in identities(judged.profile)]
    metadata = caller.metadata(ports.now(), property_id=judged.stay.property_id if judged.stay else None)
    return guest.id, ports.log.append(events, metadata, Identities(taken))


@dataclass(frozen=True)
class Intake:
    """What taking in rows comes to: an outcome for each, and all there is to write, together."""

    outcomes: Sequence[Outcome]
    events: Sequence[Event]
    taken: Sequence[tuple[str, UUID]]


def intake(ports: Ports, caller: Caller, rows: Sequence[Judged], origin: Origin) -> Intake:
    """Registers those of the rows nobody knows, and tells the others' guests what is new. Writes nothing.

    A row is known by its e-mails, else by its phones (C4); two rows of one guest follow each other.
    """
    told_by = [identities(row.profile) for row in rows]
    owners = ports.log.owners(caller.organisation_id, {identity for told in told_by for identity in told})
    streams = ports.log.streams(list(set(owners.values())))
    known = {
        guest_id: guests.fold(Guest(guest_id), (each.event for each in recorded))
        for guest_id, recorded in streams.items()
    }
    first_row: dict[UUID, int] = {}
    outcomes: list[Outcome] = []
    events: list[Event] = []
    taken: list[tuple[str, UUID]] = []
    for index, (row, told) in enumerate(zip(rows, told_by, strict=True)):
        owner = next((owners[identity] for identity in told if identity in owners), None)
        guest = known[owner] if owner else Guest(ports.new_id())
        decided = _tell(
            guest,
            caller.organisation_id,
            row,
            [i for i in told if owners.get(i, guest.id) == guest.id],
            origin,
            ports.new_id,
        )
        guest = guests.fold(guest, decided)
        known[guest.id] = guest
        for identity in identities(guest.known.profile):
            if identity not in owners:
                owners[identity] = guest.id
                taken.append((identity, guest.id))
        events += decided
        status = Status.CREATED if owner is None else Status.UPDATED if decided else Status.UNCHANGED
        outcomes.append(Outcome(status, guest.id, first_row.get(guest.id)))
        first_row.setdefault(guest.id, index)
    return Intake(outcomes, events, taken)


def _tell(
    guest: Guest, organisation_id: UUID, row: Judged, own: Sequence[str], origin: Origin, new_id: Callable[[], UUID]
) -> list[guests.GuestEvent]:
    """What a row's telling makes of its guest; `own` are those of its identities that are not another guest's."""
    profile = row.profile.model_copy(
        update={
            "emails": tuple(email for email in row.profile.emails if email_identity(email) in own),
            "phones": tuple(phone for phone in row.profile.phones if phone in own),
        }
    )
    told = Known(row.language, row.country, profile)
    if guest.exists:
        decided = guests.change(guest, guests.merge(guest.known, told))
    else:
        decided = guests.register(guest, organisation_id, origin, told)
    if row.stay:
        decided += guests.record_stay(guests.fold(guest, decided), row.stay, new_id())
    return decided


def take_in(
    ports: Ports, caller: Caller, rows: Sequence[Judged], origin: Origin
) -> tuple[Sequence[Outcome], int | None]:
    """Writes what intake decides; the position is None when there was nothing to write. Raises ConcurrentChange."""
    caller.require(Right.WRITE_GUESTS)

    def attempt() -> tuple[Sequence[Outcome], int | None]:
        todo = intake(ports, caller, rows, origin)
        if not todo.events:
            return todo.outcomes, None
        return todo.outcomes, ports.log.append(todo.events, caller.metadata(ports.now()), Identities(todo.taken))

    return persistently(attempt, lost=INTAKE_RACES)


def change_guest(
    ports: Ports,
    caller: Caller,
    guest_id: UUID,
    new: Callable[[Guest], Judged],
    *,
    expected: int | None = None,
) -> int | None:
    """Makes the guest what `new` says of them as they are; gives the position, None when nothing was different.

    Raises GuestUnknown, VersionMismatch, IdentityTaken, ConcurrentChange.
    """
    caller.require(Right.WRITE_GUESTS)

    def attempt() -> int | None:
        guest = load_guest(ports, caller, guest_id).guest
        require_version(guest.version, expected)
        judged = new(guest)
        events = guests.change(guest, Known(judged.language, judged.country, judged.profile))
        if not events:
            return None
        before, after = identities(guest.known.profile), identities(judged.profile)
        moved = Identities(
            taken=[(identity, guest_id) for identity in after if identity not in before],
            released=[identity for identity in before if identity not in after],
        )
        return ports.log.append(events, caller.metadata(ports.now()), moved)

    return persistently(attempt)


def delete_guest(ports: Ports, caller: Caller, guest_id: UUID, *, expected: int | None = None) -> int:
    """Takes a guest off the list and destroys their key. Raises GuestUnknown, VersionMismatch, ConcurrentChange."""
    caller.require(Right.WRITE_GUESTS)

    def attempt() -> int:
        guest = load_guest(ports, caller, guest_id).guest
        require_version(guest.version, expected)
        given_up = Identities(released=identities(guest.known.profile))
        return ports.log.append(guests.delete(guest), caller.metadata(ports.now()), given_up, forget=[guest_id])

    return persistently(attempt)


def identities(profile: Profile | None) -> list[str]:
    """By what a guest is known, e-mails before phones (C4): strings that are equal for one mailbox or number."""
    return [] if profile is None else [*(email_identity(email) for email in profile.emails), *profile.phones]


def persistently(attempt: Callable[[], Result], lost: tuple[type[Refusal], ...] = (ConcurrentChange,)) -> Result:
    """Reads and decides again after a race was lost; the last race lost is the caller's to hear of."""
    for _ in range(ATTEMPTS - 1):
        try:
            return attempt()
        except lost:
            continue
    return attempt()
