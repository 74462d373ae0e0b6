"""Tells of changed rows through Postgres, as they are committed, so that every open inbox hears of them."""

import json
from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection, Cursor
from psycopg.rows import TupleRow

from domain.handling import Category, Folder
from projections.folding import checkpoint
from projections.inbox.row import CATEGORIES

CHANNEL = "hote_inbox"

MOST_TOLD = 100
"""Changes of one batch that are told one by one; more, and it is told that there were many."""


class Change(NamedTuple):
    """A feedback of which a list shows something else than before; `position` is that of the event."""

    organisation_id: UUID
    property_id: UUID
    feedback_id: UUID
    folder: Folder
    category: Category
    position: int


class Many(NamedTuple):
    """More changed, up to a position, than is worth telling."""

    position: int


def tell(cursor: Cursor[TupleRow], changes: Sequence[Change]) -> None:
    """At the commit; never from a read model that is built beside the live one."""
    told: list[Change | Many] = sorted(changes, key=lambda change: change.position)
    if len(told) > MOST_TOLD:
        told = [Many(told[-1].position)]
    if told:
        cursor.execute(
            "SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload WHERE current_schema() = 'inbox'",
            [CHANNEL, [json.dumps(change, default=str) for change in told]],
        )


def read(payload: str) -> Change | Many:
    match json.loads(payload):
        case [organisation, property_id, feedback, folder, category, position]:
            return Change(
                UUID(organisation), UUID(property_id), UUID(feedback), Folder(folder), Category(category), position
            )
        case [position]:
            return Many(position)
        case _:
            raise ValueError("this was never told")


class Missed(NamedTuple):
    """What changed until somebody began to listen: the position that is, and each change since they last heard."""

    position: int
    changes: Sequence[Change | Many]


def missed(
    connection: Connection[TupleRow],
    organisation_id: UUID,
    properties: Collection[UUID] | None,
    last_heard: int | None,
) -> Missed:
    """For who listens already. `last_heard` None is who never did, and missed nothing; `properties` None are all.

    What is at that position is told again: an erasure changes many rows, and perhaps only some were heard of.
    """
    position = checkpoint(connection, "inbox")
    if last_heard is None:
        return Missed(position, [])
    reached = None if properties is None else list(properties)
    changes = [
        Change(organisation, property_id, feedback, Folder(folder), CATEGORIES[urgency], at)
        for organisation, property_id, feedback, folder, urgency, at in connection.execute(
            "SELECT organisation, property, feedback, folder, urgency, position FROM inbox.feedback"
            " WHERE organisation = %s AND position >= %s AND (%s::uuid[] IS NULL OR property = ANY(%s))"
            " ORDER BY position LIMIT %s",
            [organisation_id, last_heard, reached, reached, MOST_TOLD + 1],
        )
    ]
    return Missed(min(last_heard, position), changes if len(changes) <= MOST_TOLD else [Many(position)])
