"""The list of quality costs gives those that a plain filter of the same events gives, and forgets who is forgotten."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from domain.catalogue import CodeAdded, CodeChanged, CodeRetired, CostItemAdded, CostItemRetired
from domain.erasure import WordsErased
from domain.event import Event, Recorded
from domain.guest_events import GuestAnonymised, GuestDeleted
from domain.money import GivenItem, Money
from domain.property import PropertyAdded, PropertySettings
from domain.quality_cost import QualityCostRecorded
from projections.cost_of_quality.fold import CostOfQuality
from projections.cost_of_quality.queries import QualityCostQuery, QualityCostRow, quality_costs
from projections.folding import prepare, use
from projections.guest_list.fold import GuestList
from projections.settings.fold import Settings

HOUSE, OTHER_HOUSE = UUID(int=1), UUID(int=2)
PORT, LAGO = UUID(int=11), UUID(int=12)
CODES = [UUID(int=21), UUID(int=22)]
ITEMS = [UUID(int=31), UUID(int=32), UUID(int=33)]
GUESTS = [UUID(int=41), UUID(int=42)]
DAY = date(2026, 11, 1)
START = datetime(2026, 11, 1, 9, tzinfo=UTC)
NOBODY, ERASURE = UUID(int=0), UUID(int=91)


class Book:
    """Tells both read models what happens, and keeps the quality costs plainly."""

    def __init__(self, connection: Connection[TupleRow]) -> None:
        self.connection = connection
        self.costs: list[QualityCostRecorded] = []
        self.position = 0

    def tell(self, *events: Event, batch: int = 1_000) -> None:
        recorded = [self._recorded(event) for event in events]
        for projection in (Settings(), CostOfQuality()):
            mine = [each for each in recorded if isinstance(each.event, projection.folds)]
            for start in range(0, len(mine), batch):
                with self.connection.transaction(), self.connection.cursor() as cursor:
                    use(cursor, projection.name)
                    projection.apply(cursor, mine[start : start + batch])

    def give(self, **fields: object) -> QualityCostRecorded:
        cost = a_gift(len(self.costs) + 1, **fields)
        self.costs.append(cost)
        self.tell(cost)
        return cost

    def listed(self, query: QualityCostQuery, limit: int = 1_000) -> list[QualityCostRow]:
        return quality_costs(self.connection, query, NOBODY, limit)

    def ids(self, query: QualityCostQuery) -> list[UUID]:
        return [row.id for row in self.listed(query)]

    def readable(self, *subjects: UUID) -> dict[UUID, int]:
        with self.connection.transaction(), self.connection.cursor() as cursor:
            use(cursor, CostOfQuality.name)
            return dict(cursor.execute(CostOfQuality.readable, {"guests": list(subjects)}).fetchall())

    def rows(self) -> list[str]:
        query: LiteralString = "SELECT t::text FROM cost_of_quality.quality_cost t ORDER BY quality_cost"
        return [text for (text,) in self.connection.execute(query)]

    def _recorded(self, event: Event) -> Recorded:
        self.position += 1
        at = START + timedelta(minutes=self.position)
        return Recorded(self.position, at, HOUSE, None, "key:1", UUID(int=99), event)


def a_gift(number: int, **fields: object) -> QualityCostRecorded:
    cost_id = UUID(int=1_000 + number)
    usual = {
        "organisation_id": HOUSE,
        "property_id": PORT,
        "subject_id": fields.get("guest_id") or cost_id,
        "day": DAY,
        "currency": "EUR",
        "items": [GivenItem(item_id=ITEMS[0], quantity=1, unit_value=1800)],
        "comment": None,
    }
    return QualityCostRecorded.model_validate({"originator_id": cost_id, "originator_version": 1} | usual | fields)


def a_code(code_id: UUID, name: str) -> CodeAdded:
    return CodeAdded(originator_id=code_id, originator_version=1, organisation_id=HOUSE, name=name)


def an_item(item_id: UUID, name: str) -> CostItemAdded:
    value = Money(amount=1800, currency="EUR")
    return CostItemAdded(
        originator_id=item_id, originator_version=1, organisation_id=HOUSE, name=name, unit_value=value
    )


def a_property(property_id: UUID, *groups: str) -> PropertyAdded:
    settings = PropertySettings(name="H", country="FR", time_zone="Europe/Paris", currency="EUR", groups=groups)
    return PropertyAdded(originator_id=property_id, originator_version=1, organisation_id=HOUSE, settings=settings)


@pytest.fixture
def book(database: str) -> Iterator[Book]:
    with psycopg.connect(database, autocommit=True) as connection:
        for projection in (Settings(), GuestList(), CostOfQuality()):
            prepare(connection, projection)
        yield Book(connection)


def some_gifts(random: Random, count: int) -> list[QualityCostRecorded]:
    return [
        a_gift(
            number,
            organisation_id=random.choice([HOUSE, HOUSE, OTHER_HOUSE]),
            property_id=random.choice([PORT, LAGO]),
            guest_id=random.choice([None, *GUESTS]),
            code_id=random.choice([None, *CODES]),
            room=random.choice([None, "101", "104"]),
            day=DAY + timedelta(days=random.randrange(20)),
            items=[
                GivenItem(item_id=item, quantity=random.randint(1, 9_999), unit_value=random.randrange(10**9))
                for item in random.sample(ITEMS, random.randint(1, 3))
            ],
            comment=random.choice([None, "Anniversaire"]),
        )
        for number in range(1, count + 1)
    ]


def matching(costs: Sequence[QualityCostRecorded], query: QualityCostQuery) -> list[QualityCostRecorded]:
    """Those that a plain filter gives; the group "Lacs" is LAGO's."""
    found = [
        cost
        for cost in costs
        if cost.organisation_id == query.organisation_id
        and (query.among is None or cost.property_id in query.among)
        and query.property_id in (None, cost.property_id)
        and (query.group is None or (query.group, cost.property_id) == ("Lacs", LAGO))
        and query.guest_id in (None, cost.guest_id)
        and query.code_id in (None, cost.code_id)
        and query.room in (None, cost.room)
        and (query.day_from is None or cost.day >= query.day_from)
        and (query.day_before is None or cost.day < query.day_before)
    ]
    return sorted(found, key=lambda cost: cost.originator_id, reverse=query.newest_first)


