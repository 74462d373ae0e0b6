"""What a client has written it reads at once, however many write, and while read models are rebuilt."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import psycopg

from adapters.bootstrap import PROJECTIONS, Hote
from projections.rebuild import rebuild
from tests.contract.conftest import Api, House, fresh_email

CLIENTS = 8
WRITES = 300


def stale(api: Api) -> str | None:
    """What a list shows that is read right after a guest was written, unless it is that guest."""
    email = fresh_email()
    written = api.post("/v1/guests", json={"last_name": "Lefèvre", "emails": [email]})
    assert written.status_code == 201, written.text
    position = {"Hote-At-Least": written.headers["Hote-Position"]}
    listed = api.get("/v1/guests", params={"search": email}, headers=position)
    assert listed.status_code == 200, listed.text
    shown = [item["id"] for item in listed.json()["items"]]
    return None if shown == [written.json()["id"]] else f"{shown} for {email} at {position}"


def test_of_many_writes_each_is_in_the_list_that_is_read_next(house: House) -> None:
    with ThreadPoolExecutor(CLIENTS) as clients:
        assert [each for each in clients.map(stale, repeat(house.admin, WRITES)) if each] == []


def test_a_property_is_in_the_list_that_is_read_next(house: House) -> None:
    hotel = {"country": "FR", "time_zone": "Europe/Paris", "currency": "EUR"}
    for number in range(20):
        added = house.admin.post("/v1/properties", json=hotel | {"name": f"Hôtel {number}"})
        position = {"Hote-At-Least": added.headers["Hote-Position"]}
        listed = house.admin.get("/v1/properties", headers=position).json()["items"]
        assert listed[0]["id"] == added.json()["id"]


def test_a_new_name_is_in_the_feedback_that_is_read_next(house: House) -> None:
    code = house.admin.post("/v1/codes", json={"name": "Bruit"}).json()["id"]
    entry = {"property_id": house.port, "kind": "negative", "code_id": code}
    feedback = house.admin.post("/v1/feedback", json=entry).json()["id"]
    for number in range(20):
        renamed = house.admin.patch(f"/v1/codes/{code}", json={"name": f"Bruit {number}"})
        position = {"Hote-At-Least": renamed.headers["Hote-Position"]}
        read = house.admin.get(f"/v1/feedback/{feedback}", headers=position).json()
        assert read["code"] == f"Bruit {number}"


def test_rebuilding_goes_unnoticed_by_who_reads_and_writes(hote: Hote, house: House) -> None:
    ended, written = threading.Event(), 0

    def staff() -> int:
        done = 0
        while not ended.is_set():
            assert stale(house.admin) is None
            done += 1
        return done

    with ThreadPoolExecutor(2) as clients:
        working = [clients.submit(staff) for _ in range(2)]
        try:
            with psycopg.connect(hote.database_url, autocommit=True) as connection:
                for projection in PROJECTIONS:
                    for _ in rebuild(connection, hote.feed, projection):
                        assert stale(house.admin) is None
                        written += 1
        finally:
            ended.set()
        written += sum(each.result() for each in working)
    assert len(house.admin.listed("/v1/guests", params={"limit": 200})) == min(written, 200)
