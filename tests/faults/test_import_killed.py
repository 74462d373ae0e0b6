"""An import whose process is killed, or loses the database, at any moment goes on and makes every guest once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from random import Random
from typing import LiteralString
from uuid import UUID

import pytest

from adapters.bootstrap import Hote, open_hote
from adapters.cli.founding import at_the_command_line, found
from adapters.demo.people import people
from adapters.settings import Settings
from application.imports import commands
from application.imports.draft import ImportDraft, ImportState
from domain.property import PropertySettings

ROWS = 12_000
PATIENCE = 120.0
"""Seconds after which something that should have happened is taken for lost."""

WRITTEN: Sequence[LiteralString] = ("imports.row", "log.keys", "log.identities", "log.events", "imports.draft")
"""The tables that a chunk of an import is written to, in this order."""

HOTEL = PropertySettings(name="Hôtel du Port", country="FR", time_zone="Europe/Paris", currency="EUR")


@pytest.fixture
def hote(database: str, tmp_path: Path) -> Iterator[Hote]:
    """Wired, but not at work: the work is for the process that gets killed."""
    with open_hote(Settings(home=tmp_path, database_url=database)) as hote:
        yield hote


@pytest.fixture
def guest_list(tmp_path: Path) -> Path:
    """Every hundredth row tells of no means of contact, every fiftieth of the guest of an earlier row."""
    path = tmp_path / "guests.csv"
    lines = ["Nom;Prénom;E-mail;Arrivée;Départ"]
    emails: list[str] = []
    for number, person in enumerate(islice((each for each in people(3 * ROWS, seed=3) if each.email), ROWS)):
        emails.append(person.email or "")
        email = "" if number % 100 == 99 else emails[number // 2] if number % 50 == 25 else person.email
        lines.append(f"{person.last_name};{person.first_name};{email};{28 - number % 28}/03/2026;30/03/2026")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def begun(hote: Hote, path: Path) -> ImportDraft:
    """The committed import of the list into an organisation of its own, which nobody works on yet."""
    founded = found(hote.ports, "Groupe Rivage", [HOTEL])
    caller = at_the_command_line(hote.ports, founded.organisation_id)
    draft = commands.upload(
        *(hote.ports, hote.imports, caller, path, founded.property_ids[0]), language=None, departure=None, limit=10**9
    )
    return commands.commit(hote.imports, caller, draft.id)


@contextmanager
def worker(hote: Hote, output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A `hote worker` with its children, in a process group that does not outlive the context."""
    environment = {
        **os.environ,
        "HOTE_HOME": str(hote.settings.home),
        "HOTE_DATABASE_URL": hote.database_url,
        "PGAPPNAME": "worker",
    }
    command = [sys.executable, "-c", "from adapters.cli.main import app; app()", "worker"]
    with output.open("ab") as file:
        process = subprocess.Popen(command, env=environment, stdout=file, stderr=file, start_new_session=True)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, "what was waited for did not happen: worker.log may tell why"
        time.sleep(0.005)


def now(hote: Hote, draft: ImportDraft) -> ImportDraft:
    return hote.imports.get(draft.organisation_id, draft.id)


def finish(hote: Hote, draft: ImportDraft, output: Path) -> ImportDraft:
    """Has a worker do what is left, until the guests are in the list too."""
    with worker(hote, output):
        wait_until(lambda: now(hote, draft).state is not ImportState.RUNNING)
        wait_until(lambda: all(each.behind_events == 0 for each in hote.runner.standings()))
    return now(hote, draft)


def written(hote: Hote, organisation_id: UUID) -> list[tuple[str, int]]:
    """How many events of each type there are of the organisation's guests and import."""
    with hote.pool.connection() as connection:
        return connection.execute(
            "SELECT type, count(*) FROM log.events WHERE organisation_id = %s GROUP BY type ORDER BY type",
            [organisation_id],
        ).fetchall()


def in_the_list(hote: Hote, organisation_id: UUID) -> list[tuple[str, int]]:
    """Names with e-mail, and stays, of the organisation's guests."""
    with hote.pool.connection() as connection:
        return connection.execute(
            "SELECT last_name || (profile ->> 'emails'), stays FROM guest_list.guest"
            " WHERE organisation = %s ORDER BY 1",
            [organisation_id],
        ).fetchall()


