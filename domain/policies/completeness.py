"""What a property must know of a guest and does not, by its country (P1, P6).

It is asked for, and refuses nothing that a PMS, a booking engine, a channel or a list tells.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from domain.custom_field import CustomField
from domain.guest import Known
from domain.required_field import ProfileField, RequiredField

ADDRESS_NEEDS = ("street", "city")
"""Without these nobody can be found; not every country has postal codes or regions."""


class Missing(NamedTuple):
    """`field` is a field of the profile, or the key of an own one, `pointer` where it is entered (RFC 6901).

    `required_by` is the country, ISO 3166-1 alpha-2.
    """

    field: str
    pointer: str
    required_by: str


def missing(
    known: Known, required_fields: Sequence[RequiredField], custom_fields: Sequence[CustomField], country: str
) -> list[Missing]:
    """In the order of the settings, each once; everything that is required, where nobody is known.

    What foreigners alone are asked for, is asked of who is not known to be from the country of the property. Own
    fields are asked for only where they are collected.
    """
    own = [field.key for field in custom_fields if field.applies_in(country)]
    asked = [
        required.field
        for required in required_fields
        if required.applies_in(country) and (known.country != country or not required.of_foreigners)
    ]
    asked += [field.key for field in custom_fields if field.required]
    pointers = {pointer: field for field in asked for pointer in _lacking(known, field, own)}
    return [Missing(field, pointer, country) for pointer, field in pointers.items()]


def _lacking(known: Known, field: str, own: Sequence[str]) -> Iterator[str]:
    """Pointers to what is empty of a field."""
    if field == ProfileField.ADDRESS:
        address = known.profile.address if known.profile else None
        yield from (f"/address/{part}" for part in ADDRESS_NEEDS if not getattr(address, part, None))
    elif field in set(ProfileField):
        source = known if field in (ProfileField.LANGUAGE, ProfileField.COUNTRY) else known.profile
        if not getattr(source, field, None):
            yield f"/{field}"
    elif field in own and field not in (known.profile.custom if known.profile else {}):
        yield f"/custom/{field}"
