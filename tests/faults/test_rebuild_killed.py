"""A rebuild that ends before its time, however that happens, leaves the live read model and no copy of anybody."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from psycopg.sql import SQL, Identifier

from adapters.bootstrap import Hote, open_hote
from adapters.settings import Settings
from application.guest_entry import Judged
from application.guests import take_in
from domain.contact import Profile
from domain.guest_events import Origin
from tests.installation import rivage, running, waits_for_a_lock
from tests.waiting import PATIENCE, eventually

NAMES = [f"Nom{number:03}" for number in range(300)]


@pytest.fixture
def hote(database: str, tmp_path: Path) -> Iterator[Hote]:
    """With guests who are in the list."""
    with open_hote(Settings(home=tmp_path, database_url=database)) as hote:
        rows = [
            Judged(None, None, Profile(last_name=name, emails=(f"{name}@example.com".lower(),)), None) for name in NAMES
        ]
        take_in(hote.ports, rivage(hote.ports).caller, rows, Origin.IMPORT)
        with hote.at_work():
            eventually(lambda: all(each.behind_events == 0 and not each.failure for each in hote.runner.standings()))
        yield hote


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


def rebuild(hote: Hote, output: Path) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return running(hote.settings.home, hote.database_url, "rebuild", "guest_list", output=output)


@contextmanager
def held_up(hote: Hote, output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A rebuild that has copied everybody, and waits for as long as the context lasts with the swap."""
    with hote.pool.connection() as connection, connection.transaction():
        connection.execute("SELECT FROM projection.checkpoints WHERE name = 'guest_list' FOR UPDATE")
        with rebuild(hote, output) as process:
            eventually(lambda: process.poll() is not None or waits_for_a_lock(hote, "rebuild"))
            assert schemas(hote) == ["guest_list", "guest_list_next"]
            assert in_the_list(hote, "guest_list_next") == NAMES
            yield process


def connected(hote: Hote) -> bool:
    """Whether the server still has a connection of a rebuild."""
    with hote.pool.connection() as connection:
        return (
            connection.execute(
                "SELECT FROM pg_stat_activity WHERE application_name = 'rebuild' AND datname = current_database()"
            ).fetchone()
            is not None
        )


def schemas(hote: Hote) -> list[str]:
    with hote.pool.connection() as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'guest_list%' ORDER BY 1")
        return [row[0] for row in found]


def in_the_list(hote: Hote, schema: str = "guest_list") -> list[str]:
    with hote.pool.connection() as connection:
        names = SQL("SELECT profile ->> 'last_name' FROM {}.guest ORDER BY 1").format(Identifier(schema))
        return [row[0] for row in connection.execute(names)]


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_one_that_is_told_to_end_clears_away_what_it_made(hote: Hote, output: Path, ending: signal.Signals) -> None:
    with held_up(hote, output) as process:
        process.send_signal(ending)
        assert process.wait(PATIENCE) != 0
        assert "Traceback" not in output.read_text()
        assert schemas(hote) == ["guest_list"]
    assert in_the_list(hote) == NAMES


def test_what_a_killed_one_made_is_cleared_away_by_whoever_is_at_work_next(hote: Hote, output: Path) -> None:
    with held_up(hote, output) as process:
        process.kill()
        process.wait(PATIENCE)
    assert schemas(hote) == ["guest_list", "guest_list_next"]
    eventually(lambda: not connected(hote))
    with running(hote.settings.home, hote.database_url, "worker", output=output):
        eventually(lambda: schemas(hote) == ["guest_list"])
    assert in_the_list(hote) == NAMES


def test_a_killed_one_can_be_begun_again(hote: Hote, output: Path) -> None:
    with held_up(hote, output) as process:
        process.kill()
    eventually(lambda: not connected(hote))
    with rebuild(hote, output) as again:
        assert again.wait(PATIENCE) == 0, output.read_text()
    assert schemas(hote) == ["guest_list"]
    assert in_the_list(hote) == NAMES


def test_a_second_one_is_told_that_there_is_one(hote: Hote, output: Path, tmp_path: Path) -> None:
    told = tmp_path / "second"
    with held_up(hote, output), rebuild(hote, told) as second:
        assert second.wait(PATIENCE) == 1
    assert told.read_text() == "hote: another process is rebuilding guest_list.\n"
