"""/v1/properties: the hotels of an organisation and everything that is set for each."""

import pytest

from tests.contract.conftest import Body, House

HOTEL = {"name": "Hôtel des Dunes", "country": "FR", "time_zone": "Europe/Paris", "currency": "EUR"}


def test_a_new_property_has_every_setting(house: House) -> None:
    answer = house.admin.post("/v1/properties", json=HOTEL)
    hotel = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/properties/{hotel['id']}"
    assert answer.headers["etag"] == '"1"'
    assert int(answer.headers["hote-position"]) > 0
    assert hotel == HOTEL | {
        "id": hotel["id"],
        "languages": ["fr", "en"],
        "groups": [],
        "invitations": {
            "pre_stay": {"enabled": False, "channel": "email", "delay": 72},
            "post_stay": {"enabled": False, "channel": "email", "delay": 24},
            "reminder": {"enabled": False, "delay": 96},
            "distribution": [{"portal": "hote", "url": None, "percent": 100}],
        },
        "feedback": {"keep_resolved_days": 0, "alert_threshold": 5, "customer_service_email": None},
    }
    assert house.admin.get(answer.headers["location"]).json() == hotel


def test_a_patch_reaches_into_settings_and_leaves_their_neighbours(house: House) -> None:
    path = f"/v1/properties/{house.port}"
    before = house.admin.get(path).json()
    post_stay = {"enabled": True, "channel": "sms", "delay": 48}
    answer = house.admin.patch(path, json={"invitations": {"post_stay": post_stay}, "feedback": {"alert_threshold": 6}})
    expected = before | {
        "invitations": before["invitations"] | {"post_stay": post_stay},
        "feedback": before["feedback"] | {"alert_threshold": 6},
    }
    assert (answer.status_code, answer.json()) == (200, expected)
    assert answer.headers["etag"] == '"2"'
    assert house.admin.get(path).json() == expected


def distribution(*percents: int) -> Body:
    return {"invitations": {"distribution": [{"portal": f"p{n}", "percent": p} for n, p in enumerate(percents)]}}


def test_percentages_that_add_up_to_100_are_taken(house: House) -> None:
    shares = [
        {"portal": "hote", "url": None, "percent": 60},
        {"portal": "tripadvisor", "url": "https://www.tripadvisor.fr/", "percent": 40},
    ]
    answer = house.admin.patch(f"/v1/properties/{house.port}", json={"invitations": {"distribution": shares}})
    assert answer.status_code == 200
    assert answer.json()["invitations"]["distribution"] == shares


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        (distribution(60, 41), "/invitations"),
        (distribution(99), "/invitations"),
        (distribution(-10, 110), "/invitations/distribution/0/percent"),
        (distribution(), "/invitations/distribution"),
        ({"invitations": {"distribution": [{"portal": "a", "percent": 50}] * 2}}, "/invitations"),
        (distribution(100) | {"feedback": {"alert_threshold": 11}}, "/feedback/alert_threshold"),
        ({"invitations": {"pre_stay": {"delay": -1}}}, "/invitations/pre_stay/delay"),
        ({"invitations": {"pre_stay": {"channel": "pigeon"}}}, "/invitations/pre_stay/channel"),
        ({"feedback": {"keep_resolved_days": -1}}, "/feedback/keep_resolved_days"),
        ({"feedback": {"customer_service_email": "nobody"}}, "/feedback/customer_service_email"),
        ({"time_zone": "Europe/Pari"}, "/time_zone"),
        ({"time_zone": "../etc/passwd"}, "/time_zone"),
        ({"currency": "euro"}, "/currency"),
        ({"country": "France"}, "/country"),
        ({"languages": ["français"]}, "/languages/0"),
        ({"languages": []}, "/languages"),
        ({"name": " "}, "/name"),
        ({"name": "a\u0000b"}, "/name"),
        ({"groups": ["\u0007"]}, "/groups/0"),
        ({"stars": 5}, "/stars"),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_pointed_at_and_changes_nothing(house: House, patch: Body, pointer: str) -> None:
    path = f"/v1/properties/{house.port}"
    answer = house.admin.patch(path, json=patch)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert house.admin.get(path).headers["etag"] == '"1"'


def test_a_new_property_needs_name_country_zone_and_currency(house: House) -> None:
    answer = house.admin.post("/v1/properties", json={})
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/name", "/country", "/time_zone", "/currency"}


def test_the_list_can_be_of_one_group_and_in_either_order(house: House) -> None:
    assert [hotel["id"] for hotel in house.admin.listed("/v1/properties")] == [house.lago, house.port]
    assert [hotel["id"] for hotel in house.admin.listed("/v1/properties?sort=created_at")] == [house.port, house.lago]
    assert [hotel["id"] for hotel in house.admin.listed("/v1/properties?group=Lacs")] == [house.lago]
    assert house.admin.listed("/v1/properties?group=Montagne") == []
