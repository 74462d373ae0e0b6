"""A person at a terminal of 80 columns, before an installation with a database of its own."""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import pytest

from adapters.bootstrap import Hote, open_hote
from adapters.cli.console import console
from adapters.cli.main import main
from adapters.settings import Settings
from application.caller import Caller
from domain.contact import Profile
from domain.guest import Guest, Known
from domain.guest_events import Origin
from domain.registering import register
from tests.installation import rivage

COLUMNS = 80
NOBODY = UUID("0199f3c2-0b6f-7a2c-9d35-6f0f8f3f6c02")


class Told(NamedTuple):
    """How a command ended, and what it said."""

    exit_code: int
    out: str
    err: str


class Terminal:
    """Runs `hote` as from a shell, in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def hote(self, *arguments: object, says: str = "") -> Told:
        self._monkeypatch.setattr(sys, "argv", ["hote", *map(str, arguments)])
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(says))
        with pytest.raises(SystemExit) as ended:
            main()
        return Told(int(ended.value.code or 0), *self._capsys.readouterr())

    def refused(self, *arguments: object) -> tuple[int, str]:
        """The exit code, and the one line that says why."""
        exit_code, out, err = self.hote(*arguments)
        assert out == ""
        [line] = err.splitlines()
        assert line.startswith("hote: ")
        return exit_code, line


@pytest.fixture
def terminal(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    monkeypatch.setenv("HOTE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOTE_DATABASE_URL", database)
    monkeypatch.setattr(console, "width", COLUMNS)
    monkeypatch.chdir(tmp_path)
    return Terminal(monkeypatch, capsys)


@pytest.fixture
def opened(terminal: Terminal) -> Iterator[Hote]:  # noqa: ARG001  whose environment it is
    """The same installation, for what there is no command for; nothing is at work in it."""
    with open_hote(Settings()) as hote:
        yield hote


@pytest.fixture
def caller(opened: Hote) -> Caller:
    """Of the only organisation there is, until a test makes another."""
    return rivage(opened.ports).caller


def registered(hote: Hote, caller: Caller, name: str, at: datetime | None = None) -> UUID:
    """The id of a new guest with this last name."""
    guest = Guest(hote.ports.new_id())
    known = Known("fr", "FR", Profile(last_name=name, emails=(f"{guest.id.hex}@example.com",)))
    events = register(guest, caller.organisation_id, Origin.MANUAL, known)
    hote.log.append(events, caller.metadata(at or datetime.now(UTC)))
    return guest.id
