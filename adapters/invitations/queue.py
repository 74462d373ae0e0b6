"""The messages that are due: who sends which, pinned so that each repeat is the same, and tried again later."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection, Cursor
from psycopg.rows import TupleRow, class_row
from psycopg.sql import SQL
from psycopg.types.json import Jsonb

from domain import inviting
from domain.event import Recorded
from domain.guest import Guest
from domain.invitation import About, InvitationSent
from domain.policies.distribution import next_portal
from domain.property import Share
from domain.stay import Stay

FIRST_PAUSE, LONGEST_PAUSE = 60.0, 4 * 3600.0
"""Seconds until a message that was not taken is tried again; each pause is about twice the one before."""

LOCKS = 0x696E7669  # "invi": first of two integers; the second tells the invitation

LOOKED_AT = 200
"""Messages that a sender looks at for some that nobody else is at."""


class Pinned(NamedTuple):
    """A message that is to be sent as things were at position `as_of` of the log, and is dated `pinned_at`.

    `portal` is where it leads, which counts in the distribution of the property; `failing_since` when it was not taken
    for the first time.
    """

    invitation_id: UUID
    pinned_at: datetime
    as_of: int
    portal: str | None
    property_id: UUID
    failing_since: datetime | None = None


def to_pin(cursor: Cursor[TupleRow], now: datetime, limit: int) -> dict[UUID, str | None]:
    """Invitations of which something is due, the oldest first, and nobody else's until the transaction ends.

    With the portal of those that were to be sent before, and were not taken.
    """
    found = cursor.execute(
        "SELECT invitation_id, portal FROM invitations.due WHERE due_at <= %s AND NOT handled AND pinned_at IS NULL"
        " ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED",
        [now, limit],
    )
    return dict(found.fetchall())


def pin(cursor: Cursor[TupleRow], pinned: Sequence[Pinned]) -> None:
    cursor.executemany(
        "UPDATE invitations.due SET (pinned_at, as_of, portal, property_id) = (%s, %s, %s, %s)"
        " WHERE invitation_id = %s",
        [(each.pinned_at, each.as_of, each.portal, each.property_id, each.invitation_id) for each in pinned],
    )


def put_off(cursor: Cursor[TupleRow], until: Mapping[UUID, datetime]) -> None:
    cursor.executemany(
        "UPDATE invitations.due SET due_at = %s WHERE invitation_id = %s", [(at, id_) for id_, at in until.items()]
    )


def leave(cursor: Cursor[TupleRow], invitation_ids: Iterable[UUID]) -> None:
    """An event tells what became of them, or there was nothing to do: what is to come, the reaction will say."""
    cursor.execute("UPDATE invitations.due SET handled = true WHERE invitation_id = ANY(%b)", [list(invitation_ids)])


def claim(connection: Connection[TupleRow], now: datetime, limit: int) -> list[Pinned]:
    """Pinned ones, nobody else's until they are released, or the connection ends.

    No row is locked: whoever reads the log has to change them while a mail server makes a sender wait.
    """
    with connection.cursor(row_factory=class_row(Pinned)) as rows:
        ids = connection.execute(
            "WITH looked_at AS MATERIALIZED (SELECT invitation_id FROM invitations.due"
            " WHERE due_at <= %s AND NOT handled AND pinned_at IS NOT NULL ORDER BY due_at LIMIT %s)"
            " SELECT invitation_id FROM looked_at WHERE pg_try_advisory_lock(%s, hashtext(invitation_id::text))"
            " LIMIT %s",
            [now, LOOKED_AT, LOCKS, limit],
        ).fetchall()
        # Between the look and the lock another may have been done with it.
        return rows.execute(
            "SELECT invitation_id, pinned_at, as_of, portal, property_id, failing_since FROM invitations.due"
            " WHERE invitation_id = ANY(%b) AND due_at <= %s AND NOT handled AND pinned_at IS NOT NULL ORDER BY due_at",
            [[id_ for (id_,) in ids], now],
        ).fetchall()


def release(connection: Connection[TupleRow], handled: Iterable[Pinned]) -> None:
    """All that was claimed. Of those `handled` there is nothing more to do, unless something new was told since."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE invitations.due SET handled = true WHERE invitation_id = %s AND (pinned_at, as_of) = (%s, %s)",
            sorted((each.invitation_id, each.pinned_at, each.as_of) for each in handled),
        )
    connection.execute("SELECT pg_advisory_unlock_all()")


