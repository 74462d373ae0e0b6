"""What staff write in sentences: several lines of plain text, without markup."""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError, PydanticKnownError

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
MARKUP = re.compile(r"</?[a-z][a-z0-9-]*(?:[\s/][^<>]*)?>|<!--|<[!?][a-z][^<>]*>", re.IGNORECASE)
"""Tags, comments and declarations; not `a < b`, `<3`, `->`, `<paul@example.com>` or `<https://example.com>`."""


def plain(text: str) -> str:
    if CONTROL.search(text):
        raise PydanticCustomError("control_character", "control characters other than line breaks and tabs")
    if MARKUP.search(text):
        raise PydanticCustomError("markup", "markup such as <b>")
    if not any(map(str.isprintable, text)):  # such as zero-width spaces alone
        raise PydanticKnownError("string_too_short", {"min_length": 1})
    return text


Plain = AfterValidator(plain)
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000), Plain]
