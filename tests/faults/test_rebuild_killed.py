"""A rebuild that ends before its time, however that happens, leaves the live read model and no copy of anybody."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg.sql import SQL, Identifier

from adapters.bootstrap import Hote, open_hote
from adapters.cli.founding import at_the_command_line, found
from adapters.settings import Settings
from application.guest_entry import Judged
from application.guests import take_in
from domain.contact import Profile
from domain.guest import Origin
from domain.property import PropertySettings

HOTEL = PropertySettings(name="Hôtel du Port", country="FR", time_zone="Europe/Paris", currency="EUR")
NAMES = [f"Nom{number:03}" for number in range(300)]
PATIENCE = 60.0


@pytest.fixture
def hote(database: str, tmp_path: Path) -> Iterator[Hote]:
    """With guests who are in the list."""
    with open_hote(Settings(home=tmp_path, database_url=database)) as hote:
        founded = found(hote.ports, "Groupe Rivage", [HOTEL])
        caller = at_the_command_line(hote.ports, founded.organisation_id)
        rows = [
            Judged(None, None, Profile(last_name=name, emails=(f"{name}@example.com".lower(),)), None) for name in NAMES
        ]
        take_in(hote.ports, caller, rows, Origin.IMPORT)
        with hote.at_work():
            wait_until(lambda: all(each.behind_events == 0 and not each.failure for each in hote.runner.standings()))
        yield hote


def hote_process(hote: Hote, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "ignore", "-c", "from adapters.cli.main import main; main()", *arguments]
    environment = {
        **os.environ,
        "HOTE_HOME": str(hote.settings.home),
        "HOTE_DATABASE_URL": hote.database_url,
        "PGAPPNAME": "rebuild",
    }
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@contextmanager
def held_up(hote: Hote) -> Iterator[subprocess.Popen[str]]:
    """A rebuild that has copied everybody, and waits for as long as the context lasts with the swap."""
    with hote.pool.connection() as connection, connection.transaction():
        connection.execute("SELECT FROM projection.checkpoints WHERE name = 'guest_list' FOR UPDATE")
        with hote_process(hote, "rebuild", "guest_list") as process:
            try:
                wait_until(lambda: process.poll() is not None or waits(hote))
                assert schemas(hote) == ["guest_list", "guest_list_next"]
                assert in_the_list(hote, "guest_list_next") == NAMES
                yield process
            finally:
                process.kill()


def waits(hote: Hote) -> bool:
    with hote.pool.connection() as connection:
        return (
            connection.execute(
                "SELECT FROM pg_stat_activity WHERE application_name = 'rebuild' AND wait_event_type = 'Lock'"
                " AND datname = current_database()"
            ).fetchone()
            is not None
        )


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


def wait_until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.005)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_one_that_is_told_to_end_clears_away_what_it_made(hote: Hote, ending: signal.Signals) -> None:
    with held_up(hote) as process:
        process.send_signal(ending)
        told, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode != 0
        assert "Traceback" not in told
        assert schemas(hote) == ["guest_list"]
    assert in_the_list(hote) == NAMES


def test_what_a_killed_one_made_is_cleared_away_by_whoever_is_at_work_next(hote: Hote) -> None:
    with held_up(hote) as process:
        process.kill()
        process.wait(PATIENCE)
    assert schemas(hote) == ["guest_list", "guest_list_next"]
    wait_until(lambda: not connected(hote))
    with hote_process(hote, "worker") as worker:
        try:
            wait_until(lambda: schemas(hote) == ["guest_list"])
        finally:
            worker.kill()
    assert in_the_list(hote) == NAMES


def test_a_killed_one_can_be_begun_again(hote: Hote) -> None:
    with held_up(hote) as process:
        process.kill()
    wait_until(lambda: not connected(hote))
    with hote_process(hote, "rebuild", "guest_list") as again:
        told, _ = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, told
    assert schemas(hote) == ["guest_list"]
    assert in_the_list(hote) == NAMES


def test_a_second_one_is_told_that_there_is_one(hote: Hote) -> None:
    with held_up(hote):
        with hote_process(hote, "rebuild", "guest_list") as second:
            told, _ = second.communicate(timeout=PATIENCE)
        assert (second.returncode, told) == (1, "hote: another process is rebuilding guest_list\n")
