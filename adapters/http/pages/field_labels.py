"""What the fields of a guest's profile are called on paper and in answers to people."""

from adapters.http.languages import Language
from adapters.http.pages.guest_export import FIELDS
from domain.organisation import OrganisationSettings


def label_of(pointer: str, organisation: OrganisationSettings, language: Language) -> str:
    """Of the field at an RFC 6901 pointer; an organisation calls its own fields as it likes."""
    *within, name = pointer.split("/")[1:]
    if within == ["custom"]:
        return next(field.label for field in organisation.profile_fields if field.key == name)
    words = FIELDS[name]
    return words.fr if language == "fr" else words.en
