"""What was not taken, or was asked for, is judged again before each attempt; what is not sent counts nowhere."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from threading import Thread
from uuid import UUID

import psycopg
import pytest
from uuid_utils.compat import uuid7

from adapters.invitations.reaction import Invitations
from adapters.mail.smtp import Smtp
from application.blocking import block_guest
from application.erasure.guests import anonymise_guest
from application.erasure.why import Why
from application.guest_entry import Judged
from application.guest_links import unsubscribe
from application.guests import change_guest
from application.invitations import cancel_invitation, remind
from application.organisation import add_property
from application.ports import Mail
from application.questionnaire import ReviewEntry, answer_on_site
from domain.contact import Profile
from domain.guest import Guest, fold
from domain.guest_events import BlockReason
from domain.invitation import InvitationCancelled, InvitationSent, Message, Reason, ReminderDropped, ReminderSent, Via
from domain.invitation_states import State
from domain.property import PropertySettings
from domain.stay import Stay
from domain.staying import stay_is
from tests.adapters.invitations.conftest import Texts
from tests.adapters.invitations.house import DEPARTURE, ENABLED, House
from tests.adapters.invitations.test_sending import NOON_AFTER
from tests.adapters.mail.server import OK, MailServer
from tests.following import follow
from tests.waiting import eventually

BUSY = "451 4.3.0 later"
LATER = timedelta(hours=1)
REMINDER_BY_HAND = ENABLED.model_copy(update={"reminder": ENABLED.reminder.model_copy(update={"enabled": False})})


def put_off(house: House, smtp: MailServer, mail: Mail, texts: Texts) -> None:
    """What is due is tried once, and not taken; from the next hour on the server takes mails again."""
    smtp.to_recipient = lambda _: BUSY
    house.send(mail, texts)
    smtp.to_recipient = lambda _: OK
    house.at(house.now + LATER)


def counts(house: House) -> dict[str, int]:
    row = house.connection.execute("SELECT counts FROM invitations.distribution").fetchone()
    assert row
    found: dict[str, int] = row[0]
    return {portal: number for portal, number in found.items() if number}


def asked(house: House) -> list[UUID]:
    return [id_ for (id_,) in house.connection.execute("SELECT invitation_id FROM invitations.asked")]


@pytest.fixture
def reminded(house: House, smtp: MailServer, mail: Smtp, texts: Texts) -> tuple[UUID, UUID]:
    """A guest, and their stay, of which somebody wants them to be reminded; the server has not taken that yet."""
    house.set(REMINDER_BY_HAND)
    guest, stay = house.guest()
    house.at(NOON_AFTER)
    house.send(mail, texts)
    remind(house.ports, house.caller, house.invitation(stay).id)
    put_off(house, smtp, mail, texts)
    return guest, stay


class TestTheGuest:
    def test_who_unsubscribes_gets_no_reminder_that_was_asked_for(
        self, house: House, reminded: tuple[UUID, UUID], smtp: MailServer, mail: Smtp, texts: Texts
    ) -> None:
        guest, stay = reminded
        unsubscribe(house.ports, guest, house.ports.new_id())
        house.send(mail, texts)
        assert len(smtp.taken) == 1
        dropped = house.events(stay)[-1]
        assert isinstance(dropped, ReminderDropped)
        assert dropped.reason is Reason.UNSUBSCRIBED

    def test_nor_does_who_is_blocked_while_nobody_plans(
        self, house: House, reminded: tuple[UUID, UUID], smtp: MailServer, mail: Smtp, texts: Texts
    ) -> None:
        guest, stay = reminded
        block_guest(house.ports, house.caller, guest, BlockReason.OTHER, None)
        while house.sender(mail, texts).work(house.connection):
            pass
        assert len(smtp.taken) == 1
        assert not house.invitation(stay).asked_for_reminder

    def test_who_perhaps_got_it_and_unsubscribes_does_not_get_it_again(
        self, house: House, smtp: MailServer, mail: Smtp, texts: Texts
    ) -> None:
        guest, stay = house.guest()
        house.at(NOON_AFTER)
        smtp.to_content = lambda: ""  # hangs up
        house.send(mail, texts)
        smtp.to_content = lambda: OK
        unsubscribe(house.ports, guest, house.ports.new_id())
        house.at(NOON_AFTER + LATER)
        while house.sender(mail, texts).work(house.connection):
            pass
        assert not smtp.taken
        assert house.invitation(stay).reason is Reason.UNSUBSCRIBED

    def test_whose_address_was_corrected_gets_it_there(
        self, house: House, smtp: MailServer, mail: Smtp, texts: Texts
    ) -> None:
        guest, stay = house.guest(emails=("zoe@exmaple.com",))
        house.at(NOON_AFTER)
        put_off(house, smtp, mail, texts)
        right = Profile(last_name="Lefèvre", emails=("zoe@example.com",))
        change_guest(house.ports, house.caller, guest, lambda _: Judged("fr", "FR", right, None))
        house.send(mail, texts)
        assert smtp.recipients == ["zoe@example.com"]
        sent = house.invitation(stay).sent
        assert sent
        assert sent.address == "zoe@example.com"

    def test_who_bounced_at_once_and_was_corrected_is_asked(
        self, house: House, smtp: MailServer, mail: Smtp, texts: Texts
    ) -> None:
        guest, stay = house.guest(emails=("zoe@exmaple.com",))
        house.at(NOON_AFTER)
        smtp.to_recipient = lambda _: "550 5.1.1 no such user"
        house.send(mail, texts)
        assert house.invitation(stay).state is State.BOUNCED
        assert (counts(house), asked(house)) == ({}, [])
        smtp.to_recipient = lambda _: OK
        right = Profile(last_name="Lefèvre", emails=("zoe@example.com",))
        change_guest(house.ports, house.caller, guest, lambda _: Judged("fr", "FR", right, None))
        house.send(mail, texts)
        assert smtp.recipients == ["zoe@example.com"]
        assert house.invitation(stay).state is State.SENT

    def test_who_is_forgotten_while_it_leaves_was_written_to_all_the_same(self, house: House, texts: Texts) -> None:
        guest, stay = house.guest()
        house.at(NOON_AFTER)
        house.send(Forgets(house, guest), texts)
        sent = house.invitation(stay).sent
        assert sent
        assert (sent.address, house.invitation(stay).state) == (None, State.SENT)

    def test_who_has_three_rooms_at_one_time_gets_one_message(
        self, house: House, smtp: MailServer, mail: Smtp, texts: Texts
    ) -> None:
        guest, stay = house.guest()
        others = [house.stays(guest, DEPARTURE - timedelta(3), DEPARTURE) for _ in range(2)]
        house.at(datetime(2026, 6, 3, 22, tzinfo=UTC))
        house.send(mail, texts)
        assert len(smtp.taken) == 1
        assert house.invitation(stay, Message.PRE_STAY).state is State.SENT
        house.at(NOON_AFTER)
        house.send(mail, texts)
        assert len(smtp.taken) == 2
        assert [house.invitation(other).state for other in others] == [State.NOT_ENABLED] * 2

    def test_the_room_of_which_more_is_known_stands_for_all(self, house: House) -> None:
        guest, stay = house.guest(departure=None)
        other = house.stays(guest, DEPARTURE - timedelta(3), DEPARTURE)
        house.plan()
        assert house.invitation(stay).state is State.NOT_ENABLED
        assert house.invitation(other).state is State.SCHEDULED

    def test_who_reviewed_any_of_their_rooms_on_site_is_not_asked(
        self, house: House, smtp: MailServer, mail: Smtp, texts: Texts
    ) -> None:
        guest, _ = house.guest(emails=("zoe@example.com",))
        house.stays(guest, DEPARTURE - timedelta(3), DEPARTURE)
        house.at(datetime(2026, 6, 9, 12, tzinfo=UTC))
        entry = ReviewEntry(mark=4, email="zoe@example.com")
        answer_on_site(house.ports, house.property_id, uuid7(), entry, Via.TABLET, "fr", uuid7())
        house.at(NOON_AFTER)
        house.send(mail, texts)
        assert not smtp.taken


class TestTheTime:
    def test_patience_begins_anew_with_each_message(
        self, house: House, smtp: MailServer, mail: Smtp, texts: Texts
    ) -> None:
        _, stay = house.guest()
        house.at(NOON_AFTER)
        house.send(mail, texts)
        remind(house.ports, house.caller, house.invitation(stay).id)
        put_off(house, smtp, mail, texts)
        house.send(mail, texts)
        house.at(NOON_AFTER + timedelta(hours=96))
        put_off(house, smtp, mail, texts)
        assert house.invitation(stay).state is State.SENT
        house.send(mail, texts)
        assert house.invitation(stay).reminders == 2

    def test_an_sms_that_was_put_off_does_not_come_at_night(self, house: House, mail: Smtp, texts: Texts) -> None:
        _, stay = house.guest(emails=(), phones=("+33612345678",))
        house.at(NOON_AFTER)
        house.at(datetime(2026, 6, 11, 18, 30, tzinfo=UTC))
        texts.delays = True
        house.send(mail, texts)
        texts.delays = False
        house.at(datetime(2026, 6, 11, 20, tzinfo=UTC))  # 22:00 in Paris
        house.send(mail, texts)
        assert not texts.taken
        house.at(datetime(2026, 6, 12, 7, tzinfo=UTC))
        house.send(mail, texts)
        assert len(texts.taken) == 1
        assert house.invitation(stay).state is State.SENT

    def test_a_message_before_a_stay_does_not_come_after_the_guest(
        self, house: House, smtp: MailServer, mail: Smtp, texts: Texts
    ) -> None:
        _, stay = house.guest()
        house.at(datetime(2026, 6, 6, 12, tzinfo=UTC))
        put_off(house, smtp, mail, texts)
        house.at(datetime(2026, 6, 7, 11, tzinfo=UTC))
        house.send(mail, texts)
        assert not smtp.taken
        told = house.events(stay, Message.PRE_STAY)[-1]
        assert isinstance(told, InvitationCancelled)
        assert told.reason is Reason.TOO_LATE

    def test_a_reminder_that_was_asked_for_at_night_leaves_the_automatic_one(
        self, house: House, mail: Smtp, texts: Texts
    ) -> None:
        _, stay = house.guest(emails=(), phones=("+33612345678",))
        house.at(NOON_AFTER)
        house.send(mail, texts)
        house.at(datetime(2026, 6, 11, 20, tzinfo=UTC))
        remind(house.ports, house.caller, house.invitation(stay).id)
        house.send(mail, texts)
        assert len(texts.taken) == 1
        house.at(datetime(2026, 6, 12, 7, tzinfo=UTC))
        house.send(mail, texts)
        house.at(NOON_AFTER + timedelta(hours=96))
        house.send(mail, texts)
        assert [each.automatic for each in house.events(stay) if isinstance(each, ReminderSent)] == [False, True]

    def test_a_reminder_is_too_late_after_two_weeks(
        self, house: House, smtp: MailServer, mail: Smtp, texts: Texts
    ) -> None:
        _, stay = house.guest()
        house.at(NOON_AFTER)
        house.send(mail, texts)
        house.at(NOON_AFTER + timedelta(days=40))
        house.send(mail, texts)
        assert len(smtp.taken) == 1
        dropped = house.events(stay)[-1]
        assert isinstance(dropped, ReminderDropped)
        assert dropped.reason is Reason.TOO_LATE


class TestThePlace:
    def test_a_stay_that_was_at_another_property_is_asked_about_by_that(
        self, house: House, smtp: MailServer, mail: Smtp, texts: Texts
    ) -> None:
        guest, stay = house.guest()
        house.plan()
        lago = PropertySettings(
            name="Villa Lago", country="IT", time_zone="Europe/Rome", currency="EUR", invitations=ENABLED
        )
        lago_id, _ = add_property(house.ports, house.caller, lago)
        elsewhere = Stay(property_id=lago_id, arrival=DEPARTURE - timedelta(3), departure=DEPARTURE)
        known = fold(Guest(guest), (each.event for each in house.log.stream(guest)))
        house.log.append(stay_is(known, stay, elsewhere), house.caller.metadata(house.now, property_id=lago_id))
        house.plan()
        assert house.invitation(stay).about.property_id == lago_id
        house.at(NOON_AFTER)
        house.send(mail, texts)
        assert "Villa Lago" in smtp.taken[-1]["From"]


class TestWhatIsNotSent:
    def test_it_counts_for_no_portal_and_as_no_question(
        self, house: House, smtp: MailServer, mail: Smtp, texts: Texts
    ) -> None:
        stays = [house.guest()[1] for _ in range(4)]
        house.at(NOON_AFTER)
        put_off(house, smtp, mail, texts)
        assert counts(house) == {"hote": 2, "tripadvisor": 2}
        for stay in stays[:2]:
            cancel_invitation(house.ports, house.caller, house.invitation(stay).id)
        house.send(mail, texts)
        portals = [each.portal for stay in stays for each in house.events(stay) if isinstance(each, InvitationSent)]
        assert counts(house) == {portal: portals.count(portal) for portal in portals}
        assert sorted(asked(house)) == sorted(house.invitation(stay).id for stay in stays[2:])

    def test_one_that_is_moved_keeps_its_portal(self, house: House, smtp: MailServer, mail: Smtp, texts: Texts) -> None:
        guest, stay = house.guest()
        house.at(NOON_AFTER)
        put_off(house, smtp, mail, texts)
        [(portal, _)] = counts(house).items()
        house.stays(guest, DEPARTURE - timedelta(3), DEPARTURE + timedelta(2), stay)
        house.plan()
        house.at(NOON_AFTER + timedelta(2))
        house.send(mail, texts)
        sent = house.invitation(stay).sent
        assert sent
        assert (sent.portal, counts(house)) == (portal, {portal: 1})

    def test_who_got_it_while_it_was_being_cancelled_was_asked(self, house: House, texts: Texts) -> None:
        guest, stay = house.guest()
        house.at(NOON_AFTER)
        house.send(Cancels(house, stay), texts)
        house.follow()
        assert house.invitation(stay).state is State.SENT
        assert asked(house) == [house.invitation(stay).id]
        another = house.stays(guest, DEPARTURE + timedelta(5), DEPARTURE + timedelta(7))
        house.at(NOON_AFTER + timedelta(7))
        house.send(Breaks(), texts)
        assert house.invitation(another).reason is Reason.ASKED_TOO_RECENTLY


class TestOthers:
    def test_one_that_cannot_be_sent_holds_up_nobody_and_is_given_up(self, house: House, texts: Texts) -> None:
        stays = [house.guest(emails=(f"{name}@example.com",))[1] for name in ("broken", "whole")]
        house.at(NOON_AFTER)
        house.send(Breaks(), texts)
        assert [house.invitation(stay).state for stay in stays] == [State.SCHEDULED, State.SENT]
        house.at(NOON_AFTER + timedelta(days=3, minutes=1))
        house.send(Breaks(), texts)
        assert house.invitation(stays[0]).state is State.BOUNCED

    def test_who_reads_the_log_does_not_wait_for_a_mail_server(
        self, house: House, smtp: MailServer, mail: Smtp, texts: Texts, database: str
    ) -> None:
        guest, _ = house.guest()
        house.at(NOON_AFTER)
        house.plan()
        with psycopg.connect(database, autocommit=True) as connection:
            sender = house.sender(mail, texts)
            assert sender.work(connection)  # pins it
            sending = Thread(target=sender.work, args=[connection])
            with smtp.held():
                sending.start()
                eventually(smtp.waiting.is_set)
                unsubscribe(house.ports, guest, house.ports.new_id())
                house.plan()
            sending.join()


class Forgets:
    """Implements application.ports.Mail: while a mail leaves, its guest is anonymised."""

    def __init__(self, house: House, guest: UUID) -> None:
        self._house = house
        self._guest = guest

    def send(self, mail: EmailMessage, return_path: str | None = None) -> None:
        del mail, return_path
        anonymise_guest(self._house.ports, self._house.caller, self._guest, Why(reason="Art. 17"))

    def close(self) -> None:
        pass


class Cancels:
    """Implements application.ports.Mail: while a mail leaves, staff cancel it, and the reaction hears of that."""

    def __init__(self, house: House, stay: UUID) -> None:
        self._house = house
        self._stay = stay

    def send(self, mail: EmailMessage, return_path: str | None = None) -> None:
        del mail, return_path
        cancel_invitation(self._house.ports, self._house.caller, self._house.invitation(self._stay).id)
        with psycopg.connect(self._house.database, autocommit=True) as connection:
            follow(connection, self._house.feed, [Invitations()])

    def close(self) -> None:
        pass


class Breaks:
    """Implements application.ports.Mail: with some mails nothing can be done."""

    def send(self, mail: EmailMessage, return_path: str | None = None) -> None:
        del return_path
        if "broken" in mail["To"]:
            raise UnicodeError("no mail can be made of this")

    def close(self) -> None:
        pass
