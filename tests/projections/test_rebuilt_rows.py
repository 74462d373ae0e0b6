"""Whatever happened, all read models thrown away and made anew hold the very rows that were there."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import partial
from typing import NamedTuple
from uuid import UUID

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg.sql import SQL, Identifier
from pydantic import SecretStr

from adapters.bootstrap import PROJECTIONS, Hote, open_hote
from adapters.settings import Settings
from application.guest_entry import Judged
from domain.refusal import Refusal
from domain.stay import Stay
from projections.folding import advance, apply, checkpoint, prepare
from projections.rebuild import rebuild
from tests.conftest import FreshDatabase
from tests.domain import told
from tests.projections.some_history import NOBODY, House

Rows = dict[tuple[str, str], list[str]]
"""Of each schema and table: its rows as Postgres writes them, in an order of no meaning."""


FORGETTING = ["delete", "anonymise"]
"""Commands that destroy a guest's key."""

COMMANDS = [*(name for name in vars(House) if not name.startswith("_")), *["merge"] * 5, "undo_merge"]


class Given(NamedTuple):
    """A command; `seen` when the read models take it in before the next one, with the keys of that moment."""

    command: str
    number: int
    entry: Judged
    seen: bool


entries = st.builds(
    Judged,
    language=st.sampled_from([None, "fr"]),
    country=st.sampled_from([None, "FR"]),
    profile=told.profiles,
    stay=st.none() | told.stays,
)
histories = st.lists(
    st.builds(Given, st.sampled_from(COMMANDS), st.integers(0, 5), entries, st.booleans()), min_size=5, max_size=25
)


@pytest.fixture(scope="module")
def hote(fresh_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hote]:
    """Wired, but not at work: the test feeds the read models."""
    with fresh_database() as database:
        own = Settings(home=tmp_path_factory.mktemp("home"), database_url=SecretStr(database))
        with open_hote(own) as hote:
            yield hote


def follow(hote: Hote, connection: Connection[TupleRow]) -> None:
    """Feeds every read model what is new, one event at a time."""
    for projection in PROJECTIONS:
        prepare(connection, projection)
        position, before = checkpoint(connection, projection.name), -1
        while position > before:
            before, types = position, [kind.__name__ for kind in projection.folds]
            position, _ = advance(hote.feed, position, 1, types, partial(apply, connection, projection))


def throw_away(connection: Connection[TupleRow]) -> None:
    for projection in PROJECTIONS:
        connection.execute(SQL("DROP SCHEMA {} CASCADE").format(Identifier(projection.name)))
        connection.execute("DELETE FROM projection.checkpoints WHERE name = %s", [projection.name])


def rows(connection: Connection[TupleRow]) -> Rows:
    """Everything that is in any read model."""
    tables = connection.execute(
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema = ANY(%s)",
        [[projection.name for projection in PROJECTIONS]],
    ).fetchall()
    return {
        (schema, table): sorted(
            row[0] for row in connection.execute(SQL("SELECT t::text FROM {} t").format(Identifier(schema, table)))
        )
        for schema, table in tables
    }


@settings(max_examples=20, deadline=None)
@given(history=histories, forgetting=st.sampled_from(FORGETTING), then_forgotten=st.integers(0, 5))
def test_read_models_made_anew_hold_the_rows_that_were_there(
    hote: Hote, history: list[Given], forgetting: str, then_forgotten: int
) -> None:
    house = House(hote.ports)
    with psycopg.connect(hote.database_url, autocommit=True) as connection:
        for each in history:
            with suppress(Refusal):  # such as of a guest who is gone: nothing was written then
                getattr(house, each.command)(each.number, each.entry)
            if each.seen:
                follow(hote, connection)
        follow(hote, connection)  # the guest is read while they can be, and is forgotten then
        with suppress(Refusal):
            getattr(house, forgetting)(then_forgotten, NOBODY)
        follow(hote, connection)
        before = rows(connection)
        assert {schema for schema, _ in before} == {projection.name for projection in PROJECTIONS}
        throw_away(connection)
        for projection in PROJECTIONS:
            list(rebuild(connection, hote.feed, projection))
        assert rows(connection) == before


def test_rows_do_not_depend_on_the_order_in_which_postgres_gives_back_the_stays(hote: Hote) -> None:
    """Three rooms of one guest on one day: which is their last, and in what order the properties stand."""
    house = House(hote.ports)
    with psycopg.connect(hote.database_url, autocommit=True) as connection:
        for room, property_id in (("104", UUID(int=3)), ("105", UUID(int=11)), ("106", UUID(int=19))):
            stay = Stay(property_id=property_id, arrival=date(2026, 11, 18), departure=None, room=room)
            house.stay(0, NOBODY._replace(stay=stay))
            follow(hote, connection)
            connection.execute("UPDATE guest_list.stay SET room = room WHERE room = '104'")  # which puts it at the end
        before = rows(connection)
        for projection in PROJECTIONS:
            list(rebuild(connection, hote.feed, projection))
        assert rows(connection) == before
