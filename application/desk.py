"""Reservations and their guests as a batch of tellings leaves them, and all there is to write of them, together."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from application.announcing import announced
from application.caller import Caller
from application.guest_book import GuestBook, Tell
from application.guest_entry import Judged
from application.guest_records import identities
from application.ports import ConcurrentChange, Identities, Ports
from domain import registering, reservation, reserving, staying
from domain.access import Role
from domain.contact import Profile
from domain.event import Event
from domain.guest import Guest, Known
from domain.guest_events import Origin
from domain.property import Arrivals
from domain.reservation import GONE, Reservation, ReservationEvent
from domain.reserving import Told
from domain.stay import Stay


def known_as(property_id: UUID, external_id: str) -> str:
    """An identity of a reservation: a property has one with this external id. No e-mail or phone looks like it."""
    return f"reservation {property_id} {external_id}"


class Written(NamedTuple):
    """What is to be appended together."""

    events: Sequence[Event]
    identities: Identities


class Desk:
    """Where reservations are taken in: each with its guest, who is known by e-mail, else by phone, or is new (C4).

    Nothing is written here: see `written`. The guests are those of the contacts that are to be told
    and of the reservations that are known.
    """

    def __init__(
        self, ports: Ports, caller: Caller, contacts: Iterable[Profile | None], known: Iterable[Reservation] = ()
    ) -> None:
        self._ports = ports
        told = (identity for profile in contacts for identity in identities(profile))
        guest_ids = {guest_id for each in known for guest_id in [each.guest_id] if guest_id}
        self.guests = GuestBook(ports, caller, told, guest_ids)
        self._caller = caller
        self._events: list[Event] = []
        self._waiting: dict[UUID, Judged] = {}
        self._taken: list[tuple[str, UUID]] = []

    def written(self) -> Written:
        """All there is to write. At a property that wants a person's yes, whom an interface told of is announced."""
        events, taken = [*self._events, *self.guests.events], [*self._taken, *self.guests.taken]
        if not self._waiting:
            return Written(events, Identities(taken))
        told = announced(self._ports, self._caller.organisation_id, list(self._waiting.values()))
        moved = replace(told.identities, taken=[*taken, *told.identities.taken])
        return Written([*events, *told.events], moved)

    def book(self, told: Told, guest_id: UUID | None = None) -> Reservation:
        """A new reservation, for this guest, else for whoever the contact tells of. Raises ConcurrentChange.

        What is gone when it is first told was booked before: then it is told so, and its guest hears of both. Else
        nobody would notice whose it became while that one was merged or erased.
        """
        new, profile = Reservation(self._ports.new_id()), told.contact.profile
        if told.external_id is not None:
            self._taken.append((known_as(told.property_id, told.external_id), new.id))
        if guest_id is None and profile and not self._wants_a_yes(told.property_id):
            guest_id = self._host(told.contact, profile).id
        booked = self._decide(new, reserving.book(new, told, guest_id))
        became = reserving.step(booked, told.state or booked.state, told.pms_version)
        return self._decide(booked, became) if became else booked

    def settle(self, before: Reservation, decided: Sequence[ReservationEvent]) -> Reservation:
        """The reservation as these events leave it, which are to be written, with what follows for its guests.

        Raises ConcurrentChange.
        """
        if not decided:
            return before
        after = reservation.fold(before, decided)
        profile, told_anew = after.contact.profile, after.contact != before.contact
        if profile and self._waits_for_a_guest(after):
            decided = [*decided, *reserving.link(after, self._host(after.contact, profile).id)]
        after = self._decide(before, decided)
        if before.guest_id and before.guest_id != after.guest_id:
            self._keep_stays(before.guest_id, before.id, [])
        if before.guest_id and before.guest_id == after.guest_id and profile and told_anew:
            self._sync(self.guests.guests[after.guest_id], after.contact, profile, registering.merge)
        elif after.guest_id and before.guest_id != after.guest_id and profile:
            # Whoever links it says whose it is, and not that they are called as it was told.
            self._sync(self.guests.guests[after.guest_id], after.contact, profile, registering.complete)
        return after

    def _waits_for_a_guest(self, known: Reservation) -> bool:
        """Nobody was told of it before, or there was nothing to come."""
        theirs = known.guest_id or known.unlinked or known.state in GONE
        return not theirs and not self._wants_a_yes(known.property_id)

    def _decide(self, before: Reservation, decided: Sequence[ReservationEvent]) -> Reservation:
        after = reservation.fold(before, decided)
        self._events += decided
        stays = after.stays(self.guests.hotels.today(after.property_id))
        if after.guest_id:
            self._keep_stays(after.guest_id, after.id, stays)
        elif stays and after.contact.profile and not after.unlinked and self._wants_a_yes(after.property_id):
            contact = after.contact
            self._waiting[after.id] = Judged(contact.language, contact.country, after.contact.profile, stays[0])
        else:
            self._waiting.pop(after.id, None)
        return after

    def _wants_a_yes(self, property_id: UUID) -> bool:
        """To guests of whom an interface tells (L3)."""
        arrivals = self.guests.hotels.settings(property_id).arrivals
        return self._caller.role is Role.MACHINE and arrivals is Arrivals.CONFIRMED

    def _host(self, contact: Known, profile: Profile) -> Guest:
        known = self.guests.find(profile)
        if known:
            return self._sync(known, contact, profile, registering.merge)
        return self.guests.tell(Guest(self._ports.new_id()), profile, contact, Origin.RESERVATION, registering.merge)

    def _sync(self, guest: Guest, contact: Known, profile: Profile, tell: Tell) -> Guest:
        """What is told with a reservation is the guest's from then on, unless that is switched off for them (C5).

        Raises ConcurrentChange.
        """
        if not guest.exists:
            raise ConcurrentChange("The guest was forgotten, or merged, at the same moment.")
        if guest.anonymised or not guest.contact_sync:
            return guest
        return self.guests.tell(guest, profile, contact, Origin.RESERVATION, tell)

    def _keep_stays(self, guest_id: UUID, reservation_id: UUID, stays: Sequence[Stay]) -> None:
        guest = self.guests.guests[guest_id]
        self.guests.decide(guest, staying.reserve(guest, reservation_id, stays, self._ports.new_id))
