"""/v1/feedback/{id}/…: claimed, passed on, held, answered, noted, put away and brought back; each with who and when."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest

from adapters.bootstrap import Hote
from domain.feedback import MailSent
from tests.contract.conftest import Api, Body, House
from tests.contract.recording import acted, an_employee, read, recorded

ACTIONS: list[tuple[str, Body]] = [
    ("claim", {}),
    ("release", {}),
    ("hold", {}),
    ("resume", {}),
    ("notes", {"text": "Vu"}),
    ("call", {"outcome": "reached"}),
    ("reply", {"text": "Bonjour"}),
    ("delegate", {"email": "service@example.com"}),
    ("share", {"emails": ["chef@example.com"]}),
    ("done", {}),
    ("restore", {}),
    ("spam", {}),
]


@pytest.fixture
def desk(house: House) -> Api:
    return house.staff("front_desk")


@pytest.fixture
def manager(house: House) -> Api:
    return house.staff("manager")


@pytest.fixture
def review(house: House) -> Body:
    """Of somebody who is no known guest, and told how to reach them."""
    return recorded(
        house.admin,
        house.port,
        origin="review",
        comment="Trop de bruit",
        author="Ana Silva",
        email="ana@example.com",
        language="pt",
    )


def refused(api: Api, feedback: Body, action: str, body: Body | None = None) -> Body:
    """The problem, without `instance`."""
    answer = api.post(f"/v1/feedback/{feedback['id']}/{action}", json=body)
    assert answer.status_code == 409, answer.text
    problem: Body = answer.json()
    return problem


class TestClaiming:
    def test_fifty_claim_it_at_once_one_has_it_and_the_others_are_told_who(self, house: House, review: Body) -> None:
        everybody = [
            Api(
                house.admin.client,
                house.admin.post("/v1/keys", json={"name": f"Poste {number}", "role": "front_desk"}).json()["key"],
            )
            for number in range(50)
        ]
        at_once = Barrier(len(everybody))

        def claim(number: int) -> tuple[int, str]:
            at_once.wait()
            answer = everybody[number].post(f"/v1/feedback/{review['id']}/claim")
            body = answer.json()
            assert answer.status_code == 200 or body["type"] == "/problems/claim-taken"
            return answer.status_code, body["holder"]

        with ThreadPoolExecutor(len(everybody)) as pool:
            answers = list(pool.map(claim, range(len(everybody))))
        assert sorted(status for status, _ in answers) == [200] + [409] * 49
        winner = next(number for number, (status, _) in enumerate(answers) if status == 200)
        assert {holder for _, holder in answers} == {f"Poste {winner}"}
        now = read(house.admin, review)
        assert (now["holder"], now["version"]) == (f"Poste {winner}", 2)

    def test_who_shares_a_key_says_for_whom(self, house: House, desk: Api, manager: Api, review: Body) -> None:
        ines = an_employee(house, "Inès Caron")
        assert acted(desk, review, "claim", employee_id=ines)["holder"] == "Inès Caron"
        problem = refused(manager, review, "claim")
        assert (problem["holder"], problem["employee_id"]) == ("Inès Caron", ines)

    def test_released_it_is_free_for_others(self, desk: Api, manager: Api, review: Body) -> None:
        acted(desk, review, "claim")
        assert acted(desk, review, "release")["holder"] is None
        assert acted(manager, review, "claim")["holder"] == "manager"

    @pytest.mark.parametrize(("action", "body"), [("reply", {"text": "Bonjour"}), ("call", {"outcome": "reached"})])
    def test_the_guest_does_not_hear_from_two_who_do_not_know_of_each_other(
        self, desk: Api, manager: Api, review: Body, action: str, body: Body
    ) -> None:
        acted(desk, review, "claim")
        problem = refused(manager, review, action, body)
        assert (problem["type"], problem["holder"]) == ("/problems/claim-taken", "front_desk")
        assert len(acted(desk, review, action, **body)["conversation"]) == 1

    def test_all_else_can_be_done_by_others(self, house: House, desk: Api, manager: Api, review: Body) -> None:
        acted(desk, review, "claim")
        acted(manager, review, "notes", text="Je connais ce client")
        acted(manager, review, "hold")
        after = acted(manager, review, "transfer", employee_id=an_employee(house))
        assert after["holder"] is None


class TestPassingOn:
    def test_a_colleague_gets_it(self, house: House, desk: Api, review: Body) -> None:
        colleague = an_employee(house, email="ines@example.com")
        after = acted(desk, review, "transfer", employee_id=colleague, note="Tu la connais ?")
        assert (after["assigned_to"], after["folder"]) == (colleague, "inbox")

    def test_customer_service_gets_it_at_the_address_that_is_set(self, house: House, desk: Api, review: Body) -> None:
        assert refused(desk, review, "delegate")["type"] == "/problems/no-address"
        settings = {"feedback": {"customer_service_email": "service@rivage.example"}}
        house.admin.patch(f"/v1/properties/{house.port}", json=settings)
        assert acted(desk, review, "delegate")["delegated_to"] == "service@rivage.example"
        other = acted(desk, review, "delegate", email="qualite@rivage.example", note="Urgent")
        assert other["delegated_to"] == "qualite@rivage.example"

    def test_sharing_informs_and_changes_nothing(self, house: House, desk: Api, review: Body) -> None:
        before = acted(desk, review, "claim")
        after = acted(
            desk, review, "share", employee_ids=[an_employee(house)], emails=["chef@example.com"], note="Vu ?"
        )
        told = {"version", "updated_at", "actions", "response"}
        assert {k: v for k, v in after.items() if k not in told} == {k: v for k, v in before.items() if k not in told}
        assert after["actions"][-1]["type"] == "FeedbackShared"

    def test_who_is_named_twice_gets_one_mail(self, house: House, desk: Api, review: Body) -> None:
        colleague = an_employee(house, email="ines@example.com")
        to = ["chef@example.com", "Chef@example.com", "siege@example.com"]
        after = acted(desk, review, "share", employee_ids=[colleague, colleague], emails=to)
        [shared] = [each["data"] for each in after["actions"] if each["type"] == "FeedbackShared"]
        assert (shared["recipients"], shared["employee_ids"]) == (3, [colleague])
        assert [address.lower() for address in shared["addresses"]] == ["chef@example.com", "siege@example.com"]

    @pytest.mark.parametrize("address", ["a@b..example", f"a@{'x' * 64}.example"])
    def test_an_address_that_no_mail_can_have_is_refused(self, desk: Api, review: Body, address: str) -> None:
        for action, body, pointer in (
            ("delegate", {"email": address}, "/email"),
            ("share", {"emails": ["chef@example.com", address]}, "/emails/1"),
        ):
            answer = desk.post(f"/v1/feedback/{review['id']}/{action}", json=body)
            assert answer.status_code == 422
            assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, "email-invalid")]

    @pytest.mark.parametrize("elsewhere", [True, False])
    def test_only_colleagues_of_the_property_are_named(
        self, house: House, desk: Api, review: Body, elsewhere: bool
    ) -> None:
        colleague = an_employee(house, properties=[house.lago] if elsewhere else None)
        if not elsewhere:
            assert house.admin.post(f"/v1/employees/{colleague}/retire").status_code == 200
        for action, body, pointer in (
            ("claim", {"employee_id": colleague}, "/employee_id"),
            ("transfer", {"employee_id": colleague}, "/employee_id"),
            ("share", {"employee_ids": [colleague]}, "/employee_ids/0"),
        ):
            answer = desk.post(f"/v1/feedback/{review['id']}/{action}", json=body)
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
            assert answer.json()["errors"][0]["code"] == ("employee-switched-off" if elsewhere else "employee-retired")
        assert read(house.admin, review)["version"] == 1


class TestHoldingAndPuttingAway:
    def test_it_waits_and_goes_on(self, desk: Api, review: Body) -> None:
        held = acted(desk, review, "hold", note="Le client rentre lundi")
        assert (held["held"], held["category"], held["response"]["paused"]) == (True, "on_hold", True)
        back = acted(desk, review, "resume")
        assert (back["held"], back["category"], back["response"]["paused"]) == (False, "alert", False)

    @pytest.mark.parametrize("folder", ["done", "spam"])
    def test_it_goes_and_comes_back(self, desk: Api, review: Body, folder: str) -> None:
        acted(desk, review, "claim")
        acted(desk, review, "hold")
        away = acted(desk, review, folder)
        assert (away["folder"], away["holder"], away["held"]) == (folder, None, False)
        assert acted(desk, review, "restore")["folder"] == "inbox"

    @pytest.mark.parametrize("folder", ["done", "spam"])
    @pytest.mark.parametrize("action", ["claim", "hold", "delegate"])
    def test_what_is_put_away_has_to_be_brought_back_first(
        self, desk: Api, review: Body, folder: str, action: str
    ) -> None:
        acted(desk, review, folder)
        problem = refused(desk, review, action, {"email": "a@example.com"} if action == "delegate" else None)
        assert (problem["type"], problem["folder"]) == ("/problems/feedback-state", folder)

    @pytest.mark.parametrize("action", ["hold", "done", "spam"])
    def test_again_changes_nothing(self, desk: Api, review: Body, action: str) -> None:
        once = acted(desk, review, action)
        assert acted(desk, review, action)["version"] == once["version"] == 2

    @pytest.mark.parametrize("action", ["release", "resume", "restore"])
    def test_nothing_to_undo_is_no_change(self, desk: Api, review: Body, action: str) -> None:
        assert acted(desk, review, action)["version"] == 1

    def test_the_clock_runs_until_somebody_answers(self, desk: Api, review: Body) -> None:
        assert review["response"]["running"] is True
        assert acted(desk, review, "notes", text="Vu")["response"]["running"] is True
        assert acted(desk, review, "call", outcome="no_answer")["response"]["running"] is True
        assert acted(desk, review, "hold")["response"]["running"] is False
        assert acted(desk, review, "resume")["response"]["running"] is True
        assert acted(desk, review, "call", outcome="reached")["response"]["running"] is False


class TestConversation:
    def test_notes_are_for_staff_and_no_part_of_the_conversation(self, desk: Api, review: Body) -> None:
        after = acted(desk, review, "notes", text="Client difficile")
        assert [note["text"] for note in after["notes"]] == ["Client difficile"]
        assert after["notes"][0]["by"] == after["actions"][-1]["by"]
        assert after["conversation"] == []

    def test_a_call_is_recorded_with_its_outcome(self, desk: Api, review: Body) -> None:
        [call] = acted(desk, review, "call", outcome="left_message", comment="Répondeur")["conversation"]
        assert (call["type"], call["outcome"], call["text"]) == ("call", "left_message", "Répondeur")

    def test_a_reply_goes_to_the_address_that_came_with_the_review(self, desk: Api, review: Body) -> None:
        [reply] = acted(desk, review, "reply", text="Nous regrettons.", subject="Votre avis")["conversation"]
        assert (reply["type"], reply["address"], reply["subject"]) == ("reply", "ana@example.com", "Votre avis")
        assert reply["text"] == "Nous regrettons."

    def test_a_known_guest_is_written_to_at_theirs(self, house: House, desk: Api) -> None:
        guest = house.admin.register(stay={"property_id": house.port})
        feedback = recorded(house.admin, house.port, guest_id=guest["id"])
        [reply] = acted(desk, feedback, "reply", text="Bonjour")["conversation"]
        assert (reply["address"], reply["subject"]) == (guest["emails"][0], "Hôtel du Port")

    def test_who_cannot_be_reached_by_mail_is_not_written_to(self, house: House, desk: Api) -> None:
        problem = refused(desk, recorded(house.admin, house.port), "reply", {"text": "Bonjour"})
        assert problem["type"] == "/problems/no-address"

    @pytest.mark.parametrize(("language", "subject"), [("fr", "Votre séjour"), ("pt-BR", "A sua estadia"), ("en", "?")])
    def test_a_template_is_taken_in_the_guests_language_with_what_is_known_put_in(
        self, house: House, desk: Api, language: str, subject: str
    ) -> None:
        templates = [
            {"name": "Excuses", "language": "fr", "subject": "Votre séjour", "text": "Bonjour {{last_name}},"},
            {"name": "Excuses", "language": "pt", "subject": "A sua estadia", "text": "Bom dia {{ last_name }},"},
        ]
        house.admin.patch("/v1/organisation", json={"reply_templates": templates})
        feedback = recorded(
            house.admin, house.port, author="Ana Silva", email="ana@example.com", language=language, room="104"
        )
        [reply] = acted(desk, feedback, "reply", template="Excuses")["conversation"]
        assert reply["subject"] == (subject if subject != "?" else "Votre séjour"), "the first where there is none"
        assert "Ana Silva," in reply["text"]

    def test_what_an_author_calls_themselves_is_text_and_no_template(self, house: House, desk: Api) -> None:
        template = {"name": "Excuses", "language": "fr", "subject": "De {{property}}", "text": "Bonjour {{last_name}}"}
        house.admin.patch("/v1/organisation", json={"reply_templates": [template]})
        feedback = recorded(house.admin, house.port, author="{{room}} {{unknown}}", email="a@example.com", room="104")
        [reply] = acted(desk, feedback, "reply", template="Excuses")["conversation"]
        assert (reply["subject"], reply["text"]) == ("De Hôtel du Port", "Bonjour {{room}} {{unknown}}")

    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            ({}, "/text", "text-or-template"),
            ({"text": "Bonjour", "template": "Excuses"}, "/text", "text-or-template"),
            ({"template": "Inconnu"}, "/template", "template-unknown"),
        ],
    )
    def test_an_answer_is_words_or_a_template_that_there_is(
        self, desk: Api, review: Body, body: Body, pointer: str, code: str
    ) -> None:
        answer = desk.post(f"/v1/feedback/{review['id']}/reply", json=body)
        assert answer.status_code == 422
        assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]


@pytest.mark.parametrize(("action", "body"), ACTIONS)
def test_every_action_obeys_the_version_that_was_read(desk: Api, review: Body, action: str, body: Body) -> None:
    acted(desk, review, "notes", text="Vu")
    path = f"/v1/feedback/{review['id']}/{action}"
    late = desk.post(path, json=body, headers={"If-Match": '"1"'})
    assert (late.status_code, late.json()["type"]) == (412, "/problems/version-mismatch")
    answer = desk.post(path, json=body, headers={"If-Match": '"2"'})
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    assert int(answer.headers["hote-position"]) > 0


@pytest.mark.parametrize(("action", "body"), ACTIONS)
def test_the_same_request_again_does_nothing_more(hote: Hote, desk: Api, review: Body, action: str, body: Body) -> None:
    path, once = f"/v1/feedback/{review['id']}/{action}", {"Idempotency-Key": action}
    first, again = (desk.post(path, json=body, headers=once) for _ in range(2))
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    told = [each for each in hote.log.stream(UUID(review["id"])) if not isinstance(each.event, MailSent)]
    assert len(told) == first.json()["version"]  # and a mail that it asked for may have left meanwhile
