"""`hote history` as a person runs it."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
import typer

from adapters.bootstrap import Hote
from adapters.cli.history import moment
from tests.adapters.cli.conftest import NOBODY, Terminal
from tests.installation import rivage


@pytest.fixture
def guest(terminal: Terminal, opened: Hote, tmp_path: Path) -> UUID:
    """The id of a guest whose name looks like a command to the terminal."""
    lines = "Nom;E-mail;Arrivée;Départ\r\n[red]Lefèvre[/];zoe@example.com;18/11/2026;21/11/2026\r\n"
    (tmp_path / "departs.csv").write_text(lines)
    terminal.hote("import", tmp_path / "departs.csv", "--property", rivage(opened.ports).property_id)
    with opened.pool.connection() as connection:
        row = connection.execute("SELECT stream FROM log.events WHERE type = 'GuestRegistered'").fetchone()
    assert row is not None
    stream: UUID = row[0]
    return stream


def test_it_shows_what_was_recorded_and_the_guest(terminal: Terminal, guest: UUID) -> None:
    told = terminal.hote("history", guest).out
    for name, times in {"GuestRegistered": 1, "StayRecorded: 2026-11-18 to": 1, "cli": 2}.items():
        assert told.count(name) == times
    assert "[red]Lefèvre[/]\nzoe@example.com\n" in told


def test_whom_nobody_knew_is_told_from_whom_nobody_knew_yet(terminal: Terminal, opened: Hote, guest: UUID) -> None:
    assert terminal.refused("history", NOBODY) == (1, "hote: There is no such guest.")
    no_guest = opened.log.stream(guest)[0].organisation_id
    assert terminal.refused("history", no_guest) == (1, "hote: There is no such guest.")
    before = terminal.refused("history", guest, "--as-of", "2020-01-01T12:00+00:00")
    assert before[0] == 1
    assert "not known yet at 2020-01-01" in before[1]


def test_a_moment_may_have_an_offset() -> None:
    assert moment("2026-11-21T18:00+01:00") == datetime(2026, 11, 21, 17, tzinfo=UTC)
    assert moment("2026-11-21").utcoffset() is not None
    for text in ("tomorrow", "0001-01-01", "2026-13-01"):
        with pytest.raises(typer.BadParameter):
            moment(text)
