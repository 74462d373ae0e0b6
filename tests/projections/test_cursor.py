"""A cursor gives back the values it was written of, and refuses whatever was made up."""

import base64
from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest

from projections.cursor import BadCursor, read, written


def test_values_come_back() -> None:
    values = [7, date(2026, 11, 19), UUID(int=1), 'Lefèvre, "Zoé"']
    assert read(written(values), [int, date.fromisoformat, UUID, str]) == values


def made_up(json: str) -> str:
    return base64.urlsafe_b64encode(json.encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "x", "é", "====", made_up("7"), made_up("[]"), made_up('["7", "8"]'), made_up("[null]"), made_up("[Infinity]"),
        made_up('[{"a": 1}]'), made_up(f'["{"9" * 5000}"]'), made_up("[" * 100_000),
    ],
)  # fmt: skip
def test_what_no_page_gave_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        read(cursor, [int])


@pytest.mark.parametrize("reader", [int, date.fromisoformat, UUID])
def test_nothing_is_not_a_value(reader: Callable[[str], object]) -> None:
    with pytest.raises(BadCursor):
        read(written([None]), [reader])
