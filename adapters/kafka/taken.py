"""How far the messages of each partition were taken in: offsets that move in the transaction of the events."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from psycopg import Connection, Cursor
from psycopg.rows import TupleRow


class Overtaken(Exception):
    """Another consumer has taken in messages of the same partition: nothing of this batch may be written."""


def next_offsets(
    connection: Connection[TupleRow], topic: str, topic_id: UUID, partitions: Sequence[int]
) -> dict[int, int]:
    """Of each partition the offset of the first message that was not taken in; 0 where none was."""
    connection.execute(
        "INSERT INTO kafka.taken (topic_id, partition, topic, next_offset)"
        " SELECT %s, number, %s, 0 FROM unnest(%s::int[]) AS number ON CONFLICT DO NOTHING",
        [topic_id, topic, list(partitions)],
    )
    found = connection.execute(
        "SELECT partition, next_offset FROM kafka.taken WHERE topic_id = %s AND partition = ANY(%s)",
        [topic_id, list(partitions)],
    )
    return dict(found.fetchall())


def move_on(cursor: Cursor[TupleRow], topic_id: UUID, before: Mapping[int, int], after: Mapping[int, int]) -> None:
    """From the offsets that the batch was read after. Raises Overtaken when one is not what it was.

    Whoever else is about to write what follows the same offsets waits here, and is then overtaken.
    """
    moved = list(after)
    cursor.execute(
        "UPDATE kafka.taken SET next_offset = moved.after"
        " FROM unnest(%s::int[], %s::bigint[], %s::bigint[]) AS moved (partition, before, after)"
        " WHERE topic_id = %s AND taken.partition = moved.partition AND next_offset = moved.before",
        [moved, [before[each] for each in moved], [after[each] for each in moved], topic_id],
    )
    if cursor.rowcount != len(moved):
        raise Overtaken
