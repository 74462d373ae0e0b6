"""What tests of invitations share: a hotel, a mail server, and an SMS gateway that keeps what it is given."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from adapters.mail.smtp import Smtp, smtp_server
from adapters.postgres.recorder import Pool
from application.ports import SmsDelayed
from tests.adapters.invitations.house import House
from tests.adapters.mail.server import MailServer, mail_server


@dataclass
class Texts:
    """Implements application.ports.Sms; what it `delays` it does not take."""

    delays: bool = False
    taken: list[tuple[str, str, str]] = field(default_factory=list)

    def send(self, to: str, text: str, key: str) -> None:
        if self.delays:
            raise SmsDelayed("busy")
        self.taken.append((to, text, key))


@pytest.fixture
def house(pool: Pool, database: str) -> Iterator[House]:
    house = House(pool, database)
    with house.connection:
        yield house


@pytest.fixture
def smtp() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def mail(smtp: MailServer) -> Smtp:
    return Smtp(smtp_server(smtp.url))


@pytest.fixture
def texts() -> Texts:
    return Texts()
