"""How much waits in each queue of messages, and since when: what whoever runs Hôte looks at when none arrive."""

from collections.abc import Sequence
from typing import NamedTuple

from psycopg import Connection
from psycopg.rows import TupleRow, class_row

# What was tried in vain is due again within six hours; that bound is for the index.
_QUEUES = """
    SELECT queue, length, coalesce(greatest(extract(epoch FROM now() - oldest), 0), 0)::float8 AS seconds
    FROM (
        SELECT 'mail' AS queue, count(*) AS length, min(recorded_at) AS oldest
        FROM mail.outbox JOIN log.events ON (stream, events.version) = (feedback_id, outbox.version)
        UNION ALL
        SELECT 'planning', count(*), (SELECT recorded_at FROM log.events WHERE position = min(to_plan.position))
        FROM invitations.to_plan
        UNION ALL
        SELECT 'invitations', count(*), min(least(due_at, failing_since))
        FROM invitations.due
        WHERE NOT handled AND due_at <= now() + interval '6 hours' AND (due_at <= now() OR failing_since IS NOT NULL)
    ) AS found
"""


class Queue(NamedTuple):
    """How many wait, and for how many seconds the one has that waits for longest; 0 for nobody.

    `mail` are answers to guests and mails to colleagues, `planning` guests of whom something changed, `invitations`
    messages about stays that are due.
    """

    queue: str
    length: int
    seconds: float


def queues(connection: Connection[TupleRow]) -> Sequence[Queue]:
    with connection.cursor(row_factory=class_row(Queue)) as rows:
        return rows.execute(_QUEUES).fetchall()
