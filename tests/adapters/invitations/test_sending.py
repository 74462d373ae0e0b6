"""What is due is sent once, as the property set it; what becomes of it is told."""

from datetime import UTC, date, datetime, timedelta

from adapters.mail.smtp import Smtp
from domain.invitation import (
    InvitationBounced,
    InvitationCancelled,
    InvitationScheduled,
    InvitationSent,
    Message,
    Reason,
    ReminderSent,
)
from domain.invitation_states import State
from domain.property import Channel
from tests.adapters.invitations.conftest import Texts
from tests.adapters.invitations.house import DEPARTURE, ENABLED, House
from tests.adapters.mail.server import MailServer

NOON_AFTER = datetime(2026, 6, 11, 10, tzinfo=UTC)
"""A day after noon of the day of departure, by the clocks of Paris."""


def test_a_stay_brings_a_message_before_it_an_invitation_after_it_and_a_reminder(
    house: House, smtp: MailServer, mail: Smtp, texts: Texts
) -> None:
    _, stay = house.guest(language="de")
    house.send(mail, texts)
    assert house.invitation(stay, Message.PRE_STAY).state is State.SCHEDULED
    assert house.invitation(stay).due_at == NOON_AFTER
    assert not smtp.taken
    house.at(datetime(2026, 6, 3, 22, tzinfo=UTC))  # 72 hours before the midnight that begins the 7th
    house.send(mail, texts)
    assert house.invitation(stay, Message.PRE_STAY).state is State.SENT
    house.at(NOON_AFTER)
    house.send(mail, texts)
    assert len(smtp.taken) == 2
    house.at(NOON_AFTER + timedelta(hours=96))
    house.send(mail, texts)
    house.send(mail, texts)
    before, invitation, reminder = smtp.taken
    assert [type(event) for event in house.events(stay)] == [InvitationScheduled, InvitationSent, ReminderSent]
    assert house.invitation(stay).state is State.SENT
    id_ = house.invitation(stay).id
    assert [invitation["Message-ID"], reminder["Message-ID"]] == [f"<{id_}.{n}@example.org>" for n in (0, 1)]
    assert invitation["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "https://avis.example.org/u/" in invitation["List-Unsubscribe"]
    assert "https://avis.example.org/i/" in invitation.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "https://avis.example.org/i/" not in before.as_string()
    assert invitation.get_content_type() == "multipart/alternative"


def test_nothing_is_sent_twice(house: House, smtp: MailServer, mail: Smtp, texts: Texts) -> None:
    house.guest()
    house.at(NOON_AFTER)
    house.send(mail, texts)
    house.send(mail, texts)
    assert len(smtp.taken) == 1


def test_who_has_no_address_gets_an_sms_but_not_at_night(
    house: House, smtp: MailServer, mail: Smtp, texts: Texts
) -> None:
    night = {"post_stay": ENABLED.post_stay.model_copy(update={"delay": 12})}
    house.set(ENABLED.model_copy(update=night))
    _, stay = house.guest(emails=(), phones=("+33612345678",))
    house.plan()
    assert house.invitation(stay).due_at == datetime(2026, 6, 11, 7, tzinfo=UTC)  # 9:00 in Paris
    house.at(datetime(2026, 6, 11, 7, tzinfo=UTC))
    house.send(mail, texts)
    [(to, text, key)] = texts.taken
    assert (to, key) == ("+33612345678", f"{house.invitation(stay).id}.0")
    assert "https://avis.example.org/i/" in text
    assert not smtp.taken
    sent = house.invitation(stay).sent
    assert sent
    assert sent.channel is Channel.SMS


def test_a_mailbox_that_is_not_there_bounces_and_is_written_to_no_more(
    house: House, smtp: MailServer, mail: Smtp, texts: Texts
) -> None:
    smtp.to_recipient = lambda _: "550 No such user"
    guest, stay = house.guest()
    house.at(NOON_AFTER)
    house.send(mail, texts)
    assert [event.status for event in house.events(stay) if isinstance(event, InvitationBounced)] == ["550"]
    assert house.invitation(stay).state is State.BOUNCED
    assert "AddressSuppressed" in [type(each.event).__name__ for each in house.log.stream(guest)]
    smtp.to_recipient = lambda _: "250 OK"
    house.send(mail, texts)
    assert not smtp.taken


def test_what_is_not_taken_now_is_tried_again(house: House, smtp: MailServer, mail: Smtp, texts: Texts) -> None:
    attempts: list[str] = []

    def busy(recipient: str) -> str:
        attempts.append(recipient)
        return "451 Try again later" if len(attempts) < 3 else "250 OK"

    smtp.to_recipient = busy
    _, stay = house.guest()
    house.at(NOON_AFTER)
    house.send(mail, texts)
    assert (len(attempts), smtp.taken) == (1, [])
    for _ in range(2):
        house.at(house.now + timedelta(hours=1))
        house.send(mail, texts)
    assert len(attempts) == 3
    assert len(smtp.taken) == 1
    assert house.invitation(stay).state is State.SENT


def test_after_three_days_it_is_given_up(house: House, smtp: MailServer, mail: Smtp, texts: Texts) -> None:
    smtp.to_recipient = lambda _: "451 Try again later"
    _, stay = house.guest()
    house.at(NOON_AFTER)
    house.send(mail, texts)
    house.at(NOON_AFTER + timedelta(days=3, minutes=1))
    house.send(mail, texts)
    assert house.invitation(stay).state is State.BOUNCED


def test_a_guest_is_not_asked_again_too_soon(house: House, mail: Smtp, texts: Texts) -> None:
    _, first = house.guest(emails=("zoe@example.com",))
    house.at(NOON_AFTER)
    house.send(mail, texts)
    guest = house.invitation(first).about.guest_id
    second = house.stays(guest, date(2026, 6, 20), date(2026, 6, 25))
    house.at(datetime(2026, 6, 26, 10, tzinfo=UTC))
    house.send(mail, texts)
    [*_, cancelled] = house.events(second)
    assert isinstance(cancelled, InvitationCancelled)
    assert cancelled.reason is Reason.ASKED_TOO_RECENTLY
    third = house.stays(guest, date(2026, 8, 1), date(2026, 8, 3))
    house.at(datetime(2026, 8, 4, 10, tzinfo=UTC))
    house.send(mail, texts)
    assert house.invitation(third).state is State.SENT


def test_the_stay_moves_and_the_invitation_with_it(house: House) -> None:
    guest, stay = house.guest()
    house.plan()
    house.stays(guest, DEPARTURE - timedelta(3), DEPARTURE + timedelta(2), stay)
    house.plan()
    assert house.invitation(stay).due_at == NOON_AFTER + timedelta(2)


def test_settings_that_change_move_and_cancel_what_is_not_sent(house: House) -> None:
    _, stay = house.guest()
    house.plan()
    later = {"post_stay": ENABLED.post_stay.model_copy(update={"hour": 18})}
    house.set(ENABLED.model_copy(update=later))
    house.plan()
    assert house.invitation(stay).due_at == datetime(2026, 6, 11, 16, tzinfo=UTC)
    house.set(ENABLED.model_copy(update={"post_stay": ENABLED.post_stay.model_copy(update={"enabled": False})}))
    house.plan()
    assert (house.invitation(stay).state, house.invitation(stay).reason) == (State.CANCELLED, Reason.NOT_ENABLED)
    house.set(ENABLED)
    house.plan()
    assert house.invitation(stay).state is State.SCHEDULED
