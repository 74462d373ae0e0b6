"""Reads who may be the same person: guests who share something, compared pair by pair, what says most coming first.

Nobody compares all with all: the index has those who share something beside each other, and a pair is told where it
first meets. A page looks through so many groups at most, and may therefore be short while there is a next one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, combinations
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow, class_row
from psycopg.sql import SQL

from domain.contact import Profile
from projections import cursor as cursors
from projections.duplicates.likeness import Match, likeness
from projections.duplicates.person import MOST_HOLDERS, Person, Trait

AT_ONCE = 100
GROUPS_OF_A_PAGE = 100

_GROUPS = SQL("""
    SELECT kind, hash, array_agg(guest ORDER BY guest) FROM duplicates.trait
    WHERE organisation = %(organisation)s AND (kind, hash) > (%(kind)s, %(hash)s)
    GROUP BY kind, hash HAVING count(*) BETWEEN 2 AND (%(most)s::int[])[kind]
    ORDER BY kind, hash LIMIT %(limit)s
""")
_HOLDERS = """
    SELECT kind, hash, count(*) FROM duplicates.trait
    JOIN unnest(%s::int2[], %s::int8[]) AS asked (kind, hash) USING (kind, hash)
    WHERE organisation = %s GROUP BY kind, hash
"""
_GUESTS = """
    SELECT guest, profile, country, language, stays, last_stay, created_at FROM guest_list.guest
    WHERE guest = ANY(%(guests)s) AND profile IS NOT NULL
        AND (%(visible)s::uuid[] IS NULL OR properties <@ %(visible)s::uuid[])
"""
_DISMISSED = """
    SELECT coalesce(first.survivor, one), coalesce(second.survivor, other) FROM duplicates.dismissed
    LEFT JOIN guest_list.survivor AS first ON first.guest = one
    LEFT JOIN guest_list.survivor AS second ON second.guest = other
    WHERE one = ANY(ARRAY(
        SELECT guest FROM guest_list.survivor WHERE survivor = ANY(%(guests)s) UNION ALL SELECT unnest(%(guests)s)
    ))
"""
"""What was said of somebody holds for who stands for them since."""
BEFORE_ALL = Trait(0, -(2**63))


@dataclass(frozen=True)
class DuplicateQuery:
    """Of an organisation, those of whom all is the caller's; `visible` None reaches every property."""

    organisation_id: UUID
    visible: frozenset[UUID] | None


class Known(NamedTuple):
    """A guest, as the list has them."""

    guest: UUID
    profile: Mapping[str, object]
    country: str | None
    language: str | None
    stays: int
    last_stay: date | None
    created_at: datetime


class Duplicate(NamedTuple):
    """Two guests, the lower id first, and in what they agree; `score` is 0 to 100."""

    one: Known
    other: Known
    score: int
    matched: Sequence[Match]


class Page(NamedTuple):
    items: list[Duplicate]
    next: str | None


class _Group(NamedTuple):
    trait: Trait
    guests: Sequence[UUID]


class _Likely(NamedTuple):
    """`earlier` are the traits that both have as well, of which some may have led to them before."""

    trait: Trait
    earlier: set[Trait]
    duplicate: Duplicate


class _Place(NamedTuple):
    """Where a page ended: in the group of a trait, after a pair."""

    trait: Trait
    pair: tuple[UUID, UUID]


def page(connection: Connection[TupleRow], asked: DuplicateQuery, limit: int, cursor: str | None) -> Page:
    """One page, and the cursor of the next where there may be one. Raises BadCursor."""
    start = _place_of(cursor) if cursor else None
    items: list[Duplicate] = []
    looked_at = 0
    for groups in _groups(connection, asked, start):
        for trait, found in _compared(connection, asked, groups):
            if start and (trait, (found.one.guest, found.other.guest)) <= start:
                continue
            items.append(found)
            if len(items) == limit:
                return Page(items, cursors.written([*trait, found.one.guest, found.other.guest]))
        looked_at += len(groups)
        if looked_at >= GROUPS_OF_A_PAGE:
            return Page(items, cursors.written([*groups[-1].trait, *LAST]))
    return Page(items, None)


