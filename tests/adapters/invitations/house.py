"""A hotel whose guests get messages, with a clock that the test sets and servers that the test has."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID

import psycopg
from uuid_utils.compat import uuid7

from adapters.invitations.letters import Writer
from adapters.invitations.planner import Planner
from adapters.invitations.reaction import Invitations
from adapters.invitations.sender import InvitationSender
from adapters.keys.links import Links
from adapters.keys.master import MasterKey
from adapters.keys.sources import KEY_BYTES
from adapters.postgres.feed import LogFeed
from adapters.postgres.guest_log import GuestLog
from adapters.postgres.recorder import Pool
from application.guest_entry import Judged
from application.guests import register_guest
from application.invitation_records import invitation_of
from application.organisation import change_property
from application.ports import Mail, Ports, Sms
from domain.contact import Profile
from domain.event import Event
from domain.guest import Guest, fold
from domain.guest_events import Origin, StayRecorded
from domain.invitation import Message
from domain.inviting import Invitation, invitation_id
from domain.property import InvitationSettings
from domain.stay import Stay
from domain.staying import stay_is
from projections.inbox.fold import Inbox
from projections.settings.fold import Settings
from tests.following import follow
from tests.installation import rivage

DEPARTURE = date(2026, 6, 10)
ENABLED = InvitationSettings.model_validate(
    {
        "pre_stay": {"enabled": True},
        "post_stay": {"enabled": True},
        "reminder": {"enabled": True},
        "distribution": [
            {"portal": "hote", "percent": 50},
            {"portal": "tripadvisor", "url": "https://www.tripadvisor.com/x", "percent": 50},
        ],
    }
)
BEGINNING = datetime(2026, 6, 1, 8, tzinfo=UTC)
numbers = count(1)


class House:
    def __init__(
        self, pool: Pool, database: str, *, now: datetime = BEGINNING, invitations: InvitationSettings = ENABLED
    ) -> None:
        self.database = database
        self.connection = psycopg.connect(database, autocommit=True)
        self.log = GuestLog(pool, MasterKey(bytes(range(KEY_BYTES))))
        self.now = now
        self.ports = Ports(log=self.log, now=lambda: self.now, new_id=uuid7)
        self.caller, self.property_id, _ = rivage(self.ports)
        self.feed = LogFeed(self.log.events)
        self.links = Links(bytes(range(32)))
        self.set(invitations)

    def set(self, invitations: InvitationSettings) -> None:
        changed = {"invitations": invitations}
        change_property(self.ports, self.caller, self.property_id, lambda settings: settings.model_copy(update=changed))

    def guest(
        self,
        *,
        arrival: date | None = DEPARTURE - timedelta(3),
        departure: date | None = DEPARTURE,
        language: str = "fr",
        **profile: object,
    ) -> tuple[UUID, UUID]:
        """Their id and that of their stay."""
        known = {"last_name": "Lefèvre", "first_name": "Zoé", "emails": (f"zoe{next(numbers)}@example.com",)}
        stay = Stay(property_id=self.property_id, arrival=arrival, departure=departure)
        judged = Judged(language=language, country="FR", profile=Profile.model_validate(known | profile), stay=stay)
        guest_id, _ = register_guest(self.ports, self.caller, judged, Origin.MANUAL)
        [stay_id] = [each.event.stay_id for each in self.log.stream(guest_id) if isinstance(each.event, StayRecorded)]
        return guest_id, stay_id

    def stays(self, guest_id: UUID, arrival: date, departure: date, stay_id: UUID | None = None) -> UUID:
        """One stay more, or better told; its id."""
        stay_id = stay_id or uuid7()
        guest = fold(Guest(guest_id), (each.event for each in self.log.stream(guest_id)))
        stay = Stay(property_id=self.property_id, arrival=arrival, departure=departure)
        self.log.append(stay_is(guest, stay_id, stay), self.caller.metadata(self.now, property_id=self.property_id))
        return stay_id

    def follow(self) -> None:
        follow(self.connection, self.feed, [Settings(), Inbox(), Invitations()])

    def plan(self) -> None:
        """All that is to be planned."""
        self.follow()
        while Planner(self.ports, self.log).plan_some(self.connection):
            self.follow()

    def sender(self, mail: Mail, sms: Sms) -> InvitationSender:
        writer = Writer(self.links, "https://avis.example.org", "accueil@example.org")
        return InvitationSender(self.ports, self.log, mail, sms, writer)

    def send(self, mail: Mail, sms: Sms) -> None:
        """All that is due now, after planning."""
        self.plan()
        while self.sender(mail, sms).work(self.connection):
            self.follow()

    def at(self, now: datetime) -> None:
        assert now >= self.now
        self.now = now

    def invitation(self, stay_id: UUID, message: Message = Message.POST_STAY) -> Invitation:
        id_ = invitation_id(stay_id, message)
        return invitation_of(self.log.streams([id_]), id_)

    def events(self, stay_id: UUID, message: Message = Message.POST_STAY) -> list[Event]:
        return [each.event for each in self.log.stream(invitation_id(stay_id, message))]
