"""Walks every operation of the published document with keys that must not open it, and sees that none does."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient
from uuid_utils.compat import uuid7

from adapters.bootstrap import Hote
from adapters.http.app import create_app
from adapters.http.openapi import Json
from domain.access import RIGHTS, Right, Role
from tests.contract.conftest import Api, Body, House, fresh_email
from tests.waiting import eventually

LIST = "Nom;E-mail;Arrivée\r\nLefèvre;zoe@example.com;18/11/2026\r\n"
STEPS = (
    "claim", "release", "reply", "call", "notes", "transfer", "delegate", "share", "hold", "resume", "done", "spam",
    "restore",
)  # fmt: skip
NEVER_ENDING = "/v1/inbox/stream"
"""Answers whom it lets in for as long as they listen."""
NEEDS = {
    "/v1/organisation": {"get": Right.READ_SETTINGS, "patch": Right.WRITE_SETTINGS},
    "/v1/invitation-templates": {"get": Right.READ_SETTINGS}
    | dict.fromkeys(("put", "delete", "post"), Right.WRITE_SETTINGS),
    "/v1/properties": {"get": Right.READ_SETTINGS, "post": Right.WRITE_SETTINGS, "patch": Right.WRITE_SETTINGS},
    "/v1/keys": dict.fromkeys(("get", "post", "patch"), Right.MANAGE_KEYS),
    "/v1/codes": {"get": Right.READ_SETTINGS, "post": Right.WRITE_SETTINGS, "patch": Right.WRITE_SETTINGS},
    "/v1/cost-items": {"get": Right.READ_SETTINGS, "post": Right.WRITE_SETTINGS, "patch": Right.WRITE_SETTINGS},
    "/v1/employees": {"get": Right.READ_SETTINGS, "post": Right.WRITE_SETTINGS, "patch": Right.WRITE_SETTINGS},
    "/v1/feedback": {"get": Right.READ_FEEDBACK, "post": Right.RECORD_FEEDBACK},
    **{f"/v1/feedback/{{feedback_id}}/{step}": {"post": Right.HANDLE_FEEDBACK} for step in STEPS},
    "/v1/feedback/{feedback_id}/anonymise": {"post": Right.ANONYMISE_GUESTS},
    "/v1/quality-costs/{quality_cost_id}/anonymise": {"post": Right.ANONYMISE_GUESTS},
    "/v1/guests/{guest_id}/feedback": {"get": Right.READ_FEEDBACK},
    "/v1/inbox": {"get": Right.READ_FEEDBACK},
    "/v1/reports": {"get": Right.READ_REPORTS},
    "/v1/mail": {"post": Right.RECEIVE_MAIL},
    "/v1/quality-costs": {"get": Right.READ_FEEDBACK, "post": Right.RECORD_FEEDBACK},
    "/v1/guests": {"get": Right.READ_GUESTS} | dict.fromkeys(("post", "patch", "delete"), Right.WRITE_GUESTS),
    "/v1/reservations": {"get": Right.READ_GUESTS}
    | dict.fromkeys(("post", "patch", "put", "delete"), Right.WRITE_GUESTS),
    "/v1/companies": {"get": Right.READ_GUESTS, "post": Right.WRITE_GUESTS, "patch": Right.WRITE_GUESTS},
    "/v1/occasions": {"get": Right.READ_GUESTS, "post": Right.WRITE_GUESTS, "patch": Right.WRITE_GUESTS},
    "/v1/profile-field-templates": {"get": Right.READ_SETTINGS},
    "/v1/properties/{property_id}/register": {"get": Right.READ_GUESTS},
    "/v1/merges": {"get": Right.READ_GUESTS} | dict.fromkeys(("post", "delete"), Right.WRITE_GUESTS),
    "/v1/duplicates": dict.fromkeys(("get", "post"), Right.WRITE_GUESTS),
    "/v1/arrivals": {"get": Right.READ_GUESTS, "post": Right.WRITE_GUESTS},
    "/v1/guests/{guest_id}/history": {"get": Right.READ_HISTORY},
    "/v1/guests/{guest_id}/export": {"get": Right.EXPORT_GUESTS},
    "/v1/guests/{guest_id}/anonymise": {"post": Right.ANONYMISE_GUESTS},
    "/v1/guests/{guest_id}/block": dict.fromkeys(("put", "delete"), Right.WRITE_GUESTS),
    "/v1/invitations": {"get": Right.READ_GUESTS, "post": Right.WRITE_GUESTS},
    "/v1/guests/{guest_id}/legal-hold": dict.fromkeys(("put", "delete"), Right.ANONYMISE_GUESTS),
    "/v1/erasures": {"post": Right.ANONYMISE_GUESTS, "get": Right.READ_HISTORY},
    "/v1/retention": {"post": Right.ANONYMISE_GUESTS},
    "/v1/log": {"get": Right.READ_HISTORY},
    "/v1/events": {"get": Right.READ_EVENTS},
    "/v1/alerts": {"get": Right.READ_GUESTS},
    "/v1/imports": dict.fromkeys(("get", "post", "patch", "delete"), Right.IMPORT_GUESTS),
}
"""Which right each operation needs, written down a second time: whoever changes one of them means it."""


class Operation(NamedTuple):
    method: str
    path: str
    """As the document has it, with names in braces."""
    body: Body
    """What httpx is given besides method and path."""

    @property
    def right(self) -> Right:
        resource = "/".join(self.path.split("/")[:3])
        return NEEDS.get(self.path, NEEDS[resource])[self.method]

    @property
    def is_about_one(self) -> bool:
        return "_id}" in self.path

    def call(self, api: Api, ids: dict[str, str]) -> tuple[int, Body]:
        answer = api.send(self.method.upper(), self.path.format(**ids), **self.body)
        is_json = answer.content and "json" in answer.headers.get("content-type", "")
        return answer.status_code, answer.json() if is_json else {}


def operations(client: TestClient) -> Iterator[Operation]:
    """All that are not open to everybody, with the example of the body that each documents."""
    whole: Json = client.get("/openapi.json").json()
    for path, item in whole["paths"].items():
        for method, operation in item.items():
            if path.startswith("/v1/"):
                yield Operation(method, path, request_of(operation, whole))


def request_of(operation: Json, whole: Json) -> Body:
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        return {"files": {"file": ("liste.csv", LIST.encode())}, "data": {"property_id": str(uuid7())}}
    if "application/json" not in content:
        return {}
    name = content["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
    return {"json": whole["components"]["schemas"][name]["examples"][0]}


def ids_of(house: House) -> dict[str, str]:
    """One of everything that has an id, in the organisation's first property."""
    guest = house.admin.register(stay={"property_id": house.port})
    key = house.admin.post("/v1/keys", json={"name": "Réception", "role": "front_desk"}).json()
    here = {"name": "Bruit", "properties": [house.port]}
    code = house.admin.post("/v1/codes", json=here).json()
    item = house.admin.post("/v1/cost-items", json=here | {"unit_value": {"amount": 1, "currency": "EUR"}}).json()
    employee = house.admin.post("/v1/employees", json=here).json()
    draft = house.admin.post("/v1/imports", files={"file": ("l.csv", LIST.encode())}, data={"property_id": house.port})
    twice = [house.admin.register(stay={"property_id": house.port})["id"] for _ in "12"]
    merge = {"surviving_guest_id": twice[0], "merged_guest_id": twice[1]}
    gone = house.admin.register(stay={"property_id": house.port})
    erasure = house.admin.post(f"/v1/guests/{gone['id']}/anonymise", json={"reason": "Demande"})
    noise = house.admin.post("/v1/feedback", json={"property_id": house.port, "kind": "negative"}).json()
    gift = {"property_id": house.port, "items": [{"item_id": item["id"]}]}
    house.admin.patch(f"/v1/properties/{house.port}", json={"arrivals": "confirmed"})
    told = {"last_name": "Lefèvre", "emails": [fresh_email()], "stay": {"property_id": house.port}}
    messages = {"invitations": {"post_stay": {"enabled": True, "delay": 1440}}}
    house.admin.patch(f"/v1/properties/{house.port}", json=messages)
    invited = house.admin.register(stay={"property_id": house.port, "departure": "2099-11-21"})
    path = f"/v1/guests/{invited['id']}/invitations"
    eventually(lambda: house.admin.get(path).json()["items"][0]["post_stay"]["state"] == "scheduled")
    week = {"begins_on": "2026-11-16", "ends_on": "2026-11-22"}
    occasion = house.admin.post("/v1/occasions", json={"name": "Congrès", "property_id": house.port, **week}).json()
    booked = {"property_id": house.port, "arrival": "2026-11-18", "departure": "2026-11-21"}
    reservation = house.admin.post("/v1/reservations", json=booked | {"guest": {"last_name": "Lefèvre"}}).json()
    return {
        "reservation_id": reservation["id"],
        "company_id": house.admin.post("/v1/companies", json={"name": "Sirvoy"}).json()["id"],
        "occasion_id": occasion["id"],
        "invitation_id": house.admin.get(path).json()["items"][0]["post_stay"]["id"],
        "arrival_id": house.staff("machine").post("/v1/guests", json=told).json()["arrival_id"],
        "merge_id": house.admin.post("/v1/merges", json=merge).json()["id"],
        "property_id": house.port,
        "guest_id": guest["id"],
        "key_id": key["id"],
        "code_id": code["id"],
        "item_id": item["id"],
        "employee_id": employee["id"],
        "import_id": draft.json()["id"],
        "erasure_id": erasure.json()["erasure_id"],
        "feedback_id": noise["id"],
        "quality_cost_id": house.admin.post("/v1/quality-costs", json=gift).json()["id"],
        "n": "1",
        "kind": "post_stay",
        "channel": "email",
        "language": "fr",
    }


