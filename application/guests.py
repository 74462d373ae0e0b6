"""Commands about guests: register, take in many, change, delete; and reading one."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from application.caller import Caller, require_version
from application.contacts import email_identity
from application.erasure.belongings import load_belongings
from application.guest_entry import GuestEntry, Judged, judge
from application.guest_records import GuestRecord, identities, load_guest, load_whole
from application.invitations import invitations_ever, require_editable_stay
from application.organisation import load_property
from application.ports import ConcurrentChange, Forgetting, Identities, IdentityTaken, Ports
from application.problem_texts import problem
from application.races import persistently
from domain import erasing, inviting, registering
from domain import guest as guests
from domain.access import Right
from domain.contact import FieldProblem, Profile
from domain.custom_field import CustomField
from domain.event import Event
from domain.guest import Guest, Known, Origin
from domain.property import PropertyUnknown

INTAKE_RACES = (ConcurrentChange, IdentityTaken)
"""What an append refuses when someone else registered the same guest in between: the next attempt knows them."""


class Status(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Outcome(NamedTuple):
    """What became of one row."""

    status: Status
    guest_id: UUID


def read_guest(ports: Ports, caller: Caller, guest_id: UUID, *, as_of: datetime | None = None) -> GuestRecord:
    """The guest as the log tells it, now or at a past moment. Raises GuestUnknown, Forbidden."""
    caller.require(Right.READ_GUESTS)
    return load_guest(ports, caller, guest_id, as_of=as_of)


class Judges:
    """Judges entries by the organisation's own fields and the country of each entry's property."""

    def __init__(
        self, ports: Ports, caller: Caller, custom_fields: Sequence[CustomField], default_country: str
    ) -> None:
        self._ports = ports
        self._caller = caller
        self._custom_fields = custom_fields
        self._default_country = default_country
        self._everywhere = replace(caller, properties=None)
        self._countries: dict[UUID, str] = {}

    def __call__(self, entry: GuestEntry) -> Judged | list[FieldProblem]:
        country = self._default_country
        if entry.stay is not None:
            try:
                country = self._country(entry.stay.property_id)
                if not self._caller.sees([entry.stay.property_id]):
                    raise PropertyUnknown("There is no such property.")
            except PropertyUnknown:
                return [problem("/stay/property_id", "property-unknown")]
        return judge(entry, country=country, custom_fields=self._custom_fields)

    def anew(self, entry: GuestEntry, guest: Guest) -> Judged | list[FieldProblem]:
        """Judges what a known guest is to become.

        Where it tells of no stay, the country is that of their last. Own fields that stay as they are are not
        judged again: they were right where and when they were filled, and a field that was since made required
        keeps nobody from changing the others.
        """
        if entry.stay is not None:
            return self(entry)
        country = self._country(guest.last_stay[1].property_id) if guest.last_stay else self._default_country
        custom = guest.known.profile.custom if guest.known.profile else {}
        if entry.custom != custom:
            return judge(entry, country=country, custom_fields=self._custom_fields)
        judged = judge(entry.model_copy(update={"custom": {}}), country=country, custom_fields=())
        if not isinstance(judged, Judged):
            return judged
        return judged._replace(profile=judged.profile.model_copy(update={"custom": custom}))

    def _country(self, property_id: UUID) -> str:
        if property_id not in self._countries:
            hotel = load_property(self._ports, self._everywhere, property_id)
            self._countries[property_id] = hotel.settings.country
        return self._countries[property_id]


def register_guest(ports: Ports, caller: Caller, judged: Judged, origin: Origin) -> tuple[UUID, int]:
    """The new guest's id and the position. Raises IdentityTaken, naming the guest who has the e-mail or phone."""
    caller.require(Right.WRITE_GUESTS)
    told = Known(judged.language, judged.country, judged.profile)
    guest = Guest(ports.new_id())
    events = registering.register(guest, caller.organisation_id, origin, told)
    if judged.stay:
        events += registering.record_stay(guests.fold(guest, events), judged.stay, ports.new_id())
    taken = [(identity, guest.id) for identity in identities(judged.profile)]
    metadata = caller.metadata(ports.now(), property_id=judged.stay.property_id if judged.stay else None)
    return guest.id, ports.log.append(events, metadata, Identities(taken))


@dataclass(frozen=True)
class Intake:
    """What taking in rows comes to: an outcome for each, and all there is to write, together."""

    outcomes: Sequence[Outcome]
    events: Sequence[Event]
    taken: Sequence[tuple[str, UUID]]


def nobody(_: Collection[UUID]) -> Collection[UUID]:
    return ()


