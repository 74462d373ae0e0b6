"""/v1/reservations: booked, linked by e-mail and phone, changed, cancelled, moved; what guests' pages make of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from httpx import Response

from tests.contract.conftest import Body, House, fresh_email

TODAY = datetime.now(UTC).date()
PHONES = ("+33612345678", "+33612345679")


def day(days: int) -> str:
    return str(TODAY + timedelta(days=days))


def booking(house: House, *, days: int = 30, nights: int = 3, **fields: object) -> Body:
    """From so many days from now."""
    return {"property_id": house.port, "arrival": day(days), "departure": day(days + nights)} | fields


def book(house: House, **fields: object) -> Body:
    answer = house.admin.post("/v1/reservations", json=booking(house, **fields))  # type: ignore[arg-type]  # as JSON
    assert answer.status_code == 201, answer.text
    reservation: Body = answer.json()
    return reservation


def contact(email: str | None = None, **fields: object) -> Body:
    return {"last_name": "Lefèvre", "emails": [email or fresh_email()]} | fields


def guest(house: House, reservation: Body) -> Body:
    page: Body = house.admin.get(f"/v1/guests/{reservation['guest_id']}").json()
    return page


def post(house: House, reservation: Body, path: str) -> Response:
    return house.admin.post(f"/v1/reservations/{reservation['id']}/{path}")


def listed(house: House, **params: object) -> list[Body]:
    return house.admin.listed("/v1/reservations", params=params)


def test_a_reservation_of_somebody_unknown_makes_a_guest(house: House) -> None:
    made = book(house, rooms=["104"], total={"amount": 38700, "currency": "EUR"}, guest=contact(first_name="Zoé"))
    assert (made["state"], made["source"], made["version"], made["external_id"]) == ("booked", "internal", 1, None)
    assert made["guest"] == {
        "id": made["guest_id"], "status": "new", "first_name": "Zoé", "last_name": "Lefèvre", "level": None,
        "status_label": None, "note": None,
    }  # fmt: skip
    assert house.admin.get(f"/v1/reservations/{made['id']}").json() == made
    assert listed(house) == [made]
    page = guest(house, made)
    assert (page["emails"], page["stays"], page["last_rooms"]) == (made["contact"]["emails"], 0, ["104"])


def test_a_reservation_of_nobody_in_particular_is_nobodys(house: House) -> None:
    made = book(house)
    assert (made["guest_id"], made["guest"], made["contact"]) == (None, None, None)


def test_it_links_itself_by_e_mail_then_phone_and_the_e_mail_wins(house: House) -> None:
    by_email, by_phone = (house.admin.register(emails=[fresh_email()], phones=[phone]) for phone in PHONES)
    assert book(house, guest=contact(by_email["emails"][0].upper()))["guest_id"] == by_email["id"]
    phone = {"last_name": "X", "emails": [], "phones": [PHONES[1]]}
    assert book(house, guest=phone)["guest_id"] == by_phone["id"]
    both = book(house, guest=contact(by_email["emails"][0], phones=[PHONES[1]]))
    assert both["guest_id"] == by_email["id"]
    assert guest(house, both)["phones"] == [PHONES[0]]  # the other is somebody else's


def test_it_links_by_no_name(house: House) -> None:
    first, second = (book(house, guest={"last_name": "Martin", "first_name": "Sandrine"}) for _ in range(2))
    assert first["guest_id"] != second["guest_id"]


def test_twenty_who_book_for_the_same_new_e_mail_at_once_make_one_guest(house: House) -> None:
    email = fresh_email()
    with ThreadPoolExecutor(20) as pool:
        made = list(pool.map(lambda days: book(house, days=days, guest=contact(email)), range(20)))
    assert len({each["guest_id"] for each in made}) == 1
    stays = {
        each["arrival"] for each in house.admin.listed("/v1/reservations", params={"guest_id": made[0]["guest_id"]})
    }
    assert stays == {day(days) for days in range(20)}


def test_contact_details_become_the_guests_unless_that_is_switched_off(house: House) -> None:
    email, others = fresh_email(), [fresh_email(), fresh_email()]
    made = book(house, guest=contact(email))
    book(house, guest=contact(email, company="Sirvoy") | {"emails": [email, others[0]]})
    page = guest(house, made)
    assert (page["company"], page["emails"], page["contact_sync"]) == ("Sirvoy", [email, others[0]], True)
    switched = house.admin.patch(f"/v1/guests/{page['id']}", json={"contact_sync": False})
    assert switched.json()["contact_sync"] is False
    again = book(house, guest=contact(email, company="Autre") | {"emails": [email, others[1]]})
    assert (again["guest_id"], guest(house, again)["company"]) == (page["id"], "Sirvoy")
    changed = house.admin.patch(f"/v1/reservations/{made['id']}", json={"guest": {"company": "Encore"}})
    assert changed.json()["contact"]["company"] == "Encore"
    assert guest(house, again)["company"] == "Sirvoy"


def test_realised_stays_count_and_those_to_come_cancelled_or_missed_do_not(house: House) -> None:
    email = fresh_email()
    paid = {"amount": 10000, "currency": "EUR"}
    first = book(house, days=-100, nights=3, rooms=["104"], paid=paid, guest=contact(email))
    assert {name: guest(house, first)[name] for name in ("status", "stays", "nights", "last_stay", "last_rooms")} == {
        "status": "new", "stays": 1, "nights": 3, "last_stay": day(-100), "last_rooms": ["104"],
    }  # fmt: skip
    second = book(house, days=-10, nights=2, rooms=["201", "202"], paid=paid, guest=contact(email))
    page = guest(house, first)
    assert (page["status"], page["stays"], page["nights"], page["last_rooms"]) == ("returning", 2, 5, ["201", "202"])
    assert page["total_paid"] == [{"amount": 20000, "currency": "EUR"}]
    to_come = book(house, days=30, paid={"amount": 500, "currency": "CHF"}, guest=contact(email))
    assert guest(house, first)["stays"] == 2
    assert guest(house, first)["total_paid"] == [
        {"amount": 500, "currency": "CHF"},
        {"amount": 20000, "currency": "EUR"},
    ]
    assert post(house, to_come, "cancel").json()["state"] == "cancelled"
    assert post(house, second, "no-show").json()["state"] == "no_show"
    page = guest(house, first)
    assert (page["status"], page["stays"], page["nights"], page["last_stay"]) == ("new", 1, 3, day(-100))
    assert page["total_paid"] == [{"amount": 10000, "currency": "EUR"}]
    [line] = [each for each in house.admin.listed("/v1/guests") if each["id"] == page["id"]]
    assert {name: page[name] for name in line if name in page} == {name: line[name] for name in line if name in page}


def test_who_stayed_before_is_returning_on_the_next_reservation(house: House) -> None:
    email = fresh_email()
    past, coming = (book(house, days=days, guest=contact(email)) for days in (-100, 30))
    assert coming["guest"]["status"] == "returning"
    shown = {each["id"]: each["guest"]["status"] for each in listed(house)}
    assert shown == {past["id"]: "new", coming["id"]: "returning"}
    assert house.admin.get(f"/v1/reservations/{past['id']}").json()["guest"]["status"] == "new"


def test_a_check_in_before_the_day_is_a_stay(house: House) -> None:
    made = book(house, days=2, guest=contact())
    assert post(house, made, "check-in").json()["state"] == "checked_in"
    assert guest(house, made)["stays"] == 1
    refused = post(house, made, "cancel")
    assert (refused.status_code, refused.json()["state"]) == (409, "checked_in")
    assert post(house, made, "check-out").json()["state"] == "checked_out"
    assert guest(house, made)["stays"] == 1


def test_level_and_note_are_in_every_answer_to_staff(house: House) -> None:
    who = house.admin.register(level="VIP", note="Chambre au calme")
    made = book(house, guest=contact(who["emails"][0]))
    assert (made["guest"]["level"], made["guest"]["note"]) == ("VIP", "Chambre au calme")
    assert listed(house) == [made]


def test_a_machine_sees_nothing_of_what_the_hotel_thinks_of_a_guest(house: House) -> None:
    who = house.admin.register(level="VIP", note="Chambre au calme")
    entry = booking(house, source="engine", guest=contact(who["emails"][0]))
    engine = house.staff("machine")
    made = engine.post("/v1/reservations", json=entry).json()
    listed(house)
    [item] = engine.get("/v1/reservations").json()["items"]
    for shown in (made, engine.get(f"/v1/reservations/{made['id']}").json(), item):
        assert (shown["guest"]["level"], shown["guest"]["note"], shown["guest"]["status"]) == (None, None, "new")


def test_a_reservation_moves_to_another_guest_and_to_none(house: House) -> None:
    made = book(house, days=-50, guest=contact(company="Sirvoy"))
    before, after = made["guest_id"], house.admin.register()
    path = f"/v1/reservations/{made['id']}/guest"
    moved = house.admin.send("PUT", path, json={"guest_id": after["id"]})
    assert moved.json()["guest_id"] == after["id"]
    pages = [house.admin.get(f"/v1/guests/{id_}").json() for id_ in (before, after["id"])]
    assert [page["stays"] for page in pages] == [0, 1]
    assert pages[1]["company"] == "Sirvoy"
    assert house.admin.delete(path).json()["guest_id"] is None
    assert house.admin.get(f"/v1/guests/{after['id']}").json()["stays"] == 0
    assert house.admin.delete(path).status_code == 200
    assert house.admin.send("PUT", path, json={"guest_id": made["id"]}).status_code == 404


def test_a_move_tells_what_is_lacking_and_renames_nobody(house: House) -> None:
    made = book(house, guest={"last_name": "Martin", "first_name": "Paul", "emails": [fresh_email()]})
    after = house.admin.register()
    house.admin.send("PUT", f"/v1/reservations/{made['id']}/guest", json={"guest_id": after["id"]})
    page = house.admin.get(f"/v1/guests/{after['id']}").json()
    assert (page["last_name"], page["first_name"], page["emails"]) == ("Lefèvre", "Paul", after["emails"])


def test_what_was_cancelled_is_linked_to_nobody_else(house: House) -> None:
    made = book(house, guest=contact())
    post(house, made, "cancel")
    path = f"/v1/reservations/{made['id']}/guest"
    refused = house.admin.send("PUT", path, json={"guest_id": house.admin.register()["id"]})
    assert (refused.status_code, refused.json()["state"]) == (409, "cancelled")


def test_a_key_sees_no_more_of_a_guest_than_is_its_business(house: House) -> None:
    who = house.admin.register(note="secret", stay={"property_id": house.lago, "arrival": day(-9)})
    desk = house.staff("front_desk", house.port)
    made = desk.post("/v1/reservations", json=booking(house, guest=contact(who["emails"][0]))).json()
    assert made["guest"]["note"] == "secret"  # who is to come is
    desk.post(f"/v1/reservations/{made['id']}/cancel")
    listed(house)
    for shown in (desk.get(f"/v1/reservations/{made['id']}").json(), *desk.get("/v1/reservations").json()["items"]):
        assert (shown["guest"]["id"], shown["guest"]["note"], shown["guest"]["last_name"]) == (who["id"], None, None)


def test_a_machine_links_nobody_and_is_not_told_who_is_blocked(house: House) -> None:
    who, machine = house.admin.register(), house.staff("machine")
    house.admin.send("PUT", f"/v1/guests/{who['id']}/block", json={"reason": "damage"})
    entry = booking(house, guest=contact(who["emails"][0]))
    answer = machine.post("/v1/reservations", json=entry)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/reservation-declined")
    made = book(house)
    path = f"/v1/reservations/{made['id']}/guest"
    assert machine.send("PUT", path, json={"guest_id": who["id"]}).status_code == 403
    blocked = house.admin.send("PUT", path, json={"guest_id": who["id"]})
    assert (blocked.status_code, blocked.json()["type"]) == (409, "/problems/guest-blocked")


def test_a_stay_that_a_list_told_before_is_that_of_the_reservation(house: House) -> None:
    told = {"property_id": house.port, "arrival": day(-20), "departure": day(-18), "room": None}
    who = house.admin.register(stay=told)
    made = book(house, days=-20, nights=2, rooms=["104"], guest=contact(who["emails"][0]))
    page = guest(house, made)
    assert (page["stays"], page["nights"], page["last_rooms"]) == (1, 2, ["104"])
    refused = house.admin.patch(f"/v1/guests/{who['id']}", json={"stay": {"room": "105"}})
    assert (refused.status_code, refused.json()["reservation_id"]) == (409, made["id"])
    house.admin.patch(f"/v1/reservations/{made['id']}", json={"rooms": ["105"]})
    assert guest(house, made)["last_rooms"] == ["105"]


@pytest.mark.parametrize(
    ("source", "status", "problem"),
    [("internal", 409, "guest-blocked"), ("engine", 409, "reservation-declined"), ("channel", 201, None)],
)
def test_who_is_blocked_can_only_book_through_a_channel(
    house: House, source: str, status: int, problem: str | None
) -> None:
    who = house.admin.register()
    house.admin.send("PUT", f"/v1/guests/{who['id']}/block", json={"reason": "damage"})
    entry = booking(house, source=source, guest=contact(who["emails"][0]))
    answer = house.admin.post("/v1/reservations", json=entry, headers={"Accept-Language": "fr"})
    assert answer.status_code == status, answer.text
    if problem is None:
        assert answer.json()["guest"]["status"] == "blocked"
        return
    assert answer.json()["type"] == f"/problems/{problem}"
    if source == "engine":
        assert answer.json()["detail"] == "Nous ne pouvons malheureusement pas accepter cette réservation."
        assert who["id"] not in answer.text
        english = house.admin.post("/v1/reservations", json=entry)
        assert english.json()["detail"] == "Unfortunately, we cannot accept this reservation."
    else:
        assert (answer.json()["guest_id"], answer.json()["reason"]) == (who["id"], "damage")
    house.admin.delete(f"/v1/guests/{who['id']}/block")
    assert house.admin.post("/v1/reservations", json=entry).status_code == 201


def test_a_property_has_one_reservation_of_an_external_id(house: House) -> None:
    made = book(house, external_id="BK-1", source="channel")
    again = house.admin.post("/v1/reservations", json=booking(house, external_id="BK-1"))
    assert (again.status_code, again.json()["reservation_id"]) == (409, made["id"])
    assert book(house, external_id="BK-1", property_id=house.lago)["id"] != made["id"]
    assert [each["id"] for each in listed(house, external_id="BK-1", property_id=house.port)] == [made["id"]]


def test_if_match_keeps_from_changing_what_has_changed(house: House) -> None:
    made = book(house)
    path = f"/v1/reservations/{made['id']}"
    tag = house.admin.get(path).headers["etag"]
    assert house.admin.patch(path, json={"departure": day(35)}, headers={"If-Match": tag}).status_code == 200
    assert house.admin.patch(path, json={"departure": day(36)}, headers={"If-Match": tag}).status_code == 412


def test_what_was_cancelled_can_no_longer_be_changed(house: House) -> None:
    made = book(house)
    post(house, made, "cancel")
    refused = house.admin.patch(f"/v1/reservations/{made['id']}", json={"departure": day(35)})
    assert (refused.status_code, refused.json()["state"]) == (409, "cancelled")
    assert post(house, made, "cancel").json()["version"] == 2


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"departure": day(20)}, "", "departure-before-arrival"),
        ({"arrival": "soon"}, "/arrival", "date-invalid"),
        ({"rooms": ["104", "104"]}, "/rooms/1", "room-twice"),
        ({"source": "fax"}, "/source", "choice-invalid"),
        ({"guest": {"last_name": "X", "emails": ["nobody"]}}, "/guest/emails/0", "email-invalid"),
        ({"guest": {"emails": []}}, "/guest/last_name", "missing"),
        ({"guest": {"last_name": "X", "level": "VIP"}}, "/guest/level", "field-unknown"),
        ({"total": {"amount": 1, "currency": "???"}}, "/total/currency", "currency-invalid"),
    ],
)
def test_what_is_wrong_is_named(house: House, fields: Body, pointer: str, code: str) -> None:
    answer = house.admin.post("/v1/reservations", json=booking(house) | fields)
    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]


def test_the_list_is_filtered_and_sorted(house: House) -> None:
    made = [
        book(house, days=days, source=source) for days, source in ((40, "channel"), (10, "engine"), (20, "channel"))
    ]
    ids = [each["id"] for each in made]
    assert [each["id"] for each in listed(house, sort="arrival")] == [ids[1], ids[2], ids[0]]
    assert [each["id"] for each in listed(house, source="channel", sort="-arrival")] == [ids[0], ids[2]]
    assert [each["id"] for each in listed(house, **{"arrival[gte]": day(20), "arrival[lt]": day(40)})] == [ids[2]]
    post(house, made[0], "cancel")
    assert [each["id"] for each in listed(house, state="cancelled")] == [ids[0]]
    first = house.admin.get("/v1/reservations", params={"limit": 2, "sort": "arrival", "count": "true"}).json()
    rest = house.admin.get("/v1/reservations", params={"limit": 2, "sort": "arrival", "cursor": first["next"]}).json()
    assert [each["id"] for each in [*first["items"], *rest["items"]]] == [ids[1], ids[2], ids[0]]
    assert (first["total"], rest["next"]) == (3, None)
    table = house.admin.get("/v1/reservations", params={"format": "csv"})
    assert len(table.text.splitlines()) == 4


def test_a_key_sees_the_reservations_of_its_properties(house: House, other: House) -> None:
    made = book(house)
    at_lago = house.staff("front_desk", house.lago)
    assert at_lago.get(f"/v1/reservations/{made['id']}").status_code == 404
    assert at_lago.get("/v1/reservations").json()["items"] == []
    assert at_lago.post("/v1/reservations", json=booking(house)).status_code == 404
    assert other.admin.get(f"/v1/reservations/{made['id']}").status_code == 404
    assert house.staff("analyst").get(f"/v1/reservations/{made['id']}").status_code == 403


def test_whose_reservation_it_ever_was_is_forgotten_with_them(house: House) -> None:
    first = book(house, days=-9, guest=contact())
    second = house.admin.register()
    path = f"/v1/reservations/{first['id']}"
    house.admin.send("PUT", f"{path}/guest", json={"guest_id": second["id"]})
    done = house.admin.post(f"/v1/guests/{first['guest_id']}/anonymise", json={"reason": "Demande"})
    assert done.status_code == 200, done.text
    after = house.admin.get(path).json()
    assert (after["contact"], after["guest_id"]) == (None, second["id"])
    assert [each["contact"] for each in listed(house)] == [None]
    assert house.admin.get(f"/v1/erasures/{done.json()['erasure_id']}").status_code == 200
    changed = house.admin.patch(path, json={"departure": day(-5), "guest": contact()})
    assert (changed.json()["contact"], changed.json()["departure"]) == (None, day(-5))


def test_a_guest_who_is_deleted_leaves_reservations_of_nobody(house: House) -> None:
    made = book(house, guest=contact())
    assert house.admin.delete(f"/v1/guests/{made['guest_id']}").status_code == 204
    after = house.admin.get(f"/v1/reservations/{made['id']}").json()
    assert (after["contact"], after["guest_id"], after["guest"]) == (None, None, None)


def test_dates_are_those_of_the_calendar(house: House) -> None:
    assert book(house, days=0)["arrival"] == str(date.fromisoformat(day(0)))
