"""POST /v1/retention: rules of the organisation, who is due by them, and erasing all who are."""

from collections import Counter
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from adapters.bootstrap import Hote
from adapters.cli.founding import at_the_command_line
from adapters.http.routes import retention as route
from domain.contact import Profile
from domain.guest import Guest, Known, fold
from domain.guest_events import Origin
from domain.policies.retention import CNIL, years_after
from domain.registering import register
from domain.stay import Stay
from domain.staying import record_stay
from tests.contract.conftest import Api, Body, House, fresh_email

SHIPPED = {"country": None, "years": 3, "source": CNIL.source}
TWO_YEARS = {"country": "IT", "years": 2, "source": "Registro dei trattamenti"}


def today() -> date:
    return datetime.now(UTC).date()


def told(hote: Hote, house: House, *ages: int, hotel: str | None = None) -> list[str]:
    """Guests of whom nothing was heard for as many years, registered then, with a stay if there is a hotel."""
    caller = at_the_command_line(hote.ports, house.id)
    ids = []
    for years in ages:
        day = years_after(today(), -years)
        guest = Guest(hote.ports.new_id())
        known = Known("fr", "FR", Profile(last_name="Autrefois", emails=(fresh_email(),)))
        events = register(guest, house.id, Origin.MANUAL, known)
        if hotel:
            events += record_stay(
                fold(guest, events), Stay(property_id=UUID(hotel), departure=day), hote.ports.new_id()
            )
        hote.log.append(events, caller.metadata(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)))
        ids.append(str(guest.id))
    house.admin.listed("/v1/guests")
    return ids


def run(api: Api, **asked: object) -> Body:
    answer = api.post("/v1/retention", json=asked)
    assert answer.status_code == 200, answer.text
    found: Body = answer.json()
    return found


def results(found: Body) -> dict[str, str]:
    return {result["guest_id"]: result["result"] for result in found["results"]}


def anonymised(house: House, guest_id: str) -> bool:
    guest = house.admin.get(f"/v1/guests/{guest_id}").json()
    return (guest["anonymised"], guest["last_name"], guest["emails"]) == (True, None, [])


class TestRules:
    def test_an_organisations_own_go_before_the_shipped_one(self, house: House) -> None:
        assert run(house.admin)["rules"] == [SHIPPED]
        answer = house.admin.patch("/v1/organisation", json={"retention_rules": [TWO_YEARS]})
        assert answer.json()["retention_rules"] == [TWO_YEARS]
        assert run(house.admin)["rules"] == [TWO_YEARS, SHIPPED]
        everywhere = TWO_YEARS | {"country": None}
        house.admin.patch("/v1/organisation", json={"retention_rules": [everywhere]})
        assert run(house.admin)["rules"] == [everywhere]
        house.admin.patch("/v1/organisation", json={"retention_rules": []})
        assert run(house.admin)["rules"] == [SHIPPED]

    @pytest.mark.parametrize(
        ("rules", "pointer", "code"),
        [
            ([TWO_YEARS | {"years": 0}], "/retention_rules/0/years", "out-of-range"),
            ([TWO_YEARS | {"years": 11}], "/retention_rules/0/years", "out-of-range"),
            ([TWO_YEARS | {"years": 1.5}], "/retention_rules/0/years", "number-invalid"),
            ([TWO_YEARS | {"country": "XX"}], "/retention_rules/0/country", "country-invalid"),
            ([{"country": "DE", "years": 2}], "/retention_rules/0/source", "missing"),
            ([TWO_YEARS | {"source": ""}], "/retention_rules/0/source", "too-short"),
            ([TWO_YEARS | {"months": 6}], "/retention_rules/0/months", "field-unknown"),
            ([TWO_YEARS, TWO_YEARS | {"years": 5}], "/retention_rules", "country-twice"),
            ("three years", "/retention_rules", "wrong-type"),
            (None, "/retention_rules", "wrong-type"),
        ],
    )
    def test_what_is_no_rule_is_pointed_at(self, house: House, rules: object, pointer: str, code: str) -> None:
        answer = house.admin.patch("/v1/organisation", json={"retention_rules": rules})
        assert answer.status_code == 422
        assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
        assert house.admin.get("/v1/organisation").json()["retention_rules"] == []


class TestDryRun:
    def test_it_is_one_unless_told_otherwise_and_shows_why(self, house: House, hote: Hote) -> None:
        [old, _] = told(hote, house, 3, 2, hotel=house.port)
        last = years_after(today(), -3)
        assert run(house.admin) == {
            "dry_run": True,
            "today": str(today()),
            "rules": [SHIPPED],
            "results": [
                {
                    "guest_id": old,
                    "last_contact": str(last),
                    "rule": SHIPPED,
                    "due_since": str(years_after(last, 3)),
                    "result": "due",
                    "erasure_id": None,
                    "hold": None,
                }
            ],
            "next": None,
        }
        assert not anonymised(house, old)

    def test_a_new_guest_is_not_due_however_long_ago_they_stayed(self, house: House) -> None:
        house.admin.register(stay={"property_id": house.port, "arrival": "2001-01-01", "departure": "2001-01-03"})
        house.admin.listed("/v1/guests")
        assert run(house.admin)["results"] == []

    @pytest.mark.parametrize(
        ("asked", "pointer", "code"),
        [
            ({"dry_run": "maybe"}, "/dry_run", "boolean-invalid"),
            ({"dry_run": "false"}, "/dry_run", "boolean-invalid"),
            ({"dry_run": 0}, "/dry_run", "boolean-invalid"),
            ({"dry_run": None}, "/dry_run", "boolean-invalid"),
            ({"cursor": "here"}, "/cursor", "id-invalid"),
            ({"years": 1}, "/years", "field-unknown"),
        ],
    )
    def test_nothing_but_false_erases(self, house: House, hote: Hote, asked: Body, pointer: str, code: str) -> None:
        [old] = told(hote, house, 5)
        answer = house.admin.post("/v1/retention", json=asked)
        assert answer.status_code == 422
        assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
        assert not anonymised(house, old)


