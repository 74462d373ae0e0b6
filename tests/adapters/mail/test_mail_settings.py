"""Where mails go is a setting, and what is wrong with it is said without the password."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from adapters.mail.folder import Folder
from adapters.mail.smtp import Smtp
from adapters.settings import Settings


def test_with_a_server_mails_go_there_and_else_into_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert isinstance(Settings(home=tmp_path).mail_server(), Folder)
    monkeypatch.setenv("HOTE_SMTP_URL", "smtp://user:s3cret@localhost:2525")
    settings = Settings(home=tmp_path)
    assert isinstance(settings.mail_server(), Smtp)
    assert "s3cret" not in repr(settings)


def test_a_server_that_is_none_is_refused_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTE_SMTP_URL", "http://user:s3cret@localhost")
    with pytest.raises(ValidationError, match="smtp://user:password@host:587") as refused:
        Settings()
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "address", ["", "accueil", "a@b@c", "Accueil <a@example.org>", "a@example.org\nBcc: b@example.org"]
)
def test_an_address_to_come_from_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("HOTE_MAIL_FROM", address)
    with pytest.raises(ValidationError):
        Settings()
