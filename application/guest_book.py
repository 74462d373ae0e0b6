"""Guests as a batch of tellings leaves them, one after the other, and all there is to write of them, together."""

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from application.caller import Caller
from application.contacts import email_identity
from application.guest_records import identities
from application.hotels import Hotels
from application.ports import ConcurrentChange, Ports
from domain import guest as guests
from domain import registering, staying
from domain.contact import Profile
from domain.event import Event
from domain.guest import Guest, Known
from domain.guest_events import GuestEvent, Origin
from domain.stay import Stay

Tell = Callable[[Known, Known], Known]
"""What is known of a guest, after something was told."""


class GuestBook:
    """Finds guests by their e-mails, else by their phones (C4), among those who have one of the identities told.

    What is known of a guest who is not the caller's business stays as it is: only a stay is added, which makes them
    theirs. Nothing is written here: see `events` and the identities `taken`.
    """

    def __init__(self, ports: Ports, caller: Caller, told: Iterable[str], guest_ids: Iterable[UUID] = ()) -> None:
        self._ports = ports
        self._caller = caller
        self._owners = ports.log.owners(caller.organisation_id, set(told))
        streams = ports.log.streams(list({*self._owners.values(), *guest_ids}))
        self.guests = {
            guest_id: guests.fold(Guest(guest_id), (each.event for each in recorded))
            for guest_id, recorded in streams.items()
        }
        self.hotels = Hotels(ports)
        self.events: list[Event] = []
        self.taken: list[tuple[str, UUID]] = []

    def find(self, profile: Profile) -> Guest | None:
        """Raises ConcurrentChange for who was forgotten meanwhile: who comes again is somebody new."""
        owner = next((self._owners[each] for each in identities(profile) if each in self._owners), None)
        guest = self.guests[owner] if owner else None
        if guest and (guest.anonymised or not guest.exists):
            raise ConcurrentChange("The guest was forgotten at the same moment.")
        return guest

    def tell(self, guest: Guest, profile: Profile, told: Known, origin: Origin, tell: Tell) -> Guest:
        """What is `told`, with this profile, of a guest, who need not exist yet. Nobody else's identities are taken."""
        told_by = identities(profile)
        own = [identity for identity in told_by if self._owners.get(identity, guest.id) == guest.id]
        told = Known(told.language, told.country, profile if own == told_by else _without_others(profile, own))
        if guest.version == 0:
            guest = self.decide(guest, registering.register(guest, self._caller.organisation_id, origin, told))
        elif self._caller.sees(guest.properties):
            guest = self.decide(guest, registering.change(guest, tell(guest.known, told)))
        for identity in identities(guest.known.profile):
            if identity in own and identity not in self._owners:
                self._owners[identity] = guest.id
                self.taken.append((identity, guest.id))
        return guest

    def record_stay(self, guest: Guest, stay: Stay) -> Guest:
        today = self.hotels.today(stay.property_id)
        return self.decide(guest, staying.record_stay(guest, stay.as_of(today), self._ports.new_id()))

    def decide(self, guest: Guest, decided: Sequence[GuestEvent]) -> Guest:
        """The guest as these events, which are to be written, leave them."""
        self.events += decided
        self.guests[guest.id] = guests.fold(guest, decided)
        return self.guests[guest.id]


def _without_others(profile: Profile, own: Sequence[str]) -> Profile:
    """The profile with those of its e-mails and phones alone that are not another guest's."""
    return profile.model_copy(
        update={
            "emails": tuple(email for email in profile.emails if email_identity(email) in own),
            "phones": tuple(phone for phone in profile.phones if phone in own),
        }
    )
