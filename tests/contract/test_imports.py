"""/v1/imports: upload, mapping and date order, preview, commit; nothing is written before the last step."""

import csv
import io

import pytest
from openpyxl import Workbook, load_workbook

from adapters.bootstrap import Hote
from tests.contract.conftest import Body, House
from tests.contract.importing import (
    changed,
    committed,
    counts,
    finished,
    holding,
    imported,
    last_names,
    listed,
    path_of,
    rows,
    sent,
    uploaded,
)

HEADER = "Nom;Prénom;E-mail;Téléphone;Arrivée;Départ;Chambre"
ZOE = "Lefèvre;Zoé;zoe@example.com;06 12 34 56 78;18/11/2026;21/11/2026;104"
MARIE = "De La Tour;Marie;marie@example.com;;19/11/2026;21/11/2026;106"
JEAN = "Dupont;Jean;jean(at)example.com;;18/11/2026;21/11/2026;105"
LIST = listed("Liste des départs", "", HEADER, ZOE, MARIE, JEAN, encoding="windows-1252")


def test_an_upload_says_how_the_file_was_read(house: House) -> None:
    answer = sent(house, LIST)
    draft = answer.json()

    assert answer.status_code == 201
    assert answer.headers["location"] == path_of(draft)
    assert (draft["state"], draft["encoding"], draft["delimiter"], draft["sheet"]) == (
        *("draft", "windows-1252", ";", None),
    )
    assert draft["headers"] == HEADER.split(";")
    assert draft["mapping"] == dict(
        zip(
            draft["headers"],
            ["last_name", "first_name", "email", "phone", "arrival", "departure", "room"],
            strict=True,
        )
    )
    assert (draft["date_order"], draft["rows"]) == ("dmy", 3)
    assert draft["sample"][0] == dict(zip(HEADER.split(";"), ZOE.split(";"), strict=True))
    assert house.admin.get(path_of(draft)).json() == draft


def test_nothing_is_written_before_the_commit(house: House) -> None:
    draft = uploaded(house, LIST)
    changed(house.admin, draft, date_order="dmy", language="fr")
    house.admin.patch(f"{path_of(draft)}/rows/6", json={"cells": {"E-mail": "jean@example.com"}})
    house.admin.delete(f"{path_of(draft)}/rows/5")

    assert last_names(house.admin) == []


def test_a_commit_makes_guests_in_the_background(house: House) -> None:
    draft = uploaded(house, LIST)
    answer = house.admin.post(f"{path_of(draft)}/commit")
    result = finished(house.admin, draft)

    assert (answer.status_code, answer.json()["state"]) == (202, "running")
    assert (result["state"], counts(result), result["total"], result["processed"]) == ("done", (2, 0, 0, 1), 3, 3)
    marie, zoe = house.admin.listed("/v1/guests", params={"sort": "last_name"})
    assert (marie["last_name"], marie["first_name"], marie["emails"]) == ("De La Tour", "Marie", ["marie@example.com"])
    assert (zoe["last_name"], zoe["phones"]) == ("Lefèvre", ["+33612345678"])
    assert house.admin.get(f"/v1/guests/{zoe['id']}").json()["stay"] == {
        "property_id": house.port,
        "arrival": "2026-11-18",
        "departure": "2026-11-21",
        "room": "104",
    }


def test_the_dry_run_foretells_the_commit(house: House) -> None:
    imported(house, listed(HEADER, ZOE))
    again = ZOE.replace("104", "")
    other = ZOE.replace("18/11/2026", "01/12/2026").replace("21/11/2026", "03/12/2026")
    draft = uploaded(house, listed(HEADER, again, MARIE, MARIE, JEAN, other))
    result = committed(house.admin, draft)

    assert counts(draft) == (1, 1, 2, 1)
    assert {name: result[name] for name in draft if name not in ("state", "sample")} == {
        name: draft[name] for name in draft if name not in ("state", "sample")
    }


def test_rows_can_be_mended_and_left_out_before_the_commit(house: House) -> None:
    draft = uploaded(house, LIST)
    mended = house.admin.patch(f"{path_of(draft)}/rows/6", json={"cells": {"E-mail": "jean@example.com"}})
    left_out = house.admin.delete(f"{path_of(draft)}/rows/5")

    assert (mended.status_code, mended.json()["state"], mended.json()["errors"]) == (200, "ok", [])
    assert mended.json()["cells"]["Chambre"] == "105"
    assert left_out.status_code == 204
    assert house.admin.get(path_of(draft)).json()["rows"] == 2
    assert counts(committed(house.admin, draft)) == (2, 0, 0, 0)
    assert last_names(house.admin) == ["Dupont", "Lefèvre"]


