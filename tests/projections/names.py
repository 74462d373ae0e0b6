"""A read model of last names, and a reaction to them, for tests of how read models are fed and rebuilt."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from psycopg import Cursor
from psycopg.rows import TupleRow
from uuid_utils.compat import uuid7

from adapters.postgres.log import EventLog
from adapters.postgres.recorder import Pool
from domain.contact import Profile
from domain.event import Event, Metadata, Recorded
from domain.guest_events import GuestChanged, GuestRegistered, Origin
from projections.projection import Feed, Projection
from projections.runner import Runner

ORGANISATION = uuid7()


class Names:
    """A read model of last names in the order they came, which stumbles over any it is told to."""

    name = "names"
    tables = "CREATE TABLE names (position bigint PRIMARY KEY, name text)"
    indexes = "CREATE INDEX names_by_name ON names (name)"
    readable = None
    folds: tuple[type[Event], ...] = (GuestRegistered, GuestChanged)

    def __init__(self) -> None:
        self.stumbles_over: str | None = None
        self.batches: list[int] = []

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
        self.batches.append(len(batch))
        for each in batch:
            assert isinstance(each.event, GuestRegistered | GuestChanged)
            name = each.event.profile.last_name if each.event.profile else None
            cursor.execute("INSERT INTO names VALUES (%s, %s)", [each.position, name])
            if name == self.stumbles_over:
                raise ZeroDivisionError(f"{name} is too much")


class Reaction:
    """Answers each guest who registers."""

    name = "reaction"
    tables = indexes = ""
    readable = None
    folds: tuple[type[Event], ...] = (GuestRegistered,)

    def __init__(self) -> None:
        self.answered: list[str | None] = []

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
        del cursor
        for each in batch:
            assert isinstance(each.event, GuestRegistered)
            self.answered.append(each.event.profile.last_name if each.event.profile else None)


def metadata() -> Metadata:
    return Metadata(recorded_at=datetime.now(UTC), actor="test", organisation_id=ORGANISATION, correlation_id=uuid7())


def register(log: EventLog, *last_names: str) -> list[int]:
    """The positions of guests with these names."""
    events = [
        GuestRegistered(
            originator_id=uuid7(),
            originator_version=1,
            organisation_id=ORGANISATION,
            origin=Origin.MANUAL,
            profile=Profile(last_name=name),
        )
        for name in last_names
    ]
    return list(log.save(*events, metadata=metadata()))


@contextmanager
def running(pool: Pool, database: str, feed: Feed, *projections: Projection) -> Iterator[Runner]:
    at_work = Runner(pool, database, feed, projections)
    at_work.start()
    try:
        yield at_work
    finally:
        at_work.stop()


def rows(pool: Pool) -> list[str]:
    with pool.connection() as connection:
        return [row[0] for row in connection.execute("SELECT name FROM names.names ORDER BY position")]
