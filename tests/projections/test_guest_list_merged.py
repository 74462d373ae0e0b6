"""The guest list while two guests are one: a row for both, and afterwards again a row for each."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import TupleRow, dict_row
from psycopg.sql import SQL, Identifier

from application import merging
from application.erasure.guests import anonymise_guest
from application.erasure.why import Why
from application.guest_records import load_whole
from domain import silencing
from domain.guest_events import BlockReason
from projections.folding import create, use
from projections.guest_list.fold import GuestList
from tests.application.memory import House

LIST = GuestList()
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def connection(database: str) -> Iterator[Connection[TupleRow]]:
    with psycopg.connect(database) as connection:
        create(connection.cursor(), LIST, LIST.name)
        yield connection


@pytest.fixture
def house() -> House:
    return House()


def followed(connection: Connection[TupleRow], house: House, at_once: int) -> Rows:
    """The rows after all that was recorded, so many events at once."""
    cursor = connection.cursor()
    use(cursor, LIST.name)
    cursor.execute("TRUNCATE guest, merged, survivor, stay")
    told = [each for each in house.log.recorded if isinstance(each.event, LIST.folds)]
    for start in range(0, len(told), at_once):
        LIST.apply(cursor, told[start : start + at_once])
    with connection.cursor(row_factory=dict_row) as rows:
        use(rows, LIST.name)  # type: ignore[arg-type]  # a row's shape does not matter to it
        return {
            table: rows.execute(
                SQL("SELECT * FROM {} ORDER BY {}").format(Identifier(table), Identifier(order))
            ).fetchall()
            for table, order in (("guest", "guest"), ("merged", "guest"), ("survivor", "guest"), ("stay", "stay_id"))
        }


def described(rows: Rows) -> list[tuple[object, ...]]:
    """What must be as it was: all but when the row changed last."""
    return [tuple(v for name, v in row.items() if name not in ("version", "updated_at")) for row in rows["guest"]]


@pytest.mark.parametrize("at_once", [1, 3, 1000])
def test_each_has_a_row_again_when_it_is_undone(connection: Connection[TupleRow], house: House, at_once: int) -> None:
    one, other, third = (house.registered(name, house.port) for name in ("Lefèvre", "Lefevre", "Lefebvre"))
    house.reply(house.complaint(house.port, other), other, "a@example.com")
    told(house, other, lambda guest: silencing.block(guest, BlockReason.FRAUD, None))
    before = followed(connection, house, at_once)

    first, *_ = merging.merge(house.ports, house.admin, other, third, {})
    last, *_ = merging.merge(house.ports, house.admin, one, other, {})
    merged = followed(connection, house, at_once)
    assert [(row["guest"], row["status"]) for row in merged["guest"]] == [(one, "blocked")]
    assert {row["guest"]: row["survivor"] for row in merged["survivor"]} == {other: one, third: one}
    assert [row["guest"] for row in merged["stay"]] == [one] * 3

    merging.undo_merge(house.ports, house.admin, last)
    halfway = followed(connection, house, at_once)
    assert {row["guest"]: row["survivor"] for row in halfway["survivor"]} == {third: other}
    merging.undo_merge(house.ports, house.admin, first)
    after = followed(connection, house, at_once)
    assert described(after) == described(before)
    assert (after["stay"], after["merged"], after["survivor"]) == (before["stay"], [], [])


def test_nothing_of_either_can_be_read_once_both_are_anonymous(connection: Connection[TupleRow], house: House) -> None:
    one, other = house.registered("Lefèvre"), house.registered("Lefevre")
    merging.merge(house.ports, house.admin, one, other, {})
    assert {row["guest"] for row in readable(connection, house, one, other)} == {one, other}
    anonymise_guest(house.ports, house.admin, one, Why(reason="Demande"))
    assert readable(connection, house, one, other) == []


def readable(connection: Connection[TupleRow], house: House, *guests: UUID) -> list[dict[str, Any]]:
    followed(connection, house, 1000)
    with connection.cursor(row_factory=dict_row) as rows:
        return rows.execute(LIST.readable, {"guests": list(guests)}).fetchall()


def told(house: House, guest_id: UUID, decide: Callable[..., Any]) -> None:
    record = load_whole(house.ports, house.admin, guest_id)
    house.log.append(decide(record.guest), house.admin.metadata(house.ports.now()))
