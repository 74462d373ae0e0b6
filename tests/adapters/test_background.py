"""Beside the requests, checkpoints are taken unasked; where the log was tampered with, the rest goes on."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters import background
from adapters.bootstrap import Hote, open_hote
from adapters.postgres.proof import checkpoints
from adapters.settings import Settings
from application.guest_entry import Judged
from application.guests import register_guest
from application.imports import commands
from application.imports.draft import ImportState
from domain.contact import Profile
from domain.guest_events import Origin
from tests.adapters.postgres.tampering import superuser
from tests.installation import rivage
from tests.waiting import eventually


@pytest.fixture
def hote(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hote]:
    """Not at work yet; when it is, it takes a checkpoint at each round, if there is anything new."""
    monkeypatch.setattr(background, "CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr(checkpoints, "EVERY", timedelta(0))
    with open_hote(Settings(home=tmp_path, database_url=SecretStr(database))) as hote:
        yield hote


def taken_at(hote: Hote) -> list[int]:
    """The positions of the checkpoints."""
    with hote.pool.connection() as connection:
        return [row[0] for row in connection.execute("SELECT position FROM proof.checkpoint ORDER BY position")]


def test_an_installation_at_work_takes_checkpoints_by_itself(hote: Hote) -> None:
    with hote.at_work():
        for _ in range(2):
            rivage(hote.ports)
            _, last = hote.runner.progress("settings")
            eventually(lambda last=last: last in taken_at(hote))  # type: ignore[misc]


def test_a_tampered_log_gets_none_and_says_so_and_imports_go_on(
    hote: Hote, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caller, property_id, _ = rivage(hote.ports)
    profile = Profile(last_name="Lefèvre", emails=("zoe@example.com",))
    guest, last = register_guest(hote.ports, caller, Judged(None, "FR", profile, None), Origin.MANUAL)
    hote.checkpoints.newest()
    with superuser(hote.database_url) as connection:
        connection.execute("UPDATE log.events SET hash = sha256(hash) WHERE stream = %s", [guest])
    path = tmp_path / "list.csv"

    def imported(*lines: str) -> None:
        path.write_text("\n".join(["Nom;E-mail;Arrivée", *lines]), encoding="utf-8")
        draft = commands.upload(
            *(hote.ports, hote.imports, caller, path, property_id), language=None, departure=None, limit=10**6
        )
        commands.commit(hote.imports, caller, draft.id)
        eventually(lambda: hote.imports.get(caller.organisation_id, draft.id).state is ImportState.DONE)

    with hote.at_work():
        imported("Lefèvre;zoe@example.com;18/11/2026")
        eventually(lambda: "no checkpoint: The log is no longer what its last checkpoint signed" in caplog.text)
        imported("Martin;ana@example.com;18/11/2026")
    assert taken_at(hote) == [last]
