"""Settings: one source of the master key, and no key in what is said when it is wrong."""

from base64 import b64encode
from pathlib import Path

import pytest
from pydantic import ValidationError

from adapters.keys.sources import KEY_BYTES, KeyCommand, KeyFile
from adapters.settings import Settings

KEY = b64encode(bytes(KEY_BYTES)).decode()
EARLIER = b64encode(bytes([7]) * KEY_BYTES).decode()


def refused() -> str:
    with pytest.raises(ValidationError) as caught:
        Settings()
    return str(caught.value)


def test_the_environment_gives_a_ring_of_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOTE_MASTER_KEY", f"{KEY} {EARLIER}")
    master = Settings(home=tmp_path).load_master_key()
    assert len(master.ids) == 2
    assert master.source is None
    assert not list(tmp_path.iterdir())


def test_a_command_gives_the_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOTE_MASTER_KEY_COMMAND", f"echo {KEY}")
    master = Settings(home=tmp_path).load_master_key()
    assert len(master.ids) == 1
    assert isinstance(master.source, KeyCommand)
    assert not list(tmp_path.iterdir())


def test_without_either_there_is_a_file(tmp_path: Path) -> None:
    first = Settings(home=tmp_path / "home").load_master_key()
    assert isinstance(first.source, KeyFile)
    assert first.ids == Settings(home=tmp_path / "home").load_master_key().ids


def test_two_sources_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTE_MASTER_KEY", KEY)
    monkeypatch.setenv("HOTE_MASTER_KEY_COMMAND", "echo")
    told = refused()
    assert "either HOTE_MASTER_KEY or HOTE_MASTER_KEY_COMMAND" in told
    assert KEY not in told


def test_a_key_that_is_none_is_refused_without_being_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTE_MASTER_KEY", f"{KEY} {EARLIER[:-4]}")
    told = refused()
    assert "key 2 has 30 bytes" in told
    assert EARLIER[:-4] not in told


@pytest.mark.parametrize("line", ["", "  ", "vault 'read"])
def test_a_command_that_names_no_program_is_refused(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setenv("HOTE_MASTER_KEY_COMMAND", line)
    assert "master_key_command" in refused()


def test_guests_come_to_an_address_without_a_slash_at_its_end() -> None:
    assert Settings().public_url == "http://localhost:8000"
    assert Settings(public_url="https://avis.example/hotel/").public_url == "https://avis.example/hotel"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "avis.example",
        "ftp://avis.example",
        "https://",
        "https://a b",
        "https://u:p@avis.example",
        "https://a/?b",
        "https://hôtel.example",
    ],
)
def test_an_address_for_guests_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("HOTE_PUBLIC_URL", url)
    assert "public_url" in refused()
