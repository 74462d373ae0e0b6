"""/v1/quality-costs: what was given outside complaints, recorded, limited, shown to whom it may be."""

from tests.contract.conftest import House
from tests.contract.recording import a_code, an_item, euros, limited


def test_it_reads_as_it_was_recorded(house: House) -> None:
    guest = house.admin.register(stay={"property_id": house.port})
    entry = {
        "property_id": house.port,
        "code_id": a_code(house, "Anniversaire"),
        "room": "104",
        "guest_id": guest["id"],
        "comment": "40 ans",
    }
    items = [{"item_id": an_item(house), "quantity": 2}, {"item_id": an_item(house, "Gâteau", 1800)}]
    answer = house.staff("front_desk").post("/v1/quality-costs", json=entry | {"items": items})
    cost = answer.json()
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/quality-costs/{cost['id']}"
    assert {name: cost[name] for name in entry} == entry
    assert cost["total"] == euros(2 * 1250 + 1800)
    assert house.admin.get(answer.headers["location"]).json() == cost


def test_beyond_the_limit_it_is_refused_and_says_whom_to_ask(house: House) -> None:
    limited(house, front_desk=2000)
    items = [{"item_id": an_item(house), "quantity": 2}]
    entry = {"property_id": house.port, "items": items}
    answer = house.staff("front_desk").post("/v1/quality-costs", json=entry)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden")
    assert "manager" in answer.json()["detail"]
    assert house.staff("manager").post("/v1/quality-costs", json=entry).status_code == 201


def test_another_organisation_or_property_finds_nothing(house: House, other: House) -> None:
    cost = {"property_id": house.port, "items": [{"item_id": an_item(house)}]}
    path = f"/v1/quality-costs/{house.admin.post('/v1/quality-costs', json=cost).json()['id']}"
    assert house.staff("front_desk", house.port).get(path).status_code == 200
    assert house.staff("front_desk", house.lago).get(path).status_code == 404
    assert house.staff("front_desk", house.lago).post("/v1/quality-costs", json=cost).status_code == 404
    assert other.admin.get(path).status_code == 404
    assert house.admin.get(f"/v1/quality-costs/{house.port}").status_code == 404, "of another kind"


def test_of_a_forgotten_guest_the_words_go_and_the_figures_stay(house: House) -> None:
    guest = house.admin.register(stay={"property_id": house.port})
    cost = {"property_id": house.port, "guest_id": guest["id"], "comment": "Mot secret"}
    items = {"items": [{"item_id": an_item(house)}]}
    recorded = house.admin.post("/v1/quality-costs", json=cost | items).json()
    answer = house.admin.post(f"/v1/guests/{guest['id']}/anonymise", json={"reason": "Demande"})
    assert answer.status_code == 200, answer.text
    after = house.admin.get(f"/v1/quality-costs/{recorded['id']}").json()
    assert after == recorded | {"comment": None}
