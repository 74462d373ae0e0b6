"""/v1/mail/inbound: what mail servers report of our mails is taken for what it is, once."""

from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import Parser
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from adapters.bootstrap import Hote
from adapters.cli.founding import at_the_command_line
from adapters.keys.links import Purpose
from application.conversation import message_id
from application.invitation_ids import invitation_message_id
from domain.event import Event
from domain.feedback import MailFailed
from domain.guest_events import AddressSuppressed, GuestUnsubscribed
from domain.invitation import InvitationBounced, InvitationSent, LinkFollowed, ReminderSent
from domain.invitation_states import State
from domain.property import Channel
from tests.contract.asking import Asked, asked
from tests.contract.conftest import Api, Body, House
from tests.contract.inviting import invited
from tests.contract.recording import acted, read, recorded

DATA = Path(__file__).parents[2] / "../shared/data/bounce/mails"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data/bounce is not on this machine")

IGNORED = {"outcome": "ignored", "feedback_id": None, "invitation_id": None}


@pytest.fixture
def guest(hote: Hote, house: House) -> Asked:
    return asked(hote, house)


def inbound(api: Api, mail: bytes) -> Body:
    answer = api.post("/v1/mail/inbound", content=mail, headers={"Content-Type": "message/rfc822"})
    assert answer.status_code == 200, answer.text
    taken: Body = answer.json()
    return taken


def on(guest: Asked, outcome: str) -> Body:
    return {"outcome": outcome, "feedback_id": None, "invitation_id": str(guest.id)}


def return_path(guest: Asked, *, days: int = 1) -> str:
    return f"bounce+{guest.link(Purpose.RETURN, days=days).rpartition('/')[2]}@example.org"


def report(kind: str, fields: str, *, to: str = "noreply@example.org", ours: str = "<1@example.org>") -> bytes:
    """What a mail server sends (RFC 6522), with the headers of the mail that it is about."""
    message = MIMEMultipart("report")
    message.set_param("report-type", kind)
    message["From"], message["To"], message["Message-ID"] = "MAILER-DAEMON@mx.example.net", to, f"<{uuid4()}@mx>"
    message.attach(MIMEText("This is the mail system."))
    part = MIMEMessage(Parser().parsestr(fields))
    part.replace_header("Content-Type", f"message/{kind}")
    message.attach(part)
    message.attach(MIMEText(f"Message-ID: {ours}\n", "rfc822-headers"))
    return message.as_bytes()


def bounce(status: str = "5.1.1", *, action: str = "failed", **where: str) -> bytes:
    fields = f"Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; z@example.com\nAction: {action}\n"
    return report("delivery-status", f"{fields}Status: {status}\n", **where)


def complaint(kind: str = "abuse", **where: str) -> bytes:
    return report("feedback-report", f"Feedback-Type: {kind}\nUser-Agent: Example/1\nVersion: 1\n", **where)


def happened(guest: Asked, *kinds: type[Event]) -> list[Event]:
    """Of these kinds, to the guest and then to the invitation."""
    streams = (guest.hote.log.stream(id_) for id_ in (guest.about.guest_id, guest.id))
    return [each.event for stream in streams for each in stream if isinstance(each.event, kinds)]


def tell(guest: Asked, kind: type[Event], **fields: object) -> None:
    place = {"originator_id": guest.id, "originator_version": guest.invitation.version + 1}
    caller = at_the_command_line(guest.hote.ports, guest.about.organisation_id)
    guest.hote.log.append([kind.model_validate(place | fields)], caller.metadata(guest.hote.ports.now()))


def reminded(guest: Asked) -> None:
    told = {"guest_id": guest.about.guest_id, "automatic": True, "address": guest.guest["emails"][0]}
    tell(guest, ReminderSent, **told)


def test_a_mailbox_that_does_not_exist_gets_no_more(guest: Asked, house: House) -> None:
    assert inbound(house.staff("machine"), bounce(to=return_path(guest))) == on(guest, "bounced")
    suppressed, bounced = happened(guest, AddressSuppressed, InvitationBounced)
    assert isinstance(suppressed, AddressSuppressed)
    assert suppressed.address == guest.guest["emails"][0]
    assert isinstance(bounced, InvitationBounced)
    assert (bounced.permanent, bounced.status) == (True, "5.1.1")
    assert guest.invitation.state is State.BOUNCED


