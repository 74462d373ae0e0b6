"""Given what is known of a guest, then this is what a property in a country must still ask for."""

import pytest

from domain.contact import Address, Profile
from domain.custom_field import CustomField, CustomFieldKind
from domain.guest import NOTHING_KNOWN, Known
from domain.policies.completeness import Missing, missing
from domain.required_field import ProfileField, RequiredField

REQUIRED = [
    RequiredField(field=ProfileField.ADDRESS, countries=("IT", "ES")),
    RequiredField(field=ProfileField.COUNTRY, countries=("IT",)),
    RequiredField(field=ProfileField.PHONES),
]
OWN = [
    CustomField(key="passport", label="Documento", required=True, countries=("IT",)),
    CustomField(key="children", label="Bambini", kind=CustomFieldKind.NUMBER, required=True, countries=("IT",)),
    CustomField(key="diet", label="Dieta"),
]
ROME = Address(street="Via Appia 1", city="Roma")


def known(country: str | None = "IT", **fields: object) -> Known:
    return Known("it", country, Profile.model_validate({"last_name": "Rossi", "phones": ["+39061234567"], **fields}))


@pytest.mark.parametrize(
    ("who", "country", "pointers"),
    [
        (known(address=ROME, custom={"passport": "YA12", "children": 0}), "IT", []),
        (known(address=ROME), "IT", ["/custom/passport", "/custom/children"]),
        (known(address=Address(city="Roma"), custom={"passport": "YA12", "children": 1}), "IT", ["/address/street"]),
        (known(), "ES", ["/address/street", "/address/city"]),
        (known(), "FR", []),
        (known(phones=[]), "FR", ["/phones"]),
        (known(None, address=ROME, custom={"passport": "YA12", "children": 1}), "IT", ["/country"]),
        (
            NOTHING_KNOWN,
            "IT",
            ["/address/street", "/address/city", "/country", "/phones", "/custom/passport", "/custom/children"],
        ),
    ],
)  # fmt: skip
def test_the_country_of_the_property_decides(who: Known, country: str, pointers: list[str]) -> None:
    assert [each.pointer for each in missing(who, REQUIRED, OWN, country)] == pointers


@pytest.mark.parametrize(
    ("comes_from", "pointers"),
    [
        ("FR", []),
        ("IT", ["/address/street", "/address/city", "/custom/passport"]),
        (None, ["/address/street", "/address/city", "/custom/passport"]),
    ],
)
def test_what_foreigners_are_asked_for_others_are_not(comes_from: str | None, pointers: list[str]) -> None:
    required = [RequiredField(field=ProfileField.ADDRESS, countries=("FR",), of_foreigners=True)]
    required.append(RequiredField(field="passport", of_foreigners=True))
    own = [CustomField(key="passport", label="Passeport")]
    assert [each.pointer for each in missing(known(comes_from), required, own, "FR")] == pointers


def test_an_own_field_is_asked_for_only_where_it_is_collected() -> None:
    required = [RequiredField(field="passport")]
    own = [CustomField(key="passport", label="Documento", countries=("IT",))]
    assert [each.pointer for each in missing(known(), required, own, "IT")] == ["/custom/passport"]
    assert missing(known(), required, own, "FR") == []


def test_it_says_which_field_and_who_requires_it() -> None:
    [street, city] = missing(known(), REQUIRED, (), "ES")
    assert street == Missing("address", "/address/street", "ES")
    assert city == Missing("address", "/address/city", "ES")


def test_what_two_settings_require_is_missing_once() -> None:
    twice = [RequiredField(field=ProfileField.EMAILS), RequiredField(field=ProfileField.EMAILS, countries=("FR",))]
    assert len(missing(known(), twice, (), "FR")) == 1