def everything(house: House, ids: dict[str, str]) -> list[Body]:
    one_of_each = (
        "/v1/organisation", "/v1/properties/{property_id}", "/v1/guests/{guest_id}", "/v1/keys/{key_id}",
        "/v1/feedback/{feedback_id}", "/v1/quality-costs/{quality_cost_id}", "/v1/codes/{code_id}",
        "/v1/cost-items/{item_id}", "/v1/employees/{employee_id}", "/v1/reservations/{reservation_id}",
        "/v1/companies/{company_id}", "/v1/occasions/{occasion_id}",
        "/v1/imports/{import_id}", "/v1/imports/{import_id}/rows",
    )  # fmt: skip
    bodies = [house.admin.get(path.format(**ids)).json() for path in one_of_each]
    for body in bodies:
        body.pop("response", None)  # of a feedback: a clock, which goes on
    return bodies


def let_in(client: TestClient, api: Api, ids: dict[str, str], refusal: int) -> list[str]:
    """The operations that did not refuse."""
    return [
        f"{operation.method} {operation.path}: {status}"
        for operation in operations(client)
        if (status := operation.call(api, ids)[0]) != refusal
    ]


def test_the_walk_knows_every_operation(client: TestClient) -> None:
    walked = list(operations(client))
    assert len(walked) >= 25
    assert all(operation.right for operation in walked)
    assert all(set(re.findall(r"{(\w+)}", o.path)) <= set(ids_of_nothing) for o in walked)


