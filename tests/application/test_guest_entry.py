"""An entry becomes a profile and a stay, or comes back with everything that is wrong with it."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.guest_entry import GuestEntry, Judged, judge, read_entry
from application.problem_texts import TEXTS
from domain.contact import Address
from domain.custom_field import CustomField, CustomFieldKind
from domain.stay import Stay

DATA = Path(__file__).parents[2] / "../shared/data"
PROPERTY = UUID("0190b6a0-0000-7000-8000-000000000001")

FIELDS = [
    CustomField(key="passport", label="Passeport", required=True, countries=("ES", "IT")),
    CustomField(key="birthday", label="Né le", kind=CustomFieldKind.DATE),
    CustomField(key="children", label="Enfants", kind=CustomFieldKind.NUMBER),
    CustomField(key="parking", label="Parking", kind=CustomFieldKind.BOOLEAN),
    CustomField(key="pillow", label="Oreiller", kind=CustomFieldKind.CHOICE, choices=("plume", "ferme")),
    CustomField(key="diet", label="Régime"),
]


def outcome(hotel_in: str = "FR", /, **fields: object) -> Judged | set[tuple[str, str]]:
    """The judged guest, or pointer and code of each problem; least is what an entry needs."""
    least: dict[str, object] = {"last_name": "Lefèvre", "emails": ["marie@orange.fr"]}
    entry = read_entry(least | fields)
    found = judge(entry, country=hotel_in, custom_fields=FIELDS) if isinstance(entry, GuestEntry) else entry
    return found if isinstance(found, Judged) else {(each.pointer, each.code) for each in found}


def judged(hotel_in: str = "FR", /, **fields: object) -> Judged:
    found = outcome(hotel_in, **fields)
    assert isinstance(found, Judged), found
    return found


def test_a_whole_entry_comes_out_normalised() -> None:
    guest = judged(
        salutation="Mme",
        first_name="  Marie-\tClaire ",
        emails=["Marie@Orange.FR", "marie@orange.fr", "m.lefevre@sirvoy.com"],
        phones=["06 12 34 56 78", "+33612345678"],
        language="FR-fr",
        country="fr",
        address={"street": "1 rue de la Paix", "postal_code": "75002", "city": "Paris", "country": "BE"},
        note="Aime le calme\r\n\r\nAllergie : noix ",
        custom={"children": 2, "parking": True, "pillow": "plume", "birthday": "1980-02-29", "diet": " "},
        stay={"property_id": str(PROPERTY), "arrival": "2025-10-03", "departure": "2025-10-03", "room": "12"},
    )
    assert (guest.language, guest.country) == ("fr-FR", "FR")
    assert guest.profile.first_name == "Marie- Claire"
    assert guest.profile.emails == ("Marie@orange.fr", "m.lefevre@sirvoy.com")
    assert guest.profile.phones == ("+33612345678",)
    assert guest.profile.address == Address(street="1 rue de la Paix", postal_code="75002", city="Paris", country="BE")
    assert guest.profile.note == "Aime le calme\n\nAllergie : noix"
    assert guest.profile.custom == {"children": 2, "parking": True, "pillow": "plume", "birthday": "1980-02-29"}
    day = date(2025, 10, 3)
    assert guest.stay == Stay(property_id=PROPERTY, arrival=day, departure=day, room="12")


def test_the_least_is_a_name_and_one_contact() -> None:
    assert judged(emails=[], phones=["0612345678"]).profile.phones == ("+33612345678",)
    assert outcome(emails=[]) == {("/emails", "contact-missing")}
    assert outcome(last_name=" \u200b\t") == {("/last_name", "missing")}
    assert read_entry({"emails": ["a@orange.fr"]}) != []


def test_a_contact_that_is_wrong_is_not_called_missing() -> None:
    assert outcome(emails=["marie@"]) == {("/emails/0", "email-invalid")}


def test_all_problems_are_told_at_once() -> None:
    assert outcome(
        emails=["ok@orange.fr", "no"],
        phones=["12"],
        language="français",
        country="FRA",
        address={"country": "XX"},
        stay={"property_id": str(PROPERTY), "arrival": "2025-10-03", "departure": "2025-10-02"},
        custom={"shoe/size": 3},
    ) == {
        ("/emails/1", "email-invalid"),
        ("/phones/0", "phone-invalid"),
        ("/language", "language-invalid"),
        ("/country", "country-invalid"),
        ("/address/country", "country-invalid"),
        ("/stay/departure", "departure-before-arrival"),
        ("/custom/shoe~1size", "custom-unknown"),
    }


def test_all_flaws_of_form_are_told_at_once() -> None:
    assert outcome(
        emails=["a" * 255, 3],
        phones=["0612345678"] * 11,
        surname="X",
        level=None,
        first_name="x" * 101,
        custom={"diet": ["fish"]},
        stay={"property_id": "12", "arrival": "2025-02-30", "departure": 0},
    ) == {
        ("/emails/0", "too-long"),
        ("/emails/1", "wrong-type"),
        ("/phones", "too-many"),
        ("/surname", "field-unknown"),
        ("/first_name", "too-long"),
        ("/custom/diet", "wrong-type"),
        ("/stay/property_id", "id-invalid"),
        ("/stay/arrival", "date-invalid"),
        ("/stay/departure", "date-invalid"),
    }


@pytest.mark.parametrize("body", [None, 3, "x", [], [{}]])
def test_a_body_that_is_no_object_is_a_problem(body: object) -> None:
    problems = read_entry(body)
    assert isinstance(problems, list)
    assert [(each.pointer, each.code) for each in problems] == [("", "wrong-type")]


@pytest.mark.parametrize(
    "day", ["20251003", "2025-W40-5", "2025-10-03T00:00:00", "1759449600", 1759449600, "3/10/2025"]
)
def test_dates_are_iso_days_alone(day: object) -> None:
    assert outcome(stay={"property_id": str(PROPERTY), "arrival": day}) == {("/stay/arrival", "date-invalid")}


def test_phones_are_dialled_in_the_guests_country_else_in_the_propertys() -> None:
    assert judged("FR", country="PT", phones=["912 345 678"]).profile.phones == ("+351912345678",)
    assert judged("FR", country="PT", phones=["06 12 34 56 78"]).profile.phones == ("+33612345678",)
    assert judged("PT", phones=["912 345 678"]).profile.phones == ("+351912345678",)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("fr", "fr"),
        ("EN-gb", "en-GB"),
        ("ZH-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("de-CH-1996", "de-CH-1996"),
    ],
)
def test_languages_are_written_in_canonical_case(text: str, tag: str) -> None:
    assert judged(language=text).language == tag


@pytest.mark.parametrize("text", ["f", "français", "fr_FR", "fr-", "fr--FR", "12", "fr-F", "fr FR"])
def test_what_has_not_the_form_of_a_language_tag_is_refused(text: str) -> None:
    assert outcome(language=text) == {("/language", "language-invalid")}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"diet": 3}, "wrong-type"),
        ({"diet": "x" * 2001}, "too-long"),
        ({"children": "2"}, "number-invalid"),
        ({"children": True}, "number-invalid"),
        ({"children": float("nan")}, "number-invalid"),
        ({"children": float("inf")}, "number-invalid"),
        ({"children": 10**40}, "number-invalid"),
        ({"birthday": "29/02/1980"}, "date-invalid"),
        ({"birthday": "1981-02-29"}, "date-invalid"),
        ({"parking": 1}, "boolean-invalid"),
        ({"parking": "true"}, "boolean-invalid"),
        ({"pillow": "mousse"}, "choice-invalid"),
    ],
)
def test_custom_values_must_be_of_their_fields_kind(value: dict[str, object], code: str) -> None:
    assert outcome(custom=value) == {(f"/custom/{next(iter(value))}", code)}


def test_custom_fields_are_collected_by_the_propertys_country() -> None:
    assert judged("ES", custom={"passport": "X1"}).profile.custom == {"passport": "X1"}
    assert outcome("FR", custom={"passport": "X1"}) == {("/custom/passport", "custom-not-collected")}


def test_what_is_required_and_lacking_is_no_fault_of_an_entry() -> None:
    assert judged("ES").profile.custom == {}
    assert judged("ES", custom={"passport": "  "}).profile.custom == {}


def test_a_status_label_is_one_of_the_organisations() -> None:
    entry = GuestEntry.model_validate({"last_name": "A", "emails": ["a@b.fr"], "status_label": "regular"})
    known = judge(entry, country="FR", custom_fields=(), status_labels=["regular"])
    assert isinstance(known, Judged)
    assert known.profile.status_label == "regular"
    assert outcome(status_label="regular") == {("/status_label", "status-label-unknown")}


def test_characters_that_nobody_sees_are_taken_out() -> None:
    name = judged(last_name="\ufeffDu\u202epont\u2069\x00 \x1b\u00a0 Marie\u2028x").profile.last_name
    assert name == "Dupont Marie x"


def test_letters_are_composed_so_that_equal_names_are_equal() -> None:
    assert judged(last_name="Lefe\u0300vre").profile.last_name == "Lefèvre"


def test_joiners_that_scripts_need_stay() -> None:
    assert judged(last_name="علی\u200cرضا").profile.last_name == "علی\u200cرضا"


@pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not on this machine")
def test_hostile_text_is_kept_tidy_or_refused_with_a_reason() -> None:
    texts = [text for text in (DATA / "names/blns.txt").read_text(encoding="utf-8").split("\n") if text]
    assert len(texts) > 400
    for text in texts:
        found = outcome(first_name=text, note=text, custom={"diet": text}, salutation=text[:40])
        if isinstance(found, set):
            assert found == {("/first_name", "too-long")}
        else:
            first_name = found.profile.first_name or ""
            assert first_name == " ".join(first_name.split())
            first_name.encode()


@given(st.text(), st.text(), st.text(), st.text(max_size=20))
def test_no_text_is_an_accident(name: str, email: str, phone: str, language: str) -> None:
    found = outcome(last_name=name, emails=[email], phones=[phone], language=language, country=language, note=name)
    if isinstance(found, set):
        assert {code for _, code in found} <= TEXTS.keys()
    else:
        found.profile.model_dump_json()


def test_a_judged_guest_judged_again_is_the_same() -> None:
    first = judged(last_name="de  La\u00a0Fontaine", phones=["06 12 34 56 78"], emails=["A@Orange.fr"], note="a\r\nb")
    again = judged(**first.profile.model_dump(exclude={"address"}) | {"emails": list(first.profile.emails)})
    assert again.profile == first.profile


def test_no_problem_repeats_what_was_entered() -> None:
    entry = read_entry({"last_name": "x", "emails": ["secret@"], "phones": ["123456"], "custom": {"diet": "secret"}})
    assert isinstance(entry, GuestEntry)
    problems = judge(entry, country="FR", custom_fields=())
    assert isinstance(problems, list)
    assert all("secret" not in each.detail and "123456" not in each.detail for each in problems)
