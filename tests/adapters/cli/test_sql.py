"""`hote sql`: an analyst's query on the terminal, as CSV and as JSON; what was written acts on none of them."""

import json
from pathlib import Path
from shutil import rmtree

import pytest

from adapters.bootstrap import Hote
from application.caller import Caller
from domain.feedback import FeedbackRecorded, Kind, Origin
from tests.adapters.cli.conftest import Terminal
from tests.installation import running
from tests.waiting import PATIENCE, eventually

ROOM = "=1+1\x1b[31m<b>"


@pytest.fixture(autouse=True)
def said(opened: Hote, caller: Caller) -> None:
    """A feedback from a room of that name."""
    feedback = opened.ports.new_id()
    now = opened.ports.now()
    with opened.pool.connection() as connection:
        [(property_id,)] = connection.execute("SELECT stream FROM log.events WHERE type = 'PropertyAdded'").fetchall()
    event = FeedbackRecorded(
        originator_id=feedback,
        originator_version=1,
        organisation_id=caller.organisation_id,
        property_id=property_id,
        subject_id=feedback,
        origin=Origin.STAFF,
        kind=Kind.NEGATIVE,
        said_at=now,
        day=now.date(),
        room=ROOM,
        alert=True,
        words=None,
    )
    opened.log.append([event], caller.metadata(now))


QUERY = "SELECT property_name, room, alert, 1234 AS cost FROM feedback"


def test_rows_are_shown_as_a_table(terminal: Terminal) -> None:
    told = terminal.hote("sql", QUERY)
    assert told.exit_code == 0
    assert "Hôtel du Port" in told.out
    assert "=1+1�[31m<b>" in told.out
    assert "\x1b" not in told.out


def test_csv_is_safe_to_open_in_a_spreadsheet(terminal: Terminal) -> None:
    told = terminal.hote("sql", QUERY, "--format", "csv")
    header, row = told.out.splitlines()
    assert header == "\ufeffproperty_name,room,alert,cost"
    assert row == "Hôtel du Port,'=1+1�[31m<b>,true,1234"


def test_json_is_an_object_in_each_line(terminal: Terminal) -> None:
    told = terminal.hote("sql", QUERY, "--format", "json")
    assert json.loads(told.out) == {"property_name": "Hôtel du Port", "room": ROOM, "alert": True, "cost": 1234}


def test_many_rows_are_cut_on_the_terminal_only(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.cli.sql.MOST", 3)
    assert "… and 2 more." in terminal.hote("sql", "FROM range(5)").out
    assert len(terminal.hote("sql", "FROM range(5)", "--format", "csv").out.splitlines()) == 6


@pytest.mark.parametrize("format_", ["table", "json"])
def test_files_that_are_lost_are_said_with_what_to_do(terminal: Terminal, opened: Hote, format_: str) -> None:
    terminal.hote("sql", QUERY)
    rmtree(opened.lake.data)
    exit_code, line = terminal.refused("sql", QUERY, "--format", format_)
    assert exit_code == 1
    assert "run hote rebuild lake" in line


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("DROP VIEW feedback", "only a SELECT"),
        ("SELECT nothing FROM feedback", "nothing"),
        ("SELEKT 1", "syntax error"),
        ("SELECT CAST(room AS DATE) FROM feedback", "invalid date"),
    ],
)
def test_what_cannot_be_run_is_said_in_a_line(terminal: Terminal, query: str, why: str) -> None:
    exit_code, line = terminal.refused("sql", query)
    assert exit_code == 1
    assert why in line


def test_a_rebuilt_lake_answers_the_same(terminal: Terminal) -> None:
    before = terminal.hote("sql", QUERY).out
    assert "lake is rebuilt up to position" in terminal.hote("rebuild", "lake").out
    assert terminal.hote("sql", QUERY).out == before


ENDLESS = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range = 7"


def test_a_query_that_does_not_end_can_be_ended(database: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running(home, database, "sql", ENDLESS, output=tmp_path / "told") as process:
        eventually(lambda: any(home.glob("sql-*/*")))
        process.terminate()
        assert process.wait(PATIENCE) != 0
    assert not any(home.glob("sql-*"))
