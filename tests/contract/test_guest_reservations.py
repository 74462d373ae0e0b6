"""/v1/guests/{id}/reservations: previous, current and coming ones, wherever the caller may look."""

from datetime import UTC, datetime, timedelta

from uuid_utils.compat import uuid7

from tests.contract.conftest import Body, House, fresh_email

TODAY = datetime.now(UTC).date()


def booked(house: House, property_id: str, email: str, *, days: int) -> str:
    entry: Body = {
        "property_id": property_id,
        "arrival": str(TODAY + timedelta(days=days)),
        "departure": str(TODAY + timedelta(days=days + 2)),
        "guest": {"last_name": "Lefèvre", "emails": [email]},
    }
    answer = house.admin.post("/v1/reservations", json=entry)
    assert answer.status_code == 201, answer.text
    id_: str = answer.json()["id"]
    return id_


def test_they_are_of_all_times_and_properties_the_latest_arrival_first(house: House) -> None:
    guest = house.admin.register()
    coming, before, current = (
        booked(house, property_id, guest["emails"][0], days=days)
        for property_id, days in ((house.lago, 30), (house.lago, -300), (house.port, -1))
    )
    booked(house, house.port, fresh_email(), days=5)
    path = f"/v1/guests/{guest['id']}/reservations"
    told = house.admin.listed(path)
    assert [each["id"] for each in told] == [coming, current, before]
    assert [each["guest"]["status"] for each in told] == ["returning", "returning", "returning"]
    assert told[0] == house.admin.get(f"/v1/reservations/{coming}").json()

    first = house.admin.get(path, params={"limit": 2, "count": True}).json()
    rest = house.admin.get(path, params={"limit": 2, "cursor": first["next"]}).json()
    assert [each["id"] for each in [*first["items"], *rest["items"]]] == [coming, current, before]
    assert (first["total"], rest["next"]) == (3, None)
    table = house.admin.get(path, params={"format": "csv"}).text.splitlines()
    assert [line.split(",")[0] for line in table[1:]] == [coming, current, before]


def test_who_works_at_one_property_is_told_of_those_there(house: House) -> None:
    guest = house.admin.register()
    there, _ = (booked(house, property_id, guest["emails"][0], days=9) for property_id in (house.lago, house.port))
    path = f"/v1/guests/{guest['id']}/reservations"
    house.admin.listed(path)
    told = house.staff("front_desk", house.lago).get(path).json()
    assert [each["id"] for each in told["items"]] == [there]


def test_what_is_cancelled_stays_and_what_is_unlinked_goes(house: House) -> None:
    guest = house.admin.register()
    cancelled, unlinked = (booked(house, house.port, guest["emails"][0], days=days) for days in (9, 19))
    house.admin.post(f"/v1/reservations/{cancelled}/cancel")
    house.admin.delete(f"/v1/reservations/{unlinked}/guest")
    told = house.admin.listed(f"/v1/guests/{guest['id']}/reservations")
    assert [(each["id"], each["state"]) for each in told] == [(cancelled, "cancelled")]


def test_of_whom_nobody_knows_there_are_none(house: House, other: House) -> None:
    assert house.admin.get(f"/v1/guests/{uuid7()}/reservations").status_code == 404
    guest = house.admin.register()
    assert other.admin.get(f"/v1/guests/{guest['id']}/reservations").status_code == 404
