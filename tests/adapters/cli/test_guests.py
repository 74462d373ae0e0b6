"""`hote guests`: the ids that other commands want, and what is left of who was anonymised."""

from adapters.bootstrap import Hote
from application.caller import Caller
from application.erasure.guests import anonymise_guest
from application.erasure.why import Why
from tests.adapters.cli.conftest import Terminal, registered
from tests.installation import rivage


def test_it_shows_whom_an_id_belongs_to(terminal: Terminal, opened: Hote, caller: Caller) -> None:
    guest = registered(opened, caller, "[red]Lefèvre[/]")
    assert str(guest) not in terminal.hote("guests", "lefevre").out
    [row] = [line for line in terminal.hote("guests", "lefevre", "--ids").out.splitlines() if "Lefèvre" in line]
    assert row.split()[:2] == [str(guest), "[red]Lefèvre[/]"]
    assert terminal.hote("history", row.split()[0]).exit_code == 0


def test_who_was_anonymised_is_said_to_be(terminal: Terminal, opened: Hote, caller: Caller) -> None:
    guest = registered(opened, caller, "Lefèvre")
    anonymise_guest(opened.ports, caller, guest, Why(reason="Art. 17"))
    for option in ((), ("--ids",)):
        told = terminal.hote("guests", *option).out
        assert "(anonymisé)" in told
        assert "1 of 1 guests." in told


def test_what_is_asked_wrongly_is_said_in_a_line(terminal: Terminal, opened: Hote, caller: Caller) -> None:
    assert terminal.refused("guests", "--sort", "weight")[0] == 2
    assert terminal.refused("guests", "--limit", "many")[0] == 2
    assert terminal.refused("gests")[0] == 2
    rivage(opened.ports)
    several = terminal.hote("guests")
    assert (several.exit_code, str(caller.organisation_id) in several.out) == (2, True)
    assert "--organisation" in several.err


def test_without_an_organisation_one_is_told_how_to_begin(terminal: Terminal) -> None:
    exit_code, line = terminal.refused("guests")
    assert (exit_code, "hote init" in line) == (2, True)
