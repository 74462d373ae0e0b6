"""Commands about guests: register, take in many, change, delete; and reading one."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from application.caller import Caller, require_version
from application.erasure.belongings import load_belongings
from application.erasure.merged import seals
from application.guest_book import GuestBook
from application.guest_entry import MOST_CONTACTS, GuestEntry, Judged, judge
from application.guest_records import GuestRecord, identities, load_guest, load_whole
from application.hotels import Hotels
from application.invitations import invitations_ever, require_editable_stay
from application.organisation import load_property
from application.ports import ConcurrentChange, Forgetting, Identities, IdentityTaken, Ports
from application.problem_texts import problem
from application.races import persistently
from domain import erasing, inviting, registering, reserving, staying
from domain import guest as guests
from domain.access import Right
from domain.contact import FieldProblem
from domain.event import Event
from domain.guest import Guest, Known
from domain.guest_events import Origin
from domain.organisation import OrganisationSettings
from domain.policies.completeness import Missing, missing
from domain.property import PropertyUnknown

NOBODY = Guest(UUID(int=0))
"""Of whom nothing is known yet."""

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
    """Judges entries by the organisation's settings and the country of each entry's property.

    They `insist` on what is required there where a person types (P1); what anybody else tells is taken as it is.
    """

    def __init__(
        self, ports: Ports, caller: Caller, settings: OrganisationSettings, default_country: str, *, insist: bool
    ) -> None:
        self._ports = ports
        self._caller = caller
        self._settings = settings
        self._default_country = default_country
        self._insist = insist
        self._everywhere = replace(caller, properties=None)
        self._countries: dict[UUID, str] = {}

    def __call__(self, entry: GuestEntry) -> Judged | list[FieldProblem]:
        return self.anew(entry, NOBODY)

    def anew(self, entry: GuestEntry, guest: Guest) -> Judged | list[FieldProblem]:
        """Judges what a known guest is to become.

        Where it tells of no stay, the country is that of their last, and what is required and was lacking before keeps
        nobody from changing the rest. Own fields and a status label that stay as they are are not judged again: they
        were right where and when they were filled. Who has too many addresses already gets no more.
        """
        for name in ("emails", "phones"):
            if len(getattr(entry, name)) > max(MOST_CONTACTS, len(getattr(guest.known.profile, name, ()))):
                return [problem(f"/{name}", "too-many")]
        try:
            country = self._country_of(entry, guest)
        except PropertyUnknown:
            return [problem("/stay/property_id", "property-unknown")]
        kept: dict[str, object] = {}
        if guest.known.profile and entry.status_label == guest.known.profile.status_label:
            kept["status_label"] = entry.status_label
        if guest.known.profile and entry.custom == guest.known.profile.custom and entry.stay is None:
            kept["custom"] = entry.custom
        judged = judge(
            entry.model_copy(update={name: GuestEntry.model_fields[name].default for name in kept}),
            country=country,
            custom_fields=self._settings.profile_fields,
            status_labels=[label.key for label in self._settings.status_labels],
        )
        if not isinstance(judged, Judged):
            return judged
        judged = judged._replace(profile=judged.profile.model_copy(update=kept))
        known = Known(judged.language, judged.country, judged.profile)
        lacking = self._missing(known, country) if self._insist else []
        before = self._missing(guest.known, country) if guest.exists and entry.stay is None else []
        return [problem(each.pointer, "required-missing") for each in lacking if each not in before] or judged

    def _missing(self, known: Known, country: str) -> list[Missing]:
        return missing(known, self._settings.required_fields, self._settings.profile_fields, country)

    def _country_of(self, entry: GuestEntry, guest: Guest) -> str:
        """Raises PropertyUnknown, also for where the caller's key does not reach."""
        if entry.stay is not None:
            if not self._caller.sees([entry.stay.property_id]):
                raise PropertyUnknown("There is no such property.")
            return self._country(entry.stay.property_id)
        return self._country(guest.latest_stay[1].property_id) if guest.latest_stay else self._default_country

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
        stay = judged.stay.as_of(Hotels(ports).today(judged.stay.property_id))
        events += staying.record_stay(guests.fold(guest, events), stay, ports.new_id())
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

    Of several rows of one guest the first says what they are called; the others, as those of guests whom `told_before`
    picks out, add what is lacking. So the same list again changes nothing.
    """
    book = GuestBook(ports, caller, (identity for row in rows for identity in identities(row.profile)))
    before = told_before(book.guests.keys())
    told_here: set[UUID] = set()
    outcomes: list[Outcome] = []
    for row in rows:
        known = book.find(row.profile)
        guest, written = known or Guest(ports.new_id()), len(book.events)
        tell = registering.complete if guest.id in told_here or guest.id in before else registering.merge
        guest = book.tell(guest, row.profile, Known(row.language, row.country), origin, tell)
        if row.stay:
            book.record_stay(guest, row.stay)
        told_now = Status.UPDATED if len(book.events) > written else Status.UNCHANGED
        outcomes.append(Outcome(told_now if known else Status.CREATED, guest.id))
        told_here.add(guest.id)
    return Intake(outcomes, book.events, book.taken)


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
    contact_sync: bool | None = None,
    expected: int | None = None,
) -> None:
    """Makes the guest what `new` says of them as they are, and their latest stay, if it tells one, what it says of it.

    `contact_sync` switches whether reservations change what is known of them (C5); None leaves it. Raises GuestUnknown,
    GuestForgotten, VersionMismatch, IdentityTaken, ConcurrentChange; StayReserved; WrongState where that stay would
    change after the guest was asked to review it.
    """
    caller.require(Right.WRITE_GUESTS)

    def attempt() -> None:
        guest = load_guest(ports, caller, guest_id).guest
        require_version(guest.version, expected)
        guests.require(guest)
        judged = new(guest)
        events = registering.change(guest, Known(judged.language, judged.country, judged.profile))
        if contact_sync is not None:
            events += registering.switch_contact_sync(guests.fold(guest, events), on=contact_sync)
        if judged.stay:
            stay = judged.stay.as_of(Hotels(ports).today(judged.stay.property_id))
            corrected = staying.correct_latest_stay(guests.fold(guest, events), stay, ports.new_id())
            if corrected and guest.latest_stay:
                require_editable_stay(ports, guest.latest_stay[0])
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

    Raises GuestUnknown, GuestForgotten, UnderLegalHold, StillMerged, AlreadyContacted, VersionMismatch,
    ConcurrentChange; Forbidden for a guest who is known elsewhere too.
    """
    caller.require(Right.WRITE_GUESTS)

    def attempt() -> int:
        record = load_whole(ports, caller, guest_id)
        require_version(record.guest.version, expected)
        record.require_all_of(caller)
        belongings = load_belongings(ports, [guest_id])[guest_id]
        belongings.require_all_of(caller)
        invitations = invitations_ever(ports, record)
        booked = belongings.reservations
        contacted = belongings.answered or any(invitation.sent for invitation in invitations)
        decided = [
            *erasing.delete(record.guest, contacted=contacted),
            *(event for invitation in invitations for event in inviting.delete(invitation)),
            *(event for each in booked for event in reserving.forget(each, guest_id)),
        ]
        given_up = Identities(released=identities(record.guest.known.profile))
        gone = Forgetting(guest_id, belongings=belongings.versions)
        contacts = [each.id for each in booked if not each.erased]
        also = map(Forgetting, [*contacts, *seals(ports, record.recorded)])
        return ports.log.forget([gone, *also], lambda _: decided, caller.metadata(ports.now()), given_up)

    return persistently(attempt)