def wait_until(connection: Connection[TupleRow], pinned: Pinned, at: datetime) -> None:
    connection.execute(
        "UPDATE invitations.due SET due_at = %s WHERE invitation_id = %s AND (pinned_at, as_of) = (%s, %s)",
        [at, pinned.invitation_id, pinned.pinned_at, pinned.as_of],
    )


def try_again(connection: Connection[TupleRow], pinned: Pinned, now: datetime, *, anew: bool) -> None:
    """Later, for longer each time, and not for exactly as long as others that failed with it.

    What nobody can have got is judged and written `anew`, as things are by then.
    """
    connection.execute(
        "UPDATE invitations.due SET attempts = attempts + 1, failing_since = coalesce(failing_since, %(now)s),"
        " due_at = %(now)s + (0.5 + random()) * least(%(first)s * 2 ^ least(attempts, 20), %(longest)s)"
        "  * interval '1 second',"
        " pinned_at = CASE WHEN NOT %(anew)s THEN pinned_at END, as_of = CASE WHEN NOT %(anew)s THEN as_of END"
        " WHERE invitation_id = %(id)s AND (pinned_at, as_of) = (%(pinned_at)s, %(as_of)s)",
        {
            "now": now,
            "first": FIRST_PAUSE,
            "longest": LONGEST_PAUSE,
            "anew": anew,
            "id": pinned.invitation_id,
            "pinned_at": pinned.pinned_at,
            "as_of": pinned.as_of,
        },
    )


def may_ask(cursor: Cursor[TupleRow], guest: Guest, invitation_id: UUID, now: datetime, again_after: timedelta) -> bool:
    """Whether the guest, whatever id they had, was not invited to review so lately; then they are now.

    Only one can be told so at a time.
    """
    asked = cursor.execute(
        "INSERT INTO invitations.asked SELECT %(guest)s, %(invitation)s, %(now)s WHERE NOT EXISTS ("
        "  SELECT FROM invitations.asked"
        "  WHERE guest_id = ANY(%(ids)b) AND asked_at > %(since)s AND invitation_id <> %(invitation)s"
        " ) ON CONFLICT (guest_id) DO UPDATE"
        " SET (invitation_id, asked_at) = (excluded.invitation_id, excluded.asked_at)"
        " WHERE asked.asked_at <= %(since)s OR asked.invitation_id = excluded.invitation_id"
        " RETURNING true",
        {
            "guest": guest.id,
            "ids": list(guest.ids),
            "invitation": invitation_id,
            "now": now,
            "since": now - again_after,
        },
    )
    return asked.fetchone() is not None


def may_tell(cursor: Cursor[TupleRow], contact_person: Guest, about: About, stay: Stay) -> bool:
    """Whether a contact person, whatever id they had, got no such message about another of their guests.

    That is another guest of an occasion, or of a day of arrival: of many who come together, they get one. Then it is
    this one. Only one can be told so at a time.
    """
    occasion = stay.ties.occasion_id if stay.ties else None
    told = cursor.execute(
        "INSERT INTO invitations.told_for_group"
        " SELECT %(person)s, %(property)s, %(message)s, %(what)s, %(invitation)s WHERE NOT EXISTS ("
        "  SELECT FROM invitations.told_for_group"
        "  WHERE (property_id, message, what) = (%(property)s, %(message)s, %(what)s)"
        "   AND contact_person_id = ANY(%(ids)b) AND invitation_id <> %(invitation)s"
        " ) ON CONFLICT (contact_person_id, property_id, message, what) DO UPDATE"
        " SET invitation_id = excluded.invitation_id"
        " WHERE told_for_group.invitation_id = excluded.invitation_id"
        " RETURNING true",
        {
            "person": contact_person.id,
            "ids": list(contact_person.ids),
            "property": about.property_id,
            "message": about.message,
            "what": str(occasion or stay.begins),
            "invitation": inviting.invitation_id(about.stay_id, about.message),
        },
    )
    return told.fetchone() is not None


