"""Has projections and reactions follow the log at once, in the test's own thread."""

from collections.abc import Sequence
from functools import partial

from psycopg import Connection
from psycopg.rows import TupleRow

from projections.folding import advance, apply, checkpoint, prepare
from projections.projection import Feed, Projection
from projections.runner import BATCH


def follow(connection: Connection[TupleRow], feed: Feed, projections: Sequence[Projection]) -> None:
    """Until each has read all there is."""
    for projection in projections:
        if checkpoint(connection, projection.name) < 0:
            prepare(connection, projection)
        types = [kind.__name__ for kind in projection.folds]
        fold = partial(apply, connection, projection)
        position, at_once = checkpoint(connection, projection.name), BATCH
        while True:
            before = position, at_once
            position, at_once = advance(feed, position, min(at_once, BATCH), types, fold)
            if (position, at_once) == before:
                break
