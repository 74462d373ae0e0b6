"""When resolved feedback leaves the overview, at local midnight wherever that is: tables of cases."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from domain.policies.overview import local_day, shown_from


@pytest.mark.parametrize(
    ("moment", "zone", "expected"),
    [
        ("2025-07-07T21:59:59.999999Z", "Europe/Paris", date(2025, 7, 7)),
        ("2025-07-07T22:00:00Z", "Europe/Paris", date(2025, 7, 8)),
        ("2025-01-07T22:59:59Z", "Europe/Paris", date(2025, 1, 7)),
        ("2025-01-07T23:00:00Z", "Europe/Paris", date(2025, 1, 8)),
        # the day that clocks go forward is an hour shorter, the day they go back an hour longer
        ("2025-03-29T23:00:00Z", "Europe/Paris", date(2025, 3, 30)),
        ("2025-03-30T21:59:59Z", "Europe/Paris", date(2025, 3, 30)),
        ("2025-03-30T22:00:00Z", "Europe/Paris", date(2025, 3, 31)),
        ("2025-10-25T22:00:00Z", "Europe/Paris", date(2025, 10, 26)),
        ("2025-10-26T22:59:59Z", "Europe/Paris", date(2025, 10, 26)),
        ("2025-10-26T23:00:00Z", "Europe/Paris", date(2025, 10, 27)),
        # where clocks change at midnight: 00:00 is left out in Beirut, comes twice in Havana
        ("2025-03-29T21:59:59Z", "Asia/Beirut", date(2025, 3, 29)),
        ("2025-03-29T22:00:00Z", "Asia/Beirut", date(2025, 3, 30)),
        ("2025-11-02T04:00:00Z", "America/Havana", date(2025, 11, 2)),
        ("2025-11-02T05:00:00Z", "America/Havana", date(2025, 11, 2)),
        # far west and far east of UTC, at one moment
        ("2025-07-07T10:30:00Z", "Pacific/Pago_Pago", date(2025, 7, 6)),
        ("2025-07-07T10:30:00Z", "America/New_York", date(2025, 7, 7)),
        ("2025-07-07T10:30:00Z", "Pacific/Kiritimati", date(2025, 7, 8)),
        ("2025-07-07T10:30:00+02:00", "Pacific/Kiritimati", date(2025, 7, 7)),
        # a calendar from which 30 December 2011 is missing
        ("2011-12-30T09:59:59Z", "Pacific/Apia", date(2011, 12, 29)),
        ("2011-12-30T10:00:00Z", "Pacific/Apia", date(2011, 12, 31)),
    ],
)
def test_the_day_on_the_wall(moment: str, zone: str, expected: date) -> None:
    assert local_day(datetime.fromisoformat(moment), ZoneInfo(zone)) == expected


@pytest.mark.parametrize(
    ("keep", "expected"),
    [(0, date(2025, 3, 1)), (1, date(2025, 2, 28)), (7, date(2025, 2, 22)), (365, date(2024, 3, 1))],
)
def test_the_first_day_still_shown(keep: int, expected: date) -> None:
    assert shown_from(date(2025, 3, 1), keep) == expected