def test_a_row_or_a_header_that_is_not_there(house: House) -> None:
    draft = uploaded(house, LIST)
    header = house.admin.patch(f"{path_of(draft)}/rows/6", json={"cells": {"Age/Alter": "3"}})

    assert house.admin.delete(f"{path_of(draft)}/rows/99").status_code == 404
    assert house.admin.patch(f"{path_of(draft)}/rows/99", json={"cells": {"Nom": "X"}}).status_code == 404
    assert (header.status_code, header.json()["errors"][0]["pointer"]) == (422, "/cells/Age~1Alter")
    assert house.admin.get(path_of(draft)).json()["rows"] == 3


def test_the_preview_tells_what_is_wrong_with_a_row_in_both_languages(house: House) -> None:
    draft = uploaded(house, LIST)
    path = f"{path_of(draft)}/rows"
    [refused] = house.admin.get(path, params={"state": "refused"}).json()["items"]
    [refuse] = house.admin.get(path, params={"state": "refused"}, headers={"Accept-Language": "fr"}).json()["items"]

    assert (refused["n"], refused["state"], refused["outcome"]) == (6, "refused", None)
    assert [(each["column"], each["code"]) for each in refused["errors"]] == [("E-mail", "email-invalid")]
    assert "e-mail" in refuse["errors"][0]["detail"]
    assert refuse["errors"][0]["detail"] != refused["errors"][0]["detail"]


def test_the_preview_is_paged_in_the_order_of_the_file(house: House) -> None:
    draft = uploaded(
        house, listed("Nom;E-mail", *(f"Nom{n};{'' if n % 3 else f'n{n}@example.com'}" for n in range(20)))
    )

    assert [row["n"] for row in rows(house.admin, draft, limit=6)] == list(range(2, 22))
    assert [row["n"] for row in rows(house.admin, draft, state="ok", limit=3)] == list(range(2, 22, 3))
    assert [row["n"] for row in rows(house.admin, draft, state="refused", limit=5)] == [
        n for n in range(2, 22) if (n - 2) % 3
    ]
    page = house.admin.get(f"{path_of(draft)}/rows", params={"state": "refused", "limit": 1, "count": "true"}).json()
    assert page["total"] == 13
    assert house.admin.get(f"{path_of(draft)}/rows", params={"cursor": "x"}).status_code == 422


def test_a_mapping_that_a_person_gives(house: House) -> None:
    draft = uploaded(house, listed("A;B;C", "Lefèvre;zoe@example.com;VIP"))
    assert draft["mapping"] == {"B": "email"}

    after = changed(house.admin, draft, mapping={"A": "last_name", "B": "email", "C": "level"})

    assert counts(after) == (1, 0, 0, 0)
    committed(house.admin, draft)
    [guest] = house.admin.listed("/v1/guests")
    assert (guest["last_name"], guest["level"]) == ("Lefèvre", "VIP")


@pytest.mark.parametrize(
    ("mapping", "pointer", "code"),
    [
        ({"Nom": "last_name", "X": "email"}, "/mapping/X", "header-unknown"),
        ({"Nom": "iban"}, "/mapping/Nom", "field-unknown"),
        ({"Nom": "last_name", "E-mail": "last_name"}, "/mapping/E-mail", "field-twice"),
        ({"Nom": "last_name", "Carte bancaire": "note"}, "/mapping/Carte bancaire", "card-column"),
    ],
)
def test_a_mapping_that_cannot_be(house: House, mapping: Body, pointer: str, code: str) -> None:
    draft = uploaded(house, listed("Nom;E-mail;Carte bancaire", "Lefèvre;zoe@example.com;"))
    answer = house.admin.patch(path_of(draft), json={"mapping": mapping})

    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]
    assert house.admin.get(path_of(draft)).json()["mapping"] == draft["mapping"]


@pytest.mark.parametrize("mapping", [{"Nom": "last_name"}, {"E-mail": "email"}, {}])
def test_without_a_name_and_a_means_of_contact_nothing_is_committed(house: House, mapping: Body) -> None:
    draft = uploaded(house, listed("Nom;E-mail", "Lefèvre;zoe@example.com"))
    changed(house.admin, draft, mapping=mapping)
    answer = house.admin.post(f"{path_of(draft)}/commit")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/mapping-incomplete")
    assert last_names(house.admin) == []


