"""Puts a query of the guest list into pieces of SQL, from which `queries` builds its statements.

A condition has two forms. Its *check* is quickest on a row at hand, and no index can serve it; its *seek* is what
an index of all guests can serve. Both are true of the same guests.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from psycopg.sql import SQL, Composable, Identifier, Placeholder

from projections.guest_list.query import GuestQuery, place_of
from projections.guest_list.text import terms

_MAY_BE_NULL = frozenset({"last_name", "company", "country", "last_stay"})
_LONG = re.compile(r"[^\W_]{3}|[\W_][^\W_]{2}")
_PAIR = re.compile(r"[a-z0-9]{2}")
_WILD = re.compile(r"[\\%_]")
# Each alternative is a range of one index, as "arrival <= day OR arrival IS NULL" would not be.
_STAYING_ON = SQL("""(stay.arrival <= {0} AND stay.departure >= {0}
    OR stay.arrival <= {0} AND stay.departure IS NULL OR stay.arrival IS NULL AND stay.departure >= {0})""")


class Condition(NamedTuple):
    check: Composable
    seek: Composable


@dataclass(frozen=True)
class Plan:
    """The pieces: a range of the sort's index, its segments from the cursor on, and what is checked within."""

    pieces: dict[str, Composable]
    values: dict[str, object]
    segments: list[Composable]
    conditional: bool


def planned(query: GuestQuery) -> Plan:
    """Raises BadQuery for a cursor that is none."""
    values: dict[str, object] = {"organisation": query.organisation_id}
    scope: list[Composable] = [SQL("guest.organisation = %(organisation)s")]
    conditions = [
        *_of_stays(query, values),
        *_of_last_invitation(query, values),
        *_of_terms(terms(query.search), values),
        *_of_status(query, values),
    ]
    equals = (("country", query.country), ("language", query.language), ("status_label", query.status_label))
    for column, value in equals:
        if value is not None:
            values[column] = value
            equal = SQL("guest.{} = {}").format(Identifier(column), Placeholder(column))
            # The guests of one country are a range of the index by country: a walk need not leave it.
            if column == query.column:
                scope.append(equal)
            else:
                conditions.append(Condition(equal, equal))
    # These follow from the conditions, and spare the walk the part of the index where none can be true.
    if query.column == "status" and query.status:
        scope.append(SQL("guest.status IN ('blocked', %(status)s)"))
    if query.column == "stays" and query.status in ("new", "returning"):
        scope.append(SQL("guest.stays < 2" if query.status == "new" else "guest.stays > 1"))

    key = Identifier("guest", query.column)
    segments = _segments(query, key, values)
    return Plan(
        {
            "key": key,
            "before": SQL(">" if query.descending else "<"),
            "direction": SQL("DESC" if query.descending else "ASC"),
            "scope": _all(scope),
            "after": SQL("({})").format(SQL(" OR ").join(segments)),
            "check": _all([condition.check for condition in conditions]),
            "seek": _all([*scope, *(condition.seek for condition in conditions)]),
        },
        values,
        segments,
        bool(conditions),
    )


def _all(conditions: list[Composable]) -> Composable:
    return SQL(" AND ").join(conditions) if conditions else SQL("true")


def _segments(query: GuestQuery, key: Composable, values: dict[str, object]) -> list[Composable]:
    """The stretches of the index that follow the cursor. Nulls are a stretch of their own, to be last either way."""
    valued, nulls = SQL("{} IS NOT NULL").format(key), SQL("{} IS NULL").format(key)
    place = place_of(query)
    if place:
        values |= {"value": place.value, "guest": place.guest}
        beyond = SQL("<" if query.descending else ">")
        if place.value is None:
            return [SQL("{} AND guest.guest {} %(guest)s").format(nulls, beyond)]
        valued = SQL("({}, guest.guest) {} (%(value)s, %(guest)s)").format(key, beyond)
    return [valued, nulls] if query.column in _MAY_BE_NULL else [valued]


