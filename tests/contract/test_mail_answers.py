"""/v1/mail/inbound: what a guest answers to an invitation by mail begins one conversation with them, once."""

from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from uuid import UUID, uuid4

import pytest

from adapters.bootstrap import Hote
from adapters.cli.founding import at_the_command_line
from adapters.keys.links import Purpose
from adapters.mail.inbound import read_mail
from adapters.mail.letters import written
from adapters.mail.outbox import Asked as AskedMail
from application.conversation import IncomingMail, Received, message_id, receive_mail
from application.invitation_ids import invitation_message_id
from domain.event import Event
from domain.feedback import FeedbackRecorded
from tests.contract.asking import Asked, asked
from tests.contract.conftest import Body, House
from tests.contract.inviting import invited
from tests.contract.recording import acted
from tests.contract.test_mail_inbound import inbound, problem

QUOTED = "Merci, tout était parfait.\n\nLe ven. 20 nov. 2026 à 09:30, Hôtel du Port a écrit :\n> Votre avis compte."


@pytest.fixture
def guest(hote: Hote, house: House) -> Asked:
    return asked(hote, house)


def ours(guest: Asked, number: int = 0) -> str:
    return invitation_message_id(guest.id, number, "example.org")


def mail(answers: str = "", text: str = QUOTED, **headers: str) -> EmailMessage:
    """What a guest writes, in answer to these Message-IDs, the nearest last."""
    message = EmailMessage()
    told = {"From": "Zoé <zoe@example.net>", "Subject": "Re: Votre séjour", "Message-ID": f"<{uuid4()}@example.net>"}
    for name, value in (told | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        message[name] = value
    if answers:
        message["In-Reply-To"] = answers.split()[-1]
        message["References"] = answers
    message.set_content(text)
    return message


def taken(house: House, message: EmailMessage) -> UUID:
    """The feedback that it became, or came into."""
    answer = inbound(house.admin, message)
    assert (answer.status_code, answer.json()["outcome"]) == (200, "replied")
    return UUID(answer.json()["feedback_id"])


def shown(house: House, feedback_id: UUID) -> Body:
    answer = house.admin.get(f"/v1/feedback/{feedback_id}")
    assert answer.status_code == 200, answer.text
    feedback: Body = answer.json()
    return feedback


def events(hote: Hote, feedback_id: UUID) -> list[Event]:
    return [each.event for each in hote.log.stream(feedback_id)]


def test_an_answer_to_an_invitation_is_a_message_of_the_guest_in_the_inbox(house: House, guest: Asked) -> None:
    answer = inbound(house.staff("machine"), mail(ours(guest)))
    [item] = house.admin.listed("/v1/inbox")
    assert answer.json() == {"outcome": "replied", "feedback_id": item["id"], "invitation_id": str(guest.id)}
    assert answer.headers["Hote-Position"] == str(guest.hote.log.stream(UUID(item["id"]))[-1].position)
    assert {name: item[name] for name in ("guest_id", "property_id", "folder", "category")} == {
        "guest_id": guest.guest["id"],
        "property_id": house.port,
        "folder": "inbox",
        "category": "new",
    }
    assert (item["origin"], item["rating"]) == ("message", None)
    assert (item["title"], item["comment"]) == ("Re: Votre séjour", "Merci, tout était parfait.")
    [letter] = shown(house, UUID(item["id"]))["conversation"]
    assert (letter["type"], letter["address"], letter["known"]) == ("letter", "zoe@example.net", False)


def test_the_answer_tells_the_room_and_needs_no_note_that_the_message_was_sent(hote: Hote, house: House) -> None:
    waiting = invited(hote, house)
    id_ = UUID(waiting.invitation())
    feedback_id = taken(house, mail(invitation_message_id(id_, 0, "example.org")))
    assert shown(house, feedback_id)["room"] == "104"


def test_what_the_guest_wrote_goes_with_them(house: House, guest: Asked) -> None:
    feedback_id = taken(house, mail(ours(guest)))
    house.admin.post(f"/v1/guests/{guest.guest['id']}/anonymise", json={"reason": "Demande"})
    feedback = shown(house, feedback_id)
    [letter] = feedback["conversation"]
    assert (feedback["title"], feedback["comment"], letter["text"], letter["address"]) == (None,) * 4


def test_the_same_mail_again_changes_nothing(house: House, guest: Asked) -> None:
    message = mail(ours(guest))
    first, again = (inbound(house.admin, message) for _ in range(2))
    assert (again.status_code, again.json()) == (200, first.json())
    assert len(shown(house, UUID(first.json()["feedback_id"]))["conversation"]) == 1
    assert len(house.admin.listed("/v1/inbox")) == 1


def test_a_mail_that_comes_twice_at_once_is_one_feedback(hote: Hote, house: House, guest: Asked) -> None:
    caller = at_the_command_line(hote.ports, house.id)
    message = read_mail(mail(ours(guest)).as_bytes())
    assert isinstance(message, IncomingMail)
    quicker: list[Received] = []

    def now() -> datetime:
        if not quicker:
            quicker.append(receive_mail(hote.ports, caller, message, []))
        return hote.ports.now()

    received = receive_mail(replace(hote.ports, now=now), caller, message, [])
    assert [received] == quicker
    assert received.feedback_id
    assert len(events(hote, received.feedback_id)) == 2


def test_an_answer_to_the_return_path_is_one_too(house: House, guest: Asked) -> None:
    token = guest.link(Purpose.RETURN).rpartition("/")[2]
    feedback_id = taken(house, mail(To=f"Bounce+{token.upper()}@example.org"))
    assert taken(house, mail(X_Original_To=f"bounce+{token}@example.org", To="accueil@example.org")) == feedback_id
    assert taken(house, mail(ours(guest, 1))) == feedback_id
    assert len(shown(house, feedback_id)["conversation"]) == 3


def test_a_return_path_of_nobodys_making_is_none(house: House, guest: Asked) -> None:
    token = guest.link(Purpose.RETURN).rpartition("/")[2][:-8] + "aaaaaaaa"
    answer = inbound(house.admin, mail(To=f"bounce+{token}@example.org"))
    assert problem(answer) == (409, "conversation-unknown")


def test_what_is_quoted_of_a_return_path_is_no_address(house: House, guest: Asked) -> None:
    token = guest.link(Purpose.RETURN).rpartition("/")[2]
    answer = inbound(house.admin, mail(text=f"> Return-Path: <bounce+{token}@example.org>"))
    assert problem(answer) == (409, "conversation-unknown")


@pytest.mark.parametrize("headers", [{"Auto_Submitted": "auto-replied"}, {"Subject": "Réponse automatique : absente"}])
def test_an_absence_note_is_ignored(house: House, guest: Asked, headers: dict[str, str]) -> None:
    assert inbound(house.admin, mail(ours(guest), **headers)).json()["outcome"] == "ignored"
    assert house.admin.listed("/v1/inbox") == []


def test_the_conversation_goes_on_in_both_directions(hote: Hote, house: House, guest: Asked) -> None:
    invitation = ours(guest)
    feedback_id = taken(house, mail(invitation, Message_ID="<1@example.net>"))
    replied = acted(house.admin, {"id": str(feedback_id)}, "reply", text="Merci !")
    reply = message_id(feedback_id, replied["version"], "example.org")
    asked_for = AskedMail(feedback_id, replied["version"], 0)
    sent = written(hote.log, "accueil@example.org", hote.log.stream(feedback_id), asked_for)
    assert sent
    assert (sent["Message-ID"], sent["In-Reply-To"], sent["Subject"]) == (
        reply,
        "<1@example.net>",
        "Re: Votre séjour",
    )
    acted(house.admin, replied, "done")
    assert taken(house, mail(f"{invitation} <1@example.net> {reply}", "À bientôt")) == feedback_id
    assert taken(house, mail(f"{invitation} <1@example.net>", "J'oubliais")) == feedback_id
    told = shown(house, feedback_id)
    assert told["folder"] == "inbox"
    assert [(each["type"], each["text"]) for each in told["conversation"]] == [
        ("letter", "Merci, tout était parfait."),
        ("reply", "Merci !"),
        ("letter", "À bientôt"),
        ("letter", "J'oubliais"),
    ]


def test_who_is_handed_it_reads_once_what_the_guest_wrote(hote: Hote, house: House, guest: Asked) -> None:
    feedback_id = taken(house, mail(ours(guest)))
    shared = acted(house.admin, {"id": str(feedback_id)}, "share", emails=["siege@example.org"])
    notice = AskedMail(feedback_id, shared["version"], 0)
    sent = written(hote.log, "accueil@example.org", hote.log.stream(feedback_id), notice)
    assert sent
    assert sent.get_content().count("> Merci, tout était parfait.") == 1


def test_an_empty_mail_says_nothing_and_is_kept(hote: Hote, house: House, guest: Asked) -> None:
    feedback_id = taken(house, mail(ours(guest), "", Subject=""))
    [said, _] = events(hote, feedback_id)
    assert isinstance(said, FeedbackRecorded)
    assert said.words
    assert (said.words.title, said.words.comment) == (None, None)


def test_nothing_more_is_written_of_a_guest_who_was_forgotten(hote: Hote, house: House, guest: Asked) -> None:
    feedback_id = taken(house, mail(ours(guest)))
    house.admin.post(f"/v1/guests/{guest.guest['id']}/anonymise", json={"reason": "Demande"})
    before = events(hote, feedback_id)
    assert problem(inbound(house.admin, mail(ours(guest)))) == (409, "guest-forgotten")
    assert events(hote, feedback_id) == before


def test_of_a_guest_forgotten_before_they_wrote_there_is_nothing(house: House, guest: Asked) -> None:
    house.admin.post(f"/v1/guests/{guest.guest['id']}/anonymise", json={"reason": "Demande"})
    assert problem(inbound(house.admin, mail(ours(guest)))) == (409, "guest-forgotten")
    assert house.admin.listed("/v1/feedback") == []


def test_anothers_invitation_is_not_found(house: House, other: House, guest: Asked) -> None:
    for api in (other.admin, house.staff("machine", house.lago)):
        assert problem(inbound(api, mail(ours(guest)))) == (409, "conversation-unknown")
    assert house.admin.listed("/v1/inbox") == []


def test_who_may_not_receive_mail_is_told_so(house: House, guest: Asked) -> None:
    assert problem(inbound(house.staff("front_desk"), mail(ours(guest)))) == (403, "forbidden")
