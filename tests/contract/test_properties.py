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
        "rooms": [],
        "arrivals": "automatic",
        "invitations": {
            "pre_stay": {"enabled": False, "channel": "email", "delay": 72, "hour": None},
            "post_stay": {"enabled": False, "channel": "email", "delay": 24, "hour": None},
            "reminder": {"enabled": False, "delay": 96},
            "quiet_hours": {"begin": 21, "end": 9},
            "distribution": [{"portal": "hote", "url": None, "percent": 100}],
        },
        "questions": [],
        "feedback": {
            "keep_resolved_days": 0,
            "alert_threshold": 5,
            "customer_service_email": None,
            "opening_hours": None,
            "response_target_minutes": None,
            "compensation_limits": [],
        },
    }
    assert house.admin.get(answer.headers["location"]).json() == hotel


def test_a_patch_reaches_into_settings_and_leaves_their_neighbours(house: House) -> None:
    path = f"/v1/properties/{house.port}"
    before = house.admin.get(path).json()
    post_stay = {"enabled": True, "channel": "sms", "delay": 48, "hour": 10}
    answer = house.admin.patch(path, json={"invitations": {"post_stay": post_stay}, "feedback": {"alert_threshold": 6}})
    expected = before | {
        "invitations": before["invitations"] | {"post_stay": post_stay},
        "feedback": before["feedback"] | {"alert_threshold": 6},
    }
    assert (answer.status_code, answer.json()) == (200, expected)
    assert answer.headers["etag"] == '"2"'
    assert house.admin.get(path).json() == expected


def test_opening_hours_are_set_day_by_day_and_taken_away_whole(house: House) -> None:
    path = f"/v1/properties/{house.port}"

    def hours_after(patch: Body | None) -> Body | None:
        answer = house.admin.patch(path, json={"feedback": {"opening_hours": patch}})
        assert answer.status_code == 200, answer.text
        hours: Body | None = answer.json()["feedback"]["opening_hours"]
        return hours

    closed: Body = {day: [] for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")}
    monday, night = (
        [{"from": "08:00", "to": "12:00"}, {"from": "14:00", "to": "22:00"}],
        [{"from": "00:00", "to": "24:00"}],
    )
    assert hours_after({"monday": monday, "friday": night}) == closed | {"monday": monday, "friday": night}
    assert hours_after({"friday": []}) == closed | {"monday": monday}
    assert hours_after(None) is None


def test_what_feedback_is_handled_by_can_be_set(house: House) -> None:
    path = f"/v1/properties/{house.port}"
    before = house.admin.get(path).json()
    limits = [{"role": "front_desk", "amount": 5000}, {"role": "manager", "amount": 50000}]
    handling = {"response_target_minutes": 120, "compensation_limits": limits}
    answer = house.admin.patch(path, json={"rooms": ["101", "102", "Suite Océan"], "feedback": handling})
    assert answer.status_code == 200
    assert answer.json() == before | {
        "rooms": ["101", "102", "Suite Océan"],
        "feedback": before["feedback"] | handling,
    }
    assert house.admin.listed("/v1/properties?sort=created_at")[0] == answer.json()


def test_a_property_can_have_five_thousand_rooms(house: House) -> None:
    rooms = [str(number) for number in range(5_001)]
    path = f"/v1/properties/{house.port}"
    assert house.admin.patch(path, json={"rooms": rooms[:5_000]}).json()["rooms"] == rooms[:5_000]
    assert house.admin.patch(path, json={"rooms": rooms}).json()["errors"][0]["code"] == "too-many"


def distribution(*percents: int) -> Body:
    return {"invitations": {"distribution": [{"portal": f"p{n}", "percent": p} for n, p in enumerate(percents)]}}


def opening(begin: str, end: str) -> Body:
    return {"feedback": {"opening_hours": {"monday": [{"from": begin, "to": end}]}}}


def limits(*given: tuple[str, float]) -> Body:
    return {"feedback": {"compensation_limits": [{"role": role, "amount": amount} for role, amount in given]}}


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
        ({"rooms": ["101", "102", "101"]}, "/rooms"),
        ({"rooms": ["x" * 21]}, "/rooms/0"),
        ({"rooms": ["101", " "]}, "/rooms/1"),
        (opening("22:00", "06:00"), "/feedback/opening_hours/monday/0"),
        (opening("8:00", "22:00"), "/feedback/opening_hours/monday/0/from"),
        (opening("08:00", "24:30"), "/feedback/opening_hours/monday/0/to"),
        ({"feedback": {"opening_hours": {"lundi": []}}}, "/feedback/opening_hours/lundi"),
        ({"feedback": {"response_target_minutes": 0}}, "/feedback/response_target_minutes"),
        (limits(("front_desk", 1), ("front_desk", 2)), "/feedback/compensation_limits"),
        (limits(("admin", 1)), "/feedback/compensation_limits/0/role"),
        (limits(("concierge", 1)), "/feedback/compensation_limits/0/role"),
        (limits(("manager", 12.5)), "/feedback/compensation_limits/0/amount"),
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
