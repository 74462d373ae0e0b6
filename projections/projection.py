"""What a read model is made of, and what it is fed from, so that one runner can feed, rebuild and swap all of them."""

from collections.abc import Sequence
from typing import LiteralString, Protocol

from psycopg import Cursor
from psycopg.rows import TupleRow

from domain.event import Event
from domain.event import Recorded as Recorded


class Projection(Protocol):
    """A read model. Its tables live in a Postgres schema of its own, named after it; a reaction has none.

    `tables` and `indexes` are SQL without schema names, for the runner sets search_path: to the live
    schema, or to the one being built beside it. `apply` does the same: it writes the rows of one batch,
    in the runner's transaction, which also moves the checkpoint.
    """

    @property
    def name(self) -> str: ...
    @property
    def tables(self) -> str: ...
    @property
    def indexes(self) -> str: ...
    @property
    def readable(self) -> LiteralString | None:
        """Where it holds personal data: a query that counts, by guest, the rows of the guests `%(guests)s` in which
        something personal can be read. None where it never does."""

    @property
    def folds(self) -> tuple[type[Event], ...]:
        """The types of events it is given; no other reaches it."""

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None: ...


class Feed(Protocol):
    def read(self, after: int, limit: int, types: Sequence[str]) -> tuple[list[Recorded], int]:
        """The events of these types at the next `limit` positions, and the position that has been read up to."""
