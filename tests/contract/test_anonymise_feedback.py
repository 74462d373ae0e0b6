"""Forgetting what was said: with the guest who said it, or alone where nobody knows who did."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from adapters.bootstrap import Hote
from adapters.keys.signing import verified
from tests.contract.conftest import Body, House
from tests.contract.importing import imported, listed, reverted
from tests.contract.recording import a_code, acted, an_item, read, recorded

WHY = {"reason": "Demande d'effacement", "reference": "2026-0042"}
WORD = "Travaux"
"""A word that stands in everything that is said here."""
FIGURES = (
    "property_id", "kind", "origin", "code_id", "room", "guest_id", "emoji", "rating", "said_at", "day", "resolved",
    "satisfaction", "total", "alert", "language",
)  # fmt: skip


def complained(house: House, guest: Body | None = None, **fields: object) -> Body:
    """A complaint with words in every event, resolved and on hold again."""
    who: Body = {"guest_id": guest["id"]} if guest else {"author": WORD, "email": f"{WORD}@example.com"}
    said = {"comment": WORD, "title": WORD, "room": "104", "emoji": "😠", "rating": {"given": 2, "scale": 5}}
    feedback = recorded(house.admin, house.port, code_id=a_code(house, "Bruit"), **said, **who, **fields)
    given = {"items": [{"item_id": an_item(house), "quantity": 2}], "comment": WORD, "satisfaction": 3}
    acted(house.admin, feedback, "resolution", **given)
    acted(house.admin, feedback, "reopen", reason=WORD)
    acted(house.admin, feedback, "notes", text=WORD)
    acted(house.admin, feedback, "call", outcome="reached", comment=WORD)
    return acted(house.admin, feedback, "resolution", **given)


def gave(house: House, guest: Body | None = None) -> Body:
    """A quality cost with a comment."""
    who = {"guest_id": guest["id"]} if guest else {}
    entry = {"property_id": house.port, "comment": WORD, "items": [{"item_id": an_item(house)}], **who}
    answer = house.admin.post("/v1/quality-costs", json=entry)
    assert answer.status_code == 201, answer.text
    cost: Body = answer.json()
    return cost


def anonymised(house: House, kind: str, one: Body) -> str:
    """The erasure of a guest, a feedback or a quality cost."""
    answer = house.admin.post(f"/v1/{kind}/{one['id']}/anonymise", json=WHY)
    assert answer.status_code == 200, answer.text
    erasure_id: str = answer.json()["erasure_id"]
    return erasure_id


class TestWithTheGuest:
    def test_nothing_of_it_can_be_read_and_the_figures_stay(self, house: House) -> None:
        guest = house.admin.register()
        before, cost = complained(house, guest), gave(house, guest)
        acted(house.admin, before, "restore")
        acted(house.admin, before, "delegate", email=f"{WORD}@example.com")
        acted(house.admin, before, "share", emails=[f"{WORD}@example.com", "autre@example.com"])
        anonymised(house, "guests", guest)
        after = read(house.admin, before)
        assert WORD not in json.dumps(after)
        assert {name: after[name] for name in FIGURES} == {name: before[name] for name in FIGURES}
        for kind, said in (("feedback", before), ("quality-costs", cost)):
            [found] = house.admin.listed(f"/v1/{kind}")
            assert found["id"] == said["id"]
            assert WORD not in json.dumps(found)
        [shared] = [each["data"] for each in after["actions"] if each["type"] == "FeedbackShared"]
        assert (shared["recipients"], shared["addresses"], after["delegated_to"]) == (2, None, None)
        for page in ("history", "export"):
            assert WORD not in house.admin.get(f"/v1/guests/{guest['id']}/{page}").text

    def test_the_certificate_counts_what_was_sealed_in_it(self, house: House, hote: Hote) -> None:
        guest = house.admin.register()
        complained(house, guest)
        gave(house, guest)
        certificate = house.admin.get(f"/v1/erasures/{anonymised(house, 'guests', guest)}").content
        body = verified(certificate, hote.signer.public_key)
        assert counts(body)["event log"] == 1 + 6 + 1
        assert {each["read_model"] for each in read_models(body)} >= {"guest_list", "inbox", "cost_of_quality"}

    def test_the_history_and_the_export_tell_of_it_before(self, house: House) -> None:
        guest = house.admin.register()
        complained(house, guest)
        gave(house, guest)
        urgent = recorded(house.admin, house.port, guest_id=guest["id"], comment=WORD)
        acted(house.admin, urgent, "delegate", email="service@example.com", note=WORD)
        for page in ("history", "export"):
            answer = house.admin.get(f"/v1/guests/{guest['id']}/{page}")
            told = answer.json()["items" if page == "history" else "events"]
            events = [each for each in told if each["type"] != "MailSent"]  # sooner or later
            assert [each["type"] for each in events] == [
                "GuestRegistered", "FeedbackRecorded", "FeedbackResolved", "FeedbackReopened", "NoteAdded",
                "CallRecorded", "FeedbackResolved", "QualityCostRecorded", "FeedbackRecorded", "FeedbackDelegated",
            ]  # fmt: skip
            assert [each["position"] for each in events] == sorted(each["position"] for each in events)
            assert all(WORD in json.dumps(each["data"]) for each in events[1:])
            assert ("service@example.com" in answer.text) == (page == "history")
        for language, words in (("fr", ("Feedback résolu", "réclamation")), ("en", ("Feedback resolved", "complaint"))):
            page_ = house.admin.get(
                f"/v1/guests/{guest['id']}/export", params={"format": "html"}, headers={"Accept-Language": language}
            ).text
            assert all(word in page_ for word in (*words, "Bruit", "Bouteille de vin"))

    def test_a_first_answer_that_told_of_it_is_not_given_again(self, house: House) -> None:
        guest = house.admin.register()
        feedback = recorded(house.admin, house.port, guest_id=guest["id"])
        key = {"Idempotency-Key": str(uuid4())}
        path = f"/v1/feedback/{feedback['id']}/notes"
        first = house.admin.post(path, json={"text": WORD}, headers=key)
        anonymised(house, "guests", guest)
        again = house.admin.post(path, json={"text": WORD}, headers=key)
        assert (first.status_code, again.status_code) == (200, 409)
        assert again.json()["type"] == "/problems/answer-erased"

    def test_nothing_more_is_written_in_it(self, house: House) -> None:
        guest = house.admin.register()
        feedback = recorded(house.admin, house.port, guest_id=guest["id"])
        anonymised(house, "guests", guest)
        answer = house.admin.post(f"/v1/feedback/{feedback['id']}/notes", json={"text": WORD})
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/guest-forgotten")
        assert acted(house.admin, feedback, "done")["folder"] == "done"

    def test_of_notes_in_flight_none_leaves_anything_readable(self, house: House) -> None:
        """Each either came first, and what it wrote is erased, or is refused."""
        guest = house.admin.register()
        feedback = recorded(house.admin, house.port, guest_id=guest["id"])
        with ThreadPoolExecutor(8) as clients:
            path = f"/v1/feedback/{feedback['id']}/notes"
            notes = [clients.submit(house.admin.post, path, json={"text": WORD}) for _ in range(12)]
            erasing = clients.submit(anonymised, house, "guests", guest)
            notes += [clients.submit(house.admin.post, path, json={"text": WORD}) for _ in range(12)]
        certificate = house.admin.get(f"/v1/erasures/{erasing.result()}").json()
        written = [each.result().status_code for each in notes].count(200)
        assert {each.result().status_code for each in notes} <= {200, 409}
        assert counts(certificate)["event log"] == 1 + written
        history = house.admin.get(f"/v1/guests/{guest['id']}/history").json()["items"]
        assert [each["type"] for each in history].count("NoteAdded") == written
        assert WORD not in json.dumps(history)

    def test_a_key_for_one_property_erases_nobody_who_complained_elsewhere_too(self, house: House) -> None:
        guest = house.admin.register(stay={"property_id": house.port})
        recorded(house.admin, house.lago, guest_id=guest["id"])
        at_the_port = house.staff("manager", house.port)
        assert at_the_port.post(f"/v1/guests/{guest['id']}/anonymise", json=WHY).status_code == 403
        assert at_the_port.delete(f"/v1/guests/{guest['id']}").status_code == 403
        assert at_the_port.get(f"/v1/guests/{guest['id']}/export").status_code == 403
        history = at_the_port.get(f"/v1/guests/{guest['id']}/history").json()["items"]
        assert "FeedbackRecorded" not in {each["type"] for each in history}


class TestDeletingTheGuest:
    def test_one_who_was_written_to_is_anonymised_and_no_longer_deleted(self, house: House) -> None:
        guest = house.admin.register()
        feedback = recorded(house.admin, house.port, guest_id=guest["id"], comment=WORD)
        acted(house.admin, feedback, "reply", text="Bonjour")
        answer = house.admin.delete(f"/v1/guests/{guest['id']}")
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-contacted")
        assert read(house.admin, feedback)["comment"] == WORD

    def test_with_one_who_was_not_their_words_go(self, house: House) -> None:
        guest = house.admin.register()
        feedback = complained(house, guest)
        assert house.admin.delete(f"/v1/guests/{guest['id']}").status_code == 204
        assert WORD not in json.dumps(read(house.admin, feedback))
        assert WORD not in json.dumps(house.admin.listed("/v1/feedback"))

    def test_an_import_that_is_undone_takes_nobody_along_of_whom_something_was_said(self, house: House) -> None:
        done = imported(house, listed("Nom;E-mail", f"Lefevre;{uuid4()}@example.com", f"Martin;{uuid4()}@example.com"))
        lefevre = next(each for each in house.admin.listed("/v1/guests") if each["last_name"] == "Lefevre")
        recorded(house.admin, house.port, guest_id=lefevre["id"], comment=WORD)
        reverted(house.admin, done)
        assert [each["last_name"] for each in house.admin.listed("/v1/guests")] == ["Lefevre"]


class TestAlone:
    def test_nothing_of_it_can_be_read_and_the_figures_stay(self, house: House) -> None:
        before, other, cost = complained(house), recorded(house.admin, house.port, comment="Autre"), gave(house)
        anonymised(house, "feedback", before)
        anonymised(house, "quality-costs", cost)
        after = read(house.admin, before)
        assert WORD not in json.dumps(after)
        assert {name: after[name] for name in FIGURES} == {name: before[name] for name in FIGURES}
        for path in ("feedback", "quality-costs"):
            assert WORD not in json.dumps(house.admin.listed(f"/v1/{path}"))
        assert read(house.admin, other)["comment"] == "Autre"

    def test_one_without_any_word_too(self, house: House) -> None:
        feedback = recorded(house.admin, house.port)
        certificate = house.admin.get(f"/v1/erasures/{anonymised(house, 'feedback', feedback)}").json()
        assert counts(certificate)["event log"] == 0

    def test_again_it_is_the_same_erasure(self, house: House) -> None:
        feedback = complained(house)
        assert anonymised(house, "feedback", feedback) == anonymised(house, "feedback", feedback)

    @pytest.mark.parametrize(
        ("kind", "made", "name", "fields"),
        [("feedback", complained, "feedback_id", 6), ("quality-costs", gave, "quality_cost_id", 1)],
    )
    def test_the_certificate_is_signed_and_names_nobody(
        self, house: House, hote: Hote, kind: str, made: Callable[[House], Body], name: str, fields: int
    ) -> None:
        said = made(house)
        answer = house.admin.get(f"/v1/erasures/{anonymised(house, kind, said)}")
        body = verified(answer.content, hote.signer.public_key)
        assert body[name] == said["id"]
        assert (body["reason"], body["reference"]) == (WHY["reason"], WHY["reference"])
        assert counts(body) == {"keys": 1, "event log": fields, "first answers": 0}
        assert {each["read_model"] for each in read_models(body)} >= {"inbox", "cost_of_quality"}
        assert WORD not in answer.text

    def test_the_reason_that_is_kept_names_nobody(self, house: House) -> None:
        feedback = complained(house)
        why = {"reason": f"M. {WORD.upper()} a écrit de {WORD}@example.com", "reference": f"{WORD}-7"}
        erasure_id = house.admin.post(f"/v1/feedback/{feedback['id']}/anonymise", json=why).json()["erasure_id"]
        certificate = house.admin.get(f"/v1/erasures/{erasure_id}").json()
        assert (certificate["reason"], certificate["reference"]) == ("M. … a écrit de …", "…-7")

    def test_a_first_answer_that_told_of_it_is_not_given_again(self, house: House) -> None:
        key = {"Idempotency-Key": str(uuid4())}
        entry = {"property_id": house.port, "kind": "negative", "comment": WORD}
        feedback = house.admin.post("/v1/feedback", json=entry, headers=key).json()
        anonymised(house, "feedback", feedback)
        again = house.admin.post("/v1/feedback", json=entry, headers=key)
        assert (again.status_code, again.json()["type"]) == (409, "/problems/answer-erased")

    def test_nothing_more_is_written_in_it(self, house: House) -> None:
        feedback = complained(house)
        anonymised(house, "feedback", feedback)
        answer = house.admin.post(f"/v1/feedback/{feedback['id']}/notes", json={"text": WORD})
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/guest-forgotten")

    def test_what_a_known_guest_said_goes_with_the_guest(self, house: House) -> None:
        guest = house.admin.register()
        for path in (f"feedback/{complained(house, guest)['id']}", f"quality-costs/{gave(house, guest)['id']}"):
            answer = house.admin.post(f"/v1/{path}/anonymise", json=WHY)
            assert (answer.status_code, answer.json()["type"]) == (409, "/problems/belongs-to-guest")
            assert answer.json()["guest_id"] == guest["id"]

    def test_who_may_not_and_what_is_not_theirs(self, house: House, other: House) -> None:
        at_the_lake = house.staff("manager", house.lago)
        for kind, wrong, said in (
            ("feedback", "quality-costs", complained(house)),
            ("quality-costs", "feedback", gave(house)),
        ):
            path = f"/v1/{kind}/{said['id']}/anonymise"
            assert house.staff("front_desk").post(path, json=WHY).status_code == 403
            assert other.admin.post(path, json=WHY).status_code == 404
            assert at_the_lake.post(path, json=WHY).status_code == 404
            assert house.admin.post(f"/v1/{wrong}/{said['id']}/anonymise", json=WHY).status_code == 404
            erasure = f"/v1/erasures/{anonymised(house, kind, said)}"
            assert other.admin.get(erasure).status_code == 404
            assert at_the_lake.get(erasure).status_code == 404


def counts(certificate: dict[str, object]) -> dict[str, int]:
    destroyed = certificate["destroyed"]
    assert isinstance(destroyed, list)
    return {each["where"]: each["count"] for each in destroyed}


def read_models(certificate: dict[str, object]) -> list[Body]:
    left = certificate["read_models"]
    assert isinstance(left, list)
    return left
