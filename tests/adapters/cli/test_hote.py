"""`hote` as a person runs it: a home of its own, an embedded Postgres, and nothing left running."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.demo.departure_list import write_departure_list
from tests.installation import HOTE, answers, free_port
from tests.waiting import PATIENCE, eventually


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def founded(home: Path) -> dict[str, str]:
    told = hote(home, "init", "--organisation", "Rivage", "--property", "Port").stdout
    ids: dict[str, str] = json.loads(told)
    return ids


def hote(home: Path, *arguments: str, ends_with: int = 0) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"HOTE_HOME": str(home), "COLUMNS": "200"}
    done = subprocess.run([*HOTE, *arguments], env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == ends_with, done.stdout + done.stderr
    return done


@contextmanager
def serving(home: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {"HOTE_HOME": str(home)}
    with subprocess.Popen([*HOTE, "serve", "--port", str(port)], env=environment) as process:
        eventually(lambda: answers(port))
        try:
            yield process
        finally:
            process.kill()


def postgres_runs(home: Path) -> bool:
    return (home / "postgres" / "postmaster.pid").exists()


def test_init_prints_the_ids_and_an_admin_key(founded: dict[str, str]) -> None:
    assert set(founded) == {"organisation_id", "property_id", "key"}


def test_a_departure_list_goes_in_and_its_guests_are_found(home: Path, founded: dict[str, str], tmp_path: Path) -> None:
    bad = write_departure_list(tmp_path / "departs.csv", 300, seed=3)
    told = hote(home, "import", str(tmp_path / "departs.csv"), "--property", founded["property_id"]).stdout
    assert "windows-1252" in told
    assert bad > 0
    assert "refused" in told
    assert "Lefèvre" in hote(home, "guests", "lefevre").stdout
    again = hote(home, "import", str(tmp_path / "departs.csv"), "--property", founded["property_id"]).stdout
    assert "0 created, 0 updated" in again


def test_a_new_admin_key_can_be_had_when_all_are_lost(home: Path, founded: dict[str, str]) -> None:
    token = hote(home, "keys", "issue", "--name", "again", "--role", "admin").stdout.strip()
    assert token.startswith("hote_")
    assert token != founded["key"]
    [row] = [line for line in hote(home, "keys", "list").stdout.splitlines() if "again" in line]
    hote(home, "keys", "retire", row.split()[0])


def test_what_a_person_can_mend_is_said_in_a_line(home: Path) -> None:
    told = hote(home, "init", "--organisation", "R", "--property", "P", "--country", "France", ends_with=1).stderr
    assert told.startswith("hote: country:")
    assert len(told.splitlines()) == 1


@pytest.mark.usefixtures("founded")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_ending_the_server_stops_its_postgres(home: Path, ending: signal.Signals) -> None:
    with serving(home, free_port()) as process:
        assert postgres_runs(home)
        process.send_signal(ending)
        process.wait(PATIENCE)
    assert not postgres_runs(home)


@pytest.mark.usefixtures("founded")
def test_a_killed_server_does_not_keep_its_postgres_for_ever(home: Path) -> None:
    with serving(home, free_port()) as process:
        process.kill()
        process.wait(PATIENCE)
    assert postgres_runs(home)
    hote(home, "guests")
    assert not postgres_runs(home)