LAST = (UUID(int=2**128 - 1), UUID(int=2**128 - 1))
"""The pair that every other comes before."""


def count(connection: Connection[TupleRow], asked: DuplicateQuery) -> int:
    return sum(1 for _ in stream(connection, asked))


def stream(connection: Connection[TupleRow], asked: DuplicateQuery) -> Iterator[Duplicate]:
    for groups in _groups(connection, asked, None):
        yield from (found for _, found in _compared(connection, asked, groups))


def _groups(connection: Connection[TupleRow], asked: DuplicateQuery, start: _Place | None) -> Iterator[list[_Group]]:
    """Those who share something, some at a time, from the group in which the page before ended."""
    after = Trait(start.trait.kind, start.trait.hash - 1) if start else BEFORE_ALL
    while True:
        values = {
            "organisation": asked.organisation_id,
            **after._asdict(),
            "most": list(MOST_HOLDERS.values()),
            "limit": AT_ONCE,
        }
        found = connection.execute(_GROUPS, values, prepare=False)
        groups = [_Group(Trait(kind, hash_), guests) for kind, hash_, guests in found]
        if groups:
            yield groups
        if len(groups) < AT_ONCE:
            return
        after = groups[-1].trait


def _compared(
    connection: Connection[TupleRow], asked: DuplicateQuery, groups: Sequence[_Group]
) -> Iterator[tuple[Trait, Duplicate]]:
    """The pairs in these groups that are likely to be one person, and that no group before has."""
    ids = list(set(chain.from_iterable(group.guests for group in groups)))
    visible = None if asked.visible is None else list(asked.visible)
    with connection.cursor(row_factory=class_row(Known)) as rows:
        known = {row.guest: row for row in rows.execute(_GUESTS, {"guests": ids, "visible": visible})}
    persons = {guest: Person.of(Profile.model_validate(row.profile)) for guest, row in known.items()}
    traits = {guest: person.traits for guest, person in persons.items()}
    dismissed = {(min(pair), max(pair)) for pair in connection.execute(_DISMISSED, {"guests": ids})}
    likely: list[_Likely] = []
    for trait, guests in groups:
        for one, other in combinations((guest for guest in guests if guest in persons), 2):
            alike = likeness(persons[one], persons[other])
            if alike.tells_by(trait.kind) and (one, other) not in dismissed:
                shared = {each for each in traits[one] & traits[other] if each < trait and alike.tells_by(each.kind)}
                likely.append(_Likely(trait, shared, Duplicate(known[one], known[other], *alike)))
    told = _telling(connection, asked, set[Trait]().union(*(each.earlier for each in likely)))
    yield from ((each.trait, each.duplicate) for each in likely if told.isdisjoint(each.earlier))


def _telling(connection: Connection[TupleRow], asked: DuplicateQuery, traits: set[Trait]) -> set[Trait]:
    """Those that so few have that a group of them is looked at."""
    if not traits:
        return set()
    columns = [list(column) for column in zip(*traits, strict=True)]
    found = connection.execute(_HOLDERS, [*columns, asked.organisation_id])
    return {Trait(kind, hash_) for kind, hash_, holders in found if holders <= MOST_HOLDERS[kind]}


def _place_of(cursor: str) -> _Place:
    kind, hash_, one, other = cursors.read(cursor, [int, int, UUID, UUID])
    assert isinstance(kind, int)
    assert isinstance(hash_, int)
    assert isinstance(one, UUID)
    assert isinstance(other, UUID)
    if not (0 < kind <= max(MOST_HOLDERS) and -(2**63) < hash_ < 2**63):
        raise cursors.BadCursor("this is not the next of any page")
    return _Place(Trait(kind, hash_), (one, other))
