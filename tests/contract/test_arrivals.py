"""Guests of whom interfaces tell, at a property that wants a person's yes: announced, listed, accepted, refused."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import UUID, uuid4

import httpx
import pytest

from adapters import background
from adapters.bootstrap import Hote
from application.arrivals import forget_arrivals
from domain.arrival import RefusedFor
from projections.arrivals.queries import unanswered_since
from tests.contract.conftest import Api, Body, House, fresh_email

WORD = "Quetzalcoatl"
"""A word that stands in all that is told here."""
WHY = {"reason": "Demande d'effacement"}


@pytest.fixture
def pms(house: House) -> Api:
    """An interface; `port` wants a person's yes to whom it tells of, `lago` does not."""
    answer = house.admin.patch(f"/v1/properties/{house.port}", json={"arrivals": "confirmed"})
    assert answer.status_code == 200, answer.text
    return house.staff("machine")


def entry(at: str, **fields: object) -> Body:
    stay = {"property_id": at, "arrival": "2026-11-18", "departure": "2026-11-21", "room": "104"}
    told: Body = {"last_name": WORD, "emails": [fresh_email()], "note": WORD, "language": "fr", "stay": stay}
    return told | fields


def announced(pms: Api, told: Body) -> str:
    answer = pms.post("/v1/guests", json=told)
    assert (answer.status_code, answer.json()["state"]) == (202, "pending"), answer.text
    arrival_id: str = answer.json()["arrival_id"]
    return arrival_id


def waiting(house: House, pms: Api, told: Body) -> str:
    """One that the list shows."""
    arrival_id = announced(pms, told)
    assert WORD in json.dumps(house.admin.listed("/v1/arrivals"))
    return arrival_id


def answered(api: Api, arrival_id: str, answer: str) -> Body:
    response = api.post(f"/v1/arrivals/{arrival_id}/{answer}")
    assert response.status_code == 200, response.text
    body: Body = response.json()
    return body


def readable(hote: Hote, arrival_id: str) -> bool:
    """Whether anything anywhere can still open what was told."""
    with hote.pool.connection() as connection:
        [key] = connection.execute("SELECT wrapped FROM log.keys WHERE subject = %s", [arrival_id]).fetchone() or [None]
    log = str([each.event for each in hote.log.stream(UUID(arrival_id))])
    return key is not None or WORD in log


def found(hote: Hote, arrival_id: str) -> int:
    """How many fingerprints lead to the arrival."""
    with hote.pool.connection() as connection:
        sql = "SELECT count(*) FROM log.identities WHERE guest_id = %s"
        [count] = connection.execute(sql, [arrival_id]).fetchone() or [0]
        return int(count)


