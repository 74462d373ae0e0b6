"""/v1/guests/{id}/legal-hold: placed, replaced, lifted; and what it keeps from happening."""

import pytest
from uuid_utils.compat import uuid7

from tests.contract.conftest import Api, Body, House
from tests.contract.importing import imported, listed, reverted

GROUNDS = "Litige 2026-118, dégât des eaux"


def hold_path(guest: Body) -> str:
    return f"/v1/guests/{guest['id']}/legal-hold"


def held(house: House, grounds: str = GROUNDS, **fields: object) -> Body:
    """A guest under a legal hold."""
    guest = house.admin.register(**fields)
    answer = house.admin.send("PUT", hold_path(guest), json={"grounds": grounds})
    assert answer.status_code == 204, answer.text
    return guest


def items(house: House, guest: Body) -> list[Body]:
    """Of the guest's history."""
    found: list[Body] = house.admin.get(f"/v1/guests/{guest['id']}/history").json()["items"]
    return found


def is_held(house: House, guest: Body) -> bool:
    legal_hold: bool = house.admin.get(f"/v1/guests/{guest['id']}").json()["legal_hold"]
    return legal_hold


def test_a_hold_is_placed_and_lifted(house: House) -> None:
    guest = house.admin.register()
    assert not is_held(house, guest)
    placed = house.admin.send("PUT", hold_path(guest), json={"grounds": GROUNDS})
    assert (placed.status_code, placed.content) == (204, b"")
    assert is_held(house, guest)
    lifted = house.admin.delete(hold_path(guest))
    assert lifted.status_code == 204
    assert int(lifted.headers["hote-position"]) > int(placed.headers["hote-position"])
    assert not is_held(house, guest)


def test_lifting_where_there_is_none_changes_nothing(house: House) -> None:
    guest = house.admin.register()
    answer = house.admin.delete(hold_path(guest))
    assert answer.status_code == 204
    assert house.admin.get(f"/v1/guests/{guest['id']}").json()["version"] == guest["version"]


def test_a_held_guest_can_be_changed_but_neither_deleted_nor_anonymised(house: House) -> None:
    guest = held(house)
    path = f"/v1/guests/{guest['id']}"
    assert house.admin.patch(path, json={"level": "VIP"}).status_code == 200
    for answer in (house.admin.delete(path), house.admin.post(f"{path}/anonymise", json={"reason": "asked"})):
        problem = answer.json()
        assert (answer.status_code, problem["type"]) == (409, "/problems/legal-hold")
    assert (problem["held_by"][:4], problem["grounds"]) == ("key:", GROUNDS)
    placed = next(each for each in items(house, guest) if each["type"] == "LegalHoldPlaced")
    assert problem["held_since"] == placed["recorded_at"]
    many = house.admin.post("/v1/erasures", json={"guest_ids": [guest["id"]], "reason": "asked"}).json()
    assert many["results"][0]["hold"] == {name: problem[name] for name in ("held_by", "held_since", "grounds")}
    assert house.admin.get(path).json()["last_name"] == guest["last_name"]
    house.admin.delete(hold_path(guest))
    assert house.admin.delete(path).status_code == 204


def grounds(house: House, guest: Body) -> str:
    """As whoever tries to anonymise the guest is told."""
    told: str = house.admin.post(f"/v1/guests/{guest['id']}/anonymise", json={"reason": "asked"}).json()["grounds"]
    return told


def test_a_further_hold_takes_the_place_of_the_one_before(house: House) -> None:
    guest = held(house)
    house.admin.send("PUT", hold_path(guest), json={"grounds": "Appel 2027-003"})
    assert grounds(house, guest) == "Appel 2027-003"
    house.admin.delete(hold_path(guest))
    assert house.admin.delete(f"/v1/guests/{guest['id']}").status_code == 204


