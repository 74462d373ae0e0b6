"""/v1/mail/inbound: a guest's answer lands in its conversation, once, and nothing else lands anywhere."""

from email.message import EmailMessage
from uuid import uuid4

import httpx
import pytest

from adapters.bootstrap import Hote
from application.conversation import message_id
from domain.feedback import GuestReplied, Letter
from tests.contract.conftest import Api, Body, House
from tests.contract.recording import acted, read, recorded

RFC822 = "message/rfc822"


def inbound(api: Api, mail: EmailMessage | bytes, media_type: str = RFC822, **headers: str) -> httpx.Response:
    content = mail if isinstance(mail, bytes) else mail.as_bytes()
    told = {"Content-Type": media_type} | {name.replace("_", "-"): value for name, value in headers.items()}
    return api.post("/v1/mail/inbound", content=content, headers=told)


def replied(house: House, **fields: object) -> Body:
    """A complaint that staff answered by mail."""
    complaint = recorded(house.admin, house.port, **({"author": "Zoé", "email": "zoe@example.com"} | fields))
    return acted(house.admin, complaint, "reply", text="Mille excuses")


def answer(feedback: Body, text: str = "Merci, tout va bien.", **headers: str) -> EmailMessage:
    """The guest's, to the last mail."""
    mail = EmailMessage()
    told = {"From": "Zoé <zoe@example.net>", "Subject": "Re: Hôtel du Port", "Message-ID": f"<{uuid4()}@example.net>"}
    told["In-Reply-To"] = message_id(feedback["id"], feedback["version"], "example.org")
    for name, value in (told | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        if value:
            mail[name] = value
    mail.set_content(text)
    return mail


def letters(hote: Hote, feedback: Body) -> list[Letter | None]:
    events = (each.event for each in hote.log.stream(feedback["id"]))
    return [event.letter for event in events if isinstance(event, GuestReplied)]


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def test_an_answer_comes_into_its_conversation_and_back_into_the_inbox(hote: Hote, house: House) -> None:
    feedback = replied(house)
    acted(house.admin, feedback, "done")
    taken = inbound(house.staff("machine"), answer(feedback, Message_ID="<1@example.net>"))
    assert (taken.status_code, taken.json()) == (
        200,
        {"outcome": "replied", "feedback_id": feedback["id"], "invitation_id": None},
    )
    assert taken.headers["Hote-Position"] == str(hote.log.stream(feedback["id"])[-1].position)
    assert letters(hote, feedback) == [
        Letter(
            address="zoe@example.net",
            subject="Re: Hôtel du Port",
            text="Merci, tout va bien.",
            message_id="<1@example.net>",
        )
    ]
    assert read(house.admin, feedback)["folder"] == "inbox"


def test_who_writes_from_another_address_is_told_apart_and_not_written_to(house: House) -> None:
    feedback = replied(house)
    inbound(house.admin, answer(feedback, From="ZOE@example.com"))
    inbound(house.admin, answer(feedback, From="someone@example.net"))
    told = acted(house.admin, feedback, "reply", text="À bientôt")["conversation"]
    assert [(each["type"], each["address"].lower(), each["known"]) for each in told] == [
        ("reply", "zoe@example.com", None),
        ("letter", "zoe@example.com", True),
        ("letter", "someone@example.net", False),
        ("reply", "zoe@example.com", None),
    ]


def test_the_same_mail_again_changes_nothing(hote: Hote, house: House) -> None:
    feedback = replied(house)
    mail = answer(feedback)
    first, again = (inbound(house.admin, mail) for _ in range(2))
    assert (again.status_code, again.json()) == (200, first.json())
    assert len(letters(hote, feedback)) == 1
    inbound(house.admin, answer(feedback))
    assert len(letters(hote, feedback)) == 2


def test_a_mail_without_an_id_counts_once_too(hote: Hote, house: House) -> None:
    feedback = replied(house)
    for text in ("Merci", "Merci", "Merci encore"):
        assert inbound(house.admin, answer(feedback, text, Message_ID="")).status_code == 200
    assert len(letters(hote, feedback)) == 2


def test_the_conversation_is_found_by_any_of_the_mails_before(hote: Hote, house: House) -> None:
    feedback = replied(house)
    ours = message_id(feedback["id"], feedback["version"], "example.org")
    mail = answer(feedback, In_Reply_To="<other@example.net>", References=f"<first@example.net> {ours} <o@example.net>")
    assert inbound(house.admin, mail).json()["feedback_id"] == feedback["id"]
    assert len(letters(hote, feedback)) == 1


def test_a_sender_who_is_not_told_is_the_one_we_wrote_to(hote: Hote, house: House) -> None:
    feedback = replied(house)
    assert inbound(house.admin, answer(feedback, From="")).status_code == 200
    [letter] = letters(hote, feedback)
    assert letter
    assert letter.address == "zoe@example.com"


@pytest.mark.parametrize(
    "headers", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List_Id": "<x.example.com>"}]
)
def test_what_no_person_wrote_is_ignored(hote: Hote, house: House, headers: dict[str, str]) -> None:
    feedback = replied(house)
    taken = inbound(house.admin, answer(feedback, **headers))
    assert (taken.status_code, taken.json()) == (
        200,
        {"outcome": "ignored", "feedback_id": None, "invitation_id": None},
    )
    assert letters(hote, feedback) == []


def test_a_mail_that_answers_none_of_ours_is_told_so(hote: Hote, house: House) -> None:
    complaint = recorded(house.admin, house.port, email="zoe@example.com")
    shared = acted(house.admin, complaint, "share", emails=["siege@example.org"])
    guest = house.admin.register()
    for feedback in (
        complaint, shared, complaint | {"version": 99}, {"id": guest["id"], "version": 1},
        {"id": house.port, "version": 1}, {"id": str(uuid4()), "version": 1},
    ):  # fmt: skip
        assert problem(inbound(house.admin, answer(feedback))) == (409, "conversation-unknown")
    assert problem(inbound(house.admin, answer(complaint, In_Reply_To=""))) == (409, "conversation-unknown")
    assert letters(hote, complaint) == []


def test_anothers_conversation_is_not_found(hote: Hote, house: House, other: House) -> None:
    feedback = replied(house)
    assert problem(inbound(other.admin, answer(feedback))) == (409, "conversation-unknown")
    elsewhere = house.staff("machine", house.lago)
    assert problem(inbound(elsewhere, answer(feedback))) == (409, "conversation-unknown")
    assert letters(hote, feedback) == []


def test_nothing_more_is_written_of_a_guest_who_was_forgotten(hote: Hote, house: House) -> None:
    guest = house.admin.register(emails=["zoe@example.com"], stay={"property_id": house.port})
    feedback = replied(house, guest_id=guest["id"], author=None, email=None)
    house.admin.post(f"/v1/guests/{guest['id']}/anonymise", json={"reason": "Demande"})
    assert problem(inbound(house.admin, answer(feedback))) == (409, "guest-forgotten")
    assert letters(hote, feedback) == []


def test_who_may_not_receive_mail_is_told_so(house: House, nobody: Api) -> None:
    feedback = replied(house)
    for role in ("front_desk", "manager", "analyst", "auditor"):
        assert problem(inbound(house.staff(role), answer(feedback))) == (403, "forbidden")
    assert problem(inbound(nobody, answer(feedback))) == (401, "unauthenticated")


def test_what_is_no_mail_is_refused(house: House) -> None:
    feedback = replied(house)
    mail = answer(feedback)
    assert problem(inbound(house.admin, mail, "text/plain")) == (415, "media-type-unsupported")
    assert problem(inbound(house.admin, b"Content-Type: message/rfc822\n\n" * 9_999)) == (400, "body-unparsable")
    assert problem(inbound(house.admin, bytes(10_000_001))) == (413, "body-too-large")
    assert problem(inbound(house.admin, b"")) == (409, "conversation-unknown")


def test_a_mail_of_several_megabytes_is_taken(hote: Hote, house: House) -> None:
    feedback = replied(house)
    mail = answer(feedback)
    mail.add_attachment(bytes(7_000_000), maintype="image", subtype="png", filename="chambre.png")
    assert inbound(house.admin, mail).status_code == 200
    [letter] = letters(hote, feedback)
    assert letter
    assert letter.text == "Merci, tout va bien."


def test_what_a_guest_wrote_is_kept_as_text(hote: Hote, house: House) -> None:
    feedback = replied(house)
    mail = answer(feedback, Subject="Re: <b>Hôtel</b>")
    mail.set_content("<p>Merci <b>bien</b></p><script>alert(1)</script>", subtype="html")
    assert inbound(house.admin, mail).status_code == 200
    [letter] = letters(hote, feedback)
    assert letter
    assert (letter.subject, letter.text) == ("Re: <b>Hôtel</b>", "Merci bien")


def test_an_idempotency_key_gives_the_first_answer_again(hote: Hote, house: House) -> None:
    feedback = replied(house)
    mail, key = answer(feedback), str(uuid4())
    first, again = (inbound(house.admin, mail, Idempotency_Key=key) for _ in range(2))
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert problem(inbound(house.admin, answer(feedback), Idempotency_Key=key)) == (422, "idempotency-key-reused")
    assert len(letters(hote, feedback)) == 1
