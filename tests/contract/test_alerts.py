"""/v1/alerts: the cards of the dashboard come and go with what they tell of."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from adapters.bootstrap import Hote
from tests.contract.asking import asked
from tests.contract.conftest import Api, Body, Clock, House, fresh_email
from tests.contract.recording import acted, recorded
from tests.contract.test_mail_reports import bounce, inbound, return_path

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
BLOCKED, UNSATISFIED, FAILED = "blocked_guest_reservation", "unsatisfied_feedback", "failed_delivery"


def block(house: House, guest_id: str, **how: object) -> None:
    answer = house.admin.send("PUT", f"/v1/guests/{guest_id}/block", json={"reason": "damage"} | how)
    assert answer.status_code == 204, answer.text


def booked(house: House, *, days: int = 30, nights: int = 2, email: str | None = None, at_property: str = "") -> Body:
    """By a channel, which books for those who are blocked too."""
    arrival = (NOON + timedelta(days=days)).date()
    entry = {
        "property_id": at_property or house.port,
        "source": "channel",
        "arrival": str(arrival),
        "departure": str(arrival + timedelta(days=nights)),
        "guest": {"last_name": "Lefèvre", "first_name": "Zoé", "emails": [email or fresh_email()]},
    }
    answer = house.admin.post("/v1/reservations", json=entry)
    assert answer.status_code == 201, answer.text
    reservation: Body = answer.json()
    return reservation


def somebody_blocked(house: House) -> Body:
    guest = house.admin.register(first_name="Zoé")
    block(house, guest["id"])
    return guest


def alerts(api: Api, **params: object) -> Body:
    """As they are when all that was written is told."""
    api.listed("/v1/alerts", params=params)
    answer = api.get("/v1/alerts", params=params)
    assert answer.status_code == 200, answer.text
    told: Body = answer.json()
    return told


def cards(told: Body) -> dict[str, int]:
    return {card["kind"]: card["count"] for card in told["cards"]}


def test_the_channel_booking_of_a_blocked_guest_is_an_alert_until_the_day_after_departure(
    clock: Clock, house: House
) -> None:
    guest = somebody_blocked(house)
    made = booked(house, days=3, nights=2, email=guest["emails"][0])
    told = alerts(house.admin)
    assert told == {
        "cards": [{"kind": BLOCKED, "count": 1}],
        "items": [
            {
                "kind": BLOCKED,
                "property_id": house.port,
                "reservation_id": made["id"],
                "feedback_id": None,
                "invitation_id": None,
                "since": made["booked_at"],
                "arrival": made["arrival"],
                "departure": made["departure"],
                "guest": {
                    "id": guest["id"], "status": "blocked", "status_label": None, "first_name": "Zoé",
                    "last_name": "Lefèvre",
                },
            }
        ],
        "next": None,
    }  # fmt: skip
    for days, count in ((3, 1), (5, 1), (6, 0)):
        api = clock.at(house.admin, NOON + timedelta(days=days))
        assert cards(api.get("/v1/alerts").json()) == ({BLOCKED: count} if count else {})


def test_whether_a_day_is_over_is_for_the_propertys_calendar_to_say(clock: Clock, house: House) -> None:
    guest = somebody_blocked(house)
    booked(house, days=3, nights=2, email=guest["emails"][0])
    alerts(house.admin)
    midnight = (NOON + timedelta(days=6)).replace(hour=0, tzinfo=ZoneInfo("Europe/Paris"))
    for seconds, count in ((-1, 1), (0, 0)):
        api = clock.at(house.admin, midnight + timedelta(seconds=seconds))
        assert len(api.get("/v1/alerts").json()["items"]) == count


def test_it_goes_when_the_guest_is_unblocked_or_the_block_is_over(clock: Clock, house: House) -> None:
    guest = somebody_blocked(house)
    booked(house, email=guest["emails"][0])
    assert cards(alerts(house.admin)) == {BLOCKED: 1}
    house.admin.delete(f"/v1/guests/{guest['id']}/block")
    assert cards(alerts(house.admin)) == {}
    block(house, guest["id"], until=str((NOON + timedelta(days=5)).date()))
    assert cards(alerts(house.admin)) == {BLOCKED: 1}
    for days, count in ((5, 1), (6, 0)):
        api = clock.at(house.admin, NOON + timedelta(days=days))
        assert len(api.get("/v1/alerts").json()["items"]) == count


@pytest.mark.parametrize("step", ["cancel", "no-show", "check-out"])
def test_it_goes_when_the_reservation_is_over(house: House, step: str) -> None:
    guest = somebody_blocked(house)
    made = booked(house, days=0, email=guest["emails"][0])
    path = f"/v1/reservations/{made['id']}"
    if step == "check-out":
        house.admin.post(f"{path}/check-in")
    assert cards(alerts(house.admin)) == {BLOCKED: 1}
    assert house.admin.post(f"{path}/{step}").status_code == 200
    assert cards(alerts(house.admin)) == {}


def test_it_goes_when_the_reservation_turns_out_to_be_somebody_elses(house: House) -> None:
    guest = somebody_blocked(house)
    made = booked(house, email=guest["emails"][0])
    path = f"/v1/reservations/{made['id']}/guest"
    house.admin.send("PUT", path, json={"guest_id": house.admin.register()["id"]})
    assert cards(alerts(house.admin)) == {}
    house.admin.send("PUT", path, json={"guest_id": guest["id"]})
    assert cards(alerts(house.admin)) == {BLOCKED: 1}
    house.admin.delete(path)
    assert cards(alerts(house.admin)) == {}


def test_who_is_blocked_after_they_booked_is_an_alert_too(house: House) -> None:
    made = booked(house)
    assert cards(alerts(house.admin)) == {}
    block(house, made["guest_id"])
    assert cards(alerts(house.admin)) == {BLOCKED: 1}


def test_an_unsatisfied_feedback_is_an_alert_until_it_is_answered(house: House) -> None:
    guest = house.admin.register(first_name="Zoé")
    acted(house.admin, recorded(house.admin, house.port, kind="positive"), "hold")
    complaint = recorded(house.admin, house.port, guest_id=guest["id"], comment="Travaux dès 7 h")
    told = alerts(house.admin)
    assert cards(told) == {UNSATISFIED: 1}
    [item] = told["items"]
    assert (item["feedback_id"], item["since"]) == (complaint["id"], complaint["said_at"])
    assert (item["guest"]["id"], item["guest"]["status"]) == (guest["id"], "new")
    acted(house.admin, complaint, "hold")
    assert cards(alerts(house.admin)) == {UNSATISFIED: 1}
    acted(house.admin, complaint, "reply", subject="Pardon", text="Nous sommes désolés.")
    assert cards(alerts(house.admin)) == {}


@pytest.mark.parametrize("action", ["done", "spam", "resolution"])
def test_an_unsatisfied_feedback_is_an_alert_until_it_is_handled(house: House, action: str) -> None:
    complaint = recorded(house.admin, house.port)
    told = alerts(house.admin)
    assert (cards(told), told["items"][0]["guest"]) == ({UNSATISFIED: 1}, None)
    assert house.admin.post(f"/v1/feedback/{complaint['id']}/{action}", json={}).status_code == 200
    assert cards(alerts(house.admin)) == {}


def test_a_message_that_came_back_is_an_alert_until_there_is_another_address(
    hote: Hote, clock: Clock, house: House
) -> None:
    invited = asked(hote, house)
    inbound(house.admin, bounce(to=return_path(invited)))
    told = alerts(house.admin)
    assert cards(told) == {FAILED: 1}
    [item] = told["items"]
    assert (item["invitation_id"], item["guest"]["id"]) == (str(invited.id), invited.guest["id"])
    for days, count in ((29, 1), (31, 0)):
        api = clock.at(house.admin, NOON + timedelta(days=days))
        assert len(api.get("/v1/alerts").json()["items"]) == count
    path = f"/v1/guests/{invited.guest['id']}"
    house.admin.patch(path, json={"phones": ["+33612345678"]})
    assert cards(alerts(house.admin)) == {FAILED: 1}
    house.admin.patch(path, json={"emails": [*invited.guest["emails"], fresh_email()]})
    assert cards(alerts(house.admin)) == {}


def test_of_who_is_forgotten_no_message_can_be_sent_again(hote: Hote, house: House) -> None:
    invited = asked(hote, house)
    inbound(house.admin, bounce(to=return_path(invited)))
    assert cards(alerts(house.admin)) == {FAILED: 1}
    house.admin.post(f"/v1/guests/{invited.guest['id']}/anonymise", json={"reason": "Demande"})
    assert cards(alerts(house.admin)) == {}


def test_what_is_about_a_guest_who_was_merged_is_about_the_one_who_stands_for_them(hote: Hote, house: House) -> None:
    invited = asked(hote, house)
    inbound(house.admin, bounce(to=return_path(invited)))
    recorded(house.admin, house.port, guest_id=invited.guest["id"])
    survivor = house.admin.register(phones=["+33612345678"])
    merge = {"surviving_guest_id": survivor["id"], "merged_guest_id": invited.guest["id"]}
    assert house.admin.post("/v1/merges", json=merge).status_code == 201
    told = alerts(house.admin)
    assert cards(told) == {UNSATISFIED: 1, FAILED: 1}
    assert [item["guest"]["id"] for item in told["items"]] == [survivor["id"], survivor["id"]]


def test_the_most_urgent_comes_first_and_pages_follow_each_other(hote: Hote, house: House) -> None:
    inbound(house.admin, bounce(to=return_path(asked(hote, house))))
    said = [recorded(house.admin, house.port)["id"] for _ in range(2)]
    guest = somebody_blocked(house)
    late, soon = (booked(house, days=days, email=guest["emails"][0])["id"] for days in (40, 10))
    first = alerts(house.admin, limit=3, count=True)
    rest = alerts(house.admin, limit=3, cursor=first["next"])
    items = [*first["items"], *rest["items"]]
    assert [each["reservation_id"] or each["feedback_id"] for each in items[:-1]] == [soon, late, *said]
    assert items[-1]["kind"] == FAILED
    assert (first["total"], rest["next"]) == (5, None)
    assert first["cards"] == rest["cards"]
    assert list(cards(first).items()) == [(BLOCKED, 2), (UNSATISFIED, 2), (FAILED, 1)]
    table = house.admin.get("/v1/alerts", params={"format": "csv"}).text.splitlines()
    assert [line.split(",")[2] for line in table[1:-1]] == [soon, late, *said]
    wrong = house.admin.get("/v1/alerts", params={"cursor": "x"})
    assert (wrong.status_code, wrong.json()["errors"][0]["parameter"]) == (422, "cursor")


def test_alerts_are_filtered_by_property_group_and_kind(house: House, other: House) -> None:
    guest = somebody_blocked(house)
    booked(house, email=guest["emails"][0], at_property=house.lago)
    recorded(house.admin, house.port)
    for params, expected in (
        ({}, {BLOCKED: 1, UNSATISFIED: 1}),
        ({"kind": UNSATISFIED}, {UNSATISFIED: 1}),
        ({"property_id": house.lago}, {BLOCKED: 1}),
        ({"group": "Lacs"}, {BLOCKED: 1}),
        ({"group": "Lacs", "kind": FAILED}, {}),
        ({"property_id": other.port}, {}),
    ):
        told = alerts(house.admin, **params)
        assert cards(told) == expected
        assert [item["kind"] for item in told["items"]] == list(expected)
    assert cards(house.staff("front_desk", house.lago).get("/v1/alerts").json()) == {BLOCKED: 1}
    assert cards(alerts(other.admin)) == {}
    assert house.staff("analyst").get("/v1/alerts").status_code == 403
