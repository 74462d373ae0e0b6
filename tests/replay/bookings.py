"""The bookings of two real hotels from 2014 to 2017 (Antonio, Almeida, Nunes 2019), and people who made them.

The file names nobody. So that guests come again as it says they did, bookings are given to people by these rules:

- Lines that are the same in every column are the rooms of one party, and one person's. Each is a booking of its own.
- Of who kept and cancelled bookings before, the file tells how many. Such a booking is that of the person from the same
  country, at either hotel, whose bookings so far come to these numbers, and who has waited longest.
- Whom that does not find is somebody new.
"""

import csv
import gzip
from collections import defaultdict, deque
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parents[2] / "../shared/data/bookings/hotel_bookings.csv.gz"
MONTHS = {date(2000, month, 1).strftime("%B"): month for month in range(1, 13)}
CAME = "Check-Out"

Row = Mapping[str, str]
"""A line as the file has it."""


class Booking(NamedTuple):
    number: int
    """Of its line."""
    person: int
    booked: date
    arrival: date
    row: Row

    @property
    def nights(self) -> int:
        return int(self.row["stays_in_weekend_nights"]) + int(self.row["stays_in_week_nights"])


def read(countries: Collection[str] = ()) -> list[Booking]:
    """In the order in which they were booked: all, or those from some countries, which the rules keep apart."""
    with gzip.open(FILE, "rt", encoding="utf-8", newline="") as text:
        lines = csv.reader(text)
        header = next(lines)
        country = header.index("country")
        rows = {
            number: dict(zip(header, line, strict=True))
            for number, line in enumerate(lines, start=1)
            if not countries or line[country] in countries
        }
    in_order = sorted((*_days(row), number) for number, row in rows.items())
    known: dict[tuple[str, ...], int] = {}
    waiting: dict[tuple[str, int, int], deque[int]] = defaultdict(deque)
    people, bookings = 0, []
    for booked, arrival, number in in_order:
        row = rows[number]
        party = tuple(row.values())
        if party not in known:
            kept, cancelled = int(row["previous_bookings_not_canceled"]), int(row["previous_cancellations"])
            again = waiting[row["country"], kept, cancelled]
            known[party] = again.popleft() if again else people
            people += known[party] == people
            came = row["reservation_status"] == CAME
            waiting[row["country"], kept + came, cancelled + (not came)].append(known[party])
        bookings.append(Booking(number, known[party], booked, arrival, row))
    return bookings


def _days(row: Row) -> tuple[date, date]:
    """When it was booked, and of arrival."""
    year, month, day = (row[f"arrival_date_{part}"] for part in ("year", "month", "day_of_month"))
    arrival = date(int(year), MONTHS[month], int(day))
    return arrival - timedelta(int(row["lead_time"])), arrival