def told_when(house: House, mail: bytes) -> tuple[int, str | None]:
    """The status, and after how long the mail should be handed over again."""
    answer = house.admin.post("/v1/mail/inbound", content=mail, headers={"Content-Type": "message/rfc822"})
    return answer.status_code, answer.headers.get("Retry-After")


@pytest.mark.parametrize("status", ["5.1.1", "4.2.2"])
@pytest.mark.parametrize("state", [State.SCHEDULED, State.CANCELLED])
def test_a_report_that_is_quicker_than_the_note_of_the_sending_is_to_come_again(
    hote: Hote, house: House, state: State, status: str
) -> None:
    early = invited(hote, house)
    if state is State.CANCELLED:
        early.happen(state)
    path = hote.links.token(Purpose.RETURN, UUID(early.invitation()), hote.ports.now().date())
    mail = bounce(status, to=f"bounce+{path}@example.org")
    for _ in range(2):
        assert told_when(house, mail) == (503, "60")
    assert early.told()["post_stay"]["state"] == state
    sent = {"originator_id": early.invitation(), "originator_version": early.told()["post_stay"]["version"] + 1}
    address = early.guest["emails"][0]
    told = {"guest_id": early.guest["id"], "channel": "email", "language": "fr", "address": address}
    early.append(InvitationSent.model_validate(sent | told))
    assert told_when(house, mail) == (200, None)
    hard = status == "5.1.1"
    assert early.told()["post_stay"]["state"] == (State.BOUNCED if hard else State.SENT)
    suppressed = [each.event for each in hote.log.stream(UUID(early.guest["id"]))]
    assert [each.address for each in suppressed if isinstance(each, AddressSuppressed)] == [address] * hard


def test_a_report_on_a_reminder_waits_for_the_note_of_that_one(guest: Asked, house: House) -> None:
    ours = invitation_message_id(guest.id, 1, "example.org")
    assert told_when(house, bounce(ours=ours)) == (503, "60")
    assert not happened(guest, InvitationBounced, AddressSuppressed)
    reminded(guest)
    assert inbound(house.admin, bounce(to=return_path(guest), ours=ours)) == on(guest, "bounced")
    assert len(happened(guest, InvitationBounced, AddressSuppressed)) == 2


def test_a_report_on_a_reminder_that_there_cannot_be_changes_nothing(guest: Asked, house: House) -> None:
    ours = invitation_message_id(guest.id, 7, "example.org")
    assert inbound(house.admin, bounce(ours=ours)) == on(guest, "bounced")
    assert not happened(guest, InvitationBounced, AddressSuppressed)


def test_it_is_the_address_of_that_very_message_that_gets_no_more(guest: Asked, house: House) -> None:
    first, second = guest.guest["emails"][0], f"{uuid4()}@example.com"
    house.admin.patch(f"/v1/guests/{guest.guest['id']}", json={"emails": [second, first]})
    tell(guest, ReminderSent, guest_id=guest.about.guest_id, automatic=True, address=second)
    inbound(house.admin, bounce(to=return_path(guest), ours=invitation_message_id(guest.id, 0, "example.org")))
    [suppressed] = happened(guest, AddressSuppressed)
    assert isinstance(suppressed, AddressSuppressed)
    assert suppressed.address == first


def test_the_invitation_is_found_by_our_message_id_too(guest: Asked, house: House) -> None:
    for number in (0, 2):
        ours = invitation_message_id(guest.id, number, "example.org")
        assert inbound(house.admin, bounce(ours=ours)) == on(guest, "bounced")
    assert len(happened(guest, InvitationBounced, AddressSuppressed)) == 1


def test_by_a_message_id_alone_which_anybody_can_make_nobody_is_silenced(guest: Asked, house: House) -> None:
    ours = invitation_message_id(guest.id, 0, "example.org")
    assert inbound(house.admin, complaint(ours=ours)) == IGNORED
    for number in range(1, 7):
        inbound(house.admin, bounce("5.2.2", ours=invitation_message_id(guest.id, number - 1, "example.org")))
        reminded(guest)
    for path in ("", guest.link(Purpose.CLICK), guest.link(Purpose.UNSUBSCRIBE, whose=uuid4()), f"/u/{'a' * 45}"):
        brought_back = f"{ours}\nList-Unsubscribe: <https://example.org{path}>"
        assert inbound(house.admin, complaint(ours=brought_back)) == IGNORED
        inbound(house.admin, bounce(ours=brought_back))
    assert not happened(guest, AddressSuppressed, GuestUnsubscribed)
    assert guest.invitation.state is State.BOUNCED