def test_nobody_comes_in_without_a_key(client: TestClient, nobody: Api, house: House) -> None:
    assert let_in(client, nobody, ids_of(house), refusal=401) == []


def test_the_walk_finds_a_route_that_forgot_to_ask(hote: Hote, house: House) -> None:
    app = create_app(hote)
    forgetful = APIRouter(prefix="/v1/guests")

    @forgetful.get("/{guest_id}/secrets")
    def secrets(guest_id: str) -> str:
        return guest_id

    app.include_router(forgetful)
    with TestClient(app) as client:
        analyst = Api(client, house.staff("analyst").key)
        assert "get /v1/guests/{guest_id}/secrets: 200" in let_in(client, analyst, ids_of(house), refusal=403)


@pytest.mark.parametrize("over", ["unknown", "expired", "revoked", "altered", "cut", "another scheme"])
def test_a_key_that_is_none_or_no_more_opens_nothing(client: TestClient, house: House, over: str) -> None:
    issued = house.admin.post("/v1/keys", json={"name": "k", "role": "admin"}).json()
    token = issued["key"]
    match over:
        case "unknown":
            token = "hote_" + "A" * (len(token) - 5)
        case "expired":
            house.admin.patch(f"/v1/keys/{issued['id']}", json={"expires_at": "2020-01-01T00:00:00Z"})
        case "revoked":
            house.admin.post(f"/v1/keys/{issued['id']}/retire")
        case "altered":
            token = token[:-1] + ("A" if token[-1] != "A" else "B")
        case "cut":
            token = token[:-1]
    scheme = "Basic" if over == "another scheme" else "Bearer"
    for operation in operations(client):
        answer = client.request(
            operation.method,
            operation.path.format(**dict.fromkeys(ids_of_nothing, "1")),
            headers={"Authorization": f"{scheme} {token}"},
        )
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), operation


