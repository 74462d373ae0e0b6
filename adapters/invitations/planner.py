"""Plans the messages of guests of whom something changed, many at a time."""

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from psycopg import Connection, Cursor
from psycopg.rows import TupleRow

from adapters.invitations.writing import write
from adapters.postgres.guest_log import GuestLog
from application.contact_persons import load_behind
from application.planning import changes, invitations_about, properties_of
from application.ports import Ports
from application.races import persistently
from domain.invitation import Delay

AT_ONCE = 200
"""Guests."""


class Planner:
    """Several processes can run it: a guest is planned by one at a time."""

    def __init__(self, ports: Ports, log: GuestLog) -> None:
        self._ports = ports
        self._log = log

    def plan_some(self, connection: Connection[TupleRow]) -> bool:
        """Whether there was anybody to plan, and nobody else at it."""
        with connection.transaction(), connection.cursor() as cursor:
            found = cursor.execute(
                "SELECT guest_id, settings FROM invitations.to_plan ORDER BY position LIMIT %s FOR UPDATE SKIP LOCKED",
                [AT_ONCE],
            ).fetchall()
            if not found:
                return False
            guests = {guest_id: Delay.SETTINGS if settings else Delay.STAY for guest_id, settings in found}
            persistently(partial(self._plan, cursor, guests))
            cursor.execute("DELETE FROM invitations.to_plan WHERE guest_id = ANY(%b)", [list(guests)])
            return True

    def _plan(self, cursor: Cursor[TupleRow], guests: Mapping[UUID, Delay]) -> None:
        told = self._log.streams(list(guests))
        everybody = {guest_id: invitations_about(guest_id, recorded) for guest_id, recorded in told.items()}
        streams = self._log.streams([id_ for who in everybody.values() for id_ in who.about])
        hotels = {id_ for who in everybody.values() for id_ in properties_of(who, streams)}
        streams |= self._log.streams(list(hotels))
        streams |= load_behind(self._log, (each for recorded in told.values() for each in recorded))
        now = self._ports.now()
        with cursor.connection.transaction():
            write(
                self._ports,
                self._log,
                cursor,
                (each for guest_id, who in everybody.items() for each in changes(who, streams, now, guests[guest_id])),
            )
