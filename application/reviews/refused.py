"""Why a row of a review file was not loaded."""

from typing import NamedTuple

REASONS = {
    "rating-missing": "Without a rating nobody can say whether a review is a complaint.",
    "rating-invalid": "This is not a rating, such as 4, 8.5 or 4/5.",
    "out-of-range": "This rating is not from 0 to the end of its scale; --scale says where that is.",
    "date-missing": "Other rows have a date: without one, this review would count as said today.",
    "date-invalid": "This is not a date of the calendar in the order of the file's dates.",
    "date-future": "Nobody can have written this yet: the date is after today.",
    "language-invalid": "This language is not known.",
    "too-long": "This text is too long.",
    "too-many-cells": "The row has more cells than headers; a quote may be missing.",
    "property-missing": "The row names no hotel; --property says where such reviews go.",
    "property-unknown": "No property is called so, in the country of the address; --create-properties makes it.",
    "property-ambiguous": "Several properties are called so; --property says which one is meant.",
    "country-unknown": "The address does not end with a European country, from which to make the property.",
}


class Refused(NamedTuple):
    """A row that was not loaded; `line` as an editor or Excel shows it, `code` is one of REASONS."""

    line: int
    field: str
    code: str


class RowRefused(Exception):
    """Says of the row at hand what Refused says of a line."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(code)
        self.field = field
        self.code = code
