"""When resolved feedback leaves the overview: a table of cases."""

from datetime import date

import pytest

from domain.policies.overview import shown_from


@pytest.mark.parametrize(
    ("keep", "expected"),
    [(0, date(2025, 3, 1)), (1, date(2025, 2, 28)), (7, date(2025, 2, 22)), (365, date(2024, 3, 1))],
)
def test_the_first_day_still_shown(keep: int, expected: date) -> None:
    assert shown_from(date(2025, 3, 1), keep) == expected