def test_with_the_link_to_unsubscribe_of_the_mail_a_message_id_is_believed(guest: Asked, house: House) -> None:
    ours = invitation_message_id(guest.id, 0, "example.org")
    brought_back = f"{ours}\nList-Unsubscribe: <https://example.org{guest.unsubscribe}>"
    assert inbound(house.admin, bounce(ours=brought_back)) == on(guest, "bounced")
    assert len(happened(guest, AddressSuppressed)) == 1
    assert inbound(house.admin, complaint(ours=brought_back)) == on(guest, "complained")
    assert len(happened(guest, GuestUnsubscribed)) == 1


def test_a_return_path_that_has_expired_is_helped_by_the_message_id(guest: Asked, house: House) -> None:
    assert inbound(house.admin, bounce(to=return_path(guest, days=-1))) == IGNORED
    ours = invitation_message_id(guest.id, 0, "example.org")
    assert inbound(house.admin, bounce(to=return_path(guest, days=-1), ours=ours)) == on(guest, "bounced")


def test_a_return_path_that_nobody_here_made_is_ignored(guest: Asked, house: House) -> None:
    forged = return_path(guest)[:-20] + "aaaaaaaa@example.org"
    assert inbound(house.admin, bounce(to=forged)) == IGNORED
    clicked = f"bounce+{guest.click.rpartition('/')[2]}@example.org"
    assert inbound(house.admin, bounce(to=clicked)) == IGNORED
    assert not happened(guest, InvitationBounced, AddressSuppressed)


def test_a_report_that_comes_again_changes_nothing(guest: Asked, house: House) -> None:
    for status in ("4.2.2", "4.2.2", "5.1.1", "5.1.1", "4.2.2"):
        assert inbound(house.admin, bounce(status, to=return_path(guest))) == on(guest, "bounced")
    told = [each.permanent for each in happened(guest, InvitationBounced) if isinstance(each, InvitationBounced)]
    assert told == [False, True]
    assert len(happened(guest, AddressSuppressed)) == 1


def test_a_full_mailbox_is_counted_and_the_fifth_time_in_a_row_it_gets_no_more(guest: Asked, house: House) -> None:
    for times in range(1, 6):
        assert not happened(guest, AddressSuppressed)
        inbound(house.admin, bounce("5.2.2", to=return_path(guest)))
        assert guest.invitation.bounces == times
        assert guest.invitation.state is State.SENT
        if times < 5:
            reminded(guest)
    assert len(happened(guest, AddressSuppressed)) == 1


def test_what_is_still_being_tried_or_was_delivered_is_ignored(guest: Asked, house: House) -> None:
    for action, status in (("delayed", "4.4.1"), ("delivered", "2.0.0"), ("relayed", "2.0.0")):
        assert inbound(house.admin, bounce(status, action=action, to=return_path(guest))) == IGNORED
    assert not happened(guest, InvitationBounced)


def test_who_followed_the_link_did_not_bounce_but_an_address_can_die_later(guest: Asked, house: House) -> None:
    tell(guest, LinkFollowed, channel=Channel.EMAIL)
    inbound(house.admin, bounce("4.2.2", to=return_path(guest)))
    assert not happened(guest, InvitationBounced, AddressSuppressed)
    inbound(house.admin, bounce(to=return_path(guest)))
    assert guest.invitation.state is State.CLICKED_EMAIL
    assert len(happened(guest, AddressSuppressed)) == 1


def test_an_address_that_the_guest_no_longer_has_is_not_written_down_again(guest: Asked, house: House) -> None:
    house.admin.patch(f"/v1/guests/{guest.guest['id']}", json={"emails": [f"{uuid4()}@example.com"]})
    assert inbound(house.admin, bounce(to=return_path(guest))) == on(guest, "bounced")
    assert not happened(guest, AddressSuppressed)


def test_who_complains_has_unsubscribed(guest: Asked, house: House) -> None:
    for _ in range(2):
        sent_from = f"Feedback-Type: abuse\nOriginal-Mail-From: <{return_path(guest)}>\nVersion: 1\n"
        assert inbound(house.admin, report("feedback-report", sent_from)) == on(guest, "complained")
    [unsubscribed] = happened(guest, GuestUnsubscribed)
    assert isinstance(unsubscribed, GuestUnsubscribed)
    assert unsubscribed.complained
    assert guest.invitation.state is State.SENT


