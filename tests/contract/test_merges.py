"""/v1/merges: two guests made one and two again, over HTTP; and where the old id leads meanwhile."""

import pytest

from tests.contract.conftest import Api, Body, House, fresh_email


@pytest.fixture
def pair(house: House) -> tuple[Body, Body]:
    zoe = house.admin.register(last_name="Lefevre", stay={"property_id": house.port, "arrival": "2026-11-18"})
    other = house.admin.register(
        last_name="Lefèvre", company="Sirvoy", stay={"property_id": house.lago, "arrival": "2026-11-01"}
    )
    return zoe, other


def order(pair: tuple[Body, Body], **more: object) -> Body:
    return {"surviving_guest_id": pair[0]["id"], "merged_guest_id": pair[1]["id"], **more}


def merged(api: Api, pair: tuple[Body, Body], **more: object) -> Body:
    answer = api.post("/v1/merges", json=order(pair, **more))
    assert answer.status_code == 201, answer.text
    made: Body = answer.json()
    assert answer.headers["Location"] == f"/v1/merges/{made['id']}"
    return made


@pytest.mark.parametrize("how", [{"params": {"dry_run": "true"}}, {"json": {"dry_run": True}}], ids=["query", "body"])
def test_a_preview_says_what_would_come_of_it(house: House, pair: tuple[Body, Body], how: Body) -> None:
    how["json"] = order(pair, fields={"last_name": "merged"}) | how.get("json", {})
    answer = house.admin.post("/v1/merges", **how)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert shown["id"] is None
    assert shown["conflicts"] == [
        {"field": "last_name", "surviving": "Lefevre", "merged": "Lefèvre", "chosen": "merged"}
    ]
    assert shown["guest"]["company"] == "Sirvoy"
    assert shown["guest"]["emails"] == pair[0]["emails"] + pair[1]["emails"]
    assert house.admin.get(f"/v1/guests/{pair[1]['id']}").json() == pair[1]


def test_one_stands_for_both_until_it_is_undone(house: House, pair: tuple[Body, Body]) -> None:
    zoe, other = pair
    made = merged(house.admin, pair)
    read = house.admin.get(f"/v1/merges/{made['id']}").json()
    assert read == {name: value for name, value in made.items() if name != "conflicts"}
    assert house.admin.get(f"/v1/guests/{zoe['id']}").json() == made["guest"]
    assert [row["id"] for row in house.admin.listed("/v1/guests")] == [zoe["id"]]
    found = house.admin.post("/v1/guests", json={"last_name": "X", "emails": other["emails"]}).json()
    assert found["guest_id"] == zoe["id"]

    undone = house.admin.delete(f"/v1/merges/{made['id']}")
    assert undone.status_code == 204, undone.text
    for each in pair:
        now = house.admin.get(f"/v1/guests/{each['id']}").json()
        assert {k: v for k, v in now.items() if k not in ("version", "updated_at")} == {
            k: v for k, v in each.items() if k not in ("version", "updated_at")
        }
    assert {row["id"] for row in house.admin.listed("/v1/guests")} == {zoe["id"], other["id"]}
    assert house.admin.get(f"/v1/merges/{made['id']}").status_code == 404


def test_the_old_id_leads_to_the_guest_who_stands_for_both(house: House, pair: tuple[Body, Body]) -> None:
    merged(house.admin, pair)
    old, new = (f"/v1/guests/{each['id']}" for each in (pair[1], pair[0]))
    parts = ("", "/history", "/feedback", "/invitations", "/reservations", "/export", "?as_of=2999-01-01T00:00:00Z")
    for part in parts:
        answer = house.admin.get(f"{old}{part}", follow_redirects=False)
        assert (answer.status_code, answer.headers.get("Location")) == (308, f"{new}{part}"), part
    assert house.admin.patch(old, json={"level": "VIP"}).json()["level"] == "VIP", "method and body stay"
    changed = house.admin.send("PUT", f"{old}/block", json={"reason": "fraud"}, follow_redirects=False)
    assert (changed.status_code, changed.headers["Location"]) == (308, f"{new}/block")


