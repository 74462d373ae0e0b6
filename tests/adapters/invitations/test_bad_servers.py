"""Servers and gateways put off, refuse, hang up and keep waiting: what then stands of message, queue and guest."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from adapters.mail import smtp as smtp_adapter
from adapters.mail.smtp import Smtp, smtp_server
from adapters.postgres.recorder import Pool
from adapters.sms import gateway as sms_adapter
from adapters.sms.gateway import SmsGateway, gateway_server
from domain.guest import Guest, fold
from domain.invitation import InvitationBounced, Message
from domain.invitation_states import State
from domain.inviting import invitation_id
from tests.adapters.invitations.conftest import Texts
from tests.adapters.invitations.house import House
from tests.adapters.invitations.test_sending import NOON_AFTER
from tests.adapters.mail.server import OK, MailServer, mail_server
from tests.adapters.sms.server import HANG_UP, Gateway, sms_gateway
from tests.waiting import eventually

LATER = timedelta(hours=1)
"""By then, what was put off once is due again."""

MOBILE = "+33612345678"


@pytest.fixture
def house(pool: Pool, database: str) -> House:
    """Guests who left on the day before are to be asked now."""
    return House(pool, database, now=NOON_AFTER)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with sms_gateway() as gateway:
        yield gateway


@pytest.fixture
def sms(gateway: Gateway) -> SmsGateway:
    return SmsGateway(gateway_server(gateway.url))


@pytest.fixture
def by_sms(house: House) -> tuple[UUID, UUID]:
    """A guest without an e-mail address, and their stay."""
    return house.guest(emails=(), phones=(MOBILE,))


def waiting(house: House, stay_id: UUID) -> list[tuple[int, bool, bool]]:
    """Of the message in the queue: how often it was tried, whether it is pinned, and whether it is to wait."""
    return house.connection.execute(
        "SELECT attempts, pinned_at IS NOT NULL, due_at > %s FROM invitations.due"
        " WHERE invitation_id = %s AND NOT handled",
        [house.now, invitation_id(stay_id, Message.POST_STAY)],
    ).fetchall()


def suppressed(house: House, guest_id: UUID) -> bool:
    return bool(fold(Guest(guest_id), (each.event for each in house.log.stream(guest_id))).suppressed)


def bounces(house: House, stay_id: UUID) -> list[tuple[bool, str]]:
    return [(each.permanent, each.status) for each in house.events(stay_id) if isinstance(each, InvitationBounced)]


def assert_put_off(house: House, guest_id: UUID, stay_id: UUID, *, perhaps_taken: bool) -> None:
    """What was perhaps taken is pinned, for it must be the same again."""
    assert house.invitation(stay_id).state is State.SCHEDULED
    assert waiting(house, stay_id) == [(1, perhaps_taken, True)]
    assert not suppressed(house, guest_id)


def assert_sent(house: House, guest_id: UUID, stay_id: UUID) -> None:
    assert house.invitation(stay_id).state is State.SENT
    reminder_alone = [(0, False, True)]
    assert waiting(house, stay_id) == reminder_alone
    assert not suppressed(house, guest_id)


@pytest.mark.parametrize("where", ["to_recipient", "to_content"])
@pytest.mark.parametrize("answer", ["450 4.2.0 greylisted", "451 4.7.1 later", "452 4.2.2 full", "421 4.3.2 closing"])
def test_what_a_mail_server_puts_off_is_sent_later(
    house: House, smtp: MailServer, mail: Smtp, texts: Texts, where: str, answer: str
) -> None:
    guest, stay = house.guest()
    setattr(smtp, where, lambda *_: answer)
    house.send(mail, texts)
    assert_put_off(house, guest, stay, perhaps_taken=False)
    house.send(mail, texts)
    assert_put_off(house, guest, stay, perhaps_taken=False)
    setattr(smtp, where, lambda *_: OK)
    house.at(NOON_AFTER + LATER)
    house.send(mail, texts)
    [taken] = smtp.taken
    assert taken["Date"].datetime == NOON_AFTER + LATER
    assert_sent(house, guest, stay)


def test_a_mail_server_that_hangs_up_within_a_mail_gets_it_again(
    house: House, smtp: MailServer, mail: Smtp, texts: Texts, caplog: pytest.LogCaptureFixture
) -> None:
    guest, stay = house.guest(emails=("hangs@example.com",))
    smtp.to_content = lambda: ""
    house.send(mail, texts)
    assert_put_off(house, guest, stay, perhaps_taken=True)
    assert f"invitation {house.invitation(stay).id} waits: SMTPServerDisconnected" in caplog.text
    assert "hangs@" not in caplog.text
    smtp.to_content = lambda: OK
    house.at(NOON_AFTER + LATER)
    house.send(mail, texts)
    [taken] = smtp.taken
    assert taken["Message-ID"] == f"<{house.invitation(stay).id}.0@example.org>"
    assert taken["Date"].datetime == NOON_AFTER
    assert_sent(house, guest, stay)


def test_a_mail_server_that_is_too_slow_is_not_waited_for(
    house: House, smtp: MailServer, mail: Smtp, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest, stay = house.guest()
    with monkeypatch.context() as impatient, smtp.held():
        impatient.setattr(smtp_adapter, "TIMEOUT", 0.1)
        house.send(mail, texts)
        assert smtp.waiting.is_set()
    assert_put_off(house, guest, stay, perhaps_taken=True)
    house.at(NOON_AFTER + LATER)
    house.send(mail, texts)
    assert {each["Message-ID"] for each in smtp.taken} == {f"<{house.invitation(stay).id}.0@example.org>"}
    assert_sent(house, guest, stay)


@pytest.mark.parametrize("where", ["to_recipient", "to_content"])
@pytest.mark.parametrize(
    ("answer", "dead"),
    [
        ("550 5.1.1 <gone@example.com>: Recipient address rejected", True),
        ("550 No such user", True),
        ("556 5.1.10 Recipient address has null MX", True),
        ("550 5.7.1 Message rejected as spam by policy", False),
        ("550 Message blocked: see the block list", False),
        ("552 5.2.2 Mailbox full", False),
        ("554 Transaction failed", False),
    ],
)
def test_what_a_mail_server_refuses_bounces_and_only_a_mailbox_that_is_not_there_gets_no_more(
    house: House,
    smtp: MailServer,
    mail: Smtp,
    texts: Texts,
    caplog: pytest.LogCaptureFixture,
    where: str,
    answer: str,
    dead: bool,
) -> None:
    guest, stay = house.guest(emails=("gone@example.com",))
    setattr(smtp, where, lambda *_: answer)
    house.send(mail, texts)
    assert bounces(house, stay) == [(True, answer[:3])]
    assert house.invitation(stay).state is State.BOUNCED
    assert suppressed(house, guest) is dead
    assert "gone@" not in caplog.text
    setattr(smtp, where, lambda *_: OK)
    house.at(NOON_AFTER + LATER)
    house.send(mail, texts)
    assert (smtp.taken, waiting(house, stay)) == ([], [])


def test_an_address_that_our_mail_server_cannot_spell_may_well_be_there(house: House, texts: Texts) -> None:
    guest, stay = house.guest(emails=("zoé@example.com",))
    with mail_server(utf8=False) as server:
        house.send(Smtp(smtp_server(server.url)), texts)
    assert bounces(house, stay) == [(True, "553")]
    assert not suppressed(house, guest)


def test_each_is_told_what_became_of_its_own(house: House, smtp: MailServer, mail: Smtp, texts: Texts) -> None:
    answers = {"gone": "550 5.1.1 no such user", "busy": "451 4.3.0 later", "good": OK}
    stays = {name: house.guest(emails=(f"{name}@example.com",))[1] for name in answers}
    smtp.to_recipient = lambda address: answers[address.partition("@")[0]]
    house.send(mail, texts)
    assert {name: house.invitation(stay).state for name, stay in stays.items()} == {
        "gone": State.BOUNCED,
        "busy": State.SCHEDULED,
        "good": State.SENT,
    }
    assert smtp.recipients == ["good@example.com"]


@pytest.mark.parametrize("status", [429, 503, HANG_UP])
def test_what_a_gateway_puts_off_is_sent_later(
    house: House, by_sms: tuple[UUID, UUID], mail: Smtp, gateway: Gateway, sms: SmsGateway, status: int
) -> None:
    gateway.status = status
    house.send(mail, sms)
    assert_put_off(house, *by_sms, perhaps_taken=status != 429)
    gateway.status = 200
    house.at(NOON_AFTER + LATER)
    house.send(mail, sms)
    [taken] = gateway.taken
    assert (taken["to"], taken["id"]) == (MOBILE, f"{house.invitation(by_sms[1]).id}.0")
    assert_sent(house, *by_sms)


def test_a_gateway_that_is_too_slow_gets_the_same_sms_again(
    house: House,
    by_sms: tuple[UUID, UUID],
    mail: Smtp,
    gateway: Gateway,
    sms: SmsGateway,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with monkeypatch.context() as impatient:
        impatient.setattr(sms_adapter, "TIMEOUT", 0.1)
        gateway.free.clear()
        house.send(mail, sms)
    assert_put_off(house, *by_sms, perhaps_taken=True)
    assert MOBILE not in caplog.text
    gateway.free.set()
    eventually(lambda: len(gateway.taken) == 1)  # it took the SMS all the same
    house.at(NOON_AFTER + LATER)
    house.send(mail, sms)
    first, again = gateway.taken
    assert first == again
    assert len({each["Idempotency-Key"] for each in gateway.headers}) == 1
    assert_sent(house, *by_sms)


@pytest.mark.parametrize("status", [400, 422])
def test_what_a_gateway_refuses_bounces(
    house: House, by_sms: tuple[UUID, UUID], mail: Smtp, gateway: Gateway, sms: SmsGateway, status: int
) -> None:
    guest, stay = by_sms
    gateway.status = status
    house.send(mail, sms)
    assert bounces(house, stay) == [(True, str(status))]
    assert house.invitation(stay).state is State.BOUNCED
    assert not suppressed(house, guest)
    gateway.status = 200
    house.at(NOON_AFTER + LATER)
    house.send(mail, sms)
    assert (gateway.taken, waiting(house, stay)) == ([], [])


def test_an_sms_that_no_gateway_takes_for_three_days_is_given_up(
    house: House, by_sms: tuple[UUID, UUID], mail: Smtp, gateway: Gateway, sms: SmsGateway
) -> None:
    gateway.status = 503
    house.send(mail, sms)
    house.at(NOON_AFTER + timedelta(days=3, minutes=1))
    house.send(mail, sms)
    assert bounces(house, by_sms[1]) == [(True, "4.4.7")]
    assert waiting(house, by_sms[1]) == []
