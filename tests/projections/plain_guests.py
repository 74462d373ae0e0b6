"""Guests kept plainly beside the read model, and anything that can be asked of them, to compare answers with."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from domain.contact import Address, Profile
from domain.event import Event, Recorded
from domain.guest_events import (
    BlockReason,
    GuestBlocked,
    GuestChanged,
    GuestDeleted,
    GuestRegistered,
    Origin,
    StayRecorded,
    StayRemoved,
)
from domain.invitation import InvitationSent, Message
from domain.invitation_states import State
from domain.inviting import invitation_id
from domain.money import Money
from domain.property import Channel
from domain.stay import Stay
from projections.folding import use
from projections.guest_list.fold import GuestList
from projections.guest_list.queries import Item, page
from projections.guest_list.query import SORTS, GuestQuery
from projections.guest_list.text import fold, national
from projections.invitation_status.fold import InvitationStatus
from tests.domain.invited import ABOUT, HISTORIES, made

HOTEL, OTHER_HOTEL = UUID(int=1), UUID(int=2)
PROPERTIES = [UUID(int=number) for number in (11, 12, 13)]
START = datetime(2024, 5, 1, 9, tzinfo=UTC)
SEARCHES = [
    ("lefevre", ["lefevre"]),
    ("Lefèvre", ["lefevre"]),
    ("mar", ["mar"]),
    ("  Martin\tMARIE ", ["martin", "marie"]),
    ("608", ["608"]),
    ("06 08", ["0608"]),
    ("+33 (0)6.0", ["+3360"]),
    ("06", ["06"]),
    ("6", ["6"]),
    ("sirvoy", ["sirvoy"]),
    ("@SIRVOY.com", ["@sirvoy.com"]),
    ("e", ["e"]),
    ("zq", ["zq"]),
    ("qv zq", ["qv", "zq"]),
    ("d'angelo", ["dangelo"]),
    ("jean-pierre", ["jean", "pierre"]),
    ("paris martin lyon", ["paris", "martin", "lyon"]),
    ("100%", ["100%"]),
    ("a_b", ["a_b"]),
    ("\\", ["\\"]),
    ("%", ["%"]),
    ("Ж", ["ж"]),
    ("王", ["王"]),
    ("ü", ["u"]),
    ("gold calme", ["gold", "calme"]),
    ("nobody", ["nobody"]),
    ("-", []),
]  # fmt: skip
"""What is typed, and the words that must all occur."""


@dataclass
class Known:
    """What a plain program would keep of a guest."""

    guest: UUID
    created_at: datetime
    version: int = 0
    profile: Profile | None = None
    country: str | None = None
    language: str | None = None
    stays: dict[UUID, Stay] = field(default_factory=dict)
    blocked_until: date | None = None
    invitations: dict[UUID, tuple[State, Channel | None]] = field(default_factory=dict)
    """By stay, those to review it, and how they were sent."""

    @property
    def realised(self) -> dict[tuple[UUID, date], list[Stay]]:
        """The rooms of each, by where and when."""
        found: dict[tuple[UUID, date], list[Stay]] = {}
        for stay in self.stays.values():
            if stay.realised:
                found.setdefault((stay.property_id, begin(stay)), []).append(stay)
        return found

    @property
    def number_of_stays(self) -> int:
        return len(self.realised)

    @property
    def nights(self) -> int:
        longest = (
            max((stay.departure - stay.arrival).days for stay in rooms if stay.arrival and stay.departure)
            for rooms in self.realised.values()
            if any(stay.arrival and stay.departure for stay in rooms)
        )
        return sum(longest)

    @property
    def last_stay(self) -> date | None:
        days = [day for _, day in self.realised] or [begin(stay) for stay in self.stays.values()]
        return max((day for day in days if day != date.min), default=None)

    @property
    def paid(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for stay in self.stays.values():
            if stay.paid:
                found[stay.paid.currency] = found.get(stay.paid.currency, 0) + stay.paid.amount
        return found

    @property
    def invitation(self) -> tuple[State, Channel | None]:
        """To review the last stay; of two that begin on one day, the one with the lower id."""
        latest = max(sorted(self.stays), key=lambda each: begin(self.stays[each]), default=None)
        return self.invitations.get(latest, (State.NOT_ENABLED, None)) if latest else (State.NOT_ENABLED, None)

    def status(self, today: date) -> str:
        if self.blocked_until and today <= self.blocked_until:
            return "blocked"
        return "returning" if self.number_of_stays > 1 else "new"

    def value(self, column: str) -> Any:
        match column:
            case "last_name":
                return fold(self.profile.last_name) if self.profile else None
            case "company":
                return fold(self.profile.company) if self.profile and self.profile.company else None
            case "country":
                return self.country
            case "language":
                return self.language
            case "status":
                return self.status(date.min)
            case "stays":
                return self.number_of_stays
            case "last_stay":
                return self.last_stay
            case "total_paid":
                return max(self.paid.values(), default=0)
            case "created_at":
                return self.created_at
        raise KeyError(column)

    def fields(self) -> list[str]:
        if not self.profile:
            return []
        address = self.profile.address or Address()
        known = [
            self.profile.last_name, self.profile.first_name, *self.profile.emails, *self.profile.phones,
            *map(national, self.profile.phones), self.profile.company, self.profile.level, self.profile.note,
            address.street, address.postal_code, address.city, address.region, address.country,
            *map(str, self.profile.custom.values()),
        ]  # fmt: skip
        return [fold(text) for text in known if text]


def begin(stay: Stay) -> date:
    return stay.arrival or stay.departure or date.min


class House:
    """Guests of an organisation: told to the read model as events, and kept plainly to compare."""

    def __init__(self, connection: Connection[TupleRow], organisation: UUID = HOTEL) -> None:
        self.connection = connection
        self.organisation = organisation
        self.guests: dict[UUID, Known] = {}
        self.untold: list[Recorded] = []
        self.minutes = 0
        self.ids = Random(organisation.int)

    def new_id(self) -> UUID:
        return UUID(int=self.ids.getrandbits(128))

    def register(
        self, profile: Profile | None, country: str | None = None, language: str | None = None, *stays: Stay
    ) -> UUID:
        guest = self.new_id()
        self.guests[guest] = Known(guest, self._now(), profile=profile, country=country, language=language)
        self._happened(
            GuestRegistered(
                originator_id=guest,
                originator_version=1,
                organisation_id=self.organisation,
                origin=Origin.IMPORT,
                language=language,
                country=country,
                profile=profile,
            )
        )
        for stay in stays:
            self.stay(guest, stay)
        return guest

    def change(self, guest: UUID, profile: Profile | None, country: str | None = None) -> None:
        known = self.guests[guest]
        known.profile, known.country, known.language = profile, country, None
        self._happened(
            GuestChanged(
                originator_id=guest,
                originator_version=known.version + 1,
                fields=("last_name",),
                country=country,
                profile=profile,
            )
        )

    def stay(self, guest: UUID, stay: Stay, stay_id: UUID | None = None) -> UUID:
        known, stay_id = self.guests[guest], stay_id or self.new_id()
        known.stays[stay_id] = stay
        version = known.version + 1
        self._happened(StayRecorded(originator_id=guest, originator_version=version, stay_id=stay_id, stay=stay))
        return stay_id

    def no_stay(self, guest: UUID, stay_id: UUID) -> None:
        del self.guests[guest].stays[stay_id]
        version = self.guests[guest].version + 1
        self._happened(StayRemoved(originator_id=guest, originator_version=version, stay_id=stay_id))

    def block(self, guest: UUID, until: date) -> None:
        known = self.guests[guest]
        known.blocked_until = until
        version = known.version + 1
        self._happened(
            GuestBlocked(originator_id=guest, originator_version=version, reason=BlockReason.OTHER, until=until)
        )

    def invite(self, guest: UUID, stay_id: UUID, state: State) -> None:
        """To review the stay, and on until that state."""
        place = {"organisation_id": self.organisation, "guest_id": guest, "stay_id": stay_id}
        about = ABOUT.model_copy(update=place)
        id_, channel = invitation_id(stay_id, Message.POST_STAY), None
        for version, each in enumerate(HISTORIES[state], 1):
            kind, fields = each if isinstance(each, tuple) else (each, {})
            event = made(kind, version, about=about, **fields).model_copy(update={"originator_id": id_})
            channel = event.channel if isinstance(event, InvitationSent) else channel
            self.untold.append(Recorded(0, self._now(), self.organisation, None, "test", UUID(int=0), event))
        self.guests[guest].invitations[stay_id] = (state, channel)

    def delete(self, guest: UUID) -> None:
        self._happened(GuestDeleted(originator_id=guest, originator_version=self.guests[guest].version + 1))
        del self.guests[guest]

    def tell(self, batch: int = 1_000) -> None:
        """Gives the read model what happened since the last time, in batches of this size."""
        while self.untold:
            now, self.untold = self.untold[:batch], self.untold[batch:]
            for projection in (GuestList(), InvitationStatus()):
                with self.connection.transaction(), self.connection.cursor() as cursor:
                    use(cursor, projection.name)
                    projection.apply(cursor, [each for each in now if isinstance(each.event, projection.folds)])

    def expected(self, query: GuestQuery, words: list[str]) -> list[UUID]:
        """The guests that match, in order, without looking into the read model."""
        found = [known for known in self.guests.values() if matches(known, query, words)]
        ordered = sorted(found, key=lambda known: known.guest, reverse=query.descending)
        valued = [known for known in ordered if known.value(query.column) is not None]
        valued.sort(key=lambda known: known.value(query.column), reverse=query.descending)
        return [known.guest for known in valued + [known for known in ordered if known.value(query.column) is None]]

    def found(self, query: GuestQuery) -> list[object]:
        """The ids on all pages, one after the other."""
        return [item["id"] for item in all_items(self.connection, query)]

    def search(self, words: str) -> set[object]:
        return set(self.found(GuestQuery(self.organisation, search=words)))

    def _now(self) -> datetime:
        return START + timedelta(minutes=self.minutes)

    def _happened(self, event: Event) -> None:
        self.guests[event.originator_id].version = event.originator_version
        self.untold.append(Recorded(self.minutes, self._now(), self.organisation, None, "test", UUID(int=0), event))
        self.minutes += 1


def matches(known: Known, query: GuestQuery, words: list[str]) -> bool:
    seen = [stay for stay in known.stays.values() if query.visible is None or stay.property_id in query.visible]
    if known.stays and not seen:
        return False
    state, channel = known.invitation
    plain = [
        (query.status, known.status(query.today)),
        (query.country, known.country),
        (query.language, known.language),
        (query.status_label, known.profile.status_label if known.profile else None),
        (query.post_stay, state),
        (query.channel, channel),
    ]
    if any(wanted not in (None, value) for wanted, value in plain):
        return False
    if not all(any(word in text for text in known.fields()) for word in words):
        return False
    bounds = (query.arrival_from, query.arrival_before, query.departure_from, query.departure_before)
    if all(bound is None for bound in (query.properties, query.room, query.staying_on, *bounds)):
        return True
    return any(stay_matches(stay, query) for stay in seen)


def stay_matches(stay: Stay, query: GuestQuery) -> bool:
    return (
        (query.properties is None or stay.property_id in query.properties)
        and within(stay.arrival, query.arrival_from, query.arrival_before)
        and within(stay.departure, query.departure_from, query.departure_before)
        and (query.room is None or (stay.room or "").lower() == query.room.lower())
        and (query.staying_on is None or has_day(stay, query.staying_on))
    )


def has_day(stay: Stay, day: date) -> bool:
    known = stay.arrival is not None or stay.departure is not None
    return known and (stay.arrival or day) <= day <= (stay.departure or day)


def within(day: date | None, start: date | None, end: date | None) -> bool:
    if start is None and end is None:
        return True
    return day is not None and (start is None or day >= start) and (end is None or day < end)


def all_items(connection: Connection[TupleRow], query: GuestQuery) -> Iterator[Item]:
    while True:
        items, following = page(connection, query)
        assert len(items) <= query.limit
        yield from items
        if following is None:
            return
        query = replace(query, cursor=following)


def person(random: Random) -> Profile:
    name = random.choice(
        ["Lefèvre", "Martin", "d'Angelo", "Saint-Martin", "Müller", "Le Gall", "Œuvrard", "王", "Zqvar"]
    )
    first = random.choice(["Jean-Pierre", "Zoé", "Anne", "Marie", None])
    mail = random.choice(["gmail.com", "orange.fr", "sirvoy.com", "608.example"])
    digits = "".join(random.choices("0123456789", k=7))
    return Profile(
        salutation=random.choice(["M.", "Mme", None]),
        first_name=first,
        last_name=name,
        emails=(f"{fold(name).replace(' ', '.')}{random.randrange(99)}@{mail}",) if random.random() < 0.8 else (),
        phones=(f"+3360{digits}",) if random.random() < 0.6 else (),
        company=random.choice([None, None, None, "Sirvoy", "Hôtel 100%", "a_b & Cie", "Paris \\ Ж"]),
        address=Address(street=f"{random.randrange(700)} rue de Paris", city=random.choice(["Paris", "Lyon"]))
        if random.random() < 0.5
        else None,
        level=random.choice([None, "Gold"]),
        status_label=random.choice([None, None, "regular"]),
        note=random.choice([None, None, "calme"]),
    )


def some_stay(random: Random) -> Stay:
    arrival = date(2024, 1, 1) + timedelta(random.randrange(60))
    return Stay(
        property_id=random.choice(PROPERTIES),
        arrival=arrival if random.random() < 0.9 else None,
        departure=arrival + timedelta(random.randrange(1, 5)) if random.random() < 0.9 else None,
        room=random.choice(["101", "608", "Suite Été", None]),
        paid=random.choice([None, Money(amount=random.randrange(50), currency=random.choice(["EUR", "CHF"]))]),
    ).as_of(date(2024, 2, 10))


def fill(house: House, random: Random, guests: int) -> None:
    for _ in range(guests):
        profile = person(random) if random.random() < 0.97 else None
        country, language = random.choice(["FR", "FR", "FR", "DE", None]), random.choice(["fr", "fr", "de", None])
        stays = [some_stay(random) for _ in range(random.choice([0, 1, 1, 2, 3]))]
        guest = house.register(profile, country, language, *stays)
        if random.random() < 0.2:
            house.block(guest, START.date() + timedelta(random.randrange(10)))
        for stay_id in house.guests[guest].stays:
            if random.random() < 0.7:
                house.invite(guest, stay_id, random.choice([State.SENT, State.SENT, *list(State)[1:]]))


def some_change(house: House, random: Random, guest: UUID) -> None:
    stays = house.guests[guest].stays
    match random.randrange(5):
        case 0:
            house.change(guest, person(random), random.choice(["FR", "DE", None]))
        case 1:
            house.stay(guest, some_stay(random))
        case 2 if stays:
            house.stay(guest, some_stay(random), random.choice(list(stays)))
        case 3 if stays:
            house.no_stay(guest, random.choice(list(stays)))
        case 4:
            house.delete(guest)


def some_query(random: Random) -> tuple[GuestQuery, list[str]]:
    """A query, and the folded words it searches for."""
    search, words = random.choice([*SEARCHES, ("", [])])
    start = date(2024, 1, 1) + timedelta(random.randrange(60))
    query = GuestQuery(
        HOTEL,
        search=search,
        status=random.choice([None, None, "new", "returning", "blocked"]),
        country=random.choice([None, None, "FR", "DE", "PT"]),
        language=random.choice([None, None, None, "fr"]),
        status_label=random.choice([None, None, None, "regular"]),
        properties=random.choice([None, None, frozenset(PROPERTIES[:1]), frozenset(PROPERTIES[:2]), frozenset()]),
        visible=random.choice([None, None, None, frozenset(PROPERTIES[1:2])]),
        arrival_from=random.choice([None, None, start]),
        arrival_before=random.choice([None, None, start + timedelta(20)]),
        departure_from=random.choice([None, None, None, start]),
        departure_before=random.choice([None, None, None, start + timedelta(20)]),
        room=random.choice([None, None, "101", "SUITE ÉTÉ"]),
        staying_on=random.choice([None, None, start]),
        post_stay=random.choice([None, None, None, State.SENT, *State]),
        channel=random.choice([None, None, None, Channel.EMAIL]),
        today=START.date() + timedelta(random.randrange(10)),
        sort=random.choice(["", "-"]) + random.choice(list(SORTS)),
        limit=random.choice([1, 7, 50, 200]),
    )
    # Each filter alone leaves few guests; together they would mostly leave none.
    if random.random() < 0.7:
        query = replace(query, arrival_from=None, arrival_before=None, departure_from=None, departure_before=None)
    if random.random() < 0.5:
        query = replace(query, room=None, staying_on=None)
    if random.random() < 0.6:
        query = replace(query, post_stay=None, channel=None)
    if random.random() < 0.7:
        query = replace(query, status=None, properties=None)
    if random.random() < 0.5:
        query = replace(query, country=None, language=None)
    return query, words
