"""The messages that are due: who sends which, pinned so that each repeat is the same, and tried again later."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow, class_row
from psycopg.types.json import Jsonb

from domain.policies.distribution import next_portal
from domain.property import Share

FIRST_PAUSE, LONGEST_PAUSE = 60.0, 4 * 3600.0
"""Seconds until a message that was not taken is tried again; each pause is about twice the one before."""


class Pinned(NamedTuple):
    """A message that is to be sent as things were at position `as_of` of the log, and is dated `pinned_at`."""

    invitation_id: UUID
    pinned_at: datetime
    as_of: int
    portal: str | None


def to_pin(cursor: Cursor[TupleRow], now: datetime, limit: int) -> list[UUID]:
    """Invitations of which something is due, the oldest first, and nobody else's until the transaction ends."""
    found = cursor.execute(
        "SELECT invitation_id FROM invitations.due WHERE due_at <= %s AND NOT handled AND pinned_at IS NULL"
        " ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED",
        [now, limit],
    )
    return [invitation_id for (invitation_id,) in found]


def pin(cursor: Cursor[TupleRow], pinned: Sequence[Pinned]) -> None:
    cursor.execute(
        "UPDATE invitations.due SET (pinned_at, as_of, portal) = (p.pinned_at, p.as_of, p.portal)"
        " FROM unnest(%b::uuid[], %b::timestamptz[], %b::bigint[], %b::text[]) AS p (id, pinned_at, as_of, portal)"
        " WHERE invitation_id = p.id",
        [list(column) for column in zip(*pinned, strict=True)] or [[], [], [], []],
    )


def to_send(cursor: Cursor[TupleRow], now: datetime, limit: int) -> list[Pinned]:
    """Pinned ones, nobody else's until the transaction ends, however it ends."""
    with cursor.connection.cursor(row_factory=class_row(Pinned)) as rows:
        return rows.execute(
            "SELECT invitation_id, pinned_at, as_of, portal FROM invitations.due"
            " WHERE due_at <= %s AND NOT handled AND pinned_at IS NOT NULL"
            " ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED",
            [now, limit],
        ).fetchall()


def handled(cursor: Cursor[TupleRow], invitation_ids: Iterable[UUID]) -> None:
    """An event tells what became of them, or there was nothing to do: what is to come, the reaction will say."""
    cursor.execute("UPDATE invitations.due SET handled = true WHERE invitation_id = ANY(%b)", [list(invitation_ids)])


def postpone(cursor: Cursor[TupleRow], invitation_id: UUID, now: datetime, *, anew: bool = False) -> None:
    """For longer each time, and not for exactly as long as others that failed with it.

    What was not sent to anybody yet can be written `anew`, as things are by now.
    """
    if anew:
        cursor.execute(
            "UPDATE invitations.due SET (pinned_at, as_of) = (%s, log.settled()) WHERE invitation_id = %s",
            [now, invitation_id],
        )
    cursor.execute(
        "UPDATE invitations.due SET attempts = attempts + 1, due_at = %s + (0.5 + random())"
        " * least(%s * 2 ^ least(attempts, 20), %s) * interval '1 second' WHERE invitation_id = %s",
        [now, FIRST_PAUSE, LONGEST_PAUSE, invitation_id],
    )


def may_ask(
    cursor: Cursor[TupleRow], guest_id: UUID, invitation_id: UUID, now: datetime, again_after: timedelta
) -> bool:
    """Whether the guest was not invited to review so lately; then they are now. Only one can be told so at a time."""
    asked = cursor.execute(
        "INSERT INTO invitations.asked VALUES (%s, %s, %s) ON CONFLICT (guest_id) DO UPDATE"
        " SET (invitation_id, asked_at) = (excluded.invitation_id, excluded.asked_at)"
        " WHERE asked.asked_at <= %s OR asked.invitation_id = excluded.invitation_id"
        " RETURNING true",
        [guest_id, invitation_id, now, now - again_after],
    )
    return asked.fetchone() is not None


def portals(
    cursor: Cursor[TupleRow], shares: Mapping[UUID, Sequence[Share]], invitations: Sequence[tuple[UUID, UUID]]
) -> dict[UUID, str]:
    """The portal of each invitation, by its id; they come with the property whose `shares` say how they are spread.

    Who counts for a property waits for who counts already: none is ever more than 1 from its share. When the shares
    change, the count begins anew.
    """
    cursor.execute(
        "INSERT INTO invitations.distribution SELECT *, '{}', '{}' FROM unnest(%b::uuid[]) AS p (id)"
        " ON CONFLICT DO NOTHING",
        [list(shares)],
    )
    rows = cursor.execute(
        "SELECT property_id, shares, counts FROM invitations.distribution WHERE property_id = ANY(%b)"
        " ORDER BY property_id FOR UPDATE",
        [list(shares)],
    ).fetchall()
    counts: dict[UUID, dict[str, int]] = {}
    wanted = {property_id: {share.portal: share.percent for share in spread} for property_id, spread in shares.items()}
    for property_id, counted_for, counted in rows:
        counts[property_id] = counted if counted_for == wanted[property_id] else {}
    chosen = {}
    for invitation_id, property_id in invitations:
        counted = counts[property_id]
        portal = chosen[invitation_id] = next_portal(shares[property_id], counted)
        counted[portal] = counted.get(portal, 0) + 1
    cursor.executemany(
        "UPDATE invitations.distribution SET shares = %s, counts = %s WHERE property_id = %s",
        [(Jsonb(wanted[property_id]), Jsonb(counted), property_id) for property_id, counted in counts.items()],
    )
    return chosen
