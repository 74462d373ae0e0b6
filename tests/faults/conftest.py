"""What tests of killed workers share: an installation that is not at work, and the mail server that it has."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from adapters.bootstrap import Hote, open_hote
from adapters.settings import Settings
from tests.adapters.mail.server import MailServer, mail_server
from tests.conftest import FreshDatabase


@pytest.fixture(scope="module")
def hote(fresh_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hote]:
    """Wired, but not at work: the work is for the processes that get killed."""
    home = tmp_path_factory.mktemp("home")
    with fresh_database() as database, open_hote(Settings(home=home, database_url=SecretStr(database))) as hote:
        yield hote


@pytest.fixture
def smtp(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with mail_server() as server:
        monkeypatch.setenv("HOTE_SMTP_URL", server.url)
        yield server
