"""`hote verify` and `hote checkpoint`, as a person or a nightly job runs them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from adapters.bootstrap import open_hote
from adapters.cli.founding import found
from adapters.cli.main import app
from adapters.settings import Settings
from domain.property import PropertySettings
from tests.adapters.postgres.tampering import superuser

HOTEL = PropertySettings(name="Hôtel du Port", country="FR", time_zone="Europe/Paris", currency="EUR")


def hote(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture(autouse=True)
def founded(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTE_HOME", str(tmp_path))
    monkeypatch.setenv("HOTE_DATABASE_URL", database)
    with open_hote(Settings()) as opened:
        found(opened.ports, "Rivage", [HOTEL])


def test_an_intact_log_ends_with_0() -> None:
    told = hote("verify")
    assert told.exit_code == 0
    assert "There is no checkpoint yet" in told.stdout
    assert "the log is intact" in told.stdout


def test_a_changed_log_ends_with_1_and_says_where(database: str) -> None:
    with superuser(database) as connection:
        changed = connection.execute("UPDATE log.events SET actor = 'nobody' WHERE position = 2 RETURNING stream")
        [stream] = changed.fetchone() or [None]
    told = hote("verify")
    assert told.exit_code == 1
    assert all(each in told.stdout for each in ("changed", str(stream), "version 1", "position 2"))
    assert "tampered with; findings: 1" in told.stdout


def test_a_checkpoint_kept_elsewhere_is_verified_too(database: str, tmp_path: Path) -> None:
    kept = tmp_path / "checkpoint.json"
    kept.write_bytes(hote("checkpoint").stdout_bytes)
    told = hote("verify", "--checkpoint", str(kept))
    assert told.exit_code == 0
    assert "Newest checkpoint: position 3" in told.stdout

    with superuser(database) as connection:
        connection.execute("DELETE FROM log.events WHERE position = 3")
        connection.execute("TRUNCATE proof.checkpoint, proof.head, proof.bucket")
    assert hote("verify").exit_code == 0
    told = hote("verify", "--checkpoint", str(kept))
    assert told.exit_code == 1
    assert "the log ends at position 2" in told.stdout
