"""How many SMS a text is, by hand-counted cases, and that saving costs no letter but its accent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sms.segments import ALPHABET, economical, segments


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("à" * 306, 2),
        ("à" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 134, 2),
        ("ж" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("a" * 70 + "ô", 2),
    ],
)
def test_texts_are_counted(text: str, number: int) -> None:
    assert segments(text) == number


@pytest.mark.parametrize(
    ("text", "cheap"),
    [
        ("Hôtel « Cœur d’été » – ça va… ", 'Hotel " Coeur d\'été " - ca va... '),
        ("¿Qué tal, señor Núñez?", "¿Qué tal, señor Nuñez?"),
        ("Größe, Ærø, Åse, più, Ça", "Größe, Ærø, Åse, più, Ça"),
        ("Отель «Порт», Zoé", "Отель «Порт», Zoé"),
        ("Merci, François 😀", "Merci, François 😀"),
    ],
)
def test_accents_go_where_that_saves_and_nothing_else_is_lost(text: str, cheap: str) -> None:
    assert economical(text) == cheap


@given(st.text())
def test_saving_never_costs(text: str) -> None:
    cheap = economical(text)
    assert cheap == text or set(cheap) <= ALPHABET
    assert economical(cheap) == cheap