def intake(
    ports: Ports,
    caller: Caller,
    rows: Sequence[Judged],
    origin: Origin,
    told_before: Callable[[Collection[UUID]], Collection[UUID]] = nobody,
) -> Intake:
    """Registers those of the rows nobody knows, and tells the others' guests what is new. Writes nothing.

    A row is known by its e-mails, else by its phones (C4); two rows of one guest follow each other. What is known of
    a guest who is not the caller's business stays as it is: only a stay is added, which makes them theirs. Of several
    rows of one guest the first says what they are called; the others, as those of guests whom `told_before` picks out,
    add what is lacking. So the same list again changes nothing.
    """
    told_by = [identities(row.profile) for row in rows]
    owners = ports.log.owners(caller.organisation_id, {identity for told in told_by for identity in told})
    streams = ports.log.streams(list(set(owners.values())))
    known = {
        guest_id: guests.fold(Guest(guest_id), (each.event for each in recorded))
        for guest_id, recorded in streams.items()
    }
    before = told_before(known.keys())
    told_here: set[UUID] = set()
    outcomes: list[Outcome] = []
    events: list[Event] = []
    taken: list[tuple[str, UUID]] = []
    for row, told in zip(rows, told_by, strict=True):
        owner = next((owners[identity] for identity in told if identity in owners), None)
        guest = known[owner] if owner else Guest(ports.new_id())
        own = [identity for identity in told if owners.get(identity, guest.id) == guest.id]
        profile = row.profile if own == told else _without_others(row.profile, own)
        if guest.deleted or guest.anonymised:
            raise ConcurrentChange("The guest was forgotten at the same moment.")  # and who comes again is somebody new
        mine = not guest.exists or caller.sees(guest.properties)
        told_now = Known(row.language, row.country, profile)
        tell = registering.complete if guest.id in told_here or guest.id in before else registering.merge
        decided = _tell(guest, caller.organisation_id, told_now, origin, tell) if mine else []
        guest = guests.fold(guest, decided)
        if row.stay:
            stays = registering.record_stay(guest, row.stay, ports.new_id())
            guest = guests.fold(guest, stays)
            decided += stays
        known[guest.id] = guest
        for identity in identities(guest.known.profile):
            if identity in own and identity not in owners:
                owners[identity] = guest.id
                taken.append((identity, guest.id))
        events += decided
        status = Status.CREATED if owner is None else Status.UPDATED if decided else Status.UNCHANGED
        outcomes.append(Outcome(status, guest.id))
        told_here.add(guest.id)
    return Intake(outcomes, events, taken)


def _without_others(profile: Profile, own: Sequence[str]) -> Profile:
    """The profile with those of its e-mails and phones alone that are not another guest's."""
    return profile.model_copy(
        update={
            "emails": tuple(email for email in profile.emails if email_identity(email) in own),
            "phones": tuple(phone for phone in profile.phones if phone in own),
        }
    )


def _tell(
    guest: Guest, organisation_id: UUID, told: Known, origin: Origin, tell: Callable[[Known, Known], Known]
) -> list[guests.GuestEvent]:
    if guest.exists:
        return registering.change(guest, tell(guest.known, told))
    return registering.register(guest, organisation_id, origin, told)


def take_in(ports: Ports, caller: Caller, rows: Sequence[Judged], origin: Origin) -> tuple[Sequence[Outcome], int]:
    """Writes what intake decides. The position is that of the last event of the rows' guests, 0 without any.

    Raises ConcurrentChange, IdentityTaken.
    """
    caller.require(Right.WRITE_GUESTS)

    def attempt() -> tuple[Sequence[Outcome], int]:
        todo = intake(ports, caller, rows, origin)
        if todo.events:
            return todo.outcomes, ports.log.append(todo.events, caller.metadata(ports.now()), Identities(todo.taken))
        streams = ports.log.streams([outcome.guest_id for outcome in todo.outcomes])
        return todo.outcomes, max((recorded[-1].position for recorded in streams.values()), default=0)

    return persistently(attempt, lost=INTAKE_RACES)


def change_guest(
    ports: Ports,
    caller: Caller,
    guest_id: UUID,
    new: Callable[[Guest], Judged],
    *,
    expected: int | None = None,
) -> None:
    """Makes the guest what `new` says of them as they are, and their last stay, if it tells one, what it says of that.

    Raises GuestUnknown, GuestForgotten, VersionMismatch, IdentityTaken, ConcurrentChange; WrongState where that stay
    would change after the guest was asked to review it.
    """
    caller.require(Right.WRITE_GUESTS)

    def attempt() -> None:
        guest = load_guest(ports, caller, guest_id).guest
        require_version(guest.version, expected)
        guests.require(guest)
        judged = new(guest)
        events = registering.change(guest, Known(judged.language, judged.country, judged.profile))
        if judged.stay:
            corrected = registering.correct_last_stay(guests.fold(guest, events), judged.stay, ports.new_id())
            if corrected and guest.last_stay:
                require_editable_stay(ports, guest.last_stay[0])
            events += corrected
        if not events:
            return
        before, after = identities(guest.known.profile), identities(judged.profile)
        moved = Identities(
            taken=[(identity, guest_id) for identity in after if identity not in before],
            released=[identity for identity in before if identity not in after],
        )
        property_id = judged.stay.property_id if judged.stay else None
        ports.log.append(events, caller.metadata(ports.now(), property_id=property_id), moved)

    persistently(attempt)


def delete_guest(ports: Ports, caller: Caller, guest_id: UUID, *, expected: int | None = None) -> int:
    """Takes a guest off the list and destroys their key.

    Raises GuestUnknown, GuestForgotten, UnderLegalHold, AlreadyContacted, VersionMismatch, ConcurrentChange; Forbidden
    for a guest who is known elsewhere too.
    """
    caller.require(Right.WRITE_GUESTS)

    def attempt() -> int:
        record = load_whole(ports, caller, guest_id)
        require_version(record.guest.version, expected)
        record.require_all_of(caller)
        belongings = load_belongings(ports, [guest_id])[guest_id]
        belongings.require_all_of(caller)
        invitations = invitations_ever(ports, record)
        contacted = belongings.answered or any(invitation.sent for invitation in invitations)
        decided = [
            *erasing.delete(record.guest, contacted=contacted),
            *(event for invitation in invitations for event in inviting.delete(invitation)),
        ]
        given_up = Identities(released=identities(record.guest.known.profile))
        gone = Forgetting(guest_id, belongings=belongings.versions)
        return ports.log.forget([gone], lambda _: decided, caller.metadata(ports.now()), given_up)

    return persistently(attempt)
