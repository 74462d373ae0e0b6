"""Anonymising over HTTP: what can no longer be read, what stays, and what a client is told."""

import csv
import json
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from uuid import uuid4

import pytest
from psycopg.rows import scalar_row

from adapters.bootstrap import Hote
from adapters.keys.signing import verified
from tests.contract.conftest import Body, House, fresh_email
from tests.contract.importing import imported, reverted, uploaded

WHY = {"reason": "Demande d'effacement", "reference": "2026-0042"}
STAYING = (
    "id", "language", "country", "status", "stays", "nights", "last_stay", "last_rooms", "total_paid", "created_at",
)  # fmt: skip
NULL = ("salutation", "first_name", "last_name", "company", "address", "level", "note")


def zoe(house: House, **fields: object) -> Body:
    stay = {"property_id": house.port, "arrival": "2026-11-18", "departure": "2026-11-21", "room": "104"}
    return house.admin.register(
        first_name="Zoé", company="Sirvoy", note="VIP", language="fr", country="FR", stay=stay, **fields
    )


def anonymise(house: House, guest: Body) -> str:
    answer = house.admin.post(f"/v1/guests/{guest['id']}/anonymise", json=WHY)
    assert answer.status_code == 200, answer.text
    erasure_id: str = answer.json()["erasure_id"]
    return erasure_id


def test_nothing_that_names_or_describes_the_guest_can_be_read_any_more(house: House) -> None:
    guest = zoe(house)
    anonymise(house, guest)
    read = house.admin.get(f"/v1/guests/{guest['id']}")
    assert read.status_code == 200
    assert all(read.json()[name] is None for name in NULL)
    assert (read.json()["emails"], read.json()["phones"], read.json()["custom"]) == ([], [], {})
    assert read.json()["anonymised"]
    assert house.admin.get("/v1/guests", params={"search": "Sirvoy"}).json()["items"] == []


def test_figures_stay_as_they_were(house: House) -> None:
    guest, other = zoe(house), zoe(house)
    before = house.admin.get(f"/v1/guests/{guest['id']}").json()
    anonymise(house, guest)
    after = house.admin.get(f"/v1/guests/{guest['id']}").json()
    same = ("id", "stay", "stays", "status", "last_stay", "language", "country", "created_at")
    assert {name: before[name] for name in same} == {name: after[name] for name in same}
    listed = {each["id"]: each for each in house.admin.listed("/v1/guests", params={"arrival[gte]": "2026-11-18"})}
    assert listed.keys() == {guest["id"], other["id"]}
    assert listed[guest["id"]]["last_name"] is None


FILTERS = (
    "", "status=new", "status=returning", "country=IT", "country=FR&language=it", "language=fr", "group=Lacs",
    "property_id={port}", "property_id={lago}", "arrival[gte]=2026-05-10", "arrival[lt]=2026-05-10",
    "departure[gte]=2026-05-12&departure[lt]=2026-05-20", "country=FR&property_id={lago}&arrival[gte]=2026-05-05",
)  # fmt: skip
SORTS = ("stays", "-last_stay", "country", "-status", "total_paid", "-created_at")


def figures(house: House) -> dict[str, tuple[int, int, list[list[object]]]]:
    """What is said under each filter in each order: a total, lines of a table, and of each guest what stays."""
    house.admin.listed("/v1/guests")  # waits for the list
    said = {}
    for condition in (each.format(port=house.port, lago=house.lago) for each in FILTERS):
        table = house.admin.get(f"/v1/guests?format=csv&{condition}").text
        lines = len(list(csv.reader(StringIO(table))))
        for sort in SORTS:
            page = house.admin.get(f"/v1/guests?count=true&limit=200&sort={sort}&{condition}").json()
            items = [[guest[name] for name in STAYING] for guest in page["items"]]
            said[f"{condition}&sort={sort}"] = (page["total"], lines, items)
    return said


def test_every_figure_of_every_list_is_the_same(house: House) -> None:
    rows: list[Body] = [
        {"last_name": f"Nom{n}", "emails": [fresh_email()], "country": ("FR", "IT", None)[n % 3]}
        | {"language": ("fr", "it")[n % 2]}
        | {"stay": {"property_id": (house.port, house.lago)[n % 5 % 2], "arrival": f"2026-05-{n % 15 + 1:02}"}}
        for n in range(30)
    ]
    for row in rows[:15]:
        row["stay"] |= {"departure": "2026-05-17", "room": "104"}
    again = [row | {"stay": {"property_id": house.lago, "arrival": "2025-12-24"}} for row in rows[::4]]
    results = house.admin.post("/v1/guests/batch", json={"guests": rows + again}).json()["results"]
    before = figures(house)
    erased = [each["guest_id"] for each in results[:30:3]]
    answer = house.admin.post("/v1/erasures", json=WHY | {"guest_ids": erased})
    assert [each["result"] for each in answer.json()["results"]] == ["erased"] * 10
    assert figures(house) == before
    assert sorted(total for total, *_ in before.values() if not 0 < total < 30) == [30] * len(SORTS), "a filter is idle"


