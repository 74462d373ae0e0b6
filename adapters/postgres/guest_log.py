"""The log as handlers see it: e-mails and phones become blind fingerprints, lost races become refusals."""

import hmac
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from threading import Lock
from typing import NamedTuple
from uuid import UUID

from eventsourcing.persistence import IntegrityError
from psycopg import Cursor
from psycopg.errors import DeadlockDetected
from psycopg.rows import TupleRow

from adapters.keys.master import MasterKey
from adapters.postgres.belongings import belongings
from adapters.postgres.forgetting import forget_elsewhere
from adapters.postgres.log import EventLog, Sealed
from adapters.postgres.recorder import Forgotten, IdentityConflict, Pool, Writes
from application.ports import NO_IDENTITIES, ConcurrentChange, Forgetting, Identities, IdentityTaken
from domain.erasure import Destroyed
from domain.event import Event, Metadata, Recorded
from domain.organisation import OrganisationFounded

ERASED = "FROM log.events WHERE type IN ('GuestAnonymised', 'GuestDeleted', 'WordsErased')"

logger = logging.getLogger(__name__)


class Ready(NamedTuple):
    """An append that only the database has to do now."""

    sealed: Sealed
    metadata: Metadata
    identities: Identities
    writes: Writes


class GuestLog:
    """Implements application.ports.Log. Safe for threads.

    A fingerprint is HMAC-SHA256 of an identity under the organisation's own key: equal for equal values,
    and worth nothing without that key. An organisation's key is made when it is founded and never destroyed.
    """

    def __init__(self, pool: Pool, master: MasterKey) -> None:
        self._pool = pool
        self._master = master
        self._forgetting = Lock()
        self._organisation_keys: dict[UUID, bytes] = {}
        self.events = EventLog(pool, master)

    def stream(self, stream: UUID, *, as_of: datetime | None = None) -> list[Recorded]:
        return self.events.stream(stream, as_of=as_of)

    def streams(self, streams: Sequence[UUID]) -> dict[UUID, list[Recorded]]:
        return self.events.streams(streams) if streams else {}

    def belongings(self, guest_ids: Sequence[UUID]) -> dict[UUID, dict[UUID, int]]:
        with self._pool.connection() as connection:
            return belongings(connection.cursor(), guest_ids)

    def append(self, events: Sequence[Event], metadata: Metadata, identities: Identities = NO_IDENTITIES) -> int:
        return self.write(self.ready(events, metadata, identities))

    def forget(
        self,
        subjects: Sequence[Forgetting],
        events: Callable[[Mapping[UUID, Destroyed]], Sequence[Event]],
        metadata: Metadata,
        identities: Identities = NO_IDENTITIES,
    ) -> int:
        ids = [each.subject_id for each in subjects]
        try:
            # One at a time: it can take a while, and whoever waited with a connection would take it from others.
            with self._forgetting, self._pool.connection() as connection, connection.transaction():
                cursor = connection.cursor()
                destroyed = forget_elsewhere(cursor, self._master, metadata.organisation_id, subjects)
                # Late, because until the commit it holds back who reads the log.
                return self.write(self.ready(events(destroyed), metadata, identities, ids), cursor=cursor)
        except DeadlockDetected as error:
            raise ConcurrentChange("Somebody else changed it at the same moment: try again.") from error

    def ready(
        self, events: Sequence[Event], metadata: Metadata, identities: Identities, forget: Sequence[UUID] = ()
    ) -> Ready:
        """All of an append that is not the database's work."""
        organisation_id = metadata.organisation_id

        def announced(told: Sequence[tuple[str, UUID]]) -> list[tuple[bytes, UUID]]:
            return [(self._announced(organisation_id, identity) + arrival.bytes, arrival) for identity, arrival in told]

        writes = Writes(
            keys={
                event.originator_id: self._master.new_key(event.originator_id)[1]
                for event in events
                if isinstance(event, OrganisationFounded)
            },
            forget=forget,
            claims=[
                *((self._fingerprint(organisation_id, identity), guest) for identity, guest in identities.taken),
                *announced(identities.announced),
            ],
            releases=[
                *(self._fingerprint(organisation_id, identity) for identity in identities.released),
                *(fingerprint for fingerprint, _ in announced(identities.answered)),
            ],
        )
        try:
            return Ready(self.events.events.seal(events), metadata, identities, writes)
        except Forgotten as error:
            raise ConcurrentChange("The guest was forgotten at the same moment.") from error

    def write(self, ready: Ready, *, cursor: Cursor[TupleRow] | None = None) -> int:
        """As the port says of append; with `cursor`, inside the caller's own transaction."""
        sealed, metadata, identities, writes = ready
        organisation_id = metadata.organisation_id
        try:
            return self.events.recorder.insert_events(
                sealed.events, metadata=metadata, writes=writes, keys=sealed.keys, owners=sealed.owners, cursor=cursor
            )[-1]
        except IdentityConflict as error:
            owners = self.owners(organisation_id, (identity for identity, _ in identities.taken))
            other = next((owners[i] for i, guest in identities.taken if owners.get(i, guest) != guest), None)
            raise IdentityTaken(
                "An e-mail address or phone number belongs to another guest.",
                **({"guest_id": str(other)} if other else {}),
            ) from error
        except (IntegrityError, DeadlockDetected, Forgotten) as error:
            raise ConcurrentChange("Somebody else changed it at the same moment: try again.") from error

    def erased_subjects(self, up_to: int) -> set[UUID]:
        """The guests, feedback and quality costs that were anonymised or deleted up to a position."""
        with self._pool.connection() as connection:
            found = connection.execute(f"SELECT stream {ERASED} AND position <= %s".encode(), [up_to])
            return {subject for (subject,) in found}

    def last_erasure(self) -> int:
        """The position of the last anonymisation or deletion, 0 where there was none."""
        with self._pool.connection() as connection:
            row = connection.execute(f"SELECT coalesce(max(position), 0) {ERASED}".encode()).fetchone()
        assert row is not None  # an aggregate always gives one
        return int(row[0])

    def forget_imports_before(self, moments: Sequence[tuple[UUID, datetime]]) -> None:
        """Drops unfinished imports that organisations began before these moments, and the refused rows of others."""
        if not moments:
            return
        parameters = [[organisation for organisation, _ in moments], [moment for _, moment in moments]]
        with self._pool.connection() as connection, connection.transaction():
            dropped = connection.execute(
                "DELETE FROM imports.draft USING unnest(%s::uuid[], %s::timestamptz[]) AS m (organisation_id, moment)"
                " WHERE draft.organisation_id = m.organisation_id AND draft.created_at < m.moment"
                " AND draft.state NOT IN ('done', 'reverting', 'reverted') RETURNING draft.id",
                parameters,
            ).fetchall()
            connection.execute(
                "UPDATE imports.row SET cells = NULL"
                " FROM imports.draft, unnest(%s::uuid[], %s::timestamptz[]) AS m (organisation_id, moment)"
                " WHERE row.import_id = draft.id AND row.verdict = 'refused' AND row.cells IS NOT NULL"
                " AND draft.organisation_id = m.organisation_id AND draft.created_at < m.moment",
                parameters,
            )
        for (import_id,) in dropped:
            logger.warning("import %s came back with a restored backup, unfinished, and was dropped", import_id)

    def owners(self, organisation_id: UUID, identities: Iterable[str]) -> dict[str, UUID]:
        by_fingerprint = {self._fingerprint(organisation_id, identity): identity for identity in identities}
        if not by_fingerprint:
            return {}
        with self._pool.connection() as connection:
            found = connection.execute(
                "SELECT fingerprint, guest_id FROM log.identities WHERE organisation_id = %s AND fingerprint = ANY(%b)",
                [organisation_id, list(by_fingerprint)],
            )
            return {by_fingerprint[bytes(fingerprint)]: guest_id for fingerprint, guest_id in found}

    def announcing(self, organisation_id: UUID, identities: Iterable[str]) -> dict[str, list[UUID]]:
        by_fingerprint = {self._announced(organisation_id, identity): identity for identity in identities}
        if not by_fingerprint:
            return {}
        found: dict[str, list[UUID]] = {}
        with self._pool.connection() as connection:
            for fingerprint, arrival in connection.execute(
                # Ordered within, so that each is looked up in the index however many there are.
                "SELECT told, guest_id FROM unnest(%b::bytea[]) AS told, LATERAL (SELECT guest_id FROM log.identities"
                " WHERE organisation_id = %s AND fingerprint BETWEEN told AND told || %b ORDER BY fingerprint) AS f",
                [list(by_fingerprint), organisation_id, b"\xff" * 16],
            ):
                found.setdefault(by_fingerprint[bytes(fingerprint)], []).append(arrival)
        return found

    def pending_arrivals(self, organisation_id: UUID) -> set[UUID]:
        """All of an organisation's; it looks at every fingerprint there is."""
        with self._pool.connection() as connection:
            found = connection.execute(
                "SELECT guest_id FROM log.identities WHERE organisation_id = %s AND length(fingerprint) > 32",
                [organisation_id],
            )
            return {arrival for (arrival,) in found}

    def _announced(self, organisation_id: UUID, identity: str) -> bytes:
        """What the fingerprints begin with of all arrivals that tell of an identity; the id of each follows."""
        return self._fingerprint(organisation_id, f"arrival {identity}")

    def _fingerprint(self, organisation_id: UUID, identity: str) -> bytes:
        key = self._organisation_keys.get(organisation_id)
        if key is None:
            wrapped = self.events.recorder.wrapped_keys([organisation_id])[organisation_id]
            if wrapped is None:
                raise LookupError(f"organisation {organisation_id} has no key")
            key = self._organisation_keys[organisation_id] = self._master.unwrap(organisation_id, wrapped)
        return hmac.digest(key, identity.encode(), "sha256")
