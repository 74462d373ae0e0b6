"""Given what head office decided, when it decides again, then this is what changes."""

from uuid import UUID

import pytest
from pydantic import ValidationError

from domain import organisation
from domain.access import ApiKeyRevoked
from domain.custom_field import CustomField, CustomFieldKind
from domain.organisation import (
    Organisation,
    OrganisationChanged,
    OrganisationFounded,
    OrganisationSettings,
    OrganisationUnknown,
    Plan,
    fold,
)

ID = UUID(int=1)
RIVAGE = OrganisationSettings(name="Groupe Rivage")


def founded() -> Organisation:
    return fold(Organisation(ID), organisation.found(Organisation(ID), RIVAGE))


def test_it_is_founded_with_its_settings() -> None:
    [event] = organisation.found(Organisation(ID), RIVAGE)
    assert event == OrganisationFounded(originator_id=ID, originator_version=1, settings=RIVAGE)
    assert founded() == Organisation(ID, 1, RIVAGE)


def test_a_change_names_what_differs_and_gives_the_whole() -> None:
    new = OrganisationSettings(name="Groupe Rivage", plan=Plan.STARTER, panel_attributes=("level",))
    [event] = organisation.change(founded(), new)
    assert event == OrganisationChanged(
        originator_id=ID, originator_version=2, fields=("plan", "panel_attributes"), settings=new
    )
    assert fold(founded(), [event]) == Organisation(ID, 2, new)


def test_a_change_of_nothing_is_none() -> None:
    assert organisation.change(founded(), RIVAGE) == []


def test_what_was_not_founded_cannot_be_changed() -> None:
    with pytest.raises(OrganisationUnknown):
        organisation.change(Organisation(ID), RIVAGE)


def test_another_kind_of_stream_is_no_organisation() -> None:
    with pytest.raises(TypeError):
        fold(Organisation(ID), [ApiKeyRevoked(originator_id=ID, originator_version=1)])


def test_two_fields_cannot_have_one_key() -> None:
    with pytest.raises(ValidationError, match="same key"):
        OrganisationSettings(
            name="A", profile_fields=(CustomField(key="a", label="A"), CustomField(key="a", label="B"))
        )


def test_choices_are_of_a_choice() -> None:
    CustomField(key="pillow", label="Oreiller", kind=CustomFieldKind.CHOICE, choices=("plume",))
    with pytest.raises(ValidationError):
        CustomField(key="pillow", label="Oreiller", kind=CustomFieldKind.CHOICE)
    with pytest.raises(ValidationError):
        CustomField(key="pillow", label="Oreiller", choices=("plume",))


def test_a_field_is_collected_in_its_countries_or_everywhere() -> None:
    passport = CustomField(key="passport", label="Passeport", countries=("IT", "ES"))
    assert [passport.applies_in(country) for country in ("IT", "ES", "FR")] == [True, True, False]
    assert CustomField(key="diet", label="Régime").applies_in("FR")
