"""The two hotels of the file under Hôte, which takes in what their PMS tells, and erases guests."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime

import orjson
from psycopg import Connection
from psycopg.rows import TupleRow
from uuid_utils.compat import uuid7

from adapters.cli.founding import at_the_command_line, found
from adapters.postgres.feed import LogFeed
from adapters.postgres.guest_log import GuestLog
from application.contacts import email_identity
from application.erasure.guests import Result, anonymise_guests
from application.erasure.why import Why
from application.pms import Reader, take_in
from application.ports import Ports
from domain.reserving import Told
from projections.guest_list.fold import GuestList
from projections.reservations.fold import Reservations
from tests.following import follow
from tests.installation import HOTEL
from tests.replay.pms import email_of

NAMES = ("Resort Hotel", "City Hotel")
NOW = datetime(2018, 1, 1, tzinfo=UTC)
"""When all has happened that the file tells of."""

AT_ONCE = 500
"""Messages, as the consumer takes them in."""


class Hotels:
    """Of an organisation of their own."""

    def __init__(self, log: GuestLog) -> None:
        self._log = log
        self._ports = Ports(log=log, now=lambda: NOW, new_id=uuid7)
        founded = found(self._ports, "Groupe Tejo", [HOTEL.model_copy(update={"name": name}) for name in NAMES])
        self.properties = dict(zip(NAMES, founded.property_ids, strict=True))
        self._caller = at_the_command_line(self._ports, founded.organisation_id)

    def understand(self, messages: Sequence[bytes]) -> list[Told]:
        """A batch of them."""
        return [*map(Reader(self._ports), messages)]

    def take_in(self, messages: Sequence[bytes]) -> None:
        for some in batches(messages):
            taken = take_in(self._ports, self._caller.organisation_id, self.understand(some))
            if taken.events:
                self._log.append(taken.events, taken.metadata, taken.identities)

    def erase(self, people: Collection[int]) -> None:
        """They were told of before; who comes after that is somebody new."""
        identities = [email_identity(email_of(each)) for each in people]
        known = self._log.owners(self._caller.organisation_id, identities)
        erased = anonymise_guests(self._ports, self._caller, list(known.values()), Why(reason="GDPR 17"))
        assert {each.result for each in erased} == {Result.ERASED}

    def follow(self, connection: Connection[TupleRow]) -> None:
        follow(connection, LogFeed(self._log.events), [GuestList(), Reservations()])


def batches(messages: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (messages[start : start + AT_ONCE] for start in range(0, len(messages), AT_ONCE))


def told_of(messages: Sequence[bytes]) -> set[int]:
    """The numbers of the bookings."""
    return {int(orjson.loads(each)["data"]["external_id"]) for each in messages}