def test_elsewhere_the_old_id_is_refused_with_the_new_one(house: House, pair: tuple[Body, Body]) -> None:
    merged(house.admin, pair)
    said = {"property_id": house.port, "kind": "negative", "guest_id": pair[1]["id"]}
    answer = house.admin.post("/v1/feedback", json=said)
    assert answer.status_code == 409
    assert (answer.json()["type"], answer.json()["guest_id"]) == ("/problems/guest-merged", pair[0]["id"])


def test_what_was_said_before_is_the_surviving_guests_too(house: House, pair: tuple[Body, Body]) -> None:
    said = {"property_id": house.port, "kind": "negative", "guest_id": pair[1]["id"], "comment": "Bruit"}
    feedback = house.admin.post("/v1/feedback", json=said).json()
    made = merged(house.admin, pair)
    theirs = house.admin.listed(f"/v1/guests/{pair[0]['id']}/feedback")
    assert [each["id"] for each in theirs] == [feedback["id"]]
    history = house.admin.get(f"/v1/guests/{pair[0]['id']}/history").json()["items"]
    assert {"GuestMerged", "MergedInto", "FeedbackRecorded"} <= {each["type"] for each in history}
    exported = house.admin.get(f"/v1/guests/{pair[0]['id']}/export").json()
    assert "Bruit" in str(exported)
    assert "redacted" not in str(exported)

    house.admin.delete(f"/v1/merges/{made['id']}")
    assert house.admin.listed(f"/v1/guests/{pair[0]['id']}/feedback") == []
    exported = house.admin.get(f"/v1/guests/{pair[0]['id']}/export").json()
    assert pair[1]["emails"][0] not in str(exported), "what was told during the mistake is not only theirs"


def test_lists_are_filtered_by_the_old_id_as_well(house: House, pair: tuple[Body, Body]) -> None:
    said = {"property_id": house.port, "kind": "negative", "guest_id": pair[1]["id"]}
    house.admin.post("/v1/feedback", json=said)
    told = {"property_id": house.port, "arrival": "2026-11-01", "departure": "2026-11-03"}
    guest = {"last_name": "Lefèvre", "emails": pair[0]["emails"]}
    house.admin.post("/v1/reservations", json=told | {"guest": guest})
    merged(house.admin, pair)
    for path in ("/v1/feedback", "/v1/reservations"):
        found = [house.admin.listed(path, params={"guest_id": each["id"]}) for each in pair]
        assert len(found[0]) == 1
        assert found[1] == found[0]


def test_who_has_more_addresses_than_anybody_enters_can_be_changed(house: House) -> None:
    pair = tuple(house.admin.register(emails=[fresh_email() for _ in range(6)]) for _ in "12")
    path = f"/v1/guests/{pair[0]['id']}"
    emails = merged(house.admin, (pair[0], pair[1]))["guest"]["emails"]
    assert len(emails) == 12
    for change in ({"level": "VIP"}, {"emails": emails[1:]}):
        answer = house.admin.patch(path, json=change)
        assert answer.status_code == 200, answer.text
    refused = house.admin.patch(path, json={"emails": emails})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/emails")
    alone = house.admin.patch(f"/v1/guests/{house.admin.register()['id']}", json={"emails": emails})
    assert alone.status_code == 422


def test_a_kept_answer_tells_nothing_more_of_who_is_erased_after_an_undone_merge(
    house: House, pair: tuple[Body, Body]
) -> None:
    third = house.admin.register()
    made = merged(house.admin, pair)
    preview = order((pair[0], third), dry_run=True)
    again = {"Idempotency-Key": fresh_email()}
    first = house.admin.post("/v1/merges", json=preview, headers=again)
    assert pair[1]["emails"][0] in first.text
    house.admin.delete(f"/v1/merges/{made['id']}")
    house.admin.post(f"/v1/guests/{pair[1]['id']}/anonymise", json={"reason": "Demande"})
    assert pair[1]["emails"][0] not in house.admin.post("/v1/merges", json=preview, headers=again).text