class TestAnnounced:
    def test_who_is_told_of_is_not_on_the_list_and_waits_in_another(self, house: House, pms: Api) -> None:
        told = entry(house.port)
        arrival_id = announced(pms, told)
        [arrival] = house.admin.listed("/v1/arrivals", params={"property_id": house.port})
        assert (arrival["id"], arrival["state"], arrival["guest_id"]) == (arrival_id, "pending", None)
        assert (arrival["stay"], arrival["language"]) == (told["stay"], "fr")
        assert {name: arrival["told"][name] for name in ("last_name", "emails", "note")} == {
            name: told[name] for name in ("last_name", "emails", "note")
        }
        assert house.admin.listed("/v1/guests") == []
        assert house.admin.get(f"/v1/guests/{arrival_id}").status_code == 404

    def test_a_person_and_another_property_need_no_yes(self, house: House, pms: Api) -> None:
        assert pms.post("/v1/guests", json=entry(house.lago)).status_code == 201
        assert pms.post("/v1/guests", json=entry(house.port, stay=None)).status_code == 201
        assert house.staff("front_desk").post("/v1/guests", json=entry(house.port)).status_code == 201
        assert house.admin.listed("/v1/arrivals") == []

    def test_in_a_batch_each_is_what_it_is(self, house: House, pms: Api) -> None:
        rows = [entry(house.lago), entry(house.port), {"last_name": ""}, entry(house.port), entry(house.lago)]
        key = {"Idempotency-Key": str(uuid4())}
        answer = pms.post("/v1/guests/batch", json={"guests": rows}, headers=key)
        results = answer.json()["results"]
        assert [each["status"] for each in results] == ["created", "pending", "refused", "pending", "created"]
        assert [bool(each["guest_id"]) for each in results] == [True, False, False, False, True]
        listed = house.admin.listed("/v1/arrivals")
        assert [(each["id"], each["told"]["emails"]) for each in listed] == [
            (results[n]["arrival_id"], rows[n]["emails"]) for n in (1, 3)
        ]
        answered(house.admin, results[1]["arrival_id"], "accept")
        again = pms.post("/v1/guests/batch", json={"guests": rows}, headers=key)
        assert (again.headers["Idempotent-Replayed"], again.json()) == ("true", answer.json())

    def test_told_again_it_is_one_arrival_as_told_last(self, house: House, pms: Api) -> None:
        told = entry(house.port)
        arrival_id = announced(pms, told)
        assert announced(pms, told) == arrival_id
        assert (
            announced(pms, told | {"last_name": "Martin", "stay": told["stay"] | {"departure": "2026-11-22"}})
            == arrival_id
        )
        [arrival] = house.admin.listed("/v1/arrivals")
        assert (arrival["told"]["last_name"], arrival["stay"]["departure"]) == ("Martin", "2026-11-22")
        assert arrival["told_at"] > arrival["announced_at"]

    def test_told_by_many_at_once_it_is_one_arrival(self, house: House, pms: Api) -> None:
        told, start = entry(house.port), Barrier(6)

        def tell(_: int) -> str:
            start.wait()
            return announced(pms, told)

        with ThreadPoolExecutor(6) as threads:
            assert len(set(threads.map(tell, range(6)))) == 1
        assert len(house.admin.listed("/v1/arrivals")) == 1

    def test_after_a_yes_the_interface_tells_of_a_guest(self, house: House, pms: Api) -> None:
        told = entry(house.port)
        answered(house.admin, announced(pms, told), "accept")
        longer = told | {"stay": told["stay"] | {"departure": "2026-11-22"}}
        answer = pms.post("/v1/guests/batch", json={"guests": [longer]}).json()
        assert answer["results"][0]["status"] == "updated"
        assert pms.post("/v1/guests", json=told).json()["type"] == "/problems/identity-taken"

    @pytest.mark.parametrize("wrong", [{"emails": ["nobody"]}, {"stay": {"property_id": str(uuid4())}}])
    def test_what_is_wrong_with_it_is_told_at_once(self, house: House, pms: Api, wrong: Body) -> None:
        assert pms.post("/v1/guests", json=entry(house.port, **wrong)).status_code in (404, 422)
        assert house.admin.listed("/v1/arrivals") == []


