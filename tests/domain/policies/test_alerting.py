"""Which feedback is an alert, and what a bare score says: tables of cases."""

from decimal import Decimal

import pytest

from domain.feedback import Kind, Rating
from domain.policies.alerting import is_alert, kind_of

POSITIVE, NEGATIVE = Kind.POSITIVE, Kind.NEGATIVE


@pytest.mark.parametrize(
    ("kind", "score", "threshold", "expected"),
    [
        # no rating: the kind decides, whatever the threshold
        (NEGATIVE, None, 5, True),
        (NEGATIVE, None, 0, True),
        (POSITIVE, None, 5, False),
        (POSITIVE, None, 10, False),
        # a rating decides, whatever the kind
        (NEGATIVE, "4.9", 5, True),
        (NEGATIVE, "5", 5, False),
        (NEGATIVE, "9", 5, False),
        (POSITIVE, "4.9", 5, True),
        (POSITIVE, "5", 5, False),
        # the ends of the threshold
        (NEGATIVE, "0", 0, False),
        (POSITIVE, "9.9", 10, True),
        (POSITIVE, "10", 10, False),
    ],
)
def test_who_is_strongly_dissatisfied(kind: Kind, score: str | None, threshold: int, expected: bool) -> None:
    assert is_alert(kind, None if score is None else Decimal(score), threshold) is expected


@pytest.mark.parametrize(
    ("given", "scale", "expected"),
    [
        ("1", 5, NEGATIVE),
        ("2", 5, NEGATIVE),
        ("2.5", 5, POSITIVE),
        ("3", 5, POSITIVE),
        ("4.9", 10, NEGATIVE),
        ("5", 10, POSITIVE),
        ("2", 4, POSITIVE),
        ("49", 100, NEGATIVE),
    ],
)
def test_what_a_score_says(given: str, scale: int, expected: Kind) -> None:
    assert kind_of(Rating(given=Decimal(given), scale=scale).score) is expected