class Asking(NamedTuple):
    """An invitation that is to lead to a portal, perhaps to the one it `had` when it was not taken."""

    invitation_id: UUID
    property_id: UUID
    had: str | None


def portals(
    cursor: Cursor[TupleRow], shares: Mapping[UUID, Sequence[Share]], asking: Sequence[Asking]
) -> dict[UUID, str]:
    """The portal of each invitation, by its id; they come with the property whose `shares` say how they are spread.

    Who counts for a property waits for who counts already: none is ever more than 1 from its share, but for those
    that were not sent after all, or were counted before the shares changed: then the count begins anew.
    """
    of_properties = sorted(shares)
    cursor.execute(
        "INSERT INTO invitations.distribution SELECT *, '{}', '{}' FROM unnest(%b::uuid[]) AS p (id)"
        " ON CONFLICT DO NOTHING",
        [of_properties],
    )
    rows = cursor.execute(
        "SELECT property_id, shares, counts FROM invitations.distribution WHERE property_id = ANY(%b)"
        " ORDER BY property_id FOR UPDATE",
        [of_properties],
    ).fetchall()
    wanted = {property_id: {share.portal: share.percent for share in spread} for property_id, spread in shares.items()}
    counts: dict[UUID, dict[str, int]] = {
        property_id: counted if counted_for == wanted[property_id] else {} for property_id, counted_for, counted in rows
    }
    chosen = {}
    for invitation_id, property_id, had in asking:
        counted = counts[property_id]
        if had and counted.get(had):
            chosen[invitation_id] = had
            continue
        portal = chosen[invitation_id] = next_portal(shares[property_id], counted)
        counted[portal] = counted.get(portal, 0) + 1
    cursor.executemany(
        "UPDATE invitations.distribution SET shares = %s, counts = %s WHERE property_id = %s",
        [(Jsonb(wanted[property_id]), Jsonb(counted), property_id) for property_id, counted in counts.items()],
    )
    return chosen


def note_asked(cursor: Cursor[TupleRow], told: Iterable[Recorded]) -> None:
    """Who was invited to review was, also where the invitation left while it was being cancelled, and given back."""
    sent = {
        each.event.guest_id: (each.event.originator_id, each.recorded_at)
        for each in told
        if isinstance(each.event, InvitationSent) and each.event.portal
    }
    cursor.executemany(
        "INSERT INTO invitations.asked VALUES (%s, %s, %s) ON CONFLICT (guest_id) DO UPDATE"
        " SET (invitation_id, asked_at) = (excluded.invitation_id, excluded.asked_at)"
        " WHERE asked.invitation_id <> excluded.invitation_id AND asked.asked_at < excluded.asked_at",
        [(guest_id, *sent[guest_id]) for guest_id in sorted(sent)],
    )


def give_back(cursor: Cursor[TupleRow], not_sent: Iterable[tuple[UUID, UUID, str]]) -> None:
    """Of invitations, with the property and the portal that they were to lead to: nobody was asked, nothing counts."""
    given = sorted(not_sent, key=lambda each: each[1])
    for table in (SQL("asked"), SQL("told_for_group")):
        cursor.execute(
            SQL("DELETE FROM invitations.{} WHERE invitation_id = ANY(%b)").format(table),
            [[id_ for id_, _, _ in given]],
        )
    cursor.executemany(
        "UPDATE invitations.distribution SET counts = jsonb_set(counts, ARRAY[%(portal)s],"
        " to_jsonb((counts ->> %(portal)s)::int - 1))"
        " WHERE property_id = %(property)s AND (counts ->> %(portal)s)::int > 0",
        [{"portal": portal, "property": property_id} for _, property_id, portal in given],
    )
