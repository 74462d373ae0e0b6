"""People of whom something is said: a word of their own in every text of a feedback and of a quality cost."""

from collections.abc import Sequence
from email.message import EmailMessage
from uuid import uuid4

from tests.contract.conftest import Body, House
from tests.contract.recording import acted, an_employee, an_item, limited
from tests.faults.lives import Person, registered


def complaining(house: House, people: Sequence[Person]) -> None:
    """Guests; all but the first are written to, and answer."""
    for person in people:
        registered(house, person)
        feedback = _said(house, person, {"guest_id": person.id})
        if person is not people[0]:
            _corresponded(house, person, feedback)
        for page in ("history", "history?format=xlsx", "export", "export?format=html"):
            assert house.admin.get(f"/v1/guests/{person.id}/{page}").status_code == 200


def passing_by(house: House, people: Sequence[Person]) -> None:
    """People who are no guests."""
    for person in people:
        person.signature = {"author": f"{person.word()} {person.word()}", "email": f"{person.word()}@example.com"}
        _corresponded(house, person, _said(house, person, person.signature))


def _said(house: House, person: Person, who: Body) -> Body:
    """A feedback with a word in everything that staff can write about it, and a quality cost."""
    item, colleague = an_item(house), an_employee(house, email="ines@example.org")
    entry = {"property_id": house.port, "kind": "negative", "comment": person.text(), "title": person.word(), **who}
    key = {"Idempotency-Key": str(uuid4())}
    feedback, again = (house.admin.post("/v1/feedback", json=entry, headers=key) for _ in range(2))
    assert (feedback.status_code, again.headers["Idempotent-Replayed"]) == (201, "true"), feedback.text
    said: Body = feedback.json()
    person.said.append(f"feedback/{said['id']}")
    person.keeps([entry["comment"], entry["title"]])

    def act(action: str, **fields: object) -> None:
        acted(house.admin, said, action, **fields)

    gift = [{"item_id": item, "quantity": 2}]
    limited(house, front_desk=0)
    acted(house.staff("front_desk"), said, "resolution", items=gift, comment=person.text())
    act("resolution/refuse", reason=person.word())
    act("resolution", items=gift, comment=person.word(), satisfaction=2)
    act("reopen", reason=person.word())
    act("notes", text=person.text())
    act("call", outcome="no_answer", comment=person.word())
    act("hold", note=person.word())
    act("resume")
    act("transfer", employee_id=colleague, note=person.word())
    act("delegate", email="service@example.org", note=person.word())
    act("share", employee_ids=[colleague], emails=["direction@example.org"], note=person.word())
    cost = {"property_id": house.port, "guest_id": person.id, "comment": person.text(), "items": gift}
    answer = house.admin.post("/v1/quality-costs", json=cost, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    person.said.append(f"quality-costs/{answer.json()['id']}")
    person.keeps(cost)
    for path in (*person.said, "feedback", "feedback?format=csv", "quality-costs?format=xlsx", "inbox"):
        assert house.admin.get(f"/v1/{path}").status_code == 200
    return said


def _corresponded(house: House, person: Person, feedback: Body) -> None:
    """Staff write to the person, who answers from an address of their own, twice by the same mail."""
    after = acted(house.admin, feedback, "reply", text=person.text(), subject=person.word())
    [asked] = [each["version"] for each in after["actions"] if each["type"] == "ReplyWritten"]
    mail = EmailMessage()
    mail["From"] = f"{person.word()} <{person.word()}@example.net>"
    mail["Subject"] = person.word()
    mail["Message-ID"] = f"<{person.word()}@example.net>"
    mail["In-Reply-To"] = f"<{feedback['id']}.{asked}@localhost>"
    mail.set_content(person.text())
    for _ in range(2):
        answer = house.admin.post(
            "/v1/mail/inbound",
            content=mail.as_bytes(),
            headers={"Content-Type": "message/rfc822", "Idempotency-Key": str(uuid4())},
        )
        expected = {"outcome": "replied", "feedback_id": feedback["id"], "invitation_id": None}
        assert answer.json() == expected, answer.text