def _of_stays(query: GuestQuery, values: dict[str, object]) -> Iterator[Condition]:
    visible, properties = query.visible, query.properties
    within: list[Composable] = []
    if visible is not None:
        values["visible"] = list(visible)
        within.append(SQL("stay.property_id = ANY(%(visible)s)"))
        known = SQL("(guest.properties = '{}' OR guest.properties && %(visible)s::uuid[])")
        yield Condition(known, known)
    if properties is not None:
        values["properties"] = list(properties if visible is None else properties & visible)
        within.append(SQL("stay.property_id = ANY(%(properties)s)"))
        stayed = SQL("guest.properties && %(properties)s::uuid[]")
        yield Condition(stayed, stayed)
    bounds: list[tuple[str, SQL, object]] = [
        ("arrival_from", SQL("stay.arrival >= {0}"), query.arrival_from),
        ("arrival_before", SQL("stay.arrival < {0}"), query.arrival_before),
        ("departure_from", SQL("stay.departure >= {0}"), query.departure_from),
        ("departure_before", SQL("stay.departure < {0}"), query.departure_before),
        ("room", SQL("lower(stay.room) = lower({0})"), query.room),
        ("staying_on", _STAYING_ON, query.staying_on),
    ]
    asked = {name: value for name, _, value in bounds if value is not None}
    if asked:
        values |= asked
        within += [bound.format(Placeholder(name)) for name, bound, _ in bounds if name in asked]
        # The planner takes arrival and departure for unrelated, and expects a quarter of all guests on any day. A house
        # has but so many beds: of an array it expects few guests, and looks each of them up.
        among = SQL("ANY(ARRAY({}))" if query.staying_on else "ANY({})")
        stays = SQL("SELECT stay.guest FROM guest_list.stay WHERE stay.organisation = %(organisation)s AND {}")
        yield Condition(
            # OFFSET 0 keeps the planner from turning this into a join with all such stays.
            SQL("EXISTS (SELECT FROM guest_list.stay WHERE stay.guest = guest.guest AND {} OFFSET 0)").format(
                _all(within)
            ),
            SQL("guest.guest = {}").format(among.format(stays.format(_all(within)))),
        )


def _of_status(query: GuestQuery, values: dict[str, object]) -> Iterator[Condition]:
    if query.status is None:
        return
    values |= {"status": query.status, "today": query.today}
    # As Guest.blocked_on has it: a block is over by itself after its last day.
    asked: Composable = SQL("guest.status = 'blocked' AND guest.blocked_until >= %(today)s")
    if query.status != "blocked":
        stays = SQL("guest.stays > 1" if query.status == "returning" else "guest.stays < 2")
        over = SQL("guest.status = 'blocked' AND guest.blocked_until < %(today)s AND {}").format(stays)
        asked = SQL("(guest.status = %(status)s OR {})").format(over)
    yield Condition(asked, asked)


def _of_last_invitation(query: GuestQuery, values: dict[str, object]) -> Iterator[Condition]:
    """What became of the last stay's invitation to review; one that was never scheduled has no row."""
    found = SQL("SELECT FROM invitation_status.invitation WHERE invitation.stay = guest.latest_stay_id AND {}")
    within: list[Composable] = [SQL("invitation.message = 'post_stay'")]
    if query.post_stay == "not_enabled":
        none = SQL("NOT EXISTS ({})").format(found.format(_all(within)))
        yield Condition(none, none)
    for column, value in (("state", query.post_stay), ("channel", query.channel)):
        if value is not None and value != "not_enabled":
            values[column] = value
            within.append(SQL("invitation.{} = {}").format(Identifier(column), Placeholder(column)))
    if len(within) > 1:
        stays = SQL(
            "SELECT coalesce(survivor.survivor, invitation.guest), invitation.stay FROM invitation_status.invitation"
            " LEFT JOIN guest_list.survivor ON survivor.guest = invitation.guest WHERE {}"
        )
        yield Condition(
            SQL("EXISTS ({} OFFSET 0)").format(found.format(_all(within))),
            SQL("(guest.guest, guest.latest_stay_id) IN ({})").format(
                stays.format(_all([SQL("invitation.organisation = %(organisation)s"), *within]))
            ),
        )


def _of_terms(words: list[str], values: dict[str, object]) -> Iterator[Condition]:
    """The index knows a text by its trigrams, the three letters at each place of it.

    A pair makes none, but a pair and whichever ASCII character comes next make 37, and one always comes: a text ends
    in a space and so does each run of ASCII in it. These are quick to look up when the pair is rare, and not needed
    when a longer word narrows the search. Other short terms are looked for in every text.
    """
    some_long = any(_LONG.search(word) for word in words)
    for number, word in enumerate(words):
        name = f"word_{number}"
        values[name] = word
        check = SQL("strpos(guest.search, {}) > 0").format(Placeholder(name))
        seek: Composable = check
        if _LONG.search(word):
            values[f"like_{number}"] = "%" + _WILD.sub(r"\\\g<0>", word) + "%"
            seek = SQL("guest.search LIKE {}").format(Placeholder(f"like_{number}"))
        elif _PAIR.fullmatch(word) and not some_long:
            values[f"pair_{number}"] = f"{word}[ -~]"
            seek = SQL("guest.search ~ {}").format(Placeholder(f"pair_{number}"))
        yield Condition(check, seek)
