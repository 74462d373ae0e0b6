"""The inbox gives what a plain program would, that keeps all that happened and looks through it each time."""

from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from domain.feedback import (
    FeedbackDelegated,
    FeedbackDone,
    FeedbackMarkedSpam,
    Kind,
    Origin,
)
from domain.handling import Folder
from projections.cursor import BadCursor
from projections.inbox.fold import Inbox
from projections.inbox.queries import Item, count, counts, open_complaints, page, stream
from projections.inbox.query import Asked, in_folder, said
from projections.inbox.row import CATEGORIES
from tests.projections.plain_inbox import (
    CODES,
    GUESTS,
    HOTEL,
    PROPERTIES,
    ROOMS,
    STAFF,
    START,
    House,
    Told,
    prepared,
)
from tests.projections.some_feedback import some_time, something_done


@pytest.fixture
def connection(database: str) -> Iterator[Connection[TupleRow]]:
    with prepared(database) as connection:
        yield connection


@pytest.fixture
def house(connection: Connection[TupleRow]) -> House:
    return House(connection, Random(1))


def pages(connection: Connection[TupleRow], asked: Asked, limit: int) -> list[Item]:
    """The items of all pages."""
    items, cursor = page(connection, asked, limit, None)
    while cursor:
        more, cursor = page(connection, asked, limit, cursor)
        assert 0 < len(more) <= limit
        items = items + more
    return items


def given(connection: Connection[TupleRow], asked: Asked, random: Random) -> list[UUID]:
    """The ids of the list, which are the same by pages, whole, and counted."""
    ids = [item.feedback for item in pages(connection, asked, random.choice([1, 7, 200]))]
    assert [item.feedback for item in stream(connection, asked)] == ids
    assert count(connection, asked) == len(ids)
    return ids


@pytest.mark.parametrize("seed", range(3))
def test_folders_are_what_a_plain_program_gives(connection: Connection[TupleRow], seed: int) -> None:
    random = Random(seed)
    house = House(connection, random)
    some_time(house, 60, 400)
    for _ in range(60):
        folder, properties = random.choice(list(Folder)), random.sample(PROPERTIES, random.randrange(4))
        category, employee = random.choice([None, *CATEGORIES]), random.choice([None, None, STAFF[0]])
        expected = [
            told.id
            for told in house.inbox(folder, properties)
            if category in (None, told.category) and employee in (None, told.assigned_to)
        ]
        assert given(connection, in_folder(properties, folder, category, employee), random) == expected


@pytest.mark.parametrize("seed", range(3))
def test_lists_are_what_a_plain_program_gives(connection: Connection[TupleRow], seed: int) -> None:
    random = Random(seed)
    house = House(connection, random)
    some_time(house, 60, 400)
    day = (START + timedelta(days=3)).date()
    filters: dict[str, tuple[list[object], Callable[[Told], object]]] = {
        "kind": (list(Kind), lambda told: told.said.kind),
        "origin": (list(Origin), lambda told: told.said.origin),
        "code": (list(CODES), lambda told: told.said.code_id),
        "room": (list(ROOMS[:2]), lambda told: told.said.room),
        "guest": (list(GUESTS), lambda told: told.said.guest_id),
    }
    for _ in range(60):
        properties = random.sample(PROPERTIES, random.randrange(4))
        equal = {name: random.choice(values) for name, (values, _) in filters.items() if random.random() < 0.2}
        resolved, from_day, before_day = (random.choice([None, None, value]) for value in (True, day, day))
        expected = [
            told.id
            for told in house.newest(properties)
            if all(filters[name][1](told) == value for name, value in equal.items())
            and (resolved is None or bool(told.resolution) == resolved)
            and (from_day is None or told.said.day >= day)
            and (before_day is None or told.said.day < day)
        ]
        asked = said(
            dict.fromkeys(properties),
            equal,
            resolved=None if resolved is None else bool(resolved),
            from_day=day if from_day else None,
            before_day=day if before_day else None,
        )
        assert given(connection, asked, random) == expected


@pytest.mark.parametrize("seed", range(2))
def test_the_overview_has_what_is_open_and_what_was_resolved_lately(
    connection: Connection[TupleRow], seed: int
) -> None:
    random = Random(seed)
    house = House(connection, random)
    some_time(house, 60, 400)
    since: dict[UUID, date | None] = {hotel: START.date() + timedelta(days=3 + n) for n, hotel in enumerate(PROPERTIES)}
    shown = given(connection, said(since, {}, overview=True), random)

    assert shown == [
        told.id for told in house.newest(PROPERTIES) if told.shown_in_overview(since[told.said.property_id] or date.max)
    ]
    resolved = [told for told in house.all.values() if told.resolution and told.folder != "spam"]
    assert {told.id in shown for told in resolved} == {True, False}


@pytest.mark.parametrize("seed", range(3))
def test_a_row_tells_what_became_of_the_feedback(connection: Connection[TupleRow], seed: int) -> None:
    house = House(connection, Random(seed))
    some_time(house, 40, 400)
    items = list(stream(connection, said(dict.fromkeys(PROPERTIES), {})))
    assert len(items) == len(house.all)
    for item in items:
        told = house.all[item.feedback]
        resolution, proposal = told.resolution, told.proposal
        assert (item.folder, CATEGORIES[item.urgency], item.held) == (told.folder, told.category, told.held)
        claim = (told.claim.holder, told.claim.employee_id) if told.claim else (None, None)
        assert (item.holder, item.claimed_for, item.assigned_to) == (*claim, told.assigned_to)
        assert item.delegated_to == told.delegated_to
        assert (item.version, item.updated_at) == (len(told.events), told.events[-1][0])
        assert item.total == (resolution and sum(each.value for each in resolution.items))
        assert item.satisfaction == (resolution and resolution.satisfaction)
        assert item.proposed == (proposal and sum(each.value for each in proposal.items))
        assert item.words == told.words
        assert item.clock == told.clock


