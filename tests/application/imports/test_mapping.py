"""Columns are understood by their headers, put right by what they hold, and never when they hold payment cards."""

import csv
from pathlib import Path

import pytest

from application.imports.mapping import check_mapping, suggest_mapping
from domain.custom_field import CustomField

DATA = Path(__file__).parents[3] / "../shared/data/bookings"


def suggested(headers: str, *rows: str) -> dict[str, str]:
    return suggest_mapping(headers.split(";"), [row.split(";") for row in rows])


@pytest.mark.parametrize(
    ("field", "headers"),
    [
        ("email", "E-mail;email;EMAIL;E-mail 1;Adresse e-mail;Adresse mail;Courriel;Email address;Guest e-mail;Correo"),
        ("phone", "Tél. portable;Téléphone;TEL;phone-number;Mobile;GSM;Handy;Phone Number;N° de téléphone;Teléfono"),
        (
            "arrival",
            "Date d'arrivée :;Arrivée (JJ/MM/AAAA);ARRIVAL;Check-in;Check_In_Date;Anreise;arrivalDate;Llegada",
        ),
        ("departure", "Date de départ;Départ;Departure;Check-out;CHECK_OUT_DATE;Abreise;Salida;Partenza;Dep. Date"),
        ("room", "N° chambre;Chambre;Ch.;Room No.;ROOM_NO;Room Number;Zimmer;Zi.-Nr.;unit.name;Numéro de chambre"),
        ("postal_code", "Code postal;CP;Zip Code;PLZ;Postal code;Postcode"),
        ("salutation", "Civilité;Titre;Title;Anrede"),
        ("nights", "Nuits;Nb de nuits;Nights;Duration (nights);Nombre de nuits;Nächte;No. of nights"),
        ("country", "Pays;Country;Land;Nationalité;NATIONALITY;Booker country;Pays de résidence"),
        ("language", "Langue;Language;Sprache;Idioma;Guest language"),
        ("company", "Société;Company;Firma;Company name"),
        ("level", "VIP;Niveau;Loyalty level"),
        ("full_name", "Guest Name(s);Nom et prénom;Nom complet;FULL_NAME;Nom / Prénom;Cognome e nome;Client"),
        ("last_name", "Nom de famille;Last name;LASTNAME;primaryGuest.lastName;Nachname;Apellidos"),
        ("first_name", "Prénom;First name;firstName;Vorname;Guest first name"),
    ],
)
def test_headers_are_read_in_five_languages_and_many_spellings(field: str, headers: str) -> None:
    for header in headers.split(";"):
        assert suggested(header) == {header: field}


@pytest.mark.parametrize(
    "header",
    [
        "Heure d'arrivée",
        "Room type",
        "Rooms",
        "Prix",
        "Status",
        "Hotel",
        "Booked on",
        "Fax",
        "Date",
        "Date de naissance",
        "Column 3",
        "",
        "N°",
        "Guest number",
        "reservation_status_date",
    ],
)
def test_other_columns_are_left_out(header: str) -> None:
    assert suggested(header) == {}


@pytest.mark.parametrize(
    ("headers", "name"),
    [("Nom;Prénom", "last_name"), ("Name;Vorname", "last_name"), ("Nombre;Apellidos", "first_name")],
)
def test_a_bare_name_is_what_the_other_column_leaves(headers: str, name: str) -> None:
    assert suggested(headers)[headers.split(";")[0]] == name


def test_a_bare_name_alone_is_what_it_holds() -> None:
    assert suggested("Nom;Email", "Jean Dupont;a@b.fr", "Marie Le Goff;c@d.fr")["Nom"] == "full_name"
    assert suggested("Nom;Email", "Dupont;a@b.fr", "Le Goff;c@d.fr", "Martin;e@f.fr")["Nom"] == "last_name"


def test_several_emails_and_phones_are_all_taken_and_others_once() -> None:
    assert suggested("E-mail 2;Tél.;Portable;E-mail;Country;Nationality;Adresse;Rue") == {
        "E-mail 2": "email",
        "Tél.": "phone",
        "Portable": "phone",
        "E-mail": "email",
        "Country": "country",
        "Rue": "street",
    }


def test_of_two_columns_the_one_that_holds_something_is_better() -> None:
    assert suggested("Arrivée;Check-in", ";03/10/2025") == {"Check-in": "arrival"}


def test_an_address_is_a_street_where_the_town_is_apart() -> None:
    assert suggested("Adresse")["Adresse"] == "address"
    assert suggested("Adresse;Ville")["Adresse"] == "street"