def test_anonymising_again_gives_the_same_erasure(house: House) -> None:
    guest = zoe(house)
    assert anonymise(house, guest) == anonymise(house, guest)


def test_nothing_more_can_be_written_of_them(house: House) -> None:
    guest = zoe(house)
    anonymise(house, guest)
    path = f"/v1/guests/{guest['id']}"
    answers = [
        house.admin.patch(path, json={"last_name": "Martin", "emails": [fresh_email()]}),
        house.admin.patch(path, json={"language": "en"}),
        house.admin.delete(path),
        house.admin.send("PUT", f"{path}/legal-hold", json={"grounds": "Litige"}),
    ]
    assert [(answer.status_code, answer.json()["type"]) for answer in answers] == [
        (409, "/problems/guest-forgotten")
    ] * len(answers)


def test_who_returns_is_a_new_guest(house: House) -> None:
    email = fresh_email()
    guest = zoe(house, emails=[email])
    anonymise(house, guest)
    again = zoe(house, emails=[email])
    assert again["id"] != guest["id"]
    rows = {"guests": [{"last_name": "Lefèvre", "emails": [email], "first_name": "Zoé"}]}
    [row] = house.admin.post("/v1/guests/batch", json=rows).json()["results"]
    assert row["guest_id"] == again["id"]