def test_who_says_that_it_is_no_spam_does_not_complain(guest: Asked, house: House) -> None:
    assert inbound(house.admin, complaint("not-spam", to=return_path(guest))) == IGNORED
    assert not happened(guest, GuestUnsubscribed)


def test_an_absence_note_at_the_return_path_is_ignored(guest: Asked, house: House) -> None:
    note = EmailMessage()
    note["From"], note["To"], note["Subject"] = "zoe@example.com", return_path(guest), "Réponse automatique"
    note["Auto-Submitted"] = "auto-replied"
    note.set_content("I returned to my mailbox: it is full. 550 User unknown.")
    for return_path_of_note in ("", "Return-Path: <>\n"):
        assert inbound(house.admin, return_path_of_note.encode() + note.as_bytes()) == IGNORED
    assert not happened(guest, InvitationBounced, AddressSuppressed)


def test_nothing_of_anothers_guest_changes(guest: Asked, house: House, other: House) -> None:
    for api in (other.admin, house.staff("machine", house.lago)):
        for mail in (bounce(to=return_path(guest)), complaint(to=return_path(guest))):
            assert inbound(api, mail) == IGNORED
    assert not happened(guest, InvitationBounced, AddressSuppressed, GuestUnsubscribed)


def test_of_somebody_who_was_forgotten_nothing_more_is_written_down(guest: Asked, house: House) -> None:
    house.admin.post(f"/v1/guests/{guest.guest['id']}/anonymise", json={"reason": "Demande"})
    for mail in (bounce(to=return_path(guest)), complaint(to=return_path(guest))):
        assert inbound(house.admin, mail)["invitation_id"] == str(guest.id)
    assert not happened(guest, AddressSuppressed, GuestUnsubscribed)


def test_an_answer_that_comes_back_is_told_in_its_conversation(hote: Hote, house: House) -> None:
    feedback = acted(house.admin, recorded(house.admin, house.port, email="zoe@example.com"), "reply", text="Merci")
    ours = message_id(UUID(feedback["id"]), feedback["version"], "example.org")
    for _ in range(2):
        taken = inbound(house.admin, bounce("5.2.2", ours=ours))
        assert taken == {"outcome": "bounced", "feedback_id": feedback["id"], "invitation_id": None}
    told = [each.event for each in hote.log.stream(UUID(feedback["id"])) if isinstance(each.event, MailFailed)]
    assert [(each.of, each.recipient, each.status) for each in told] == [(feedback["version"], 0, 550)]


def test_only_answers_to_guests_come_back(house: House) -> None:
    feedback = recorded(house.admin, house.port, email="zoe@example.com")
    for version in (0, 1, 99):
        ours = message_id(UUID(feedback["id"]), version, "example.org")
        assert inbound(house.admin, bounce(ours=ours)) == IGNORED
    assert read(house.admin, feedback)["version"] == feedback["version"]


@needs_data
@pytest.mark.parametrize(
    ("name", "outcome", "permanent"),
    [
        ("lhost-postfix-04", "bounced", True),
        ("lhost-gmail-18", "bounced", True),
        ("lhost-postfix-63", "bounced", False),
        ("lhost-gmail-16", "bounced", False),
        ("arf-12", "complained", None),
        ("arf-22", "complained", None),
        ("rfc3834-01", "ignored", None),
        ("rfc3834-03", "ignored", None),
        ("rfc3834-04", "ignored", None),
    ],
)
def test_real_mails_at_our_return_path(
    guest: Asked, house: House, name: str, outcome: str, permanent: bool | None
) -> None:
    mail = f"X-Original-To: {return_path(guest)}\n".encode() + (DATA / f"{name}.eml").read_bytes()
    assert inbound(house.admin, mail) == (IGNORED if outcome == "ignored" else on(guest, outcome))
    told = [each.permanent for each in happened(guest, InvitationBounced) if isinstance(each, InvitationBounced)]
    assert told == ([] if permanent is None else [permanent])
    assert len(happened(guest, AddressSuppressed)) == (permanent is True)
    assert len(happened(guest, GuestUnsubscribed)) == (outcome == "complained")