def test_a_confirmed_mapping_is_remembered_for_files_with_these_headers(house: House, other: House) -> None:
    mapping = {"A": "last_name", "B": "email", "C": "level"}
    first = uploaded(house, listed("A;B;C", "Lefèvre;zoe@example.com;VIP"))
    changed(house.admin, first, mapping=mapping)
    assert uploaded(house, listed("A;B;C", "Dupont;jean@example.com;"))["mapping"] == {"B": "email"}

    committed(house.admin, first)

    assert uploaded(house, listed("A;B;C", "Dupont;jean@example.com;"))["mapping"] == mapping
    assert uploaded(house, listed("A;B;D", "Dupont;jean@example.com;"))["mapping"] == {"B": "email"}
    assert uploaded(other, listed("A;B;C", "Dupont;jean@example.com;"))["mapping"] == {"B": "email"}


@pytest.mark.parametrize(("order", "arrival"), [("dmy", "2026-03-04"), ("mdy", "2026-04-03")])
def test_ambiguous_dates_are_not_committed_until_a_person_chooses(house: House, order: str, arrival: str) -> None:
    draft = uploaded(house, listed("Nom;E-mail;Arrivée", "Lefèvre;zoe@example.com;04/03/2026"))
    assert (draft["date_order"], draft["date_verdict"]) == (None, "ambiguous")

    refused = house.admin.post(f"{path_of(draft)}/commit")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/date-order-needed")
    assert last_names(house.admin) == []

    assert changed(house.admin, draft, date_order=order)["date_order"] == order
    committed(house.admin, draft)
    assert [guest["last_stay"] for guest in house.admin.listed("/v1/guests")] == [arrival]


def test_dates_that_contradict_each_other_are_for_a_person_too(house: House) -> None:
    lines = ("Lefèvre;zoe@example.com;24/03/2026", "Dupont;jean@example.com;03/24/2026")
    draft = uploaded(house, listed("Nom;E-mail;Arrivée", *lines))
    assert (draft["date_order"], draft["date_verdict"]) == (None, "conflicting")
    assert house.admin.post(f"{path_of(draft)}/commit").status_code == 409

    assert counts(changed(house.admin, draft, date_order="dmy")) == (1, 0, 0, 1)


def test_one_day_above_twelve_says_how_the_whole_column_is_meant(house: House) -> None:
    lines = ("Lefèvre;zoe@example.com;04/03/2026", "Dupont;jean@example.com;03/24/2026")
    draft = uploaded(house, listed("Nom;E-mail;Arrivée", *lines))
    assert draft["date_order"] == "mdy"

    committed(house.admin, draft)
    assert {guest["last_stay"] for guest in house.admin.listed("/v1/guests")} == {"2026-04-03", "2026-03-24"}


def test_what_is_not_mapped_is_nowhere_after_the_commit(house: House, hote: Hote) -> None:
    card, secret, refused = "4970 1012 3456 7893", "Aspirine-7731", "Codeine-9952"
    lines = (f"Lefèvre;zoe@example.com;{card};{secret}", f"Dupont;jean(at)example.com;{card};{refused}")
    draft = uploaded(house, listed("Nom;E-mail;N° CB;Traitement", *lines))
    assert draft["mapping"] == {"Nom": "last_name", "E-mail": "email"}
    for text in (card, secret, refused):
        assert {'"imports"."row"', '"imports"."piece"'} <= set(holding(hote.database_url, text))

    assert counts(committed(house.admin, draft)) == (1, 0, 0, 1)

    for text in (card, secret, refused):
        assert holding(hote.database_url, text) == []
    rejected = house.admin.get(f"{path_of(draft)}/rejected").text
    assert "jean(at)example.com" in rejected
    assert "CB" not in rejected


def test_a_name_is_nowhere_in_clear_but_in_the_list(house: House, hote: Hote) -> None:
    imported(house, listed("Nom;E-mail", "Xylandre;xylandre@example.com"))
    assert last_names(house.admin) == ["Xylandre"]

    assert holding(hote.database_url, "Xylandre") == ['"guest_list"."guest"']
    assert holding(hote.database_url, "xylandre@example.com") == ['"guest_list"."guest"']