def some_query(random: Random) -> QualityCostQuery:
    return QualityCostQuery(
        HOUSE,
        among=random.choice([None, None, frozenset({PORT}), frozenset({PORT, LAGO}), frozenset()]),
        property_id=random.choice([None, None, LAGO]),
        group=random.choice([None, None, "Lacs", "Alpes"]),
        guest_id=random.choice([None, None, *GUESTS]),
        code_id=random.choice([None, None, *CODES]),
        room=random.choice([None, None, "104"]),
        day_from=random.choice([None, DAY + timedelta(days=random.randrange(20))]),
        day_before=random.choice([None, DAY + timedelta(days=random.randrange(20))]),
        newest_first=random.choice([True, False]),
    )


@pytest.mark.parametrize("batch", [1, 7, 1_000])
def test_gives_what_a_plain_filter_gives(book: Book, batch: int) -> None:
    random = Random(batch)
    costs = some_gifts(random, 150)
    book.tell(a_property(PORT), a_property(LAGO, "Lacs"), *costs, batch=batch)
    for _ in range(100):
        query = some_query(random)
        assert book.ids(query) == [cost.originator_id for cost in matching(costs, query)], query
    for row in book.listed(QualityCostQuery(HOUSE)):
        [cost] = [each for each in costs if each.originator_id == row.id]
        assert row.total == sum(item.quantity * item.unit_value for item in cost.items)
        assert [(given["item_id"], given["quantity"], given["unit_value"]) for given in row.items] == [
            (str(item.item_id), item.quantity, item.unit_value) for item in cost.items
        ]


def test_pages_follow_each_other_in_either_order(book: Book) -> None:
    costs = some_gifts(Random(1), 40)
    book.tell(*costs)
    for newest_first in (True, False):
        query, seen, after = QualityCostQuery(HOUSE, newest_first=newest_first), list[UUID](), NOBODY
        while page := quality_costs(book.connection, query, after, 7):
            seen += [row.id for row in page]
            after = page[-1].id
        assert seen == [cost.originator_id for cost in matching(costs, query)]


def test_codes_and_items_are_called_as_they_are_called_now(book: Book) -> None:
    noise, wine = CODES[0], ITEMS[0]
    book.tell(a_code(noise, "Aniversaire"), an_item(wine, "Vin"))
    book.give(code_id=noise)
    book.tell(CodeChanged(originator_id=noise, originator_version=2, name="Anniversaire"))
    book.tell(
        CodeRetired(originator_id=noise, originator_version=3),
        CostItemRetired(originator_id=wine, originator_version=2),
    )
    [row] = book.listed(QualityCostQuery(HOUSE))
    assert row.code == "Anniversaire"
    assert row.items == [{"item_id": str(wine), "item": "Vin", "quantity": 1, "unit_value": 1800}]


@pytest.mark.parametrize(
    "forgotten",
    [
        GuestAnonymised(originator_id=GUESTS[0], originator_version=2, erasure_id=ERASURE),
        GuestDeleted(originator_id=GUESTS[0], originator_version=2),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_is_noted_of_a_guest_goes_with_them_and_the_figures_stay(
    book: Book, forgotten: GuestAnonymised | GuestDeleted
) -> None:
    zoe, leo = GUESTS
    gifts = [a_gift(n, guest_id=guest, comment="Fête ses 40 ans") for n, guest in enumerate((zoe, leo, zoe), 1)]
    book.tell(*gifts)
    assert book.readable(zoe, leo) == {zoe: 2, leo: 1}
    book.tell(forgotten)
    assert book.readable(zoe, leo) == {leo: 1}
    rows = book.listed(QualityCostQuery(HOUSE, newest_first=False))
    assert [row.comment for row in rows] == [None, "Fête ses 40 ans", None]
    assert [(row.guest_id, row.total) for row in rows] == [(zoe, 1800), (leo, 1800), (zoe, 1800)]
    after = book.rows()
    book.connection.execute("TRUNCATE cost_of_quality.quality_cost")
    book.position = 0
    book.tell(*gifts, forgotten)  # all in one batch
    assert book.rows() == after


def test_what_is_noted_of_who_is_no_known_guest_goes_by_itself(book: Book) -> None:
    first, second = book.give(comment="M. Durand, chambre 104"), book.give(comment="Un habitué")
    erased = first.originator_id
    assert book.readable(erased) == {erased: 1}
    book.tell(WordsErased(originator_id=erased, originator_version=2, erasure_id=ERASURE))
    assert book.readable(erased, second.originator_id) == {second.originator_id: 1}
    assert [row.comment for row in book.listed(QualityCostQuery(HOUSE))] == ["Un habitué", None]
