"""`hote retention`: shows who is due and who is held, asks before it erases, and says what became of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest

from adapters.bootstrap import Hote
from application import legal_hold
from application.caller import Caller
from domain.guest_events import GuestAnonymised
from tests.adapters.cli.conftest import Terminal, registered

LONG_AGO = datetime(2019, 5, 8, 9, tzinfo=UTC)


@pytest.fixture
def guests(opened: Hote, caller: Caller) -> Sequence[UUID]:
    """Of four guests the first is held, two are due, and the last is new."""
    four = [registered(opened, caller, "Lefèvre", at) for at in (LONG_AGO, LONG_AGO, LONG_AGO, datetime.now(UTC))]
    legal_hold.place_hold(opened.ports, caller, four[0], "Litige 2026-118")
    return four


def erased(hote: Hote, guests: Sequence[UUID]) -> list[bool]:
    return [any(isinstance(each.event, GuestAnonymised) for each in hote.log.stream(guest)) for guest in guests]


def test_without_more_it_shows_who_is_due_or_held_and_erases_nobody(
    terminal: Terminal, opened: Hote, guests: Sequence[UUID]
) -> None:
    told = terminal.hote("retention").out
    due, held = told.split("1 more would be due but are under a legal hold:\n")
    assert "2021-131" in due
    assert "2019-05-08" in due
    assert [str(guest) in due for guest in guests] == [False, True, True, False]
    first, second = held.splitlines()
    assert first == f"{guests[0]}  held"
    assert second.startswith("  held by cli since 20")
    assert second.endswith(": Litige 2026-118")
    assert "Lefèvre" not in told
    assert erased(opened, guests) == [False] * 4


@pytest.mark.parametrize(
    ("arguments", "says", "does"),
    [
        (["--erase"], "n\n", False),
        (["--erase"], "y\n", True),
        (["--erase"], "", False),
        (["--erase", "--yes"], "", True),
    ],
)
def test_it_erases_once_that_is_confirmed(
    terminal: Terminal, opened: Hote, guests: Sequence[UUID], arguments: list[str], says: str, does: bool
) -> None:
    done = terminal.hote("retention", *arguments, says=says)
    assert ("Erase 2 guests?" in done.out) == ("--yes" not in arguments)
    assert ("2 erased" in done.out, "1 held" in done.out) == (does, does)
    assert (done.exit_code, done.err.strip()) == ((0, "") if does else (1, "hote: aborted."))
    assert erased(opened, guests) == [False, does, does, False]


def test_where_nobody_is_due_there_is_nothing_to_confirm(terminal: Terminal, guests: Sequence[UUID]) -> None:
    assert len(guests) == 4
    terminal.hote("retention", "--erase", "--yes")
    again = terminal.hote("retention", "--erase")
    assert again.exit_code == 0
    assert "No guest is due." in again.out


def test_a_yes_to_nothing_is_refused(terminal: Terminal) -> None:
    exit_code, line = terminal.refused("retention", "--yes")
    assert exit_code == 2
    assert "--erase" in line
