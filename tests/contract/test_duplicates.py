"""/v1/duplicates: who may be the same person is suggested, until somebody merges them or says that they are not."""

from tests.contract.conftest import Api, Body, House, fresh_email


def suggested(api: Api, **params: str) -> list[set[str]]:
    return [{guest["id"] for guest in each["guests"]} for each in api.listed("/v1/duplicates", params=params)]


def twice(house: House, **more: object) -> tuple[Body, Body]:
    local = fresh_email().partition("@")[0]
    zoe = house.admin.register(first_name="Zoé", last_name="Lefèvre", emails=[f"{local}@orange.fr"], **more)
    other = house.admin.register(first_name="zoe", last_name="LEFEVRE", emails=[f"{local}@oragne.fr"])
    return zoe, other


def test_two_who_look_alike_are_suggested_with_what_matched(house: House, other: House) -> None:
    pair = twice(house)
    house.admin.register(first_name="Luc", last_name="Petit")
    twice(other)
    [found] = house.admin.listed("/v1/duplicates")
    assert [guest["id"] for guest in found["guests"]] == sorted(each["id"] for each in pair)
    assert found["matched"] == [{"field": "name", "how": "same"}, {"field": "emails", "how": "domain"}]
    assert found["score"] == 100
    assert {"first_name", "last_name", "emails", "phones", "stays"} <= found["guests"][0].keys()


def test_nobody_is_suggested_again_who_is_somebody_else(house: House) -> None:
    ids = [each["id"] for each in twice(house)]
    assert suggested(house.admin) == [set(ids)]
    for _ in "12":
        answer = house.admin.post("/v1/duplicates/dismiss", json={"guest_ids": ids[::-1]})
        assert answer.status_code == 204, answer.text
    assert suggested(house.admin) == []
    assert house.admin.patch(f"/v1/guests/{ids[0]}", json={"level": "VIP"}).status_code == 200
    assert suggested(house.admin) == []
    alone = house.admin.post("/v1/duplicates/dismiss", json={"guest_ids": ids[:1] * 2})
    assert (alone.status_code, alone.json()["type"]) == (409, "/problems/same-guest")


def test_who_is_somebody_else_stays_so_once_one_of_them_was_merged(house: House) -> None:
    zoe, other = twice(house)
    luc = house.admin.register(first_name="Luc", last_name="Petit")
    house.admin.post("/v1/duplicates/dismiss", json={"guest_ids": [zoe["id"], other["id"]]})
    order = {"surviving_guest_id": luc["id"], "merged_guest_id": zoe["id"]}
    chosen = {"first_name": "merged", "last_name": "merged"}
    assert house.admin.post("/v1/merges", json=order | {"fields": chosen}).status_code == 201
    assert suggested(house.admin) == []


def test_who_was_merged_changed_or_erased_is_no_duplicate_any_more(house: House) -> None:
    zoe, other = twice(house)
    order = {"surviving_guest_id": zoe["id"], "merged_guest_id": other["id"]}
    made = house.admin.post("/v1/merges", json=order).json()
    assert suggested(house.admin) == []
    house.admin.delete(f"/v1/merges/{made['id']}")
    assert suggested(house.admin) == [{zoe["id"], other["id"]}]
    house.admin.patch(f"/v1/guests/{zoe['id']}", json={"first_name": "Luc", "last_name": "Petit"})
    assert suggested(house.admin) == []
    house.admin.patch(f"/v1/guests/{zoe['id']}", json={"first_name": "Zoé", "last_name": "Lefèvre"})
    assert len(suggested(house.admin)) == 1
    house.admin.post(f"/v1/guests/{other['id']}/anonymise", json={"reason": "Demande"})
    assert suggested(house.admin) == []


def test_a_key_of_one_property_sees_those_alone_of_whom_all_is_there(house: House) -> None:
    pair = {each["id"] for each in twice(house, stay={"property_id": house.lago})}
    at_the_port = house.staff("front_desk", house.port)
    assert suggested(house.admin) == [pair]
    assert at_the_port.get("/v1/duplicates").json()["items"] == []
    refused = at_the_port.post("/v1/duplicates/dismiss", json={"guest_ids": list(pair)})
    assert refused.status_code == 404


def test_a_name_that_many_have_says_nothing(house: House) -> None:
    for _ in range(6):
        house.admin.register(first_name="Jean", last_name="Martin")
    assert suggested(house.admin) == []


def test_pages_neither_skip_nor_repeat(house: House) -> None:
    pairs = [{guest["id"] for guest in twice(house, phones=["+33612345600"])}]
    for name in ("Silva", "Costa", "Pereira", "Sousa"):
        pairs.append({house.admin.register(first_name="Ana", last_name=name)["id"] for _ in "12"})
    whole = suggested(house.admin)
    assert sorted(map(sorted, whole)) == sorted(map(sorted, pairs))
    paged: list[set[str]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = house.admin.get("/v1/duplicates", params={"limit": "2", **({"cursor": cursor} if cursor else {})}).json()
        paged += [{guest["id"] for guest in each["guests"]} for each in page["items"]]
        cursor = page["next"]
    assert paged == whole
    assert house.admin.get("/v1/duplicates", params={"count": "true"}).json()["total"] == 5
    rows = house.admin.get("/v1/duplicates", params={"format": "csv"}).text.splitlines()
    assert len(rows) == 6
    assert house.admin.get("/v1/duplicates", params={"cursor": "x"}).status_code == 422