ids_of_nothing = (
    "property_id", "guest_id", "key_id", "code_id", "item_id", "employee_id", "import_id", "erasure_id",
    "feedback_id", "quality_cost_id", "arrival_id", "invitation_id", "n", "kind", "channel", "language",
    "reservation_id", "company_id", "occasion_id", "merge_id",
)  # fmt: skip


def test_a_key_opens_until_it_is_revoked(house: House) -> None:
    key = house.admin.post("/v1/keys", json={"name": "k", "role": "analyst"}).json()
    analyst = Api(house.admin.client, key["key"])
    assert analyst.get("/v1/properties").status_code == 200
    house.admin.post(f"/v1/keys/{key['id']}/retire")
    assert analyst.get("/v1/properties").status_code == 401


def test_another_organisations_ids_are_not_found_and_nothing_of_theirs_changes(
    client: TestClient, house: House, other: House
) -> None:
    ids = ids_of(house)
    before = everything(house, ids)
    for operation in operations(client):
        if operation.is_about_one:
            status, problem = operation.call(other.admin, ids)
            assert (status, problem["type"]) == (404, "/problems/not-found"), operation
    assert everything(house, ids) == before


def test_an_id_in_a_body_must_be_of_the_organisation_too(house: House, other: House) -> None:
    elsewhere = house.port
    refused = [
        other.admin.post(
            "/v1/guests", json={"last_name": "A", "emails": ["a@b.fr"], "stay": {"property_id": elsewhere}}
        ),
        other.admin.post("/v1/keys", json={"name": "k", "role": "analyst", "properties": [elsewhere]}),
        other.admin.post("/v1/imports", files={"file": ("l.csv", LIST.encode())}, data={"property_id": elsewhere}),
        other.admin.patch(f"/v1/guests/{other.admin.register()['id']}", json={"stay": {"property_id": elsewhere}}),
    ]
    assert [answer.status_code for answer in refused] == [404, 404, 404, 404]


def test_lists_hold_nothing_of_another_organisation(house: House, other: House) -> None:
    ids_of(house)
    assert other.admin.listed("/v1/guests") == []
    assert other.admin.listed("/v1/guests", params={"property_id": house.port}) == []
    assert {item["id"] for item in other.admin.listed("/v1/properties")} == {other.port, other.lago}
    assert [item["name"] for item in other.admin.listed("/v1/keys")] == ["admin"]


@pytest.mark.parametrize("role", list(Role))
def test_a_role_does_what_it_may_and_is_told_what_it_lacks(client: TestClient, house: House, role: Role) -> None:
    ids = ids_of(house)
    member = house.staff(role)
    for operation in operations(client):
        if operation.right in RIGHTS[role]:
            # A read shows that it may; writes would change what the next operation finds.
            if operation.method == "get" and operation.path != NEVER_ENDING:
                assert operation.call(member, ids)[0] == 200, operation
        else:
            status, problem = operation.call(member, ids)
            assert (status, problem["missing_right"]) == (403, operation.right), operation
            assert operation.right in problem["detail"]


