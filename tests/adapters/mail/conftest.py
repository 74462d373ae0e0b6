"""What tests of mail share: a mail server."""

from collections.abc import Iterator

import pytest

from tests.adapters.mail.server import MailServer, mail_server


@pytest.fixture
def smtp() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server