def test_some_cannot_be_merged_or_undone(house: House, other: House, pair: tuple[Body, Body]) -> None:
    third = house.admin.register()
    assert code(house.admin.post("/v1/merges", json=order((pair[0], pair[0])))) == "same-guest"
    assert code(house.admin.post("/v1/merges", json=order((pair[0], other.admin.register())))) == "not-found"
    assert code(house.staff("front_desk", house.port).post("/v1/merges", json=order(pair))) == "not-found"
    house.admin.send("PUT", f"/v1/guests/{third['id']}/legal-hold", json={"grounds": "Litige"})
    assert code(house.admin.post("/v1/merges", json=order((pair[0], third)))) == "legal-hold"
    house.admin.delete(f"/v1/guests/{third['id']}/legal-hold")
    first = merged(house.admin, pair)
    last = merged(house.admin, (third, pair[0]))
    answer = house.admin.delete(f"/v1/merges/{first['id']}")
    assert (code(answer), answer.json()["merge_id"]) == ("merge-not-last", last["id"])
    assert code(house.admin.post("/v1/merges", json=order(pair))) == "guest-merged"
    answer = house.admin.delete(f"/v1/guests/{third['id']}")
    assert (code(answer), answer.json()["merge_id"]) == ("still-merged", last["id"])
    assert code(other.admin.get(f"/v1/merges/{last['id']}")) == "not-found"


def test_anonymising_one_erases_both(house: House, pair: tuple[Body, Body]) -> None:
    merged(house.admin, pair)
    why = {"reason": "Demande", "reference": "2026-118"}
    answer = house.admin.post(f"/v1/guests/{pair[1]['id']}/anonymise", json=why)  # by the old id
    assert answer.status_code == 200, answer.text
    gone = house.admin.get(f"/v1/guests/{pair[1]['id']}").json()
    assert (gone["id"], gone["anonymised"], gone["emails"]) == (pair[0]["id"], True, [])
    history = house.admin.get(f"/v1/guests/{pair[0]['id']}/history").json()["items"]
    erasures = [each["data"]["erasure_id"] for each in history if each["type"] == "GuestAnonymised"]
    assert answer.json()["erasure_id"] in erasures
    subjects = [house.admin.get(f"/v1/erasures/{each}").json()["guest_id"] for each in erasures]
    assert sorted(subjects) == sorted([pair[0]["id"], pair[1]["id"]])
    assert house.admin.register(emails=pair[1]["emails"])["id"] not in (pair[0]["id"], pair[1]["id"])


def test_a_list_of_those_to_be_erased_can_have_the_old_id(house: House, pair: tuple[Body, Body]) -> None:
    merged(house.admin, pair)
    why = {"reason": "Demande", "guest_ids": [pair[1]["id"], pair[0]["id"]]}
    results = house.admin.post("/v1/erasures", json=why).json()
    text = str(results)
    assert text.count("'erased'") == 2, text


def test_a_reservation_follows_the_guest(house: House) -> None:
    email = fresh_email()
    zoe, other = house.admin.register(), house.admin.register(emails=[email])
    told = {"property_id": house.port, "arrival": "2026-11-01", "departure": "2026-11-03", "rooms": ["104"]}
    guest = {"last_name": "Lefèvre", "emails": [email]}
    booked = house.admin.post("/v1/reservations", json=told | {"source": "internal", "guest": guest})
    assert booked.status_code == 201, booked.text
    made = merged(house.admin, (zoe, other))
    path = f"/v1/reservations/{booked.json()['id']}"
    assert house.admin.get(path).json()["guest"]["id"] == zoe["id"]
    since = house.admin.post("/v1/reservations", json=told | {"source": "internal", "guest": guest, "rooms": ["105"]})
    house.admin.delete(f"/v1/merges/{made['id']}")
    for each in (path, f"/v1/reservations/{since.json()['id']}"):
        assert house.admin.get(each).json()["guest"]["id"] == other["id"]


def code(answer: object) -> str:
    kind: str = answer.json()["type"].removeprefix("/problems/")  # type: ignore[attr-defined]
    return kind
