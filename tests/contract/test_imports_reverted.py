"""Undoing an import: guests that nothing touched since go, fields that nothing touched since return, others stay."""

from adapters.bootstrap import Hote
from tests.contract.conftest import Body, House
from tests.contract.importing import counts, holding, imported, last_names, listed, path_of, reverted, uploaded

HEADER = "Nom;Prénom;E-mail;Niveau;Société;Arrivée;Départ"
ZOE = "Lefèvre;Zoé;zoe@example.com;Gold;Sirvoy;18/11/2026;21/11/2026"
JEAN = "Dupont;Jean;jean@example.com;;;18/11/2026;21/11/2026"


def guest(house: House, id: str) -> Body:
    body: Body = house.admin.get(f"/v1/guests/{id}").json()
    return body


def facts(guest: Body) -> Body:
    return {name: value for name, value in guest.items() if name not in ("version", "updated_at")}


def test_guests_that_nothing_touched_since_go(house: House, hote: Hote) -> None:
    result = imported(house, listed(HEADER, ZOE, JEAN.replace("Dupont", "Quatrevingt")))
    assert last_names(house.admin) == ["Lefèvre", "Quatrevingt"]
    gone = house.admin.listed("/v1/guests")[0]["id"]

    assert reverted(house.admin, result)["state"] == "reverted"

    assert last_names(house.admin) == []
    assert house.admin.get(f"/v1/guests/{gone}").status_code == 404
    assert holding(hote.database_url, "Quatrevingt") == []


def test_a_guest_somebody_touched_since_stays_as_they_are(house: House) -> None:
    result = imported(house, listed(HEADER, ZOE, JEAN))
    [jean] = house.admin.listed("/v1/guests", params={"search": "dupont"})
    house.admin.patch(f"/v1/guests/{jean['id']}", json={"note": "Chambre au calme"})
    before = guest(house, jean["id"])

    reverted(house.admin, result)

    assert last_names(house.admin) == ["Dupont"]
    assert guest(house, jean["id"]) == before


def test_fields_and_stays_of_a_guest_known_before_return(house: House) -> None:
    zoe = house.admin.register(last_name="Martin", emails=["zoe@example.com"], level="Silver", language="it")
    before = guest(house, zoe["id"])
    result = imported(house, listed(HEADER, ZOE), language="fr")
    assert counts(result) == (0, 1, 0, 0)
    during = guest(house, zoe["id"])
    assert (during["last_name"], during["level"], during["company"]) == ("Lefèvre", "Gold", "Sirvoy")
    assert (during["language"], during["stays"]) == ("fr", 1)

    reverted(house.admin, result)

    assert facts(guest(house, zoe["id"])) == facts(before)


def test_a_field_somebody_changed_since_stays(house: House) -> None:
    zoe = house.admin.register(last_name="Martin", emails=["zoe@example.com"], level="Silver")
    result = imported(house, listed(HEADER, ZOE))
    house.admin.patch(f"/v1/guests/{zoe['id']}", json={"level": "Platinum"})

    reverted(house.admin, result)

    after = guest(house, zoe["id"])
    assert (after["last_name"], after["level"], after["company"], after["stays"]) == ("Martin", "Platinum", None, 0)


def test_what_a_later_import_told_stays(house: House) -> None:
    first = imported(house, listed(HEADER, ZOE, JEAN))
    imported(house, listed(HEADER, ZOE.replace("18/11/2026;21/11/2026", "28/11/2026;03/12/2026")))

    reverted(house.admin, first)

    [zoe] = house.admin.listed("/v1/guests")
    assert zoe["last_name"] == "Lefèvre"


def test_after_it_the_same_file_makes_the_guests_again(house: House) -> None:
    content = listed(HEADER, ZOE, JEAN)
    reverted(house.admin, imported(house, content))
    again = imported(house, content)

    assert counts(again) == (2, 0, 0, 0)
    assert last_names(house.admin) == ["Dupont", "Lefèvre"]
    reverted(house.admin, again)
    assert last_names(house.admin) == []


def test_undoing_twice_changes_nothing_more(house: House) -> None:
    result = imported(house, listed(HEADER, ZOE))
    once = reverted(house.admin, result)
    house.admin.register(last_name="Lefèvre", emails=["zoe@example.com"])

    assert reverted(house.admin, result) == once
    assert last_names(house.admin) == ["Lefèvre"]


def test_a_draft_cannot_be_undone(house: House) -> None:
    draft = uploaded(house, listed(HEADER, ZOE))
    answer = house.admin.post(f"{path_of(draft)}/revert")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/import-state")


def test_a_reverted_import_cannot_be_committed_again(house: House) -> None:
    result = imported(house, listed(HEADER, ZOE))
    reverted(house.admin, result)
    answer = house.admin.post(f"{path_of(result)}/commit")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/import-state")
