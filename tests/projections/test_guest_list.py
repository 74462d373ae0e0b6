"""The guest list gives the guests that a plain filter and sort of the same guests would give."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from domain.contact import Address, Profile, Stay
from domain.event import Event, Recorded
from domain.guest import GuestChanged, GuestDeleted, GuestRegistered, Origin, StayRecorded, StayRemoved
from projections.guest_list import fold as folding
from projections.guest_list import queries
from projections.guest_list.fold import GuestList
from projections.guest_list.queries import Item, count, page, stream
from projections.guest_list.query import SORTS, BadQuery, GuestQuery
from projections.guest_list.text import fold, national

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

    @property
    def number_of_stays(self) -> int:
        return len({(stay.property_id, stay.arrival or stay.departure) for stay in self.stays.values()})

    @property
    def last_stay(self) -> date | None:
        days = [stay.arrival or stay.departure for stay in self.stays.values()]
        return max((day for day in days if day), default=None)

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
                return "returning" if self.number_of_stays > 1 else "new"
            case "stays":
                return self.number_of_stays
            case "last_stay":
                return self.last_stay
            case "total_paid":
                return 0
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

    def delete(self, guest: UUID) -> None:
        self._happened(GuestDeleted(originator_id=guest, originator_version=self.guests[guest].version + 1))
        del self.guests[guest]

    def tell(self, batch: int = 1_000) -> None:
        """Gives the read model what happened since the last time, in batches of this size."""
        while self.untold:
            now, self.untold = self.untold[:batch], self.untold[batch:]
            with self.connection.transaction(), self.connection.cursor() as cursor:
                cursor.execute("SET LOCAL search_path TO guest_list, public")
                GuestList().apply(cursor, now)

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
    plain = [("status", query.status), ("country", query.country), ("language", query.language)]
    if any(wanted not in (None, known.value(column)) for column, wanted in plain):
        return False
    if not all(any(word in text for text in known.fields()) for word in words):
        return False
    bounds = (query.arrival_from, query.arrival_before, query.departure_from, query.departure_before)
    if query.properties is None and bounds == (None, None, None, None):
        return True
    return any(stay_matches(stay, query) for stay in seen)


def stay_matches(stay: Stay, query: GuestQuery) -> bool:
    return (
        (query.properties is None or stay.property_id in query.properties)
        and within(stay.arrival, query.arrival_from, query.arrival_before)
        and within(stay.departure, query.departure_from, query.departure_before)
    )


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
        note=random.choice([None, None, "calme"]),
    )


def some_stay(random: Random) -> Stay:
    arrival = date(2024, 1, 1) + timedelta(random.randrange(60))
    return Stay(
        property_id=random.choice(PROPERTIES),
        arrival=arrival if random.random() < 0.9 else None,
        departure=arrival + timedelta(random.randrange(1, 5)) if random.random() < 0.9 else None,
        room=random.choice(["101", "608", None]),
    )


def fill(house: House, random: Random, guests: int) -> None:
    for _ in range(guests):
        profile = person(random) if random.random() < 0.97 else None
        country, language = random.choice(["FR", "FR", "FR", "DE", None]), random.choice(["fr", "fr", "de", None])
        house.register(profile, country, language, *(some_stay(random) for _ in range(random.choice([0, 1, 1, 2, 3]))))


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
        properties=random.choice([None, None, frozenset(PROPERTIES[:1]), frozenset(PROPERTIES[:2]), frozenset()]),
        visible=random.choice([None, None, None, frozenset(PROPERTIES[1:2])]),
        arrival_from=random.choice([None, None, start]),
        arrival_before=random.choice([None, None, start + timedelta(20)]),
        departure_from=random.choice([None, None, None, start]),
        departure_before=random.choice([None, None, None, start + timedelta(20)]),
        sort=random.choice(["", "-"]) + random.choice(list(SORTS)),
        limit=random.choice([1, 7, 50, 200]),
    )
    # Each filter alone leaves few guests; together they would mostly leave none.
    if random.random() < 0.7:
        query = replace(query, arrival_from=None, arrival_before=None, departure_from=None, departure_before=None)
    if random.random() < 0.7:
        query = replace(query, status=None, properties=None)
    if random.random() < 0.5:
        query = replace(query, country=None, language=None)
    return query, words


@pytest.fixture
def connection(database: str) -> Iterator[Connection[TupleRow]]:
    with psycopg.connect(database, autocommit=True) as connection:
        with connection.transaction():
            connection.execute("CREATE SCHEMA guest_list; SET LOCAL search_path TO guest_list, public")
            connection.execute(GuestList.tables.encode())
            connection.execute(GuestList.indexes.encode())
        yield connection


@pytest.fixture
def house(connection: Connection[TupleRow]) -> House:
    return House(connection)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Marks one guest in five, so that a few hundred are searched along the same ways as a million."""
    monkeypatch.setattr(folding, "SAMPLED", 5)
    monkeypatch.setattr(queries, "SAMPLED", 5)
    monkeypatch.setattr(queries, "GLANCE", 3)
    monkeypatch.setattr(queries, "STEPS", 5)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("seed", range(2))
