"""A row of a list is a guest and a stay, or is refused by column and reason."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.guest_entry import Judged
from application.imports.dates import DateOrder
from application.imports.judge import Plan, judge_row
from application.imports.mapping import suggest_mapping
from application.problem_texts import TEXTS
from domain.contact import Address
from domain.custom_field import CustomField, CustomFieldKind
from domain.stay import Stay

DATA = Path(__file__).parents[3] / "../shared/data/bookings"
HOTEL = UUID("0190b6a0-0000-7000-8000-000000000001")

LEAST = {"Nom": "Lefèvre", "E-mail": "marie@orange.fr"}

FIELDS = [
    CustomField(key="birthday", label="Né le", kind=CustomFieldKind.DATE),
    CustomField(key="children", label="Enfants", kind=CustomFieldKind.NUMBER),
    CustomField(key="parking", label="Parking", kind=CustomFieldKind.BOOLEAN),
    CustomField(key="pillow", label="Oreiller", kind=CustomFieldKind.CHOICE, choices=("Plume", "Très ferme")),
    CustomField(key="diet", label="Régime"),
]


def plan_of(
    headers: Sequence[str],
    *,
    order: DateOrder = DateOrder.DMY,
    country: str = "FR",
    language: str | None = None,
    departure: date | None = None,
) -> Plan:
    mapping = suggest_mapping(headers, [], FIELDS) | ({"Nom": "last_name"} if "Nom" in headers else {})
    return Plan(headers, mapping, order, HOTEL, country, language, departure, FIELDS)


def outcome(cells: dict[str, str], plan: Plan | None = None) -> Judged | set[tuple[str, str]]:
    """The judged guest, or pointer and code of each problem."""
    found = judge_row(list(cells.values()), plan or plan_of(list(cells)))
    return found if isinstance(found, Judged) else {(each.pointer, each.code) for each in found}


def judged(cells: dict[str, str], plan: Plan | None = None) -> Judged:
    found = outcome(cells, plan)
    assert isinstance(found, Judged), found
    return found


def test_a_whole_row_is_a_guest_and_a_stay() -> None:
    guest = judged(
        {
            "Civilité": "Mme",
            "Nom": "Lefèvre ",
            "Prénom": "Marie-Claire",
            "E-mail": "Marie@Orange.FR",
            "E-mail 2": "m.lefevre@sirvoy.com; marie@orange.fr",
            "Tél.": "06 12 34 56 78 / 01 40 20 50 50",
            "Langue": "Français",
            "Pays": "Belgique",
            "Société": "Sirvoy",
            "Adresse": "1 rue de la Paix",
            "Code postal": "75002",
            "Ville": "Paris",
            "Arrivée": "03/10/2025 14:00",
            "Départ": "5 oct. 2025",
            "Chambre": "12",
            "Remarques": "Calme\nAllergie",
            "VIP": "Gold",
            "Carte bancaire": "************9876",
        }
    )
    assert (guest.language, guest.country, guest.left_out) == ("fr", "BE", ())
    profile = guest.profile
    assert (profile.salutation, profile.first_name, profile.last_name) == ("Mme", "Marie-Claire", "Lefèvre")
    assert profile.emails == ("Marie@orange.fr", "m.lefevre@sirvoy.com")
    assert profile.phones == ("+33612345678", "+33140205050")
    assert profile.address == Address(street="1 rue de la Paix", postal_code="75002", city="Paris")
    assert (profile.company, profile.note, profile.level) == ("Sirvoy", "Calme\nAllergie", "Gold")
    arrival, departure = date(2025, 10, 3), date(2025, 10, 5)
    assert guest.stay == Stay(property_id=HOTEL, arrival=arrival, departure=departure, room="12")
    assert "9876" not in guest.profile.model_dump_json()


def test_every_cell_that_is_not_understood_is_told_by_its_column() -> None:
    assert outcome(
        {
            "Nom": "-",
            "E-mail": "marie@orange",
            "Langue": "Klingon",
            "Pays": "Atlantis",
            "Arrivée": "31/02/2025",
            "Nuits": "deux",
            "Né le": "1/1/80",
            "Enfants": "beaucoup",
            "Parking": "peut-être",
            "Oreiller": "mousse",
        }
    ) == {
        ("/Nom", "missing"),
        ("/E-mail", "email-invalid"),
        ("/Langue", "language-invalid"),
        ("/Pays", "country-invalid"),
        ("/Arrivée", "date-invalid"),
        ("/Nuits", "nights-invalid"),
        ("/Né le", "date-invalid"),
        ("/Enfants", "number-invalid"),
        ("/Parking", "boolean-invalid"),
        ("/Oreiller", "choice-invalid"),
    }


def test_pointers_are_escaped() -> None:
    assert outcome({"Nom": "X", "E-mail / ~": "no"}) == {("/E-mail ~1 ~0", "email-invalid")}


def test_a_row_without_contact_is_told_at_the_column_of_one() -> None:
    assert outcome({"Nom": "Lefèvre", "E-mail": "N/A", "Tél": ""}) == {("/E-mail", "contact-missing")}
    assert outcome({"Nom": "Lefèvre", "Tél": "-"}) == {("/Tél", "contact-missing")}
    assert outcome({"Nom": "Lefèvre"}) == {("", "contact-missing")}


def test_of_several_addresses_the_wrong_one_is_told_at_its_column() -> None:
    cells = LEAST | {"E-mail 2": "a@b.fr, no"}
    assert outcome(cells) == {("/E-mail 2", "email-invalid")}


def test_a_phone_that_cannot_be_read_is_left_out_where_an_email_remains() -> None:
    guest = judged(LEAST | {"Tél": "669-792-1661", "Mobile": "06 12 34 56 78"})
    assert guest.profile.phones == ("+33612345678",)
    assert [(each.pointer, each.code) for each in guest.left_out] == [("/Tél", "phone-invalid")]
    guest = judged(LEAST | {"Tél": "1" * 50, "Fixe": "12", "Mobile": "06 12 34 56 78"})
    assert guest.profile.phones == ("+33612345678",)
    assert [(each.pointer, each.code) for each in guest.left_out] == [("/Tél", "too-long"), ("/Fixe", "phone-invalid")]


def test_a_phone_that_cannot_be_read_refuses_a_row_that_has_nothing_else() -> None:
    assert outcome({"Nom": "Lefèvre", "Tél": "669-792-1661"}) == {("/Tél", "phone-invalid")}
    assert outcome({"Nom": "Lefèvre", "Tél": "06 12 34 56 78", "Mobile": "12"}) == {("/Mobile", "phone-invalid")}


def test_a_phone_left_out_is_not_told_among_the_reasons_of_a_refusal() -> None:
    assert outcome(LEAST | {"Tél": "12", "Pays": "Atlantis"}) == {("/Pays", "country-invalid")}
    assert outcome(LEAST | {"Tél": "1" * 50, "E-mail 2": "no"}) == {("/E-mail 2", "email-invalid")}


def test_phones_are_dialled_in_the_rows_country_else_in_the_propertys() -> None:
    assert judged(LEAST | {"Pays": "PRT", "Tél": "912 345 678"}).profile.phones == ("+351912345678",)
    assert judged(LEAST | {"Pays": "PRT", "Tél": "0612345678"}).profile.phones == ("+33612345678",)


@pytest.mark.parametrize("text", ["NULL", "NA", "n/a", "-", "--", "néant", " ", "None", "\u200b"])
def test_what_means_nothing_is_nothing(text: str) -> None:
    guest = judged(LEAST | {"Pays": text, "Société": text, "Arrivée": text, "Tél": text, "Enfants": text})
    assert (guest.country, guest.profile.company, guest.profile.phones, guest.stay) == (None, None, (), None)
    assert guest.profile.custom == {}


@pytest.mark.parametrize("name", ["Null", "NA", "None", "Nil"])
def test_people_may_be_called_nothing(name: str) -> None:
    assert judged(LEAST | {"Nom": name}).profile.last_name == name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("France", "FR"),
        ("FRA", "FR"),
        ("fr", "FR"),
        ("Allemagne", "DE"),
        ("DEUTSCHLAND", "DE"),
        ("PRT", "PT"),
        ("CN", "CN"),
        ("CHN", "CN"),
        ("Etats Unis", "US"),
        ("USA", "US"),
        ("UK", "GB"),
        ("Angleterre", "GB"),
        ("Royaume-Uni", "GB"),
        ("Côte d’Ivoire", "CI"),
        ("Pays Bas", "NL"),
    ],
)
def test_countries_are_known_by_code_and_by_name(text: str, code: str) -> None:
    assert judged(LEAST | {"Pays": text}).country == code


@pytest.mark.parametrize(
    ("text", "tag"),
    [("Français", "fr"), ("FR", "fr"), ("fr-FR", "fr-FR"), ("fr_be", "fr-BE"), ("German", "de"), ("Deutsch", "de")],
)
def test_languages_are_known_by_code_and_by_name(text: str, tag: str) -> None:
    assert judged(LEAST | {"Langue": text}).language == tag


def test_a_whole_name_is_split() -> None:
    cells = {"Nom complet": "Mme Marie de La Fontaine", "E-mail": "a@orange.fr"}
    profile = judged(cells).profile
    assert (profile.salutation, profile.first_name, profile.last_name) == ("Mme", "Marie", "de La Fontaine")
    profile = judged({"Nom et prénom": "Le Goff Jean", "Civilité": "Dr", "E-mail": "a@orange.fr"}).profile
    assert (profile.salutation, profile.first_name, profile.last_name) == ("Dr", "Jean", "Le Goff")


def test_the_order_of_dates_is_the_plans() -> None:
    cells = LEAST | {"Arrivée": "03/04/2025"}
    for order, day in ((DateOrder.DMY, date(2025, 4, 3)), (DateOrder.MDY, date(2025, 3, 4))):
        stay = judged(cells, plan_of(list(cells), order=order)).stay
        assert stay
        assert stay.arrival == day
    assert outcome(cells, plan_of(list(cells), order=DateOrder.YMD)) == {("/Arrivée", "date-invalid")}


def test_nights_give_the_departure_where_none_is_told() -> None:
    stay = judged(LEAST | {"Arrivée": "30/12/2025", "Nuits": "3 nuits"}).stay
    assert stay
    assert stay.departure == date(2026, 1, 2)
    stay = judged(LEAST | {"Arrivée": "30/12/2025", "Nuits": "3", "Départ": "31/12/2025"}).stay
    assert stay
    assert stay.departure == date(2025, 12, 31)


def test_defaults_fill_what_a_row_does_not_say() -> None:
    cells = LEAST | {"Langue": "", "Départ": ""}
    plan = plan_of(list(cells), language="fr", departure=date(2025, 10, 5))
    guest = judged(cells, plan)
    assert guest.language == "fr"
    assert guest.stay == Stay(property_id=HOTEL, departure=date(2025, 10, 5))
    guest = judged(cells | {"Langue": "en", "Départ": "06/10/2025"}, plan)
    assert guest.language == "en"
    assert guest.stay == Stay(property_id=HOTEL, departure=date(2025, 10, 6))


def test_a_departure_before_the_arrival_is_refused_at_its_column() -> None:
    cells = LEAST | {"Arrivée": "05/10/2025", "Départ": "03/10/2025"}
    assert outcome(cells) == {("/Départ", "departure-before-arrival")}
    cells = LEAST | {"Arrivée": "05/10/2025"}
    plan = plan_of(list(cells), departure=date(2025, 10, 3))
    assert outcome(cells, plan) == {("/Arrivée", "departure-before-arrival")}


def test_custom_cells_are_read_by_their_kind() -> None:
    custom = {"Né le": "29/02/1980", "Enfants": "2,5", "Parking": "Oui", "Oreiller": "tres ferme", "Régime": "végan"}
    assert judged(LEAST | custom).profile.custom == {
        "birthday": "1980-02-29",
        "children": 2.5,
        "parking": True,
        "pillow": "Très ferme",
        "diet": "végan",
    }


def test_cells_beyond_the_headers_refuse_the_row() -> None:
    plan = plan_of(list(LEAST))
    assert isinstance(judge_row([*LEAST.values(), "", " "], plan), Judged)
    problems = judge_row([*LEAST.values(), "", "x"], plan)
    assert isinstance(problems, list)
    assert [(each.pointer, each.code) for each in problems] == [("", "too-many-cells")]


def test_too_long_a_cell_is_told_at_its_column() -> None:
    assert outcome(LEAST | {"Société": "x" * 201}) == {("/Société", "too-long")}
    assert outcome({"Nom complet": "x" * 101, "E-mail": "a@orange.fr"}) == {("/Nom complet", "too-long")}


HEADERS = ["Nom complet", "E-mail", "Tél", "Pays", "Langue", "Arrivée", "Départ", "Nuits", "Chambre", "Note", "Né le"]


@given(st.lists(st.text(max_size=30), min_size=len(HEADERS), max_size=len(HEADERS)))
def test_no_row_is_an_accident(cells: list[str]) -> None:
    found = judge_row(cells, plan_of(HEADERS))
    if isinstance(found, Judged):
        found.profile.model_dump_json()
    else:
        assert found
        for each in found:
            assert each.code in TEXTS
            assert each.pointer == "" or each.pointer[1:] in HEADERS


@pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not on this machine")
@pytest.mark.parametrize("country", ["FR", "PT"])
def test_a_real_departure_list_goes_in(country: str) -> None:
    """Its phones are American whatever the guest's country, and eight of its addresses are none ("Dr..K@…")."""
    with (DATA / "pms_guests_pii_semicolon_1000.csv").open(encoding="utf-8", newline="") as file:
        headers, *rows = csv.reader(file, delimiter=";")
    plan = Plan(headers, suggest_mapping(headers, rows[:100]), DateOrder.DMY, HOTEL, country)
    found = [judge_row(row, plan) for row in rows]
    refused = [problems for problems in found if isinstance(problems, list)]
    assert len(found) - len(refused) == 992
    assert {(each.pointer, each.code) for problems in refused for each in problems} == {("/email", "email-invalid")}
    guest = found[4]
    assert isinstance(guest, Judged)
    assert (guest.profile.first_name, guest.profile.last_name, guest.country) == ("Linda", "Hines", "GB")
    assert guest.stay == Stay(property_id=HOTEL, arrival=date(2015, 7, 1), departure=date(2015, 7, 3))
    assert not any("*" in each.profile.model_dump_json() for each in found if isinstance(each, Judged))
