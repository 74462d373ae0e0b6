"""`hote retention`: shows who is due, asks before it erases, and says what became of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from adapters.bootstrap import open_hote
from adapters.cli.founding import at_the_command_line, found
from adapters.cli.main import app
from adapters.settings import Settings
from application import guests, legal_hold
from domain.contact import Profile
from domain.guest import Guest, Known, Origin, register
from domain.property import PropertySettings

PORT = PropertySettings(name="Hôtel du Port", country="FR", time_zone="Europe/Paris", currency="EUR")
LONG_AGO = datetime(2019, 5, 8, 9, tzinfo=UTC)


class Terminal:
    """A person at the command line, where of four guests the first is held, two are due, and the last is new."""

    def __init__(self, database: str, home: Path) -> None:
        self.settings = Settings(home=home, database_url=SecretStr(database))
        self.environment = {"HOTE_DATABASE_URL": database, "HOTE_HOME": str(home), "COLUMNS": "200"}
        with open_hote(self.settings) as hote:
            caller = at_the_command_line(hote.ports, found(hote.ports, "Rivage", [PORT]).organisation_id)
            self.guests: list[UUID] = []
            for number, at in enumerate([LONG_AGO, LONG_AGO, LONG_AGO, datetime.now(UTC)]):
                known = Known("fr", "FR", Profile(last_name="Lefèvre", emails=(f"zoe{number}@example.com",)))
                events = register(Guest(hote.ports.new_id()), caller.organisation_id, Origin.MANUAL, known)
                hote.log.append(events, caller.metadata(at))
                self.guests.append(events[0].originator_id)
            legal_hold.place_hold(hote.ports, caller, self.guests[0], "Litige 2026-118")
            self.caller = caller

    def run(self, *arguments: str, says: str = "") -> Result:
        done = CliRunner().invoke(app, ["retention", *arguments], input=says, env=self.environment)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.output
        return done

    def readable(self) -> Sequence[bool]:
        """Which of the guests still have a name."""
        with open_hote(self.settings) as hote:
            return [
                guests.read_guest(hote.ports, self.caller, guest_id).guest.known.profile is not None
                for guest_id in self.guests
            ]


@pytest.fixture
def terminal(database: str, tmp_path: Path) -> Terminal:
    return Terminal(database, tmp_path)


def test_without_more_it_shows_who_is_due_and_erases_nobody(terminal: Terminal) -> None:
    told = terminal.run().output
    assert "2021-131" in told
    assert [str(guest_id) in told for guest_id in terminal.guests] == [False, True, True, False]
    assert "2019-05-08" in told
    assert "1 more would be due but are under a legal hold" in told
    assert "Lefèvre" not in told
    assert terminal.readable() == [True, True, True, True]


@pytest.mark.parametrize(
    ("arguments", "says", "erased"),
    [(["--erase"], "n\n", False), (["--erase"], "y\n", True), (["--erase", "--yes"], "", True)],
)
def test_it_erases_once_that_is_confirmed(terminal: Terminal, arguments: list[str], says: str, erased: bool) -> None:
    done = terminal.run(*arguments, says=says)
    assert ("Erase 2 guests?" in done.output) == ("--yes" not in arguments)
    assert ("2 erased" in done.output, "1 held" in done.output) == (erased, erased)
    assert (done.exit_code == 0) == erased
    assert terminal.readable() == [True, not erased, not erased, True]


def test_where_nobody_is_due_there_is_nothing_to_confirm(terminal: Terminal) -> None:
    terminal.run("--erase", "--yes")
    again = terminal.run("--erase")
    assert again.exit_code == 0
    assert "No guest is due." in again.output