def test_gives_what_a_plain_filter_and_sort_gives(house: House, seed: int) -> None:
    random = Random(seed)
    fill(House(house.connection, OTHER_HOTEL), random, 50)
    fill(house, random, 300)
    house.tell()
    for _ in range(150):
        query, words = some_query(random)
        expected = house.expected(query, words)
        assert house.found(query) == expected, query
        assert count(house.connection, query) == len(expected), query
        assert [item["id"] for item in stream(house.connection, query)] == expected, query


@pytest.mark.usefixtures("small")
def test_each_way_to_a_page_is_taken(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the comparison above is one of all of them: a guard of that test, not of the list."""
    taken = set()
    walk, gather = queries._walk, queries._gather

    def walked(*arguments: Any, **named: Any) -> Any:
        taken.add("walk")
        return walk(*arguments, **named)

    def gathered(*arguments: Any) -> Any:
        taken.add("gather" if arguments[-1] is None else "gather the nearest")
        return gather(*arguments)

    monkeypatch.setattr(queries, "_walk", walked)
    monkeypatch.setattr(queries, "_gather", gathered)
    random = Random(1)
    fill(house, random, 300)
    house.tell()
    for _ in range(100):
        query, _ = some_query(random)
        page(house.connection, query)

    assert taken == {"walk", "gather", "gather the nearest"}


@pytest.mark.parametrize("sort", [sign + column for column in SORTS for sign in ("", "-")])
def test_pages_neither_skip_nor_repeat_while_others_change(house: House, sort: str) -> None:
    random = Random(sort)
    fill(house, random, 120)
    steady, others = list(house.guests)[::2], list(house.guests)[1::2]
    house.tell()
    expected = [guest for guest in house.expected(GuestQuery(HOTEL, sort=sort), []) if guest in steady]

    seen: list[object] = []
    query = GuestQuery(HOTEL, sort=sort, limit=7)
    while True:
        items, following = page(house.connection, query)
        seen += [item["id"] for item in items]
        if following is None:
            break
        query = replace(query, cursor=following)
        for guest in random.sample([guest for guest in others if guest in house.guests], 5):
            some_change(house, random, guest)
        fill(house, random, 2)
        house.tell()

    assert [guest for guest in seen if guest in steady] == expected


@pytest.mark.parametrize("batch", [1, 7])
def test_how_events_are_batched_makes_no_difference(house: House, batch: int) -> None:
    random = Random(5)
    fill(house, random, 40)
    for guest in random.choices(list(house.guests), k=120):
        if guest in house.guests:
            some_change(house, random, guest)
    events = list(house.untold)
    house.tell()
    tables = [rows_of(house.connection, table) for table in ("guest", "stay")]
    house.connection.execute("TRUNCATE guest_list.guest, guest_list.stay")

    house.untold = events
    house.tell(batch)

    assert [rows_of(house.connection, table) for table in ("guest", "stay")] == tables
    assert len(tables[0]) == len(house.guests)


def rows_of(connection: Connection[TupleRow], table: str) -> list[str]:
    rows = connection.execute(f"SELECT t::text FROM guest_list.{table} t ORDER BY 1".encode())  # noqa: S608
    return [str(row[0]) for row in rows]


def test_shows_what_is_known_of_a_guest(house: House) -> None:
    guest = house.register(
        Profile(
            salutation="Mme",
            first_name="Zoé",
            last_name="Lefèvre",
            emails=("zoe@sirvoy.com",),
            phones=("+33612345678",),
            company="Sirvoy",
            address=Address(street="608 rue de Paris", city="Lyon"),
            level="Gold",
            note="never shown in a list",
            custom={"dog": True},
        ),
        "FR",
        "fr",
        Stay(property_id=PROPERTIES[0], arrival=date(2024, 3, 1), departure=date(2024, 3, 4), room="101"),
        Stay(property_id=PROPERTIES[0], arrival=date(2024, 2, 1), departure=date(2024, 2, 4), room="102"),
    )
    house.tell()

    assert page(house.connection, GuestQuery(HOTEL)).items == [
        {
            "id": guest,
            "anonymised": False,
            "salutation": "Mme",
            "first_name": "Zoé",
            "last_name": "Lefèvre",
            "emails": ["zoe@sirvoy.com"],
            "phones": ["+33612345678"],
            "language": "fr",
            "country": "FR",
            "company": "Sirvoy",
            "address": {
                "street": "608 rue de Paris",
                "postal_code": None,
                "city": "Lyon",
                "region": None,
                "country": None,
            },
            "level": "Gold",
            "custom": {"dog": True},
            "status": "returning",
            "stays": 2,
            "last_stay": date(2024, 3, 1),
            "last_room": "101",
            "total_paid": 0,
            "created_at": START,
            "updated_at": START + timedelta(minutes=2),
            "version": 3,
        }
    ]


def test_finds_the_same_number_in_phone_address_and_email(house: House) -> None:
    found = {
        house.register(Profile(last_name="A", phones=("+33608123456",))),
        house.register(Profile(last_name="B", address=Address(street="608 rue de Lyon"))),
        house.register(Profile(last_name="C", emails=("c608@example.org",))),
    }
    house.register(Profile(last_name="D", phones=("+33680123456",)))
    house.tell()

    assert house.search("608") == found


def test_finds_a_phone_as_it_is_dialled_at_home(house: House) -> None:
    guest = house.register(Profile(last_name="A", phones=("+33612345678",)))
    house.register(Profile(last_name="B", phones=("+33634120600",)))
    house.tell()

    for typed in ("06 12 34", "06.12.34.56.78", "0612345678", "+33 6 12", "+33 (0)6 12 34", "612345"):
        assert house.search(typed) == {guest}, typed


def test_a_forgotten_guest_is_counted_and_no_longer_described_or_found(house: House) -> None:
    guest = house.register(Profile(last_name="Martin"), "FR", "fr")
    house.tell()
    house.change(guest, None)
    house.tell()

    (item,) = page(house.connection, GuestQuery(HOTEL, sort="last_name")).items
    assert (item["id"], item["last_name"], item["emails"]) == (guest, None, [])
    assert count(house.connection, GuestQuery(HOTEL)) == 1
    assert house.search("martin") == set()


def test_a_deleted_guest_leaves_nothing(house: House) -> None:
    guest = house.register(Profile(last_name="Martin"), "FR", "fr", some_stay(Random(1)))
    house.tell()
    house.delete(guest)
    house.tell()

    assert rows_of(house.connection, "guest") == rows_of(house.connection, "stay") == []


def test_a_name_longer_than_an_index_takes_is_listed(house: House) -> None:
    long = "".join(chr(0x4E00 + Random(1).randrange(20_000) + at) for at in range(5_000))
    guest = house.register(Profile(last_name=long, company=long))
    house.tell()

    assert house.search(long[4_000:4_010]) == {guest}


def test_another_order_than_the_cursors_is_refused(house: House) -> None:
    fill(house, Random(1), 3)
    house.tell()
    following = page(house.connection, GuestQuery(HOTEL, sort="stays", limit=1)).next

    with pytest.raises(BadQuery) as refused:
        page(house.connection, GuestQuery(HOTEL, sort="-stays", limit=1, cursor=following))
    assert refused.value.field == "cursor"


@pytest.mark.parametrize("cursor", ["", "?", "e30", "W10", "WyJzdGF5cyIsICJtYW55IiwgIngiXQ", "é", "bnVsbA"])
def test_a_cursor_that_is_none_is_refused(house: House, cursor: str) -> None:
    with pytest.raises(BadQuery) as refused:
        page(house.connection, GuestQuery(HOTEL, sort="stays", cursor=cursor))
    assert refused.value.field == "cursor"


def test_an_unknown_sort_and_a_long_page_are_refused() -> None:
    with pytest.raises(BadQuery) as sort:
        GuestQuery(HOTEL, sort="emails")
    with pytest.raises(BadQuery) as limit:
        GuestQuery(HOTEL, limit=201)
    assert (sort.value.field, limit.value.field) == ("sort", "limit")