class TestAnswered:
    def test_who_is_accepted_is_on_the_list_and_nowhere_else(self, house: House, pms: Api, hote: Hote) -> None:
        told = entry(house.port)
        arrival_id = waiting(house, pms, told)
        assert readable(hote, arrival_id)
        answer = answered(house.staff("front_desk"), arrival_id, "accept")
        assert (answer["id"], answer["state"]) == (arrival_id, "accepted")
        guest = house.admin.get(f"/v1/guests/{answer['guest_id']}").json()
        assert {name: guest[name] for name in told} == told
        [registered, *_] = house.admin.get(f"/v1/guests/{guest['id']}/history").json()["items"]
        assert registered["data"]["origin"] == "pms"
        assert not readable(hote, arrival_id)
        assert found(hote, arrival_id) == 0
        [arrival] = house.admin.listed("/v1/arrivals", params={"state": "accepted"})
        assert (arrival["guest_id"], arrival["told"]) == (guest["id"], None)
        assert house.admin.listed("/v1/arrivals") == []

    def test_who_is_refused_can_be_read_by_nobody(self, house: House, pms: Api, hote: Hote) -> None:
        arrival_id = waiting(house, pms, entry(house.port))
        assert answered(house.admin, arrival_id, "refuse") == {"id": arrival_id, "state": "refused", "guest_id": None}
        assert not readable(hote, arrival_id)
        assert found(hote, arrival_id) == 0
        everywhere = json.dumps(
            [house.admin.listed("/v1/arrivals", params={"state": s}) for s in ("pending", "refused")]
        )
        assert WORD not in everywhere
        assert house.admin.listed("/v1/guests") == []

    @pytest.mark.parametrize("answer", ["accept", "refuse"])
    def test_a_first_answer_is_given_again(self, house: House, pms: Api, answer: str) -> None:
        told, telling, answering = (
            entry(house.port),
            {"Idempotency-Key": str(uuid4())},
            {"Idempotency-Key": str(uuid4())},
        )
        first = pms.post("/v1/guests", json=told, headers=telling)
        path = f"/v1/arrivals/{first.json()['arrival_id']}/{answer}"
        yes = house.admin.post(path, headers=answering)
        assert house.admin.post(path, headers=answering).json() == yes.json()
        again = pms.post("/v1/guests", json=told, headers=telling)
        assert (again.status_code, again.json()) == (202, first.json())

    def test_an_interface_says_yes_to_nobody(self, house: House, pms: Api) -> None:
        arrival_id = announced(pms, entry(house.port))
        answers = [
            pms.post(f"/v1/arrivals/{arrival_id}/accept"),
            pms.post("/v1/arrivals/accept", json={"property_id": house.port}),
            pms.post("/v1/arrivals/refuse", json={"property_id": house.port}),
        ]
        assert [answer.json()["type"] for answer in answers] == ["/problems/forbidden"] * 3
        assert len(house.admin.listed("/v1/arrivals")) == 1
        assert answered(pms, arrival_id, "refuse")["state"] == "refused"

    def test_of_many_who_answer_at_once_one_is_heard_and_the_others_are_told(self, house: House, pms: Api) -> None:
        arrival_id, start = announced(pms, entry(house.port)), Barrier(6)

        def answer(number: int) -> httpx.Response:
            start.wait()
            return house.admin.post(f"/v1/arrivals/{arrival_id}/{'accept' if number % 2 else 'refuse'}")

        with ThreadPoolExecutor(6) as threads:
            answers = list(threads.map(answer, range(6)))
        [won] = [each.json() for each in answers if each.status_code == 200]
        lost = [each.json() for each in answers if each.status_code == 409]
        assert len(lost) == 5
        assert {(each["type"], each["state"], each.get("guest_id")) for each in lost} == {
            ("/problems/arrival-answered", won["state"], won["guest_id"])
        }
        assert len(house.admin.listed("/v1/guests")) == (won["state"] == "accepted")


class TestAllAtOnce:
    @pytest.mark.parametrize("answer", ["accept", "refuse"])
    def test_all_of_a_property_are_answered(self, house: House, pms: Api, hote: Hote, answer: str) -> None:
        house.admin.patch(f"/v1/properties/{house.lago}", json={"arrivals": "confirmed"})
        elsewhere = announced(pms, entry(house.lago))
        rows = [entry(house.port) for _ in range(120)]
        results = pms.post("/v1/guests/batch", json={"guests": rows}).json()["results"]
        house.admin.listed("/v1/arrivals")
        done = house.admin.post(f"/v1/arrivals/{answer}", json={"property_id": house.port})
        assert (done.status_code, done.json()) == (200, {"answered": 120, "overtaken": 0})
        assert [each["id"] for each in house.admin.listed("/v1/arrivals")] == [elsewhere]
        assert not any(readable(hote, each["arrival_id"]) for each in results)
        guests = house.admin.listed("/v1/guests", params={"limit": 200})
        assert len(guests) == (120 if answer == "accept" else 0)

    def test_of_whom_was_told_since_stays_pending(self, house: House, pms: Api) -> None:
        told = entry(house.port)
        for each in (told, entry(house.port)):
            announced(pms, each)
        seen = max(each["told_at"] for each in house.admin.listed("/v1/arrivals"))
        again = announced(pms, told | {"last_name": "Martin"})
        house.admin.listed("/v1/arrivals")
        before = (datetime.fromisoformat(seen) + timedelta(microseconds=1)).isoformat()
        which = {"property_id": house.port, "told_before": before}
        assert house.admin.post("/v1/arrivals/accept", json=which).json() == {"answered": 1, "overtaken": 0}
        assert [each["id"] for each in house.admin.listed("/v1/arrivals")] == [again]

    def test_of_a_property_that_is_not_ones_own_nothing_is_answered(self, house: House, other: House, pms: Api) -> None:
        announced(pms, entry(house.port))
        for caller in (other.admin, house.staff("admin", house.lago)):
            assert caller.post("/v1/arrivals/accept", json={"property_id": house.port}).status_code == 404
        assert len(house.admin.listed("/v1/arrivals")) == 1