def test_refused_rows_are_downloaded_mended_and_loaded_again(house: House) -> None:
    draft = uploaded(house, LIST)
    committed(house.admin, draft)
    answer = house.admin.get(f"{path_of(draft)}/rejected", headers={"Accept-Language": "fr"})
    header, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))

    assert header == [*HEADER.split(";"), "Motif"]
    assert row[:-1] == JEAN.split(";")
    assert row[-1].startswith("E-mail: ")

    again = uploaded(house, answer.content.replace(b"jean(at)", b"jean@"))
    assert (again["mapping"], counts(again)) == (draft["mapping"], (1, 0, 0, 0))
    committed(house.admin, again)
    assert last_names(house.admin) == ["De La Tour", "Dupont", "Lefèvre"]


def test_refused_rows_as_a_workbook(house: House) -> None:
    draft = uploaded(house, LIST)
    answer = house.admin.get(f"{path_of(draft)}/rejected", params={"format": "xlsx"})
    workbook = load_workbook(io.BytesIO(answer.content))
    sheet = workbook.active
    assert sheet is not None
    header, row = sheet.iter_rows(values_only=True)
    assert header == (*HEADER.split(";"), "Reason")
    assert [cell or "" for cell in row[:-1]] == JEAN.split(";")

    sheet["C2"] = "jean@example.com"
    mended = io.BytesIO()
    workbook.save(mended)
    again = uploaded(house, mended.getvalue(), name="rejected.xlsx")
    assert (again["mapping"], counts(again)) == (draft["mapping"], (1, 0, 0, 0))


def test_the_same_file_again_changes_nothing(house: House) -> None:
    first = imported(house, LIST)
    before = house.admin.listed("/v1/guests", params={"sort": "last_name"})
    again = imported(house, LIST)

    assert (counts(first), counts(again)) == ((2, 0, 0, 1), (0, 0, 2, 1))
    assert house.admin.listed("/v1/guests", params={"sort": "last_name"}) == before


def test_a_list_tells_known_guests_what_is_new_and_erases_nothing(house: House) -> None:
    guest = house.admin.register(last_name="Lefèvre", emails=["zoe@example.com"], company="Sirvoy", level="VIP")
    lines = ("Nom;E-mail;Téléphone;Société;Niveau", "Lefevre-Martin;Zoe@example.com;0612345678;;Gold")
    result = imported(house, listed(*lines))

    assert counts(result) == (0, 1, 0, 0)
    [after] = house.admin.listed("/v1/guests")
    assert after["id"] == guest["id"]
    assert (after["last_name"], after["company"], after["level"]) == ("Lefevre-Martin", "Sirvoy", "Gold")
    assert (after["emails"], after["phones"]) == (["zoe@example.com"], ["+33612345678"])


def test_rows_of_one_guest_are_marked_and_become_one(house: House) -> None:
    later = ZOE.replace("18/11/2026;21/11/2026", "01/10/2026;03/10/2026")
    draft = uploaded(house, listed(HEADER, ZOE, MARIE, later, ZOE))
    expected = [(2, "created", None), (3, "created", None), (4, "updated", 2), (5, "unchanged", 2)]

    assert [(row["n"], row["outcome"], row["duplicate_of"]) for row in rows(house.admin, draft)] == expected
    result = committed(house.admin, draft)
    assert [(row["n"], row["outcome"], row["duplicate_of"]) for row in rows(house.admin, draft)] == expected
    assert (draft["duplicates"], result["duplicates"]) == (2, 2)
    assert [guest["stays"] for guest in house.admin.listed("/v1/guests", params={"sort": "last_name"})] == [1, 2]


def test_a_file_can_be_read_another_way(house: House) -> None:
    draft = uploaded(house, listed("Nom,Prénom;E-mail", "Lefèvre,Zoé;zoe@example.com", encoding="windows-1252"))
    assert (draft["encoding"], draft["delimiter"]) == ("windows-1252", ";")

    commas = changed(house.admin, draft, delimiter=",")
    assert commas["headers"] == ["Nom", "Prénom;E-mail"]
    western = changed(house.admin, draft, delimiter=";", encoding="cp850")
    assert (western["encoding"], western["headers"][0][:6]) == ("cp850", "Nom,Pr")
    assert western["headers"] != draft["headers"]
    back = changed(house.admin, draft, encoding="windows-1252")
    assert (back["headers"], back["sample"], back["mapping"]) == (draft["headers"], draft["sample"], draft["mapping"])


def test_a_way_of_reading_that_does_not_exist(house: House) -> None:
    draft = uploaded(house, LIST)
    for choice in ({"encoding": "rot13"}, {"delimiter": "x"}):
        answer = house.admin.patch(path_of(draft), json=choice)
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/file-choice-unknown")
    assert house.admin.get(path_of(draft)).json() == draft