def test_what_is_said_of_it_is_kept_on_one_line(house: House) -> None:
    guest = held(house, "  Litige\n 2026-118\u200b ")
    assert grounds(house, guest) == "Litige 2026-118"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/grounds", "missing"),
        ({"grounds": ""}, "/grounds", "too-short"),
        ({"grounds": " \n "}, "/grounds", "too-short"),
        ({"grounds": "x" * 501}, "/grounds", "too-long"),
        ({"grounds": 5}, "/grounds", "wrong-type"),
        ({"grounds": None}, "/grounds", "wrong-type"),
        ({"grounds": GROUNDS, "until": "2027-01-01"}, "/until", "field-unknown"),
    ],
)
def test_a_hold_without_grounds_is_none(house: House, body: Body, pointer: str, code: str) -> None:
    guest = house.admin.register()
    answer = house.admin.send("PUT", hold_path(guest), json=body)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert not is_held(house, guest)


def test_of_a_version_that_moved_on_nothing_is_held(house: House) -> None:
    guest = house.admin.register()
    stale = {"If-Match": f'"{guest["version"] + 1}"'}
    assert house.admin.send("PUT", hold_path(guest), json={"grounds": GROUNDS}, headers=stale).status_code == 412
    assert not is_held(house, guest)
    seen = {"If-Match": f'"{guest["version"]}"'}
    assert house.admin.send("PUT", hold_path(guest), json={"grounds": GROUNDS}, headers=seen).status_code == 204
    assert house.admin.delete(hold_path(guest), headers=seen).status_code == 412
    assert is_held(house, guest)


def tried(api: Api, guest: Body) -> list[int]:
    """What placing a hold and lifting it is answered with."""
    placed = api.send("PUT", hold_path(guest), json={"grounds": "mine"})
    return [placed.status_code, api.delete(hold_path(guest)).status_code]


def test_only_who_may_erase_holds_and_lifts(house: House, other: House) -> None:
    guest = held(house)
    for role, expected in [("front_desk", 403), ("machine", 403), ("analyst", 403), ("auditor", 204)]:
        assert tried(house.staff(role), guest) == [expected, expected], role
    held_again = held(house)
    assert tried(other.admin, held_again) == [404, 404]
    assert tried(house.admin, {"id": str(uuid7())}) == [404, 404]
    assert is_held(house, held_again)


def test_a_key_for_one_property_holds_those_who_stayed_there_alone(house: House) -> None:
    manager = house.staff("manager", house.lago)
    at_lago, at_port = ({"property_id": hotel, "arrival": "2026-11-18"} for hotel in (house.lago, house.port))
    mine, theirs, both = (house.admin.register(stay=stay) for stay in (at_lago, at_port, at_lago))
    house.admin.post(
        "/v1/guests/batch", json={"guests": [{"last_name": "Lefèvre", "emails": both["emails"], "stay": at_port}]}
    )
    assert [tried(manager, guest) for guest in (mine, theirs, both)] == [[204, 204], [404, 404], [403, 403]]


def test_who_complained_elsewhere_is_not_held_by_a_key_for_one_property(house: House) -> None:
    guest = house.admin.register(stay={"property_id": house.lago, "arrival": "2026-11-18"})
    manager = house.staff("manager", house.lago)
    assert tried(manager, guest) == [204, 204]
    house.admin.post("/v1/feedback", json={"property_id": house.port, "kind": "negative", "guest_id": guest["id"]})
    assert tried(manager, guest) == [403, 403]


def test_an_anonymised_guest_cannot_be_held(house: House) -> None:
    guest = house.admin.register()
    house.admin.post(f"/v1/guests/{guest['id']}/anonymise", json={"reason": "asked"})
    answer = house.admin.send("PUT", hold_path(guest), json={"grounds": GROUNDS})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/guest-forgotten")


def test_undoing_an_import_keeps_the_guest_it_brought_who_is_held(house: House) -> None:
    draft = imported(house, listed("Nom;E-mail", "Lefèvre;zoe@example.com", "Martin;bo@example.com"))
    [zoe] = house.admin.listed("/v1/guests", params={"search": "lefevre"})
    house.admin.send("PUT", hold_path(zoe), json={"grounds": GROUNDS})
    assert reverted(house.admin, draft)["state"] == "reverted"
    assert [guest["id"] for guest in house.admin.listed("/v1/guests")] == [zoe["id"]]