class TestListed:
    def test_a_page_has_a_next_and_a_count_and_a_table_all(self, house: House, pms: Api) -> None:
        ids = [announced(pms, entry(house.port)) for _ in range(3)]
        house.admin.listed("/v1/arrivals")
        first = house.admin.get("/v1/arrivals", params={"limit": 2, "count": True}).json()
        rest = house.admin.get("/v1/arrivals", params={"limit": 2, "cursor": first["next"]}).json()
        assert [each["id"] for each in first["items"] + rest["items"]] == ids
        assert (first["total"], rest["next"]) == (3, None)
        table = house.admin.get("/v1/arrivals", params={"format": "csv"}).text
        assert (table.count(WORD), table.count("@example.com")) == (6, 3)

    def test_a_key_limited_to_properties_sees_theirs(self, house: House, pms: Api) -> None:
        announced(pms, entry(house.port))
        house.admin.listed("/v1/arrivals")
        assert house.staff("manager", house.lago).get("/v1/arrivals").json()["items"] == []
        assert len(house.staff("manager", house.port).get("/v1/arrivals").json()["items"]) == 1


class TestForgotten:
    def test_with_a_guest_go_the_arrivals_that_tell_of_them(self, house: House, pms: Api, hote: Hote) -> None:
        guest = house.admin.register(emails=[fresh_email()], phones=["+33612345678"])
        former = guest["emails"]
        house.admin.patch(f"/v1/guests/{guest['id']}", json={"emails": [fresh_email()]})
        stays = [entry(house.port)["stay"] | {"room": room} for room in ("1", "2", "3")]
        by_phone = announced(pms, entry(house.port, phones=["06 12 34 56 78"], stay=stays[0]))
        by_former_email = announced(pms, entry(house.port, emails=former, stay=stays[1]))
        other = announced(pms, entry(house.port, stay=stays[2]))
        erasure = house.admin.post(f"/v1/guests/{guest['id']}/anonymise", json=WHY)
        assert erasure.status_code == 200
        assert [readable(hote, each) for each in (by_phone, by_former_email, other)] == [False, False, True]
        assert [found(hote, each) for each in (by_phone, by_former_email)] == [0, 0]
        assert [each["id"] for each in house.admin.listed("/v1/arrivals")] == [other]
        certificate = house.admin.get(f"/v1/erasures/{erasure.json()['erasure_id']}")
        assert '"read_model":"arrivals"' in certificate.text.replace(" ", "")

    def test_another_organisations_arrivals_stay(self, house: House, other: House, pms: Api, hote: Hote) -> None:
        told = entry(house.port)
        arrival_id = announced(pms, told)
        namesake = other.admin.register(emails=told["emails"])
        other.admin.post(f"/v1/guests/{namesake['id']}/anonymise", json=WHY)
        assert readable(hote, arrival_id)

    def test_who_nobody_answers_for_long_is_forgotten(self, house: House, pms: Api, hote: Hote) -> None:
        arrival_id = announced(pms, entry(house.port))
        house.admin.listed("/v1/arrivals")
        now = datetime.now(UTC)
        with hote.pool.connection() as connection:
            assert house.id not in unanswered_since(connection, now - background.ARRIVALS_KEPT)
            unanswered = unanswered_since(connection, now)[house.id]
        assert unanswered == [UUID(arrival_id)]
        forget_arrivals(hote.ports, house.id, unanswered, now, RefusedFor.UNANSWERED)
        assert not readable(hote, arrival_id)
        assert house.admin.listed("/v1/arrivals") == []
