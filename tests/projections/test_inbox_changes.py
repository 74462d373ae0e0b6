"""What changed in the inbox is told, once it can be read, and nothing that was said."""

import json
from collections.abc import Iterator
from random import Random

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg.sql import SQL, Identifier

from domain.feedback import FeedbackDone
from domain.handling import Category, Folder
from projections.inbox import changes
from projections.inbox.fold import Inbox
from tests.projections.plain_inbox import GUESTS, HOTEL, House, prepared


@pytest.fixture
def house(database: str) -> Iterator[House]:
    with prepared(database) as connection:
        yield House(connection, Random(1))


def heard(listening: Connection[TupleRow]) -> list[changes.Change | changes.Many]:
    """What was told until now; a last word of our own comes after all of it."""
    listening.execute("SELECT pg_notify(%s, 'end')", [changes.CHANNEL])
    told = []
    for notice in listening.notifies(timeout=30):
        if notice.payload == "end":
            break
        told.append(notice.payload)
    return [changes.read(payload) for payload in told]


@pytest.fixture
def listening(database: str) -> Iterator[Connection[TupleRow]]:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(SQL("LISTEN {}").format(Identifier(changes.CHANNEL)))
        yield connection


def test_each_changed_row_is_told_once_and_in_order(house: House, listening: Connection[TupleRow]) -> None:
    first, second = house.say(alert=True), house.say(guest_id=GUESTS[0])
    house.does(first, FeedbackDone)
    house.tell()
    hotels = [house.all[feedback].said.property_id for feedback in (first, second)]
    assert heard(listening) == [
        changes.Change(HOTEL, hotels[1], second, Folder.INBOX, Category.NEW, 2),
        changes.Change(HOTEL, hotels[0], first, Folder.DONE, Category.ALERT, 3),
    ]
    house.forget(GUESTS[0])
    house.tell()
    assert heard(listening) == [changes.Change(HOTEL, hotels[1], second, Folder.INBOX, Category.NEW, 4)]


def test_nothing_said_is_told(house: House, listening: Connection[TupleRow]) -> None:
    house.say()
    house.tell()
    [change] = heard(listening)
    assert "Travaux" not in json.dumps(change, default=str)


def test_many_changes_are_told_as_such(house: House, listening: Connection[TupleRow]) -> None:
    for _ in range(changes.MOST_TOLD + 1):
        house.say()
    house.tell()
    assert heard(listening) == [changes.Many(house.minutes)]


def test_a_read_model_in_the_making_tells_nothing(house: House, listening: Connection[TupleRow]) -> None:
    house.say()
    with house.connection.transaction(), house.connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA inbox_next; SET LOCAL search_path TO inbox_next, public")
        cursor.execute(Inbox.tables.encode())
        Inbox().apply(cursor, house.untold)
    assert heard(listening) == []