def test_contents_put_headers_right() -> None:
    assert suggested("Contact", "a@b.fr", "c@d.fr") == {"Contact": "email"}
    assert suggested("Contact", "0612345678", "06 12 34 56 79") == {"Contact": "phone"}
    assert suggested("Contact", "Jean", "Marie") == {}
    assert suggested("Téléphone", "a@b.fr", "c@d.fr") == {"Téléphone": "email"}
    assert suggested("Info", "a@b.fr", "") == {"Info": "email"}
    assert suggested("Arrivée", "14:30", "15:00") == {}
    assert suggested("Company", "110", "270") == {}
    assert suggested("Arrivée", "NULL", "03/10/2025") == {"Arrivée": "arrival"}


@pytest.mark.parametrize(
    "header",
    [
        "Carte bancaire",
        "N° CB",
        "Credit card",
        "credit_card",
        "Card Number",
        "CardNumber",
        "Kreditkartennummer",
        "CVV",
        "Tarjeta de crédito",
        "Carte bancaire / E-mail",
    ],
)
def test_a_column_of_cards_by_its_header_is_never_mapped(header: str) -> None:
    assert suggested(header, "a@b.fr") == {}
    assert [each.code for each in check_mapping({header: "note"}, [header])] == ["card-column"]


@pytest.mark.parametrize(
    "cell",
    [
        "4970101234567893",
        "4970 1012 3456 7890",
        "497010******7890",
        "4111 1111 1111 1111",
        "************4322",
        "3782-822463-10005",
        "CB 5555555555554444 exp",
    ],
)
def test_a_column_of_cards_by_its_contents_is_never_mapped(cell: str) -> None:
    for header in ("Note", "Téléphone", "Chambre", "Client"):
        assert suggested(header, cell, cell) == {}


def test_phones_are_not_taken_for_cards() -> None:
    assert suggested("Tél", "+33612345678", "0033612345678", "4915112345678") == {"Tél": "phone"}


def test_custom_fields_are_known_by_label_or_key() -> None:
    fields = [CustomField(key="nationality", label="Nationalité"), CustomField(key="diet", label="Régime alimentaire")]
    headers = ["NATIONALITE", "Diet", "Régime alimentaire"]
    assert suggest_mapping(headers[:2], [], fields) == {"NATIONALITE": "custom.nationality", "Diet": "custom.diet"}
    assert suggest_mapping(headers[2:], [], fields) == {"Régime alimentaire": "custom.diet"}
    assert suggest_mapping(["Carte bancaire"], [], [CustomField(key="card", label="Carte bancaire")]) == {}


def test_a_mapping_by_hand_is_checked() -> None:
    mapping = {
        "Nom": "last_name",
        "Alias": "last_name",
        "A/B": "surname",
        "X": "city",
        "Y": "city",
        "Tél": "phone",
        "Tél 2": "phone",
        "Régime": "custom.diet",
        "Taille": "custom.size",
    }
    fields = [CustomField(key="diet", label="Régime")]
    problems = check_mapping(mapping, [header for header in mapping if header != "Alias"], fields)
    assert [(each.pointer, each.code) for each in problems] == [
        ("/mapping/Alias", "header-unknown"),
        ("/mapping/A~1B", "field-unknown"),
        ("/mapping/Y", "field-twice"),
        ("/mapping/Taille", "field-unknown"),
    ]


def test_a_suggestion_passes_the_check() -> None:
    headers = ["Nom", "Prénom", "E-mail", "E-mail 2", "Arrivée", "Nights"]
    assert check_mapping(suggest_mapping(headers, []), headers) == []


@pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not on this machine")
@pytest.mark.parametrize(
    ("file_name", "delimiter", "expected"),
    [
        (
            "pms_guests_pii_semicolon_1000.csv",
            ";",
            {
                "arrival_date_year": "arrival_year",
                "arrival_date_month": "arrival_month",
                "arrival_date_day_of_month": "arrival_day",
                "stays_in_weekend_nights": "nights",
                "stays_in_week_nights": "nights",
                "country": "country",
                "name": "full_name",
                "email": "email",
                "phone-number": "phone",
            },
        ),
        (
            "pms_guests_pii_cleaned_daymonthswap.csv",
            ",",
            {
                "no_of_weekend_nights": "nights",
                "no_of_week_nights": "nights",
                "country": "country",
                "name": "full_name",
                "email": "email",
                "phone-number": "phone",
                "arrival_date": "arrival",
            },
        ),
    ],
)
def test_real_exports_map_themselves(file_name: str, delimiter: str, expected: dict[str, str]) -> None:
    with (DATA / file_name).open(encoding="utf-8", newline="") as file:
        headers, *rows = csv.reader(file, delimiter=delimiter)
    assert suggest_mapping(headers, rows[:100]) == expected