def test_of_guests_of_many_ages_those_go_who_are_due_where_they_stayed(
    house: House, other: House, hote: Hote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(route, "MOST", 100)
    house.admin.patch("/v1/organisation", json={"retention_rules": [TWO_YEARS]})
    ages = [number % 6 for number in range(120)]
    at_port, at_lago, nowhere = (told(hote, house, *ages, hotel=hotel) for hotel in (house.port, house.lago, None))
    theirs = told(hote, other, *ages, hotel=other.port)
    due = {
        guest_id
        for guests, years in ((at_port, 3), (at_lago, 2), (nowhere, 3))
        for guest_id, age in zip(guests, ages, strict=True)
        if age >= years
    }
    held, *_ = sorted(due)
    house.admin.send("PUT", f"/v1/guests/{held}/legal-hold", json={"grounds": "Litige 2026-118"})

    pages = [run(house.admin, dry_run=False)]
    while pages[-1]["next"]:
        pages.append(run(house.admin, dry_run=False, cursor=pages[-1]["next"]))
    became = {guest_id: result for page in pages for guest_id, result in results(page).items()}
    assert became == dict.fromkeys(due, "erased") | {held: "held"}
    assert len(pages) == 3, "200 or more were proposed, a hundred at a time"
    assert Counter(result["rule"]["years"] for page in pages for result in page["results"]) == {3: 120, 2: 80}

    left = {guest_id for guest_id in (*at_port, *at_lago, *nowhere) if not anonymised(house, guest_id)}
    assert left == {*at_port, *at_lago, *nowhere} - due | {held}
    assert not any(anonymised(other, guest_id) for guest_id in theirs)
    [still_held] = run(house.admin, dry_run=False)["results"]
    assert still_held["hold"]["grounds"] == "Litige 2026-118"
    assert still_held["hold"]["held_by"].startswith("key:")
    assert datetime.fromisoformat(still_held["hold"]["held_since"]).date() >= today()


def test_the_answer_comes_when_the_list_has_followed_and_each_erasure_is_certified(house: House, hote: Hote) -> None:
    [old, new] = told(hote, house, 4, 0)
    answer = house.admin.post("/v1/retention", json={"dry_run": False})
    assert int(answer.headers["hote-position"]) > 0
    listed = house.admin.get("/v1/guests").json()["items"]
    assert {item["id"]: item["last_name"] for item in listed} == {old: None, new: "Autrefois"}
    [result] = answer.json()["results"]
    certificate = house.admin.get(f"/v1/erasures/{result['erasure_id']}")
    assert certificate.status_code == 200
    assert (certificate.json()["guest_id"], certificate.json()["reason"]) == (
        old,
        f"retention: 3 years after last contact ({CNIL.source})",
    )


class TestReplays:
    def test_a_run_sent_again_is_answered_as_the_first_time(self, house: House, hote: Hote) -> None:
        told(hote, house, 4)
        first, again = (
            house.admin.post("/v1/retention", json={"dry_run": False}, headers={"Idempotency-Key": "run"})
            for _ in range(2)
        )
        assert (again.json(), again.headers.get("idempotent-replayed")) == (first.json(), "true")

    def test_the_grounds_of_a_hold_are_not_kept_in_an_answer_longer_than_the_guest(
        self, house: House, hote: Hote
    ) -> None:
        [held] = told(hote, house, 4)
        house.admin.send("PUT", f"/v1/guests/{held}/legal-hold", json={"grounds": "Litige 2026-118"})
        once = {"Idempotency-Key": "shown"}
        assert "Litige" in house.admin.post("/v1/retention", json={}, headers=once).text
        house.admin.delete(f"/v1/guests/{held}/legal-hold")
        run(house.admin, dry_run=False)
        again = house.admin.post("/v1/retention", json={}, headers=once)
        assert (again.status_code, "Litige" in again.text) == (409, False)


def test_a_guest_who_came_back_since_the_dry_run_stays(house: House, hote: Hote) -> None:
    [old] = told(hote, house, 4, hotel=house.port)
    assert results(run(house.admin)) == {old: "due"}
    house.admin.patch(f"/v1/guests/{old}", json={"stay": {"arrival": str(today()), "departure": None}})
    assert run(house.admin, dry_run=False)["results"] == []
    assert not anonymised(house, old)


def test_who_may_not_erase_finds_and_erases_nobody(house: House, hote: Hote) -> None:
    [old] = told(hote, house, 4)
    scoped = house.staff("admin", house.port, house.lago)
    for api in (house.staff("front_desk"), house.staff("machine"), house.staff("analyst"), scoped):
        for dry_run in (True, False):
            assert api.post("/v1/retention", json={"dry_run": dry_run}).status_code == 403
    assert not anonymised(house, old)
    assert results(run(house.staff("auditor"))) == {old: "due"}