def test_another_sheet_of_a_workbook(house: House) -> None:
    workbook = Workbook()
    workbook.create_sheet("Arrivées").append(["Nom", "E-mail"])
    for sheet in workbook.worksheets:
        sheet.append(["Nom", "E-mail"])
        sheet.append([sheet.title, "zoe@example.com"])
    content = io.BytesIO()
    workbook.save(content)
    draft = uploaded(house, content.getvalue(), name="departs.xlsx")

    assert (draft["sheet"], draft["sheets"], draft["encoding"]) == ("Sheet", ["Sheet", "Arrivées"], None)
    other = changed(house.admin, draft, sheet="Arrivées")
    assert (other["sheet"], other["sample"][-1]["Nom"]) == ("Arrivées", "Arrivées")


def test_defaults_for_language_and_departure(house: House) -> None:
    lines = ("Nom;E-mail;Langue;Départ", "Lefèvre;zoe@example.com;;", "Rossi;lia@example.com;it;25/11/2026")
    imported(house, listed(*lines), language="de", departure="2026-11-22")
    zoe, lia = house.admin.listed("/v1/guests", params={"sort": "last_name"})

    assert [(guest["language"], guest["last_stay"]) for guest in (zoe, lia)] == [
        ("de", "2026-11-22"),
        ("it", "2026-11-25"),
    ]


def test_a_committed_import_cannot_be_changed_any_more(house: House) -> None:
    result = imported(house, LIST)
    path = path_of(result)
    for answer in (
        house.admin.patch(path, json={"date_order": "mdy"}),
        house.admin.patch(f"{path}/rows/4", json={"cells": {"Nom": "X"}}),
        house.admin.delete(f"{path}/rows/4"),
    ):
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/import-state")
    again = house.admin.post(f"{path}/commit")
    assert (again.status_code, again.json()) == (202, result)


def test_a_key_for_one_property_imports_there_only(house: House) -> None:
    desk = house.staff("manager", house.lago)
    at_port = uploaded(house, LIST)

    assert sent(house, LIST, by=desk).status_code == 404
    for answer in (
        desk.get(path_of(at_port)),
        desk.get(f"{path_of(at_port)}/rows"),
        desk.get(f"{path_of(at_port)}/rejected"),
        desk.patch(path_of(at_port), json={"date_order": "mdy"}),
        desk.delete(f"{path_of(at_port)}/rows/4"),
        desk.post(f"{path_of(at_port)}/commit"),
        desk.post(f"{path_of(at_port)}/revert"),
    ):
        assert answer.status_code == 404, answer.request.url
    assert committed(desk, uploaded(house, LIST, by=desk, property_id=house.lago))["state"] == "done"
    assert last_names(house.admin) == ["De La Tour", "Lefèvre"]


def test_another_organisation_does_not_see_an_import(house: House, other: House) -> None:
    draft = uploaded(house, LIST)

    assert other.admin.get(path_of(draft)).status_code == 404
    assert other.admin.post(f"{path_of(draft)}/commit").status_code == 404
    assert sent(house, LIST, by=other.admin).status_code == 404


def test_an_analyst_cannot_import(house: House) -> None:
    answer = sent(house, LIST, by=house.staff("analyst"))

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden")


def test_a_long_list_is_judged_in_the_background(house: House) -> None:
    lines = (f"Nom{n};nom{n}@example.com" if n % 10 else f"Nom{n};" for n in range(5_010))
    draft = uploaded(house, listed("Nom;E-mail", *lines))
    assert (draft["state"], draft["dry_run"]) == ("draft", "running")

    assert counts(finished(house.admin, draft, dry_run=True)) == (4_509, 0, 0, 501)
    result = committed(house.admin, draft)
    assert (result["state"], counts(result)) == ("done", (4_509, 0, 0, 501))


def test_two_people_with_one_address_are_called_as_their_first_row_says_however_often_it_is_loaded(
    house: House,
) -> None:
    list_ = "Nom;Prénom;E-mail;Société\nBenson;James;james@example.com;\nButler;James;james@example.com;Sirvoy\n"
    for _ in range(2):
        result = imported(house, list_.encode())
        [guest] = house.admin.listed("/v1/guests")
        assert (guest["last_name"], guest["company"]) == ("Benson", "Sirvoy")
    assert counts(result) == (0, 0, 2, 0)
