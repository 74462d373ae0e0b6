"""Dates as lists write them: reading one in a given order, and judging the order of a whole column."""

import re
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from application.text import fold


class DateOrder(StrEnum):
    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


class Verdict(StrEnum):
    """What a file's dates say of their order."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"
    AMBIGUOUS = "ambiguous"
    """Day first and month first both fit, and give other dates: a person must choose."""
    CONFLICTING = "conflicting"
    """Some dates can only be day first and others only month first: a person must look."""
    NONE = "none"
    """No value depends on an order."""


@dataclass
class DateEvidence:
    """What the values of a column prove, counted as they stream by. Columns of one file are added up."""

    day_first: int = 0
    month_first: int = 0
    either: int = 0
    no_matter: int = 0
    year_first: int = 0

    def add(self, text: str) -> None:
        """Counts one value. 31/02 proves day first, though there is no such day; what is no date proves nothing."""
        text = text.strip()
        if len(text) > _LONGEST or not (parts := _NUMBERS.fullmatch(_TIME.sub("", text))):
            return
        first, second = int(parts[1]), int(parts[2])
        if len(parts[1]) == 4:
            self.year_first += 1
        elif not (1 <= first <= 31 and 1 <= second <= 31) or (first > 12 and second > 12):
            return
        elif first > 12:
            self.day_first += 1
        elif second > 12:
            self.month_first += 1
        elif first != second:
            self.either += 1
        else:
            self.no_matter += 1

    def __add__(self, other: "DateEvidence") -> "DateEvidence":
        return DateEvidence(*map(sum, zip(astuple(self), astuple(other), strict=True)))

    @property
    def verdict(self) -> Verdict:
        """Years written first and in four digits read the same in every order, so they prove none but their own.

        Years first in two digits (25-10-03) look like days: only a person can say `ymd` of those.
        """
        if self.day_first and self.month_first:
            return Verdict.CONFLICTING
        if self.day_first:
            return Verdict.DMY
        if self.month_first:
            return Verdict.MDY
        if self.either:
            return Verdict.AMBIGUOUS
        if self.no_matter:
            return Verdict.DMY
        return Verdict.YMD if self.year_first else Verdict.NONE


def parse_date(text: str, order: DateOrder, *, short_years: bool = True) -> date | None:
    """The date, or None when there is no such date in that order: 31/02 is never moved to March.

    Read are numbers between . / - or spaces, ISO, 20251003, month names in English, French, German, Spanish
    and Italian, and the day numbers of a spreadsheet. A weekday before and a time after are left out. Years
    of two digits are 1970 to 2069, which suits stays and not birthdays: refuse them with `short_years=False`.
    """
    text = text.strip()
    return _parse(text, order, short_years) if len(text) <= _LONGEST else None


@lru_cache(maxsize=10_000)
def _parse(text: str, order: DateOrder, short_years: bool) -> date | None:
    text = _TIME.sub("", text)
    if parts := _NUMBERS.fullmatch(text):
        first, second, third = parts[1], parts[2], parts[3]
        if len(first) == 4 or order is DateOrder.YMD:
            year, month, day = first, second, third
        elif order is DateOrder.DMY:
            day, month, year = first, second, third
        else:
            month, day, year = first, second, third
        return _date(year, int(month), day, short_years)
    if parts := _COMPACT.fullmatch(text):
        return _date(parts[1], int(parts[2]), parts[3], short_years)
    if _SPREADSHEET_DAY.fullmatch(text):
        return _SPREADSHEET_EPOCH + timedelta(days=int(text))
    words = fold(text)
    for form in _WITH_MONTH_NAMES:
        if parts := form.fullmatch(words):
            return _date(parts["year"], _MONTHS.get(parts["month"], 0), parts["day"], short_years)
    return None


def _date(year: str, month: int, day: str, short_years: bool) -> date | None:
    full_year = int(year)
    if len(year) == 2 and short_years:
        full_year += 1900 if full_year >= 70 else 2000
    if not 1900 <= full_year <= 2099:
        return None
    try:
        return date(full_year, month, int(day))
    except ValueError:
        return None


_LONGEST = 100
"""Characters. A date with its weekday, time and zone spelled out has 63; `_TIME` takes the square of what it gets."""

_SPREADSHEET_EPOCH = date(1899, 12, 30)

_BETWEEN = r"(?:\s*[./-]\s*|\s+)"
_NUMBERS = re.compile(
    rf"(?:[^\W\d]{{2,9}}\.?,?\s+)?([0-9]{{1,2}}|[0-9]{{4}}){_BETWEEN}([0-9]{{1,2}}){_BETWEEN}([0-9]{{1,2}}|[0-9]{{4}})\.?"
)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SPREADSHEET_DAY = re.compile(r"[2-6][0-9]{4}")  # 1954 to 2091
_TIME = re.compile(
    r"(?:T|,?\s+(?:[^\W\d]{1,3}\s)?)[0-9]{1,2}\s*(?:[:h][0-9]{0,2}|[ap]\.?m\b).*", re.IGNORECASE | re.DOTALL
)
_WITH_MONTH_NAMES = [
    re.compile(
        r"(?:[a-z]+ )?(?P<day>\d\d?)(?:er|st|nd|rd|th|o)? ?(?:de )?"
        r"(?P<month>[a-z]{3,}?)(?: del?)? ?(?P<year>\d{4}|\d\d)"
    ),
    re.compile(r"(?:[a-z]+ )?(?P<month>[a-z]{3,}) (?P<day>\d\d?)(?:st|nd|rd|th)? (?P<year>\d{4}|\d\d)"),
    re.compile(r"(?P<year>\d{4}) (?P<month>[a-z]{3,}) (?P<day>\d\d?)"),
]

_MONTH_NAMES = [
    "january february march april may june july august september october november december",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "januar februar marz april mai juni juli august september oktober november dezember",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
]


def _months() -> dict[str, int]:
    """From each beginning of a month's name of three letters or more to its number, where all languages agree."""
    meanings: dict[str, set[int]] = {}
    for names in _MONTH_NAMES:
        for number, name in enumerate(names.split(), start=1):
            for length in range(3, len(name) + 1):
                meanings.setdefault(name[:length], set()).add(number)
    meanings |= {"maerz": {3}, "sept": {9}}
    return {text: numbers.pop() for text, numbers in meanings.items() if len(numbers) == 1}


_MONTHS = _months()
