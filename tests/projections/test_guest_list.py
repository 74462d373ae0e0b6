"""The guest list gives the guests that a plain filter and sort of the same guests would give."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from domain.contact import Address, Profile
from domain.money import Money
from domain.stay import Stay
from projections.folding import prepare
from projections.guest_list import fold as folding
from projections.guest_list import queries
from projections.guest_list.fold import GuestList
from projections.guest_list.queries import count, page, stream
from projections.guest_list.query import SORTS, BadQuery, GuestQuery
from projections.invitation_status.fold import InvitationStatus
from tests.projections.plain_guests import (
    HOTEL,
    OTHER_HOTEL,
    PROPERTIES,
    START,
    House,
    fill,
    some_change,
    some_query,
    some_stay,
)


@pytest.fixture
def connection(database: str) -> Iterator[Connection[TupleRow]]:
    with psycopg.connect(database, autocommit=True) as connection:
        for projection in (GuestList(), InvitationStatus()):
            prepare(connection, projection)
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
    house.connection.execute("TRUNCATE guest_list.guest, guest_list.stay, invitation_status.invitation")

    house.untold = events
    house.tell(batch)

    assert [rows_of(house.connection, table) for table in ("guest", "stay")] == tables
    assert len(tables[0]) == len(house.guests)


def test_a_block_is_over_the_day_after_its_last(house: House) -> None:
    last = date(2026, 11, 21)
    stays = (Stay(property_id=each, arrival=date(2024, 2, 1), realised=True) for each in PROPERTIES)
    guest = house.register(Profile(last_name="Lefèvre"), None, None, *stays)
    house.block(guest, last)
    house.tell()
    for today, status in ((last, "blocked"), (last + timedelta(days=1), "returning")):
        for wanted in ("blocked", "new", "returning"):
            query = GuestQuery(HOTEL, status=wanted, today=today)
            shown = [item["status"] for item in page(house.connection, query).items]
            assert shown == ([status] if wanted == status else [])


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
            status_label="regular",
            note="never shown in a list",
            custom={"dog": True},
        ),
        "FR",
        "fr",
        Stay(
            property_id=PROPERTIES[0],
            arrival=date(2024, 3, 1),
            departure=date(2024, 3, 4),
            room="101",
            paid=Money(amount=38700, currency="EUR"),
            realised=True,
        ),
        Stay(
            property_id=PROPERTIES[0], arrival=date(2024, 2, 1), departure=date(2024, 2, 5), room="102", realised=True
        ),
        Stay(property_id=PROPERTIES[0], arrival=date(2024, 4, 1), room="103"),
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
            "status_label": "regular",
            "custom": {"dog": True},
            "status": "returning",
            "stays": 2,
            "nights": 7,
            "last_stay": date(2024, 3, 1),
            "last_rooms": ["101"],
            "total_paid": [{"amount": 38700, "currency": "EUR"}],
            "portal": None,
            "pre_stay": "not_enabled",
            "post_stay": "not_enabled",
            "actions": ["delete", "edit", "anonymise"],
            "created_at": START,
            "updated_at": START + timedelta(minutes=3),
            "version": 4,
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


def test_room_and_day_bind_the_same_stay(house: House) -> None:
    port, lago, _ = PROPERTIES
    guest = house.register(
        Profile(last_name="A"),
        None,
        None,
        Stay(property_id=port, arrival=date(2024, 3, 1), departure=date(2024, 3, 4), room="Suite 7"),
        Stay(property_id=lago, arrival=date(2024, 5, 1), departure=date(2024, 5, 4), room="12"),
    )
    house.tell()

    asked = GuestQuery(HOTEL, room="SUITE 7", staying_on=date(2024, 3, 4))
    assert house.found(asked) == [guest]
    assert house.found(replace(asked, staying_on=date(2024, 5, 2))) == []
    assert house.found(replace(asked, properties=frozenset({lago}))) == []
    assert house.found(replace(asked, visible=frozenset({lago}))) == []


@pytest.mark.parametrize(
    ("arrival", "departure", "days"),
    [
        (date(2024, 3, 2), date(2024, 3, 4), [2, 3, 4]),
        (date(2024, 3, 3), None, [3, 4, 5]),
        (None, date(2024, 3, 3), [1, 2, 3]),
        (None, None, []),
    ],
)
def test_a_stay_has_the_days_between_what_is_known_of_it(
    house: House, arrival: date | None, departure: date | None, days: list[int]
) -> None:
    house.register(
        Profile(last_name="A"), None, None, Stay(property_id=PROPERTIES[0], arrival=arrival, departure=departure)
    )
    house.tell()

    within = [day for day in range(1, 6) if house.found(GuestQuery(HOTEL, staying_on=date(2024, 3, day)))]
    assert within == days


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
