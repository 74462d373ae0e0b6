"""Makes a review of a row, or says what is wrong with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from application.imports.dates import DateOrder, parse_date
from application.languages import language_named
from application.reviews.columns import Columns
from application.reviews.refused import Refused, RowRefused
from application.reviews.words import named, said
from domain.feedback import Rating, Words

_RATING = re.compile(
    r"([0-9]{1,3}(?:[.,][0-9]{1,9})?)(?:\s*(?:/|sur|out of|of)\s*([1-9][0-9]{0,2}))?(?:\s*(?:stars?|étoiles?))?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Plan:
    """How rows are read. `scale` is of ratings that do not say it, portal and language of rows without one."""

    columns: Columns
    date_order: DateOrder
    scale: int
    portal: str | None = None
    language: str | None = None


class Review(NamedTuple):
    """A row fit to record; `day` is None when the file has no dates."""

    line: int
    rating: Rating
    words: Words
    day: date | None
    hotel: str | None
    address: str | None
    nationality: str | None
    portal: str | None
    language: str | None


class Given(NamedTuple):
    """A rating as it is written; `scale` is None where it does not say of how many."""

    given: Decimal
    scale: int | None


def read_rating(text: str) -> Given | None:
    """None where this is no rating."""
    match = _RATING.fullmatch(text.strip())
    if match is None:
        return None
    given = Decimal(match[1].replace(",", "."))
    plain = given.quantize(Decimal(1)) if given == given.to_integral_value() else given.normalize()
    return Given(plain, int(match[2]) if match[2] else None)


def judge(line: int, cells: Sequence[str], plan: Plan) -> Review | Refused:
    try:
        return _review(line, cells, plan)
    except RowRefused as refused:
        return Refused(line, refused.field, refused.code)


def _review(line: int, cells: Sequence[str], plan: Plan) -> Review:
    columns = plan.columns
    if any(map(str.strip, cells[columns.width :])):
        raise RowRefused("row", "too-many-cells")

    def cell(field: str) -> str:
        column = columns.at.get(field, len(cells))
        return cells[column] if column < len(cells) else ""

    portal = named("portal", cell("portal"))
    return Review(
        line=line,
        rating=_rating(cell("rating"), plan.scale),
        words=Words(
            title=said("title", cell("title")),
            comment=said("comment", cell("comment")),
            liked=said("liked", cell("liked")),
            disliked=said("disliked", cell("disliked")),
            author=named("author", cell("author")),
        ),
        day=_day(cell("date"), plan.date_order) if "date" in columns.at else None,
        hotel=named("hotel", cell("hotel")),
        address=said("address", cell("address")),
        nationality=named("nationality", cell("nationality")),
        portal=portal.casefold() if portal else plan.portal,
        language=_language(named("language", cell("language"))) or plan.language,
    )


def _rating(text: str, scale: int) -> Rating:
    if named("rating", text) is None:
        raise RowRefused("rating", "rating-missing")
    if (rating := read_rating(text)) is None:
        raise RowRefused("rating", "rating-invalid")
    scale = rating.scale or scale
    if rating.given > scale:
        raise RowRefused("rating", "out-of-range")
    return Rating(given=rating.given, scale=scale)


def _day(text: str, order: DateOrder) -> date:
    if named("date", text) is None:
        raise RowRefused("date", "date-missing")
    if (day := parse_date(text, order)) is None:
        raise RowRefused("date", "date-invalid")
    return day


def _language(text: str | None) -> str | None:
    if text is None:
        return None
    if (language := language_named(text)) is None:
        raise RowRefused("language", "language-invalid")
    return language