def test_what_may_be_written_by_whom(house: House) -> None:
    desk, auditor = house.staff("front_desk"), house.staff("auditor")
    entry = {"last_name": "Lefèvre", "emails": ["may@example.com"]}
    assert auditor.post("/v1/guests", json=entry).status_code == 403
    assert desk.post("/v1/guests", json=entry).status_code == 201


def test_a_key_for_one_property_neither_sees_nor_touches_another(client: TestClient, house: House) -> None:
    ids = ids_of(house)
    before = everything(house, ids)
    scoped = house.staff("admin", house.lago)
    for operation in operations(client):
        if operation.path == "/v1/companies/{company_id}":  # which book at all properties
            assert operation.call(scoped, ids)[0] == (200 if operation.method == "get" else 403)
        elif operation.is_about_one:
            assert operation.call(scoped, ids)[0] == 404, operation
    assert everything(house, ids) == before

    mine = house.admin.register(stay={"property_id": house.lago})
    assert scoped.get(f"/v1/guests/{mine['id']}").status_code == 200
    house.admin.listed("/v1/guests")
    assert [guest["id"] for guest in scoped.get("/v1/guests").json()["items"]] == [mine["id"]]
    assert [hotel["id"] for hotel in scoped.get("/v1/properties").json()["items"]] == [house.lago]
    assert [key["properties"] for key in scoped.get("/v1/keys").json()["items"]] == [[house.lago]]


def test_a_guest_who_stayed_nowhere_is_everybodys(house: House) -> None:
    guest = house.admin.register()
    assert house.staff("front_desk", house.lago).get(f"/v1/guests/{guest['id']}").status_code == 200


def test_a_key_for_one_property_decides_nothing_for_the_organisation(house: House) -> None:
    scoped = house.staff("admin", house.lago)
    hotel = {"name": "Autre", "country": "FR", "time_zone": "Europe/Paris", "currency": "EUR"}
    key = {"name": "k", "role": "admin"}
    refused = [
        scoped.patch("/v1/organisation", json={"name": "À moi"}),
        scoped.post("/v1/properties", json=hotel),
        scoped.post("/v1/keys", json=key),
        scoped.post("/v1/keys", json=key | {"properties": [house.lago, house.port]}),
    ]
    assert [answer.status_code for answer in refused] == [403, 403, 403, 403]
    assert scoped.post("/v1/keys", json=key | {"properties": [house.lago]}).status_code == 201


def test_a_key_for_one_property_leaves_what_happened_elsewhere_alone(house: House) -> None:
    at_port, at_lago = ({"property_id": hotel, "arrival": "2026-11-18"} for hotel in (house.port, house.lago))
    zoe = {"last_name": "Lefèvre", "emails": ["zoe@example.com"]}
    both = house.admin.post("/v1/guests", json={**zoe, "stay": {**at_port, "room": "104"}}).json()
    house.admin.post("/v1/guests/batch", json={"guests": [{**zoe, "stay": {**at_lago, "arrival": "2026-01-05"}}]})
    elsewhere = {"last_name": "Martin", "emails": ["bo@example.com"], "stay": at_port}
    unseen = house.admin.post("/v1/guests", json=elsewhere).json()
    scoped = house.staff("front_desk", house.lago)

    seen = scoped.get(f"/v1/guests/{both['id']}").json()
    assert (seen["stays"], seen["stay"]["property_id"]) == (1, house.lago)
    scoped.patch(f"/v1/guests/{both['id']}", json={"stay": {"property_id": house.lago, "room": "7"}})
    assert house.admin.get(f"/v1/guests/{both['id']}").json()["stay"]["room"] == "104"
    assert scoped.delete(f"/v1/guests/{both['id']}").status_code == 403

    told = {"last_name": "Renamed", "emails": ["bo@example.com"]}
    scoped.post("/v1/guests/batch", json={"guests": [told]})
    assert house.admin.get(f"/v1/guests/{unseen['id']}").json()["last_name"] == "Martin"
    scoped.post("/v1/guests/batch", json={"guests": [{**told, "stay": at_lago}]})
    now = house.admin.get(f"/v1/guests/{unseen['id']}").json()
    assert (now["last_name"], now["stays"]) == ("Martin", 2)
