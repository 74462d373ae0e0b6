"""Certifies an erasure once no read model holds anything readable of its subject: appends the signed document."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from adapters.keys.signing import Signer
from adapters.postgres.guest_log import GuestLog
from application.ports import NO_IDENTITIES
from domain.erasure import ErasureBegun, ErasureCertified, Left, WordsErased, certificate, fold
from domain.event import Event, Metadata, Recorded
from domain.guest_events import GuestAnonymised
from projections.folding import checkpoint, use
from projections.projection import Projection


class ReadableLeft(Exception):
    """A read model has followed the erasure and still holds something of its subject: it has a fault."""


class ErasureCertificates:
    """A reaction. Its feed must give only what every read model has folded, and nothing while one is rebuilt."""

    name = "erasure_certificates"
    tables = ""
    indexes = ""
    readable = None
    folds: tuple[type[Event], ...] = (ErasureBegun,)

    def __init__(
        self, log: GuestLog, signer: Signer, read_models: Sequence[Projection], now: Callable[[], datetime]
    ) -> None:
        self._log = log
        self._signer = signer
        self._read_models = read_models
        self._now = now

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
        """Raises ReadableLeft."""
        known = self._log.streams([each.event.originator_id for each in batch])
        open_ones = [each for each in batch if not _certified(known[each.event.originator_id])]
        subjects = self._log.streams([_subject(each) for each in open_ones])
        left = self._left(cursor, list(subjects))
        for _, some in groupby(open_ones, key=lambda each: (each.organisation_id, each.correlation_id)):
            # One append for those erased together: each holds a lock until the end of the transaction.
            together = list(some)
            events = [self._certify(each, _erased(each, subjects[_subject(each)]), left) for each in together]
            self._log.write(self._log.ready(events, self._metadata(together[0]), NO_IDENTITIES), cursor=cursor)

    def _left(self, cursor: Cursor[TupleRow], subjects: list[UUID]) -> list[Left]:
        left = []
        for each in self._read_models:
            if each.readable:
                use(cursor, each.name)
                rows = cursor.execute(each.readable, {"guests": subjects}).fetchall()
                if rows:
                    raise ReadableLeft(f"{each.name} holds something readable of {len(rows)} erased subjects")
                left.append(Left(each.name, 0, checkpoint(cursor.connection, each.name)))
        return left

    def _certify(self, begun: Recorded, erased: Recorded, left: Sequence[Left]) -> ErasureCertified:
        document = self._signer.sign(certificate(begun, erased, left, self._now()))
        return ErasureCertified(
            originator_id=begun.event.originator_id,
            originator_version=begun.event.originator_version + 1,
            certificate=document.decode(),
        )

    def _metadata(self, begun: Recorded) -> Metadata:
        return Metadata(
            recorded_at=self._now(),
            actor="hote",
            organisation_id=begun.organisation_id,
            correlation_id=begun.correlation_id,
        )


def _subject(begun: Recorded) -> UUID:
    assert isinstance(begun.event, ErasureBegun)
    return begun.event.subject_id


def _certified(recorded: Iterable[Recorded]) -> bool:
    found = fold(each.event for each in recorded)
    return found is not None and found.certificate is not None


def _erased(begun: Recorded, recorded: Iterable[Recorded]) -> Recorded:
    """The event by which the subject's own stream tells of it."""
    erasure_id = begun.event.originator_id
    return next(
        each
        for each in recorded
        if isinstance(each.event, GuestAnonymised | WordsErased) and each.event.erasure_id == erasure_id
    )
