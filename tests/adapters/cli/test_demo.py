"""`hote demo`: everything works together, and what it shows can be read on a small terminal."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.bootstrap import open_hote
from adapters.keys.links import Purpose
from adapters.settings import Settings
from application.guest_links import load_guest_link
from domain.invitation_states import State
from tests.adapters.cli.conftest import COLUMNS, Terminal


def test_it_shows_the_guests_the_inbox_what_complaints_cost_and_who_was_written_to(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTE_SMTP_URL", "smtp://127.0.0.1:1")  # where nobody is: nothing may go there
    monkeypatch.setenv("HOTE_SMS_URL", "http://127.0.0.1:1")

    told = terminal.hote("demo", "--once")

    assert told.exit_code == 0, told.err
    lines = told.out.splitlines()
    assert [line for line in lines if len(line) > COLUMNS and not line.startswith("  curl ")] == []
    for title in ("Nom  ", "Catégorie  ", "Code  ", "Client  "):
        assert len([line for line in lines if line.startswith(title)]) == 1
    assert any(line.startswith("300 feedbacks, ") for line in lines)
    assert any(line.startswith("Total  ") for line in lines)
    mails = [file.read_text() for file in (tmp_path / "home" / "outbox").glob("*.eml")]
    assert len([mail for mail in mails if "Subject: Votre séjour à l'Hôtel du Port" in mail]) == 1
    for state in ("scheduled", "sent", "clicked email", "reviewed email"):
        assert re.search(rf"messages before and after stays,.* [1-9]\d* {state}[,.]", " ".join(lines))
    [token] = re.findall(r"^  http://127\.0\.0\.1:8000/i/(\w+)$", told.out, re.MULTILINE)
    with open_hote(Settings()) as hote:
        asked = load_guest_link(hote.ports, hote.links.read(Purpose.CLICK, token, datetime.now(UTC).date()))
    assert (asked.invitation.state, asked.outside) == (State.SENT, None)
