"""What each plan has (C9): every operation is of one of them, and starter sees of guests whether they came before."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from uuid_utils.compat import uuid7

from tests.contract.conftest import Body, House, fresh_email
from tests.contract.test_access import operations

STARTER = {
    # The hotel's own bookings, settings and systems.
    "/v1/organisation", "/v1/properties", "/v1/properties/{property_id}",
    "/v1/keys", "/v1/keys/{key_id}", "/v1/keys/{key_id}/retire",
    "/v1/codes", "/v1/codes/{code_id}", "/v1/codes/{code_id}/retire",
    "/v1/cost-items", "/v1/cost-items/{item_id}", "/v1/cost-items/{item_id}/retire",
    "/v1/employees", "/v1/employees/{employee_id}", "/v1/employees/{employee_id}/retire",
    "/v1/reservations", "/v1/reservations/{reservation_id}",
    "/v1/reservations/{reservation_id}/cancel", "/v1/reservations/{reservation_id}/no-show",
    "/v1/reservations/{reservation_id}/check-in", "/v1/reservations/{reservation_id}/check-out",
    "/v1/arrivals", "/v1/arrivals/accept", "/v1/arrivals/refuse",
    "/v1/arrivals/{arrival_id}/accept", "/v1/arrivals/{arrival_id}/refuse",
    "/v1/events", "/v1/mail/inbound",
    # What law demands.
    "/v1/guests/{guest_id}/history", "/v1/guests/{guest_id}/export",
    "/v1/guests/{guest_id}/anonymise", "/v1/guests/{guest_id}/legal-hold",
    "/v1/feedback/{feedback_id}/anonymise", "/v1/quality-costs/{quality_cost_id}/anonymise",
    "/v1/erasures", "/v1/erasures/{erasure_id}", "/v1/retention",
    "/v1/log/verification", "/v1/log/checkpoint",
}  # fmt: skip
PRO = {
    "/v1/guests", "/v1/guests/batch", "/v1/guests/{guest_id}", "/v1/guests/{guest_id}/block",
    "/v1/guests/{guest_id}/reservations", "/v1/guests/{guest_id}/feedback", "/v1/guests/{guest_id}/invitations",
    "/v1/guests/{guest_id}/cancel-communication", "/v1/guests/{guest_id}/missing",
    "/v1/reservations/{reservation_id}/guest", "/v1/reservations/{reservation_id}/contact-person",
    "/v1/reservations/{reservation_id}/rebook", "/v1/reservations/{reservation_id}/missing",
    "/v1/reservations/{reservation_id}/registration-card", "/v1/properties/{property_id}/register",
    "/v1/profile-field-templates",
    "/v1/companies", "/v1/companies/{company_id}", "/v1/occasions", "/v1/occasions/{occasion_id}",
    "/v1/duplicates", "/v1/duplicates/dismiss", "/v1/merges", "/v1/merges/{merge_id}",
    "/v1/imports", "/v1/imports/{import_id}", "/v1/imports/{import_id}/rows", "/v1/imports/{import_id}/rows/{n}",
    "/v1/imports/{import_id}/commit", "/v1/imports/{import_id}/revert", "/v1/imports/{import_id}/rejected",
    "/v1/invitations", "/v1/invitations/{invitation_id}/cancel", "/v1/invitations/{invitation_id}/remind",
    "/v1/invitation-templates", "/v1/invitation-templates/{kind}/{channel}/{language}",
    "/v1/invitation-templates/{kind}/{channel}/{language}/preview",
    "/v1/invitation-templates/{kind}/{channel}/{language}/test",
    "/v1/feedback", "/v1/feedback/{feedback_id}", "/v1/feedback/{feedback_id}/resolution",
    "/v1/feedback/{feedback_id}/resolution/approve", "/v1/feedback/{feedback_id}/resolution/refuse",
    "/v1/feedback/{feedback_id}/reopen", "/v1/feedback/{feedback_id}/claim", "/v1/feedback/{feedback_id}/release",
    "/v1/feedback/{feedback_id}/reply", "/v1/feedback/{feedback_id}/call", "/v1/feedback/{feedback_id}/notes",
    "/v1/feedback/{feedback_id}/transfer", "/v1/feedback/{feedback_id}/delegate", "/v1/feedback/{feedback_id}/share",
    "/v1/feedback/{feedback_id}/hold", "/v1/feedback/{feedback_id}/resume", "/v1/feedback/{feedback_id}/done",
    "/v1/feedback/{feedback_id}/spam", "/v1/feedback/{feedback_id}/restore",
    "/v1/inbox", "/v1/inbox/counts", "/v1/inbox/stream", "/v1/alerts",
    "/v1/quality-costs", "/v1/quality-costs/{quality_cost_id}",
    "/v1/reports/customer-relations", "/v1/reports/customer-relations/rows",
    "/v1/reports/complaint-costs", "/v1/reports/complaint-costs/rows",
    "/v1/reports/quality-costs", "/v1/reports/quality-costs/rows",
    "/v1/reports/recovery", "/v1/reports/recovery/rows",
}  # fmt: skip
"""Who adds an operation says of which plan it is."""

PARAMETER = re.compile(r"{(\w+)}")


def on(house: House, plan: str) -> None:
    assert house.admin.patch("/v1/organisation", json={"plan": plan}).json()["plan"] == plan


def booking(house: House, email: str, *, days: int = 30, source: str = "internal") -> Body:
    arrival = datetime.now(UTC).date() + timedelta(days=days)
    return {
        "property_id": house.port,
        "source": source,
        "arrival": str(arrival),
        "departure": str(arrival + timedelta(days=2)),
        "guest": {"last_name": "Lefèvre", "emails": [email]},
    }


def book(house: House, email: str, *, days: int = 30, source: str = "internal") -> Body:
    answer = house.admin.post("/v1/reservations", json=booking(house, email, days=days, source=source))
    assert answer.status_code == 201, answer.text
    reservation: Body = answer.json()
    return reservation


def test_every_operation_is_of_a_plan(client: TestClient) -> None:
    assert {operation.path for operation in operations(client)} == STARTER | PRO
    assert not STARTER & PRO


def test_starter_has_its_own_and_of_the_rest_a_refusal_that_names_the_plan(client: TestClient, house: House) -> None:
    on(house, "starter")
    refused = set()
    for operation in operations(client):
        if operation.path == "/v1/organisation":
            continue  # the example of its body changes the plan
        status, problem = operation.call(house.admin, dict.fromkeys(PARAMETER.findall(operation.path), str(uuid7())))
        if status == 403:
            assert problem["plan"] == "starter"
            assert "Ask an administrator" in problem["detail"]
            refused.add((operation.method, operation.path))
    assert refused == {(each.method, each.path) for each in operations(client) if each.path in PRO}


def test_starter_sees_of_a_guest_whether_they_came_before_and_nothing_else(house: House) -> None:
    guest = house.admin.register(first_name="Zoé", level="VIP", note="Chambre au calme")
    email = guest["emails"][0]
    house.admin.send("PUT", f"/v1/guests/{guest['id']}/block", json={"reason": "damage"})
    first, second = (book(house, email, days=days, source="channel") for days in (-100, 30))
    assert second["guest"]["status"] == "blocked"
    on(house, "starter")
    seen = {first["id"]: "new", second["id"]: "returning"}
    answers = [house.admin.get(f"/v1/reservations/{id_}").json() for id_ in seen]
    assert {each["id"]: each for each in house.admin.listed("/v1/reservations")} == {
        each["id"]: each for each in answers
    }
    for each in answers:
        guest_seen = each["guest"]
        assert (guest_seen.pop("id"), guest_seen.pop("status")) == (guest["id"], seen[each["id"]])
        assert guest_seen
        assert set(guest_seen.values()) == {None}
        assert each["contact"]["emails"] == [email]
    table = house.admin.get("/v1/reservations", params={"format": "csv"}).text
    assert "returning" in table
    assert not any(word in table for word in ("blocked", "VIP", "Chambre au calme"))


def test_starter_cannot_list_the_other_reservations_of_a_guest(house: House) -> None:
    made = book(house, fresh_email())
    on(house, "starter")
    refused = house.admin.get("/v1/reservations", params={"guest_id": made["guest_id"]})
    assert (refused.status_code, refused.json()["plan"]) == (403, "starter")


@pytest.mark.parametrize("source", ["internal", "engine"])
def test_a_block_that_nobody_can_see_or_lift_refuses_no_booking(house: House, source: str) -> None:
    guest = house.admin.register()
    house.admin.send("PUT", f"/v1/guests/{guest['id']}/block", json={"reason": "damage"})
    entry = booking(house, guest["emails"][0], source=source)
    assert house.admin.post("/v1/reservations", json=entry).status_code == 409
    on(house, "starter")
    assert house.admin.post("/v1/reservations", json=entry).status_code == 201
    on(house, "pro")
    assert house.admin.post("/v1/reservations", json=entry).status_code == 409


def test_nothing_is_lost_between_plans(house: House) -> None:
    guest = house.admin.register(level="VIP", note="Chambre au calme")
    path, email = f"/v1/guests/{guest['id']}", guest["emails"][0]
    house.admin.send("PUT", f"{path}/block", json={"reason": "damage"})
    before = house.admin.get(path).json()
    on(house, "starter")
    made = book(house, email, days=-9)
    on(house, "pro")
    after = house.admin.get(path).json()
    kept = ("level", "note", "block", "emails", "status")
    assert [after[name] for name in kept] == [before[name] for name in kept]
    assert (after["stays"], house.admin.get(f"/v1/reservations/{made['id']}").json()["guest"]["level"]) == (1, "VIP")
