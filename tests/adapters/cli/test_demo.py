"""`hote demo`: everything works together, and what it shows can be read on a small terminal."""

from pathlib import Path

import pytest

from tests.adapters.cli.conftest import COLUMNS, Terminal


def test_it_shows_the_guests_the_inbox_and_what_complaints_cost(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTE_SMTP_URL", "smtp://127.0.0.1:1")  # where nobody is: nothing may go there

    told = terminal.hote("demo", "--once")

    assert told.exit_code == 0, told.err
    lines = told.out.splitlines()
    assert [line for line in lines if len(line) > COLUMNS and not line.startswith("  curl ")] == []
    for title in ("Nom  ", "Catégorie  ", "Code  "):
        assert len([line for line in lines if line.startswith(title)]) == 1
    assert any(line.startswith("300 feedbacks, ") for line in lines)
    assert any(line.startswith("Total  ") for line in lines)
    [mail] = (tmp_path / "home" / "outbox").iterdir()
    assert "Votre séjour à l'Hôtel du Port" in mail.read_text()