def test_the_certificate_is_signed_and_names_nobody(house: House, hote: Hote) -> None:
    guest = zoe(house)
    erasure_id = anonymise(house, guest)
    answer = house.admin.get(f"/v1/erasures/{erasure_id}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    body = verified(answer.content, hote.signer.public_key)
    assert body["guest_id"] == guest["id"]
    assert (body["reason"], body["reference"]) == (WHY["reason"], WHY["reference"])
    assert str(body["asked_by"]).startswith("key:")
    assert body["read_models"]
    for word in ("Zoé", "Lefèvre", "Sirvoy", *guest["emails"]):
        assert word not in answer.text


def test_the_reason_that_is_kept_names_nobody(house: House) -> None:
    guest = zoe(house)
    why = {"reason": f"Mme Zoe LEFEVRE a écrit de {guest['emails'][0]}", "reference": "lefevre-7"}
    answer = house.admin.post(f"/v1/guests/{guest['id']}/anonymise", json=why)
    certificate = house.admin.get(f"/v1/erasures/{answer.json()['erasure_id']}").json()
    assert certificate["reason"] == "Mme … … a écrit de …"
    assert certificate["reference"] == "…-7"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/reason"),
        ({"reason": ""}, "/reason"),
        ({"reason": "x" * 501}, "/reason"),
        ({"reason": "x", "reference": "y" * 201}, "/reference"),
        ({"reason": "x", "because": "y"}, "/because"),
    ],
)
def test_bad_input_names_its_field_and_erases_nothing(house: House, body: Body, pointer: str) -> None:
    guest = zoe(house)
    answer = house.admin.post(f"/v1/guests/{guest['id']}/anonymise", json=body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert house.admin.get(f"/v1/guests/{guest['id']}").json()["last_name"] == "Lefèvre"


def test_who_may_not_and_what_is_not_theirs(house: House, other: House) -> None:
    guest = zoe(house)
    path = f"/v1/guests/{guest['id']}/anonymise"
    assert house.staff("front_desk").post(path, json=WHY).status_code == 403
    assert other.admin.post(path, json=WHY).status_code == 404
    assert house.staff("manager", house.lago).post(path, json=WHY).status_code == 404
    assert house.admin.post(f"/v1/guests/{uuid4()}/anonymise", json=WHY).status_code == 404
    erasure_id = anonymise(house, guest)
    assert other.admin.get(f"/v1/erasures/{erasure_id}").status_code == 404
    assert house.admin.get(f"/v1/erasures/{guest['id']}").status_code == 404


def test_a_key_for_one_property_erases_nobody_who_stayed_elsewhere_too(house: House) -> None:
    guest = zoe(house)
    stay = {"property_id": house.lago, "arrival": "2026-01-02"}
    row = {"last_name": "Lefèvre", "emails": guest["emails"], "stay": stay}
    house.admin.post("/v1/guests/batch", json={"guests": [row]})
    answer = house.staff("manager", house.port).post(f"/v1/guests/{guest['id']}/anonymise", json=WHY)
    assert answer.status_code == 403


def test_a_list_of_guests_is_judged_one_by_one(house: House) -> None:
    first, held, gone, unknown = zoe(house), zoe(house), zoe(house), str(uuid4())
    house.admin.send("PUT", f"/v1/guests/{held['id']}/legal-hold", json={"grounds": "Litige 118"})
    before = anonymise(house, gone)
    ids = [first["id"], held["id"], gone["id"], unknown, first["id"]]
    key = {"Idempotency-Key": str(uuid4())}
    answer = house.admin.post("/v1/erasures", json=WHY | {"guest_ids": ids}, headers=key)
    assert answer.status_code == 200, answer.text
    results = answer.json()["results"]
    assert [each["result"] for each in results] == ["erased", "held", "already-erased", "not-found", "erased"]
    assert results[1]["hold"]["grounds"] == "Litige 118"
    assert results[2]["erasure_id"] == before
    assert house.admin.get(f"/v1/erasures/{results[0]['erasure_id']}").status_code == 200
    again = house.admin.post("/v1/erasures", json=WHY | {"guest_ids": ids}, headers=key)
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (answer.json(), "true")


def test_a_legal_hold_says_who_keeps_the_guest_and_why(house: House) -> None:
    guest = zoe(house)
    house.admin.send("PUT", f"/v1/guests/{guest['id']}/legal-hold", json={"grounds": "Litige 118"})
    answer = house.admin.post(f"/v1/guests/{guest['id']}/anonymise", json=WHY)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/legal-hold")
    assert answer.json()["grounds"] == "Litige 118"
    assert answer.json()["held_by"].startswith("key:")
    deletion = house.staff("front_desk").delete(f"/v1/guests/{guest['id']}")
    assert (deletion.status_code, deletion.json()["type"]) == (409, "/problems/legal-hold")
    assert "Litige" not in deletion.text
    house.admin.delete(f"/v1/guests/{guest['id']}/legal-hold")
    anonymise(house, guest)


def test_a_first_answer_that_told_of_the_guest_is_not_given_again(house: House) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    entry = {"last_name": "Lefèvre", "emails": [fresh_email()]}
    guest = house.admin.post("/v1/guests", json=entry, headers=key).json()
    anonymise(house, guest)
    again = house.admin.post("/v1/guests", json=entry, headers=key)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/answer-erased")
    assert house.admin.get("/v1/guests", params={"search": entry["emails"][0]}).json()["items"] == []


def test_rows_of_drafts_that_tell_of_the_guest_go_and_the_others_stay(house: House, hote: Hote) -> None:
    guest = zoe(house)
    table = f"Nom;Prénom;E-mail\nLefèvre;Zoé;{guest['emails'][0].upper()}\nMartin;Ana;{fresh_email()}\n"
    draft = uploaded(house, table.encode())
    anonymise(house, guest)
    rows = house.admin.get(f"/v1/imports/{draft['id']}/rows").json()["items"]
    assert [row["cells"]["Nom"] for row in rows] == ["Martin"]
    assert house.admin.get(f"/v1/imports/{draft['id']}").json()["rows"] == 1
    again = house.admin.patch(f"/v1/imports/{draft['id']}", json={"encoding": "cp1252"})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/file-gone")
    with hote.pool.connection() as connection, connection.cursor(row_factory=scalar_row) as cursor:
        cursor.execute("SELECT count(*) FROM imports.piece WHERE import_id = %s", [draft["id"]])
        assert cursor.fetchone() == 0


def test_a_row_that_was_taken_out_or_edited_does_not_come_back_from_the_file(house: House) -> None:
    guest = zoe(house)
    draft = uploaded(house, f"Nom;E-mail\nLefèvre;{guest['emails'][0]}\nMartin;{fresh_email()}\n".encode())
    house.admin.delete(f"/v1/imports/{draft['id']}/rows/2")
    said = house.admin.get(f"/v1/erasures/{anonymise(house, guest)}").json()["destroyed"]
    assert {(each["where"], each["what"].split()[0]): each["count"] for each in said}["imports", "files"] == 1
    again = house.admin.patch(f"/v1/imports/{draft['id']}", json={"encoding": "cp1252"})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/file-gone")


def test_a_draft_that_holds_nothing_of_anybody_erased_goes_on_as_it_is(house: House) -> None:
    draft = uploaded(house, f"Nom;E-mail\nMartin;{fresh_email()}\n".encode())
    anonymise(house, zoe(house))
    path = f"/v1/imports/{draft['id']}"
    before = house.admin.get(path)
    anonymise(house, zoe(house))  # the file is gone with the first, so there is nothing to do
    after = house.admin.get(path)
    assert (after.json(), after.headers["etag"]) == (before.json(), before.headers["etag"])


def test_a_draft_says_how_many_of_its_rows_were_erased(house: House) -> None:
    guest = zoe(house)
    draft = uploaded(house, f"Nom;E-mail\nLefèvre;{guest['emails'][0]}\nMartin;{fresh_email()}\n".encode())
    anonymise(house, guest)
    after = house.admin.get(f"/v1/imports/{draft['id']}").json()
    assert (after["rows"], after["erased"]) == (1, 1)


@pytest.mark.parametrize("forget", ["delete", "revert"])
def test_only_an_anonymisation_reaches_into_lists(house: House, forget: str) -> None:
    email = fresh_email()
    table = f"Nom;E-mail\nLefèvre;{email}\n".encode()
    first = imported(house, table)
    corrected = uploaded(house, table)
    if forget == "delete":
        [guest] = house.admin.listed("/v1/guests", params={"search": email})
        assert house.admin.delete(f"/v1/guests/{guest['id']}").status_code == 204
    else:
        reverted(house.admin, first)
    assert house.admin.get(f"/v1/imports/{corrected['id']}").json()["rows"] == 1


def test_a_guest_who_is_named_like_a_header_takes_no_list_along(house: House) -> None:
    guest = house.admin.register(last_name="Nom", first_name="E-mail")
    draft = uploaded(house, f"Nom;E-mail\nMartin;{fresh_email()}\n".encode())
    anonymise(house, guest)
    assert house.admin.get(f"/v1/imports/{draft['id']}").json()["rows"] == 1


def test_the_first_answer_to_an_upload_is_not_given_again(house: House) -> None:
    guest = zoe(house)
    form = (
        f'--x\r\nContent-Disposition: form-data; name="property_id"\r\n\r\n{house.port}\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\n\r\n'
        f"Nom;E-mail\nLefèvre;{guest['emails'][0]}\n\r\n--x--\r\n"
    )
    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "multipart/form-data; boundary=x"}
    first, replayed = (house.admin.post("/v1/imports", content=form.encode(), headers=headers) for _ in range(2))
    assert (first.status_code, replayed.headers["Idempotent-Replayed"]) == (201, "true")
    anonymise(house, guest)
    again = house.admin.post("/v1/imports", content=form.encode(), headers=headers)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/answer-erased")


