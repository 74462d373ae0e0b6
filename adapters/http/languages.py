"""The language in which the API speaks to a person: French or English."""

from typing import Literal

from adapters.http.negotiation import by_preference

Language = Literal["fr", "en"]


def preferred(accept_language: str) -> Language:
    """French or English, whichever the header likes better; English where it names neither."""
    for tag in by_preference(accept_language):
        match tag.split("-")[0]:
            case "fr":
                return "fr"
            case "en":
                return "en"
    return "en"
