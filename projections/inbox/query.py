"""What can be asked of the inbox, and the cursor that says where a page ended."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from psycopg.sql import SQL, Composable, Identifier, Placeholder

from domain.handling import Category, Folder
from projections import cursor
from projections.guest_list.survivors import is_one_with
from projections.inbox.row import CATEGORIES

_READ: Mapping[str, Callable[[str], object]] = {"urgency": int, "said_at": datetime.fromisoformat, "feedback": UUID}
"""How each key is read back from a cursor."""


_ALL = (SQL("true"),)


@dataclass(frozen=True)
class Asked:
    """Which feedback of which properties, sorted by `keys`, descending; the last of these is the id.

    A feedback is asked for that meets all of the `conditions`, and one of those in `among`, of which nothing meets
    two: each has an index of its own. They name columns of the table `feedback`, and a property's `among.since`.
    """

    properties: Mapping[UUID, date | None]
    conditions: tuple[Composable, ...]
    values: Mapping[str, object]
    keys: tuple[str, ...]
    among: tuple[Composable, ...] = _ALL


_OVERVIEW = (
    SQL("folder = 'inbox' AND resolved_at IS NULL"),
    # The least of the days is known when the statement is planned, each property's own is not.
    SQL("folder <> 'spam' AND resolved_on >= %(least_since)s AND resolved_on >= among.since"),
)


def in_folder(
    properties: Collection[UUID], folder: Folder, category: Category | None = None, assigned_to: UUID | None = None
) -> Asked:
    """On hold, alert, new; within these the newest first."""
    equal = {
        "folder": folder,
        "urgency": None if category is None else CATEGORIES.index(category),
        "assigned_to": assigned_to,
    }
    conditions, values = _equal(equal)
    return Asked(dict.fromkeys(properties), tuple(conditions), values, keys=("urgency", "said_at", "feedback"))


def said(
    properties: Mapping[UUID, date | None],
    equal: Mapping[str, object],
    *,
    resolved: bool | None = None,
    from_day: date | None = None,
    before_day: date | None = None,
    overview: bool = False,
) -> Asked:
    """The newest first. `equal` are columns and their values, None lets all pass.

    In the overview are those to be settled, and those resolved `since` the day that is given with their property.
    """
    conditions, values = _equal(equal)
    if resolved is not None:
        conditions.append(SQL("resolved_at IS NOT NULL" if resolved else "resolved_at IS NULL"))
    # The index is by moments; wherever a property is, these are within two days of the dates there.
    if from_day:
        conditions.append(SQL("day >= %(from_day)s AND said_at > %(from_day)s::date - 2"))
    if before_day:
        conditions.append(SQL("day < %(before_day)s AND said_at < %(before_day)s::date + 2"))
    values |= {"from_day": from_day, "before_day": before_day}
    values |= {"least_since": min((day for day in properties.values() if day), default=None)}
    among = _OVERVIEW if overview else _ALL
    return Asked(properties, tuple(conditions), values, keys=("said_at", "feedback"), among=among)


def _equal(equal: Mapping[str, object]) -> tuple[list[Composable], dict[str, object]]:
    values = {column: value for column, value in equal.items() if value is not None}
    return [
        is_one_with(SQL("guest"), Placeholder("guest"))
        if column == "guest"
        else SQL("{} = {}").format(Identifier(column), Placeholder(column))
        for column in values
    ], values


def place_of(asked: Asked, text: str) -> dict[str, object]:
    """The values of the keys where the page before ended. Raises BadCursor."""
    return dict(zip(asked.keys, cursor.read(text, [_READ[key] for key in asked.keys]), strict=True))