def test_the_grounds_of_a_hold_are_not_told_again_once_the_guest_is_erased(house: House) -> None:
    guest, key = zoe(house), {"Idempotency-Key": str(uuid4())}
    path = f"/v1/guests/{guest['id']}"
    house.admin.send("PUT", f"{path}/legal-hold", json={"grounds": "Litige 118"})
    assert "Litige" in house.admin.post(f"{path}/anonymise", json=WHY, headers=key).text
    house.admin.delete(f"{path}/legal-hold")
    anonymise(house, guest)
    assert "Litige" not in house.admin.post(f"{path}/anonymise", json=WHY, headers=key).text


def test_of_commands_in_flight_none_leaves_anything_readable(house: House) -> None:
    """Each either came first, and what it wrote is erased, or is refused."""
    guest = zoe(house)
    path = f"/v1/guests/{guest['id']}"
    with ThreadPoolExecutor(8) as clients:
        changes = [clients.submit(house.admin.patch, path, json={"note": f"note {n}"}) for n in range(12)]
        erasing = clients.submit(house.admin.post, f"{path}/anonymise", json=WHY)
        changes += [clients.submit(house.admin.patch, path, json={"note": f"later {n}"}) for n in range(12)]
    assert erasing.result().status_code == 200
    assert {change.result().status_code for change in changes} <= {200, 409}
    assert house.admin.get(path).json()["note"] is None
    history = house.admin.get(f"{path}/history").json()
    assert "note " not in json.dumps(history)
    assert "later " not in json.dumps(history)
