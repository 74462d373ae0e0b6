"""Has projections and reactions follow the log at once, in the test's own thread."""

from collections.abc import Sequence
from functools import partial

import psycopg

from projections.folding import advance, apply, checkpoint, prepare
from projections.projection import Feed, Projection
from projections.runner import BATCH


def follow(database: str, feed: Feed, projections: Sequence[Projection]) -> None:
    """Until each has read all there is; those that are told of by others come after them."""
    with psycopg.connect(database, autocommit=True) as connection:
        for projection in projections:
            prepare(connection, projection)
            types = [kind.__name__ for kind in projection.folds]
            fold = partial(apply, connection, projection)
            position, at_once = checkpoint(connection, projection.name), BATCH
            while True:
                before = position, at_once
                position, at_once = advance(feed, position, min(at_once, BATCH), types, fold)
                if (position, at_once) == before:
                    break
