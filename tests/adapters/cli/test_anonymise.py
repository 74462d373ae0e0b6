"""`hote anonymise`: one guest or many, of whichever organisation, without a question; and the certificates."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from adapters.bootstrap import Hote
from adapters.cli import anonymise
from adapters.keys.signing import PUBLIC_KEY_FILE, verified
from application.caller import Caller
from application.legal_hold import place_hold
from domain.guest_events import GuestAnonymised
from projections.folding import lock_number
from projections.rebuild import REBUILDS
from tests.adapters.cli.conftest import NOBODY, Terminal, registered
from tests.installation import rivage


def is_anonymous(hote: Hote, guest_id: UUID) -> bool:
    return any(isinstance(each.event, GuestAnonymised) for each in hote.log.stream(guest_id))


def test_a_guest_is_erased_and_the_certificate_kept(terminal: Terminal, opened: Hote, caller: Caller) -> None:
    guest = registered(opened, caller, "Lefèvre")
    ask = ("anonymise", guest, "--reason", "Art. 17, Mme Lefèvre", "--certificates", "proofs")
    exit_code, out, err = terminal.hote(*ask)
    assert (exit_code, err) == (0, "")
    [file] = Path("proofs").iterdir()
    assert out.splitlines() == [f"{guest}  erased", f"  erasure {file.stem}", f"  {file}"]
    said = verified(file.read_bytes(), (opened.settings.home / PUBLIC_KEY_FILE).read_bytes())
    assert (said["guest_id"], said["reason"]) == (str(guest), "Art. 17, Mme …")
    assert is_anonymous(opened, guest)

    file.write_text("torn")
    again = terminal.hote(*ask)
    assert again.exit_code == 0
    assert again.out.startswith(f"{guest}  already-erased\n  erasure {file.stem}\n")
    assert verified(file.read_bytes(), (opened.settings.home / PUBLIC_KEY_FILE).read_bytes()) == said


def test_several_are_erased_by_organisation_and_told_in_their_order(
    terminal: Terminal, opened: Hote, caller: Caller
) -> None:
    other = rivage(opened.ports).caller
    guests = [registered(opened, whose, "Lefèvre") for whose in (caller, other, caller)]
    told = terminal.hote("anonymise", *guests, "--reason", "Art. 17")
    assert told.exit_code == 0
    assert [line.split()[0] for line in told.out.splitlines() if line[0] != " "] == [str(each) for each in guests]
    recorded = [opened.log.stream(guest)[-1] for guest in guests]
    assert [each.organisation_id for each in recorded] == [
        caller.organisation_id,
        other.organisation_id,
        caller.organisation_id,
    ]
    # Those of one organisation went together.
    assert recorded[0].correlation_id == recorded[2].correlation_id != recorded[1].correlation_id


def test_who_is_held_or_unknown_holds_back_nobody(terminal: Terminal, opened: Hote, caller: Caller) -> None:
    held, guest = registered(opened, caller, "Lefèvre"), registered(opened, caller, "Martin")
    place_hold(opened.ports, caller, held, "Litige [b]2026-118[/b]")
    told = terminal.hote("anonymise", held, guest, NOBODY, caller.organisation_id, "--reason", "Art. 17")
    assert told.exit_code == 1
    lines = told.out.splitlines()
    assert lines[0] == f"{held}  held"
    assert lines[1].startswith("  held by cli since 20")
    assert lines[1].endswith(": Litige [b]2026-118[/b]")
    assert lines[2] == f"{guest}  erased"
    assert lines[4:] == [f"{NOBODY}  not-found", f"{caller.organisation_id}  not-found"]
    assert [is_anonymous(opened, each) for each in (held, guest)] == [False, True]


@pytest.mark.parametrize(
    ("arguments", "exit_code", "why"),
    [
        (("--reason", " "), 1, "reason"),
        (("--reason", "x" * 501), 1, "reason"),
        (("--reason", "Art. 17", "--reference", "x" * 201), 1, "reference"),
        (("--reason", "Art. 17", "--certificates", "/dev/null/proofs"), 1, "/dev/null/proofs"),
        ((), 2, "--reason"),
        (("somebody", "--reason", "Art. 17"), 2, "UUID"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line_and_erases_nobody(
    terminal: Terminal, opened: Hote, caller: Caller, arguments: tuple[str, ...], exit_code: int, why: str
) -> None:
    guest = registered(opened, caller, "Lefèvre")
    refused = terminal.refused("anonymise", guest, *arguments)
    assert refused[0] == exit_code
    assert why in refused[1]
    assert not is_anonymous(opened, guest)


def test_a_certificate_that_is_not_there_yet_is_no_success(
    terminal: Terminal, opened: Hote, caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = registered(opened, caller, "Lefèvre")
    monkeypatch.setattr(anonymise, "PATIENCE", 0.0)
    ask = ("anonymise", guest, "--reason", "Art. 17")
    with certifying_nothing(opened):
        told = terminal.hote(*ask, "--certificates", tmp_path)
        assert told.exit_code == 1
        assert f"{guest}  erased" in told.out
        assert told.err.startswith("hote: not all are certified yet")
        assert not list(tmp_path.glob("*.json"))
        assert terminal.hote(*ask).exit_code == 0


@contextmanager
def certifying_nothing(hote: Hote) -> Iterator[None]:
    """As while a read model is being rebuilt."""
    with psycopg.connect(hote.database_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s, %s)", [REBUILDS, lock_number("guest_list")])
        connection.execute("CREATE SCHEMA guest_list_next")
        yield
