"""What staff remark of a guest stands in no message to anybody (P5)."""

from datetime import datetime, timedelta
from typing import Any

from adapters.mail.smtp import Smtp
from tests.adapters.invitations.conftest import Texts
from tests.adapters.invitations.house import House
from tests.adapters.invitations.test_sending import NOON_AFTER
from tests.adapters.mail.server import MailServer

REMARKS: dict[str, Any] = {"level": "Niveau-secret", "note": "Note-secrète", "status_label": "label_secret"}


def test_neither_mails_nor_sms_have_it(house: House, smtp: MailServer, mail: Smtp, texts: Texts) -> None:
    house.guest(**REMARKS)
    house.guest(emails=(), phones=("+33612345678",), **REMARKS)
    moments: list[datetime] = [house.now + timedelta(days=5), NOON_AFTER, NOON_AFTER + timedelta(days=5)]
    for moment in moments:
        house.at(moment)
        house.send(mail, texts)
    letters = [part.get_content() for each in smtp.taken for part in each.walk() if not part.is_multipart()]
    letters += [str(each.items()) for each in smtp.taken] + [text for _, text, _ in texts.taken]
    assert (len(smtp.taken), len(texts.taken)) == (3, 3)  # before the stay, after it, and a reminder
    assert [remark for remark in REMARKS.values() if any(remark in each for each in letters)] == []
