"""An organisation in whose life anything happens, in any order: to try read models on."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from application import arrivals, catalogue, guests, handling, keys, merging, organisation, parties, reservations
from application.blocking import block_guest, unblock_guest
from application.caller import Caller
from application.catalogue import GivenEntry
from application.duplicates import dismiss_duplicate
from application.erasure.guests import anonymise_guest
from application.erasure.why import Why
from application.erasure.words import anonymise_words
from application.feedback import FeedbackEntry, record_feedback
from application.guest_entry import Judged
from application.guest_links import unsubscribe
from application.handling import HoldEntry
from application.invitations import cancel_communication
from application.legal_hold import lift_hold, place_hold
from application.ports import Ports
from application.quality_costs import QualityCostEntry, record_quality_cost
from application.replying import ReplyEntry, reply_to_feedback
from application.reservation_entry import ContactEntry, ReservationEntry, TiedEntry, entry_of
from application.settling import ResolutionEntry, reopen_feedback, resolve_feedback
from domain import access, inviting, silencing, staying
from domain.access import Role
from domain.catalogue import CodeSettings, CostItemSettings, EmployeeSettings
from domain.contact import Profile
from domain.erasure import About
from domain.event import Event
from domain.guest import Guest
from domain.guest_events import BlockReason, Origin
from domain.invitation import About as Invited
from domain.invitation import Delay, InvitationSent, Message
from domain.inviting import Invitation
from domain.money import Money
from domain.party import CompanySettings, OccasionSettings
from domain.property import Channel
from domain.reservation import Reservation, State
from domain.stay import Stay
from tests.installation import HOTEL, rivage

NOBODY = Judged(None, None, Profile(last_name="Personne"), None)


class House:
    """An organisation, and what its staff did: each method is a command about one of its things, picked by a number."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        here = rivage(ports)
        self.admin: Caller = here.caller
        self.properties = [here.property_id]
        self.keys: list[UUID] = []
        self.guests: list[UUID] = []
        self.entries: list[tuple[type[CodeSettings | CostItemSettings | EmployeeSettings], UUID]] = []
        self.gifts: list[UUID] = []
        self.said: list[UUID] = []
        self.arrivals: list[UUID] = []
        self.reservations: list[UUID] = []
        self.merges: list[UUID] = []
        wine = CostItemSettings(name="Vin", unit_value=Money(amount=1800, currency="EUR"))
        self.wine = catalogue.add_entry(ports, self.admin, wine)
        self.add_entries(0, NOBODY)
        for number in (1, 2):
            self.issue_key(number, NOBODY)
            self.register(number, NOBODY)
            self.announce(number, NOBODY)
            self.stay(number, NOBODY._replace(stay=Stay(property_id=self.properties[0], room="104")))
            self.invite(number, NOBODY)
            self.book(number, NOBODY._replace(country="FR"))
            self.give(number, NOBODY._replace(country="FR" if number == 1 else None))
            self.say(number, NOBODY._replace(country="FR" if number == 1 else None))

    def register(self, _: int, entry: Judged) -> None:
        self.guests.append(guests.register_guest(self.ports, self.admin, entry, Origin.MANUAL)[0])

    def take_in(self, number: int, entry: Judged) -> None:
        """Two rows, of one guest where both tell the same e-mail."""
        other = entry._replace(profile=entry.profile.model_copy(update={"phones": (), "first_name": str(number)}))
        outcomes, _ = guests.take_in(self.ports, self.admin, [entry, other], Origin.IMPORT)
        self.guests += [outcome.guest_id for outcome in outcomes]

    def announce(self, number: int, entry: Judged) -> None:
        """Somebody of whom an interface tells, or tells anew."""
        stay = entry.stay or Stay(property_id=self.properties[0], room=f"10{number}")
        told = entry._replace(profile=entry.profile.model_copy(update={"emails": (f"{number}@x.fr",)}), stay=stay)
        self.arrivals += arrivals.announce(self.ports, self.admin, [told])[0]

    def accept(self, number: int, _: Judged) -> None:
        arrival_id = self.arrivals[number % len(self.arrivals)]
        self.guests.append(arrivals.accept_arrival(self.ports, self.admin, arrival_id)[0])

    def refuse(self, number: int, _: Judged) -> None:
        arrivals.refuse_arrival(self.ports, self.admin, self.arrivals[number % len(self.arrivals)])

    def change(self, number: int, entry: Judged) -> None:
        guests.change_guest(self.ports, self.admin, self.guests[number % len(self.guests)], lambda _: entry)

    def stay(self, number: int, entry: Judged) -> None:
        guest = self._guest(number)
        self._append(staying.record_stay(guest, entry.stay, self.ports.new_id()) if entry.stay else [])

    def remove_stay(self, number: int, _: Judged) -> None:
        guest = self._guest(number)
        self._append([event for stay_id in list(guest.stays)[:1] for event in staying.remove_stay(guest, stay_id)])

    def book(self, number: int, entry: Judged) -> None:
        """For a guest by e-mail, or for nobody."""
        told = {"last_name": "Martin", "emails": entry.profile.emails} if entry.country else None
        days = {"arrival": date(2026, 11, 18 + number % 3), "departure": date(2026, 12, 1)}
        paid = {"amount": 100 * number, "currency": "CHF" if number % 2 else "EUR"}
        booked = {"property_id": self.properties[0], **days, "rooms": ["104", "105"][:number], "paid": paid}
        form = ReservationEntry.model_validate({**booked, "guest": told})
        self.reservations.append(reservations.book(self.ports, self.admin, form)[0])

    def change_booking(self, number: int, entry: Judged) -> None:
        def changed(found: Reservation) -> TiedEntry:
            told = ContactEntry(last_name="Martin", emails=list(entry.profile.emails), company=entry.profile.company)
            return entry_of(found).model_copy(update={"rooms": [f"10{number}"], "guest": told})

        reservations.change(self.ports, self.admin, self._reservation(number), changed)

    def say_what_became(self, number: int, entry: Judged) -> None:
        state = list(State)[1 + (number + bool(entry.country)) % 4]
        reservations.say(self.ports, self.admin, self._reservation(number), state)

    def link(self, number: int, _: Judged) -> None:
        guest_id = self.guests[(number + 1) % len(self.guests)]
        reservations.link(self.ports, self.admin, self._reservation(number), guest_id)

    def tie(self, number: int, _: Judged) -> None:
        """To a contact person, who is also that of a company, and of an occasion."""
        person_id, day = self.guests[number % len(self.guests)], date(2026, 11, 18)
        reservations.name_contact_person(self.ports, self.admin, self._reservation(number), person_id)
        company = CompanySettings(name="Sirvoy", contact_person_id=person_id)
        company_id = parties.add_party(self.ports, self.admin, company)
        renamed = company.model_copy(update={"name": f"Sirvoy {number}"})
        parties.change_party(self.ports, self.admin, CompanySettings, company_id, lambda _: renamed)
        days = {"begins_on": day, "ends_on": day, "company_id": company_id}
        occasion = OccasionSettings.model_validate({"name": "Noces", "property_id": self.properties[0], **days})
        parties.add_party(self.ports, self.admin, occasion)

    def unlink(self, number: int, _: Judged) -> None:
        reservations.unlink(self.ports, self.admin, self._reservation(number))

    def merge(self, number: int, _: Judged) -> None:
        self.merges.append(merging.merge(self.ports, self.admin, *self._pair(number), {})[0])

    def undo_merge(self, number: int, _: Judged) -> None:
        if self.merges:
            merging.undo_merge(self.ports, self.admin, self.merges[number % len(self.merges)])

    def dismiss(self, number: int, _: Judged) -> None:
        dismiss_duplicate(self.ports, self.admin, *self._pair(number))

    def unsubscribe(self, number: int, _: Judged) -> None:
        unsubscribe(self.ports, self.guests[number % len(self.guests)], self.ports.new_id())

    def suppress(self, number: int, _: Judged) -> None:
        guest = self._guest(number)
        for email in guest.known.profile.emails[-1:] if guest.known.profile else ():
            self._append(silencing.suppress(guest, email))

    def delete(self, number: int, _: Judged) -> None:
        guests.delete_guest(self.ports, self.admin, self.guests[number % len(self.guests)])

    def anonymise(self, number: int, _: Judged) -> None:
        anonymise_guest(self.ports, self.admin, self.guests[number % len(self.guests)], Why(reason="asked for it"))

    def hold(self, number: int, _: Judged) -> None:
        place_hold(self.ports, self.admin, self.guests[number % len(self.guests)], f"Dossier {number}")

    def lift_hold(self, number: int, _: Judged) -> None:
        lift_hold(self.ports, self.admin, self.guests[number % len(self.guests)])

    def block(self, number: int, _: Judged) -> None:
        block_guest(self.ports, self.admin, self.guests[number % len(self.guests)], BlockReason.OTHER, None)

    def unblock(self, number: int, _: Judged) -> None:
        unblock_guest(self.ports, self.admin, self.guests[number % len(self.guests)])

    def invite(self, number: int, _: Judged) -> None:
        """To review a stay: schedules the invitation, then sends it."""
        guest = self._guest(number)
        for stay_id, stay in list(guest.stays.items())[:1]:
            about = Invited(
                organisation_id=self.admin.organisation_id,
                property_id=stay.property_id,
                guest_id=guest.id,
                stay_id=stay_id,
                message=Message.POST_STAY,
            )
            id_ = inviting.invitation_id(stay_id, Message.POST_STAY)
            told = [each.event for each in self.ports.log.stream(id_)]
            invitation = inviting.fold(Invitation(id_), told)
            sent = InvitationSent(
                **invitation.next_place, guest_id=guest.id, channel=Channel.EMAIL, language="fr", address="a@x.fr"
            )
            self._append([sent] if told else inviting.plan(invitation, about, self.ports.now(), Delay.STAY))

    def end_communication(self, number: int, _: Judged) -> None:
        cancel_communication(self.ports, self.admin, self.guests[number % len(self.guests)])

    def add_property(self, number: int, _: Judged) -> None:
        settings = HOTEL.model_copy(update={"name": f"Hotel {number}"})
        self.properties.append(organisation.add_property(self.ports, self.admin, settings)[0])

    def change_property(self, number: int, _: Judged) -> None:
        organisation.change_property(
            *(self.ports, self.admin, self.properties[number % len(self.properties)]),
            lambda settings: settings.model_copy(update={"name": f"{settings.name} {number}"}),
        )

    def issue_key(self, number: int, _: Judged) -> None:
        hotels = self.properties[: number % 3] or None
        issued = keys.issue_key(self.ports, self.admin, name=f"key {number}", role=Role.FRONT_DESK, properties=hotels)
        self.keys.append(issued.id)

    def revoke_key(self, number: int, _: Judged) -> None:
        keys.change_key(self.ports, self.admin, self.keys[number % len(self.keys)], access.revoke)

    def add_entries(self, number: int, _: Judged) -> None:
        """One to each catalogue, everywhere or at some properties."""
        hotels = tuple(self.properties[: number % 3]) or None
        value = Money(amount=number, currency="EUR")
        for new in (
            CodeSettings(name=f"code {number}", properties=hotels),
            CostItemSettings(name=f"item {number}", unit_value=value, properties=hotels),
            EmployeeSettings(name=f"employee {number}", email=f"e{number}@rivage.example", properties=hotels),
        ):
            self.entries.append((type(new), catalogue.add_entry(self.ports, self.admin, new)))

    def change_entry(self, number: int, _: Judged) -> None:
        kind, entry_id = self.entries[number % len(self.entries)]
        catalogue.change_entry(
            *(self.ports, self.admin, kind, entry_id),
            lambda settings: settings.model_copy(update={"name": f"{settings.name} {number}", "properties": None}),
        )

    def retire_entry(self, number: int, _: Judged) -> None:
        catalogue.retire_entry(self.ports, self.admin, *self.entries[number % len(self.entries)])

    def give(self, number: int, entry: Judged) -> None:
        """To a guest, or to somebody who is none."""
        guest_id = self.guests[number % len(self.guests)] if entry.country else None
        items = (GivenEntry(item_id=self.wine, quantity=number + 1),)
        cost = QualityCostEntry(
            property_id=self.properties[0], guest_id=guest_id, comment=f"Gift {number}", items=items
        )
        self.gifts.append(record_quality_cost(self.ports, self.admin, cost)[0])

    def anonymise_gift(self, number: int, _: Judged) -> None:
        gift = self.gifts[number % len(self.gifts)]
        anonymise_words(self.ports, self.admin, About.QUALITY_COST, gift, Why(reason="asked for it"))

    def say(self, number: int, entry: Judged) -> None:
        """By a guest, or by somebody who is none."""
        known = {"guest_id": self.guests[number % len(self.guests)]} if entry.country else {"email": "zoe@example.com"}
        told = {"property_id": self.properties[0], "kind": "negative", "comment": "Bruit", "room": f"10{number}"}
        self.said.append(record_feedback(self.ports, self.admin, FeedbackEntry.model_validate(told | known))[0])

    def settle(self, number: int, _: Judged) -> None:
        given = ResolutionEntry(items=(GivenEntry(item_id=self.wine, quantity=number + 1),), satisfaction=4)
        resolve_feedback(self.ports, self.admin, self.said[number % len(self.said)], given)

    def reopen(self, number: int, _: Judged) -> None:
        reopen_feedback(self.ports, self.admin, self.said[number % len(self.said)], "It began again")

    def claim(self, number: int, _: Judged) -> None:
        handling.claim_feedback(self.ports, self.admin, self.said[number % len(self.said)], None)

    def wait_with_it(self, number: int, _: Judged) -> None:
        handling.hold_feedback(self.ports, self.admin, self.said[number % len(self.said)], HoldEntry())

    def reply(self, number: int, _: Judged) -> None:
        reply = ReplyEntry(text="Nous sommes désolés.")
        reply_to_feedback(self.ports, self.admin, self.said[number % len(self.said)], reply)

    def handle(self, number: int, entry: Judged) -> None:
        name = list(handling.STEPS)[(number + bool(entry.country)) % len(handling.STEPS)]
        handling.step(self.ports, self.admin, self.said[number % len(self.said)], name)

    def anonymise_said(self, number: int, _: Judged) -> None:
        said = self.said[number % len(self.said)]
        anonymise_words(self.ports, self.admin, About.FEEDBACK, said, Why(reason="asked for it"))

    def _reservation(self, number: int) -> UUID:
        return self.reservations[number % len(self.reservations)]

    def _pair(self, number: int) -> tuple[UUID, UUID]:
        return self.guests[number % len(self.guests)], self.guests[(number + 1) % len(self.guests)]

    def _guest(self, number: int) -> Guest:
        return guests.read_guest(self.ports, self.admin, self.guests[number % len(self.guests)]).guest

    def _append(self, events: Sequence[Event]) -> None:
        if events:
            self.ports.log.append(events, self.admin.metadata(self.ports.now()))