@pytest.mark.parametrize("seed", range(2))
def test_counts_are_those_of_the_lists(connection: Connection[TupleRow], seed: int) -> None:
    house = House(connection, Random(seed))
    some_time(house, 40, 300)
    for properties in ([], PROPERTIES[:1], PROPERTIES):
        folders, categories = counts(connection, dict.fromkeys(properties))
        assert folders == {folder: len(house.inbox(folder, properties)) for folder in Folder}
        open_ones = house.inbox("inbox", properties)
        assert categories == {
            name: sum(told.category == name for told in open_ones) for name in ("on_hold", "alert", "new")
        }
        assert list(categories) == ["on_hold", "alert", "new"]


@pytest.mark.parametrize("batch", [1, 7])
def test_how_events_are_batched_makes_no_difference(house: House, batch: int) -> None:
    for _ in range(30):
        house.say(guest_id=house.random.choice([*GUESTS, None]))
    for number in range(300):
        something_done(house, house.random.choice(list(house.all)))
        if number % 100 == 50:
            house.forget(GUESTS[number // 100])
    events = list(house.untold)
    house.tell()
    rows = rows_of(house.connection)
    house.connection.execute("TRUNCATE inbox.feedback, inbox.tally")

    house.untold = events
    house.tell(batch)

    assert rows_of(house.connection) == rows
    assert len(rows) > len(house.all)


def rows_of(connection: Connection[TupleRow]) -> list[str]:
    rows = connection.execute("SELECT t::text FROM inbox.feedback t UNION ALL SELECT t::text FROM inbox.tally t")
    return sorted(str(row[0]) for row in rows)


def test_what_was_said_goes_with_who_said_it(house: House) -> None:
    """Of a guest, everything they ever said; of somebody unknown, the one thing."""
    guest, other = house.say(guest_id=GUESTS[0]), house.say(guest_id=GUESTS[1])
    deleted, unknown, kept = house.say(guest_id=GUESTS[2]), house.say(), house.say()
    house.tell()
    for feedback in (guest, other, deleted, unknown, kept):
        house.does(
            feedback,
            FeedbackDelegated,
            subject_id=house.all[feedback].said.subject_id,
            address="service@example.com",
            note=None,
        )
    house.tell()
    subjects = [*GUESTS[:3], unknown, kept]
    assert readable(house.connection, subjects) == dict.fromkeys(subjects, 1)

    house.forget(GUESTS[0])
    house.forget(GUESTS[2], deleted=True)
    house.erase(unknown)
    house.tell()

    assert readable(house.connection, subjects) == {GUESTS[1]: 1, kept: 1}
    assert delegated(house) == {other: "service@example.com", kept: "service@example.com"}
    words = {item.feedback: item.words for item in stream(house.connection, said(dict.fromkeys(PROPERTIES), {}))}
    said_ = {"comment": "Travaux"}
    assert words == {guest: None, deleted: None, unknown: None, other: said_, kept: said_}


def test_an_address_alone_is_readable_too(house: House) -> None:
    silent = house.say(words=None)
    house.does(silent, FeedbackDelegated, subject_id=silent, address="service@example.com", note=None)
    house.tell()
    assert readable(house.connection, [silent]) == {silent: 1}
    house.erase(silent)
    house.tell()
    assert readable(house.connection, [silent]) == {}


def delegated(house: House) -> dict[UUID, str]:
    items = stream(house.connection, said(dict.fromkeys(PROPERTIES), {}))
    return {item.feedback: item.delegated_to for item in items if item.delegated_to}


def readable(connection: Connection[TupleRow], subjects: Collection[UUID]) -> dict[UUID, int]:
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path TO inbox, public")
        return dict(cursor.execute(Inbox.readable, {"guests": list(subjects)}).fetchall())


def test_open_complaints_are_those_of_the_room_or_the_guest(house: House) -> None:
    here, elsewhere = PROPERTIES[:2]
    at = {"property_id": here, "room": "104"}
    first, second = house.say(**at, said_at=START), house.say(property_id=here, guest_id=GUESTS[0])
    house.say(property_id=elsewhere, room="104")
    house.say(**at, kind=Kind.POSITIVE)
    house.say(property_id=here, room="105", guest_id=GUESTS[1])
    house.does(house.say(**at), FeedbackDone)
    house.does(house.say(**at), FeedbackMarkedSpam)
    house.tell()

    def found(room: str | None, guest: UUID | None) -> list[UUID]:
        return open_complaints(house.connection, HOTEL, here, room, guest)

    assert found("104", GUESTS[0]) == [first, second]
    assert found("104", None) == [first]
    assert found(None, GUESTS[0]) == [second]
    assert found(None, None) == []
    assert open_complaints(house.connection, UUID(int=2), here, "104", None) == []


@pytest.mark.parametrize("cursor", ["x", "e30", "W10", "WzEsMl0", "bnVsbA", "WyIyMDI2LTEwLTAxIiwgMl0", "é"])
def test_a_cursor_that_is_none_is_told_as_such(connection: Connection[TupleRow], cursor: str) -> None:
    with pytest.raises(BadCursor):
        page(connection, said(dict.fromkeys(PROPERTIES), {}), 10, cursor)


def test_a_cursor_of_another_list_is_none(house: House) -> None:
    for _ in range(3):
        house.say()
    house.tell()
    _, cursor = page(house.connection, in_folder(PROPERTIES, Folder.INBOX), 1, None)
    with pytest.raises(BadCursor):
        page(house.connection, said(dict.fromkeys(PROPERTIES), {}), 1, cursor)
