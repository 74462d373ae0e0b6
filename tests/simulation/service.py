"""Drives the real service with the facts of a year: its commands, its planning and its sending, by the test's clock."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import get_args
from uuid import UUID

from application.blocking import block_guest, unblock_guest
from application.bounces import Failure, Report, Verdict, take_report
from application.erasure.guests import anonymise_guest
from application.erasure.why import Why
from application.feedback import FeedbackEntry, record_feedback
from application.guest_entry import Judged
from application.guest_links import follow, unsubscribe
from application.guests import change_guest, delete_guest, register_guest
from application.invitation_records import invitation_of
from application.invitations import cancel_communication, cancel_invitation, remind
from application.questionnaire import ReviewClosed, ReviewEntry, answer, answer_on_site
from application.settling import ResolutionEntry, resolve_feedback
from domain import guest as guests
from domain import inviting, staying
from domain.contact import Profile
from domain.event import Event
from domain.guest import Guest
from domain.guest_events import BlockReason, Origin
from domain.invitation import InvitationEvent, Message, Via
from domain.inviting import Invitation, invitation_id
from domain.property import Channel
from domain.refusal import Refusal
from domain.stay import Stay
from tests.adapters.invitations.conftest import Texts
from tests.adapters.invitations.house import House
from tests.simulation import facts
from tests.simulation.facts import POST_STAY, Fact
from tests.simulation.standing import Standing

BATCH = 10_000
"""Positions; a fact is told by far fewer."""

TYPES = [kind.__name__ for kind in get_args(InvitationEvent)]


class Taken:
    """Implements application.ports.Mail: every mail arrives."""

    def send(self, mail: object, return_path: str | None = None) -> None:
        pass

    def close(self) -> None:
        pass


class Service:
    def __init__(self, house: House) -> None:
        self.house = house
        self.guests: dict[int, UUID] = {}
        self.stays: dict[int, UUID] = {}
        self.complaints: defaultdict[int, list[UUID]] = defaultdict(list)
        self.emails: dict[int, str | None] = {}
        self._invitations: dict[UUID, Invitation] = {}
        self._read = 0
        self._mail, self._texts = Taken(), Texts()

    def wait_until(self, moment: datetime) -> None:
        """Everything goes out on time."""
        house = self.house
        while (due := self._next_due()) is not None and due <= moment:
            house.at(max(house.now, due))
            house.send(self._mail, self._texts)
        house.at(moment)

    def tell(self, fact: Fact) -> None:
        self.wait_until(fact.at)
        # People try what is not to be; the model knows that nothing comes of it.
        with suppress(Refusal, ReviewClosed, KeyError):
            self._happens(fact)
        self.house.send(self._mail, self._texts)

    def standings(self) -> dict[tuple[int, str], Standing]:
        self._read_on()
        return {
            (stay, str(message)): self._standing(invitation_id(stay_id, message))
            for stay, stay_id in self.stays.items()
            for message in Message
        }

    def _read_on(self) -> None:
        """Folds what the log has of invitations beyond what was read before."""
        recorded, self._read = self.house.feed.read(self._read, BATCH, TYPES)
        for event in (each.event for each in recorded):
            id_ = event.originator_id
            self._invitations[id_] = inviting.fold(self._invitations.get(id_, Invitation(id_)), [event])

    def _standing(self, id_: UUID) -> Standing:
        one = self._invitations.get(id_, Invitation(id_))
        return Standing(
            str(one.state),
            one.due_at if one.state == "scheduled" else None,
            str(one.reason) if one.state == "cancelled" and one.reason else None,
            one.reminders,
        )

    def _next_due(self) -> datetime | None:
        row = self.house.connection.execute("SELECT min(due_at) FROM invitations.due WHERE NOT handled").fetchone()
        return row[0] if row else None

    def _happens(self, fact: Fact) -> None:
        house = self.house
        ports, caller = house.ports, house.caller
        match fact:
            case facts.SettingsChanged(settings=settings):
                house.set(settings)
            case facts.GuestTold(guest=number, email=email, mobile=mobile):
                self._told(number, email, mobile)
            case facts.StayTold(guest=number, stay=stay, arrival=arrival, departure=departure):
                stay_id = self.stays.get(stay) or ports.new_id()
                told = Stay(property_id=house.property_id, arrival=arrival, departure=departure)
                self._append(self.guests[number], lambda guest: staying.stay_is(guest, stay_id, told))
                self.stays[stay] = stay_id
            case facts.StayRemoved(guest=number, stay=stay):
                if stay in self.stays:
                    self._append(self.guests[number], lambda guest: staying.remove_stay(guest, self.stays[stay]))
            case facts.MessageCancelled(stay=stay, message=message):
                cancel_invitation(ports, caller, self._invitation(stay, message))
            case facts.CommunicationCancelled(guest=number):
                cancel_communication(ports, caller, self.guests[number])
            case facts.ReminderAsked(stay=stay):
                remind(ports, caller, self._invitation(stay))
            case facts.Blocked(guest=number, until=until):
                block_guest(ports, caller, self.guests[number], BlockReason.OTHER, until)
            case facts.Unblocked(guest=number):
                unblock_guest(ports, caller, self.guests[number])
            case facts.Unsubscribed(guest=number):
                unsubscribe(ports, self.guests[number], ports.new_id())
            case facts.Anonymised(guest=number):
                anonymise_guest(ports, caller, self.guests[number], Why(reason="Art. 17"))
            case facts.Deleted(guest=number):
                delete_guest(ports, caller, self.guests[number])
            case facts.ComplaintOpened(guest=number):
                entry = {"property_id": house.property_id, "kind": "negative", "guest_id": self.guests[number]}
                complaint, _ = record_feedback(ports, caller, FeedbackEntry.model_validate(entry))
                self.complaints[number].append(complaint)
            case facts.ComplaintSettled(guest=number):
                for complaint in self.complaints.pop(number):
                    resolve_feedback(ports, caller, complaint, ResolutionEntry(items=[]))
            case facts.Clicked(stay=stay):
                follow(ports, self._invitation(stay), ports.new_id())
            case facts.Reviewed(stay=stay):
                answer(ports, self._invitation(stay), ReviewEntry(mark=5), "fr", ports.new_id())
            case facts.ReviewedOnSite(guest=number):
                self._review_on_site(number)
            case facts.Bounced(stay=stay, message=message):
                self._bounce(self._invitation(stay, message))

    def _told(self, number: int, email: str | None, mobile: str | None) -> None:
        ports, caller = self.house.ports, self.house.caller
        phone = mobile or f"+33145{number:06}"  # a fixed line
        profile = Profile(last_name="Lefèvre", emails=(email,) if email else (), phones=(phone,))
        judged = Judged(language="fr", country="FR", profile=profile, stay=None)
        self.emails[number] = email
        if number in self.guests:
            change_guest(ports, caller, self.guests[number], lambda _: judged)
        else:
            self.guests[number], _ = register_guest(ports, caller, judged, Origin.MANUAL)

    def _append(self, guest_id: UUID, decision: Callable[[Guest], Sequence[Event]]) -> None:
        house = self.house
        guest = guests.fold(Guest(guest_id), (each.event for each in house.log.stream(guest_id)))
        guests.require(guest)
        if events := decision(guest):
            house.log.append(events, house.caller.metadata(house.now, property_id=house.property_id))

    def _review_on_site(self, number: int) -> None:
        ports, property_id = self.house.ports, self.house.property_id
        entry = ReviewEntry(mark=5, email=self.emails[number])
        answer_on_site(ports, property_id, ports.new_id(), entry, Via.TABLET, "fr", ports.new_id())

    def _bounce(self, invitation: UUID) -> None:
        sent = invitation_of(self.house.log.streams([invitation]), invitation).sent
        if sent is None or sent.channel is not Channel.EMAIL:
            return
        report = Report(False, [Failure(None, Verdict.HARD, "5.1.1")], [], [], [])
        take_report(self.house.ports, self.house.caller, report, [invitation], [])

    def _invitation(self, stay: int, message: str = POST_STAY) -> UUID:
        return invitation_id(self.stays.get(stay, UUID(int=0)), Message(message))
