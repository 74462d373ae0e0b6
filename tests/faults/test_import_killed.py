"""An import whose process is killed, or loses the database, at any moment goes on and makes every guest once."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from random import Random
from typing import LiteralString
from uuid import UUID

import pytest
from pydantic import SecretStr

from adapters.bootstrap import Hote, open_hote
from adapters.demo.people import people
from adapters.settings import Settings
from application.imports import commands
from application.imports.draft import ImportDraft, ImportState
from tests.conftest import FreshDatabase
from tests.installation import rivage, running, waits_for_a_lock
from tests.waiting import eventually

ROWS = 8_000

WRITTEN: Sequence[LiteralString] = ("imports.row", "log.keys", "log.identities", "log.events", "imports.draft")
"""The tables that a chunk of an import is written to, in this order."""


@pytest.fixture(scope="module")
def hote(fresh_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hote]:
    """Wired, but not at work: the work is for the process that gets killed."""
    home = tmp_path_factory.mktemp("home")
    with fresh_database() as database, open_hote(Settings(home=home, database_url=SecretStr(database))) as hote:
        yield hote


@pytest.fixture(scope="module")
def guest_list(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every hundredth row tells of no means of contact, every fiftieth of the guest of an earlier row."""
    path = tmp_path_factory.mktemp("list") / "guests.csv"
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
    caller, property_id, _ = rivage(hote.ports)
    draft = commands.upload(
        *(hote.ports, hote.imports, caller, path, property_id), language=None, departure=None, limit=10**9
    )
    return commands.commit(hote.imports, caller, draft.id)


def worker(hote: Hote) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """In a process group of its own; each long import gets a process in it."""
    home = hote.settings.home
    return running(home, hote.database_url, "worker", output=home / "worker.log")


def now(hote: Hote, draft: ImportDraft) -> ImportDraft:
    return hote.imports.get(draft.organisation_id, draft.id)


def finish(hote: Hote, draft: ImportDraft) -> ImportDraft:
    """Has a worker do what is left, until the guests are in the list too."""
    with worker(hote):
        eventually(lambda: now(hote, draft).state is not ImportState.RUNNING)
        eventually(lambda: all(each.behind_events == 0 for each in hote.runner.standings()))
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


@pytest.fixture(scope="module")
def undisturbed(hote: Hote, guest_list: Path) -> ImportDraft:
    """The finished import of the same list by a worker whom nothing happened to."""
    return finish(hote, begun(hote, guest_list))


def assert_like(hote: Hote, undisturbed: ImportDraft, disturbed: ImportDraft) -> None:
    one, other = disturbed.organisation_id, undisturbed.organisation_id
    assert (disturbed.state, disturbed.counts) == (ImportState.DONE, undisturbed.counts)
    assert disturbed.counts.judged == ROWS
    assert written(hote, one) == written(hote, other)
    assert in_the_list(hote, one) == in_the_list(hote, other)
    assert len(in_the_list(hote, one)) == identities(hote, one) == disturbed.counts.created


def somewhere_further(hote: Hote, draft: ImportDraft, random: Random) -> None:
    """Waits until some rows have become guests, and then to any moment of the chunk that follows."""
    goal = now(hote, draft).through + random.randrange(1, 1_000)
    eventually(lambda: now(hote, draft).through >= goal)
    time.sleep(random.random() / 5)


@contextmanager
def held_up(hote: Hote, table: LiteralString) -> Iterator[None]:
    """Within the context, a worker waits to write to the table."""
    with hote.pool.connection() as connection, connection.transaction():
        connection.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        eventually(lambda: waits_for_a_lock(hote, "worker"))
        yield


def test_killed_at_each_thing_it_writes(hote: Hote, guest_list: Path, undisturbed: ImportDraft) -> None:
    draft = begun(hote, guest_list)
    for table in WRITTEN:
        before = now(hote, draft).through
        with worker(hote) as process:
            eventually(lambda before=before: now(hote, draft).through > before)  # type: ignore[misc]
            with held_up(hote, table):
                os.killpg(process.pid, signal.SIGKILL)
    assert now(hote, draft).state is ImportState.RUNNING, "it was not killed before the end"

    assert_like(hote, undisturbed, finish(hote, draft))


def test_killed_again_and_again(hote: Hote, guest_list: Path, undisturbed: ImportDraft) -> None:
    random = Random(11)
    draft = begun(hote, guest_list)
    with ExitStack() as stack:
        for kill in (os.killpg, os.kill, os.killpg):  # kill leaves its children at work, beside the next
            process = stack.enter_context(worker(hote))
            somewhere_further(hote, draft, random)
            kill(process.pid, signal.SIGKILL)
        assert now(hote, draft).state is ImportState.RUNNING, "it was not killed before the end"
        finished = finish(hote, draft)

    assert_like(hote, undisturbed, finished)


def test_two_workers_at_once(hote: Hote, guest_list: Path, undisturbed: ImportDraft) -> None:
    draft = begun(hote, guest_list)
    with worker(hote):
        finished = finish(hote, draft)

    assert_like(hote, undisturbed, finished)


def test_cut_off_from_the_database_again_and_again(hote: Hote, guest_list: Path, undisturbed: ImportDraft) -> None:
    random = Random(12)
    draft = begun(hote, guest_list)
    with worker(hote):
        for _ in range(2):
            somewhere_further(hote, draft, random)
            with hote.pool.connection() as connection:
                cut = connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND application_name = 'worker'"
                ).fetchall()
            assert len(cut) > 2
        assert now(hote, draft).state is ImportState.RUNNING, "it was not cut off before the end"
        eventually(lambda: now(hote, draft).state is not ImportState.RUNNING)

    assert_like(hote, undisturbed, finish(hote, draft))
