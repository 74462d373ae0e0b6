"""What staff may write in sentences, and what is refused of it."""

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.prose import Prose

PROSE: TypeAdapter[str] = TypeAdapter(Prose)


@pytest.mark.parametrize(
    "text",
    [
        "La chambre donnait sur la rue.",
        "Première ligne\nseconde\r\n\ttroisième",
        "a < b, b > a, un <b",
        "a<b",
        "<3",
        "->",
        "<-",
        "<>",
        "température <18°, bruit >60 dB",
        "Paul Martin <paul.martin@example.com>",
        "voir <https://example.com/a>",
        "50 % & plus &lt;b&gt;",
        "🤬 « mal » Łódź 東京 العربية",
        "x" * 10_000,
    ],
)
def test_plain_text_is_taken_as_it_is(text: str) -> None:
    assert PROSE.validate_python(text) == text


def test_space_around_it_goes() -> None:
    assert PROSE.validate_python(" \n trop cher\n\n") == "trop cher"


@pytest.mark.parametrize(
    "text",
    [
        "<b>",
        "c'était <B>nul</B>",
        "</p>",
        "<br/>",
        "<br />",
        "<script src=//x>",
        "<script\nsrc=x\n>alert(1)</script>",
        "<svg/onload=alert(1)>",
        "<my-tag>",
        "<h1>",
        "<!-- -->",
        "<!--",
        "<!DOCTYPE html>",
        "<?xml version='1.0'?>",
        "a <b et puis <i>",
    ],
)
def test_markup_is_refused(text: str) -> None:
    assert refusal(text) == "markup"


@pytest.mark.parametrize("code", [0x00, 0x07, 0x08, 0x0B, 0x0C, 0x1B, 0x1F, 0x7F, 0x80, 0x85, 0x9F])
def test_control_characters_are_refused(code: int) -> None:
    assert refusal(f"a{chr(code)}b") == "control_character"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "string_too_short"),
        (" \n\t ", "string_too_short"),
        ("\u200b\n\u200b", "string_too_short"),
        ("x" * 10_001, "string_too_long"),
    ],
)
def test_it_has_one_character_to_ten_thousand(text: str, error: str) -> None:
    assert refusal(text) == error


def refusal(text: str) -> str:
    with pytest.raises(ValidationError) as refused:
        PROSE.validate_python(text)
    [flaw] = refused.value.errors()
    return flaw["type"]
