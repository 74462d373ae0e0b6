"""Many workers at once: each message is sent by one, and portals get their shares."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest

from adapters.mail.smtp import Smtp, smtp_server
from domain.property import Share
from tests.adapters.invitations.conftest import Texts
from tests.adapters.invitations.house import ENABLED, House
from tests.adapters.invitations.test_sending import NOON_AFTER
from tests.adapters.mail.server import MailServer

WORKERS = 8
MESSAGES = 160


def shares(**percent: int) -> tuple[Share, ...]:
    return tuple(Share(portal=portal, percent=number) for portal, number in percent.items())


@pytest.mark.parametrize(
    "percentages", [{"hote": 34, "tripadvisor": 33, "google": 33}, {"hote": 97, "holidaycheck": 3}]
)
def test_each_message_is_sent_once_and_each_portal_gets_its_share(
    house: House, smtp: MailServer, texts: Texts, percentages: dict[str, int]
) -> None:
    house.set(ENABLED.model_copy(update={"distribution": shares(**percentages)}))
    stays = [house.guest()[1] for _ in range(MESSAGES)]
    house.plan()
    house.at(NOON_AFTER)

    def work(_: int) -> None:
        mail = Smtp(smtp_server(smtp.url))
        sender = house.sender(mail, texts)
        with psycopg.connect(house.database, autocommit=True) as connection:
            while sender.work(connection):
                pass
        mail.close()

    with ThreadPoolExecutor(WORKERS) as workers:
        list(workers.map(work, range(WORKERS)))
    ids = [mail["Message-ID"] for mail in smtp.taken]
    assert len(ids) == len(set(ids)) == MESSAGES
    sent = [house.invitation(stay).sent for stay in stays]
    portals = Counter(each.portal for each in sent if each)
    for portal, percent in percentages.items():
        assert abs(portals[portal] - MESSAGES * percent / 100) <= 1


def test_new_percentages_apply_from_then_on(house: House, smtp: MailServer, mail: Smtp, texts: Texts) -> None:
    house.set(ENABLED.model_copy(update={"distribution": shares(hote=100)}))
    for _ in range(20):
        house.guest()
    house.at(NOON_AFTER)
    house.send(mail, texts)
    house.set(ENABLED.model_copy(update={"distribution": shares(hote=50, google=50)}))
    house.at(NOON_AFTER + timedelta(hours=1))
    stays = [house.guest()[1] for _ in range(10)]
    house.send(mail, texts)
    assert len(smtp.taken) == 30
    sent = [house.invitation(stay).sent for stay in stays]
    assert Counter(each.portal for each in sent if each) == {"hote": 5, "google": 5}
