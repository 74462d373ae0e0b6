"""Keeps the first answer to each request that may come again, and who is working on one right now."""

from collections.abc import Collection
from datetime import timedelta
from typing import LiteralString, NamedTuple
from uuid import UUID

from adapters.postgres.recorder import Pool

KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=30)
"""How long after its last sign of life a run counts as dead, and its key can be taken over."""


class Claim(NamedTuple):
    """What became of an attempt to be the first: it is, or there is an answer, or another run is under way.

    An answer that told of a guest who was forgotten since is `erased`.
    """

    granted: bool
    sealed: bytes | None = None
    erased: bool = False


class FirstAnswers:
    """The table http.first_answers. All times are the database's own, which every server shares."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def claim(self, id_: bytes, holder: UUID) -> Claim:
        with self._pool.connection() as connection:
            granted = connection.execute(
                "INSERT INTO http.first_answers AS a (id, holder, lease_until, expires_at)"
                " VALUES (%(id)s, %(holder)s, now() + %(lease)s, now() + %(kept)s)"
                " ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until,"
                "   expires_at = excluded.expires_at, sealed = NULL, erased = false, about = DEFAULT"
                " WHERE (a.sealed IS NULL AND NOT a.erased AND a.lease_until < now()) OR a.expires_at < now()"
                " RETURNING true",
                {"id": id_, "holder": holder, "lease": LEASE, "kept": KEPT},
            ).fetchone()
            if granted:
                return Claim(granted=True)
            found = connection.execute("SELECT sealed, erased FROM http.first_answers WHERE id = %s", [id_]).fetchone()
            return Claim(False, *found) if found else Claim(granted=False)

    def renew(self, id_: bytes, holder: UUID) -> None:
        """Shows that the run is alive."""
        self._as_holder("UPDATE http.first_answers SET lease_until = now() + %s", [LEASE], id_, holder)

    def keep(self, id_: bytes, holder: UUID, sealed: bytes, about: Collection[UUID] = ()) -> None:
        """Writes the answer, unless another run has taken over, or a guest it is about was forgotten meanwhile."""
        # Their keys are locked first, as in adapters/postgres/forgetting.py: who comes second sees what the first did.
        with self._pool.connection() as connection, connection.transaction():
            keys = connection.execute(
                "SELECT wrapped IS NULL FROM log.keys WHERE subject = ANY(%s) ORDER BY subject FOR SHARE",
                [list(about)],
            ).fetchall()
            forgotten = (True,) in keys
            connection.execute(
                "UPDATE http.first_answers SET sealed = %s, erased = %s, about = %s WHERE id = %s AND holder = %s",
                [None if forgotten else sealed, forgotten, list(about), id_, holder],
            )

    def release(self, id_: bytes, holder: UUID) -> None:
        """Gives the key back without an answer, so that the request can be tried again at once."""
        self._as_holder("DELETE FROM http.first_answers", [], id_, holder)

    def forget_expired(self) -> int:
        """Deletes what is older than 24 h and says how many; to be called now and then."""
        with self._pool.connection() as connection:
            return connection.execute("DELETE FROM http.first_answers WHERE expires_at < now()").rowcount

    def _as_holder(self, statement: LiteralString, values: list[object], id_: bytes, holder: UUID) -> None:
        with self._pool.connection() as connection:
            connection.execute(statement + " WHERE id = %s AND holder = %s", [*values, id_, holder])
