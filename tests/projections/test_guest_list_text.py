"""What is typed and what is written meet, whatever the accents, case and marks between them."""

import pytest

from projections.guest_list.text import fold, national, terms


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Lefèvre", "lefevre"),
        ("Lefe\u0300vre", "lefevre"),
        ("ŒUVRARD", "oeuvrard"),
        ("Weiß", "weiss"),
        ("Łódź Ørsted Æsir", "lodz orsted aesir"),
        ("D’Angelo", "dangelo"),
        ("Saint-Martin", "saint martin"),
        ("a\t b\u00a0\n c", "a b c"),
        ("Ａｎｎｅ ﬁn", "anne fin"),
        ("zqЖz", "zq ж z"),
        ("Γιώργος", "γιωργοσ"),
        ("İstanbul", "istanbul"),
        ("jean@example.org 100% a_b", "jean@example.org 100% a_b"),
        ("", ""),
    ],
)
def test_folds(written: str, folded: str) -> None:
    assert fold(written) == folded
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("  Jean-Pierre  MARTIN ", ["jean", "pierre", "martin"]),
        ("06 12.34", ["061234"]),
        ("+33 (0)6-12", ["+33612"]),
        ("12 rue", ["12", "rue"]),
        ("608", ["608"]),
        (" ", []),
    ],
)
def test_splits_what_is_typed_but_for_phone_numbers(typed: str, found: list[str]) -> None:
    assert terms(typed) == found


@pytest.mark.parametrize(
    ("number", "dialled"),
    [("+33612345678", "0612345678"), ("+12025550123", "02025550123"), ("+351911234567", "0911234567")],
)
def test_dials_at_home(number: str, dialled: str) -> None:
    assert national(number) == dialled
