"""`hote history` as a person runs it."""

from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import typer

from adapters.bootstrap import open_hote
from adapters.cli.history import moment
from adapters.settings import Settings
from tests.adapters.cli.test_hote import founded as founded
from tests.adapters.cli.test_hote import home as home
from tests.adapters.cli.test_hote import hote


@pytest.fixture
def guest(home: Path, founded: dict[str, str], tmp_path: Path) -> str:
    """The id of a guest whose name looks like a command to the terminal."""
    lines = "Nom;E-mail;Arrivée;Départ\r\n[red]Lefèvre[/];zoe@example.com;18/11/2026;21/11/2026\r\n"
    (tmp_path / "departs.csv").write_text(lines)
    hote(home, "import", str(tmp_path / "departs.csv"), "--property", founded["property_id"])
    with open_hote(Settings(home=home)) as opened, psycopg.connect(opened.database_url) as connection:
        row = connection.execute("SELECT stream FROM log.events WHERE type = 'GuestRegistered'").fetchone()
    assert row is not None
    return str(row[0])


def test_it_shows_what_was_recorded_and_the_guest(home: Path, guest: str) -> None:
    told = hote(home, "history", guest).stdout
    for name, times in {"GuestRegistered": 1, "StayRecorded: 2026-11-18 to 2026-11-21": 1, "cli": 2}.items():
        assert told.count(name) == times
    assert "[red]Lefèvre[/]\nzoe@example.com\n" in told
    before = hote(home, "history", guest, "--as-of", "2020-01-01", ends_with=1)
    nobody = hote(home, "history", "0199f3c2-0b6f-7a2c-9d35-6f0f8f3f6c02", ends_with=1)
    for refused in (before, nobody):
        assert refused.stderr.splitlines()[-1] == "hote: There is no such guest."


def test_a_moment_may_have_an_offset() -> None:
    assert moment("2026-11-21T18:00+01:00") == datetime(2026, 11, 21, 17, tzinfo=UTC)
    assert moment("2026-11-21").utcoffset() is not None
    for text in ("tomorrow", "0001-01-01", "2026-13-01"):
        with pytest.raises(typer.BadParameter):
            moment(text)