def identities(hote: Hote, organisation_id: UUID) -> int:
    with hote.pool.connection() as connection:
        row = connection.execute("SELECT count(*) FROM log.identities WHERE organisation_id = %s", [organisation_id])
        return int(next(row)[0])


def assert_like_undisturbed(hote: Hote, disturbed: ImportDraft, guest_list: Path, output: Path) -> None:
    undisturbed = finish(hote, begun(hote, guest_list), output)
    one, other = disturbed.organisation_id, undisturbed.organisation_id
    assert (disturbed.state, disturbed.counts) == (ImportState.DONE, undisturbed.counts)
    assert disturbed.counts.judged == ROWS
    assert written(hote, one) == written(hote, other)
    assert in_the_list(hote, one) == in_the_list(hote, other)
    assert len(in_the_list(hote, one)) == identities(hote, one) == disturbed.counts.created


def somewhere_further(hote: Hote, draft: ImportDraft, random: Random) -> None:
    """Waits until some rows have become guests, and then to any moment of the chunk that follows."""
    goal = now(hote, draft).through + random.randrange(1, 2_000)
    wait_until(lambda: now(hote, draft).through >= goal)
    time.sleep(random.random() / 5)


@contextmanager
def held_up(hote: Hote, table: LiteralString) -> Iterator[None]:
    """Within the context, a worker waits to write to the table."""

    def waits() -> bool:
        with hote.pool.connection() as connection:
            return connection.execute(
                "SELECT 1 FROM pg_stat_activity WHERE application_name = 'worker' AND wait_event_type = 'Lock'"
                " AND datname = current_database()"
            ).fetchone() == (1,)

    with hote.pool.connection() as connection, connection.transaction():
        connection.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        wait_until(waits)
        yield


def test_killed_at_each_thing_it_writes(hote: Hote, guest_list: Path, tmp_path: Path) -> None:
    output = tmp_path / "worker.log"
    draft = begun(hote, guest_list)
    for table in WRITTEN:
        before = now(hote, draft).through
        with worker(hote, output) as process:
            wait_until(lambda before=before: now(hote, draft).through > before)  # type: ignore[misc]
            with held_up(hote, table):
                os.killpg(process.pid, signal.SIGKILL)
    assert now(hote, draft).state is ImportState.RUNNING, "it was not killed before the end"

    assert_like_undisturbed(hote, finish(hote, draft, output), guest_list, output)


def test_killed_again_and_again(hote: Hote, guest_list: Path, tmp_path: Path) -> None:
    random, output = Random(11), tmp_path / "worker.log"
    draft = begun(hote, guest_list)
    with ExitStack() as stack:
        for kill in (os.kill, os.killpg, os.kill, os.killpg):  # kill leaves its children at work, beside the next
            process = stack.enter_context(worker(hote, output))
            somewhere_further(hote, draft, random)
            kill(process.pid, signal.SIGKILL)
        assert now(hote, draft).state is ImportState.RUNNING, "it was not killed before the end"
        finished = finish(hote, draft, output)

    assert_like_undisturbed(hote, finished, guest_list, output)


def test_two_workers_at_once(hote: Hote, guest_list: Path, tmp_path: Path) -> None:
    output = tmp_path / "worker.log"
    draft = begun(hote, guest_list)
    with worker(hote, output):
        finished = finish(hote, draft, output)

    assert_like_undisturbed(hote, finished, guest_list, output)


def test_cut_off_from_the_database_again_and_again(hote: Hote, guest_list: Path, tmp_path: Path) -> None:
    random, output = Random(12), tmp_path / "worker.log"
    draft = begun(hote, guest_list)
    with worker(hote, output):
        for _ in range(3):
            somewhere_further(hote, draft, random)
            with hote.pool.connection() as connection:
                cut = connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND application_name = 'worker'"
                ).fetchall()
            assert len(cut) > 2
        assert now(hote, draft).state is ImportState.RUNNING, "it was not cut off before the end"
        wait_until(lambda: now(hote, draft).state is not ImportState.RUNNING)

    assert_like_undisturbed(hote, finish(hote, draft, output), guest_list, output)
