"""`hote rebuild`, `checkpoint` and `verify` as an operator runs them, and what `hote` alone shows."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.bootstrap import PROJECTIONS, Hote
from application.caller import Caller
from application.legal_hold import place_hold
from tests.adapters.cli.conftest import COLUMNS, Terminal, registered
from tests.adapters.postgres.tampering import superuser


def test_all_read_models_are_rebuilt_one_after_the_other(terminal: Terminal, opened: Hote, caller: Caller) -> None:
    registered(opened, caller, "Lefèvre")
    assert "1 of 1 guests." in terminal.hote("guests").out
    with opened.pool.connection() as connection:
        connection.execute("DELETE FROM guest_list.guest")
        connection.execute("DELETE FROM settings.property")
    told = terminal.hote("rebuild", "--all")
    assert told.exit_code == 0
    done = [line.split()[0] for line in told.out.splitlines() if "is rebuilt" in line]
    assert done == [*(each.name for each in PROJECTIONS), "lake"]
    assert "1 of 1 guests." in terminal.hote("guests").out


def test_what_is_shown_fits_in_the_terminal(terminal: Terminal, opened: Hote, caller: Caller, tmp_path: Path) -> None:
    held = registered(opened, caller, "Lefèvre-" * 10, datetime(2019, 5, 8, tzinfo=UTC))
    place_hold(opened.ports, caller, held, "Litige " * 20)
    guest = registered(opened, caller, "Lefèvre", datetime(2019, 5, 8, tzinfo=UTC))
    terminal.hote("keys", "issue", "--name", "la réception du port", "--role", "front_desk")
    kept = tmp_path / "checkpoint.json"
    kept.write_text(terminal.hote("checkpoint").out)
    commands = ["guests", "guests --ids", f"history {held}", f"anonymise {held} --reason Art.17", "retention"]
    commands += ["keys list", "verify", f"verify-certificate {kept.name}"]
    for command in commands:
        lines = terminal.hote(*command.split()).out.splitlines()
        assert [line for line in lines if len(line) > COLUMNS] == [], command
    for command, word in {"guests --ids": guest, "retention": guest, "keys list": "front_desk"}.items():
        assert str(word) in terminal.hote(*command.split()).out, command


@pytest.mark.parametrize("which", [(), ("guests",), ("guest_list", "--all")])
def test_a_rebuild_wants_to_know_of_what(terminal: Terminal, which: tuple[str, ...]) -> None:
    exit_code, line = terminal.refused("rebuild", *which)
    assert exit_code == 2
    assert all(each.name in line for each in PROJECTIONS)


def test_a_checkpoint_kept_elsewhere_tells_of_what_was_changed_since(
    terminal: Terminal, opened: Hote, caller: Caller, tmp_path: Path
) -> None:
    registered(opened, caller, "Lefèvre")
    kept = tmp_path / "checkpoint.json"
    kept.write_text(terminal.hote("checkpoint").out)
    assert terminal.hote("verify-certificate", kept).exit_code == 0
    intact = terminal.hote("verify", "--checkpoint", kept)
    assert (intact.exit_code, "the log is intact." in intact.out) == (0, True)

    with superuser(opened.database_url) as connection:
        connection.execute("TRUNCATE proof.checkpoint, proof.head, proof.bucket")
        connection.execute("DELETE FROM log.events WHERE position = (SELECT max(position) FROM log.events)")
    assert terminal.hote("verify").exit_code == 0
    changed = terminal.hote("verify", "--checkpoint", kept)
    assert (changed.exit_code, "the log is tampered with; findings: " in changed.out) == (1, True)


def test_a_certificate_that_is_none_is_refused_in_a_line(terminal: Terminal, opened: Hote, tmp_path: Path) -> None:
    assert opened.signer
    (tmp_path / "forged.json").write_text("{}\n")
    exit_code, line = terminal.refused("verify-certificate", tmp_path / "forged.json")
    assert exit_code == 1
    assert line.endswith("this is not a signed document.")


def test_alone_it_shows_what_there_is_by_what_it_is_for(terminal: Terminal) -> None:
    told = terminal.hote()
    assert told.exit_code == 2
    assert told.err == ""
    sections = told.out.replace("│", "")
    places = [sections.index(word) for word in ("import ", "Audit", "history ", "Operate", "rebuild ")]
    assert places == sorted(places)
