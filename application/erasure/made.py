"""Erasures that were made: reading one, and making them again after an older backup was restored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from application.caller import Caller
from application.erasure.belongings import load_belongings
from application.erasure.guests import Found, erase
from application.erasure.merged import seals
from application.erasure.why import ERASURE_ATTEMPTS
from application.erasure.words import erase_words, load_words, spoken_in
from application.guest_records import identities, record_of, who_is
from application.merging import separate
from application.ports import Forgetting, Identities, Ports
from application.races import persistently
from domain import erasing, erasure, reserving
from domain.access import Right
from domain.erasure import About, Erasure, ErasureUnknown
from domain.event import Metadata


def read_erasure(ports: Ports, caller: Caller, erasure_id: UUID) -> Erasure:
    """Raises ErasureUnknown; GuestUnknown or WordsUnknown for what is not the caller's business; Forbidden."""
    caller.require(Right.READ_HISTORY)
    found = erasure.fold(each.event for each in ports.log.stream(erasure_id))
    if found is None:
        raise ErasureUnknown("There is no such erasure.")
    if found.begun.about is About.GUEST:
        who_is(ports.log, found.begun.subject_id).require_visible_to(caller)
    else:
        load_words(ports, caller, found.begun.about, found.begun.subject_id)
    return found


@dataclass(frozen=True)
class LedgerLine:
    """That somebody was erased, as is known outside the database.

    `erasure_id` is None for a guest who was deleted; `reason` and `reference` name nobody.
    """

    about: About
    subject_id: UUID
    organisation_id: UUID
    erasure_id: UUID | None
    erased_at: datetime
    asked_by: str
    reason: str | None
    reference: str | None


def erase_again(ports: Ports, lines: Sequence[LedgerLine]) -> int:
    """Erases those whom the log still knows, as one restored from an older backup does.

    No legal hold stops it: whoever erased them then had seen that there was none. Gives how many there were.
    """
    return sum(persistently(partial(_erase_again, ports, line), attempts=ERASURE_ATTEMPTS) for line in lines)


def _erase_again(ports: Ports, line: LedgerLine) -> bool:
    """Whether there was something to erase."""
    metadata = Metadata(
        recorded_at=ports.now(),
        actor=line.asked_by,
        organisation_id=line.organisation_id,
        correlation_id=ports.new_id(),
        reason=f"{line.reason or 'deleted'} ({line.erased_at:%Y-%m-%d}; again after an older backup was restored)",
    )
    again = _guest_again if line.about is About.GUEST else _words_again
    return again(ports, line, metadata)


def _guest_again(ports: Ports, line: LedgerLine, metadata: Metadata) -> bool:
    separate(ports, line.subject_id, metadata)  # who was one with others then has a line too, or was none of them
    record = record_of(line.subject_id, ports.log.stream(line.subject_id))
    if record.guest.version == 0 or record.guest.deleted or record.guest.anonymised:
        return False
    belongings = load_belongings(ports, [line.subject_id])[line.subject_id]
    if line.erasure_id is None:
        released = Identities(released=identities(record.guest.known.profile))
        gone = Forgetting(line.subject_id, belongings=belongings.versions)
        contacts = [each.id for each in belongings.reservations if not each.erased]
        also = map(Forgetting, [*contacts, *seals(ports, record.recorded)])
        forgotten = [e for each in belongings.reservations for e in reserving.forget(each, line.subject_id)]
        deleted = [*erasing.deleted(record.guest), *forgotten]
        ports.log.forget([gone, *also], lambda _: deleted, metadata, released)
    else:
        erase(ports, [Found(record, belongings, line.erasure_id)], metadata, line.reference)
    return True


def _words_again(ports: Ports, line: LedgerLine, metadata: Metadata) -> bool:
    spoken = spoken_in(ports.log.stream(line.subject_id))
    if spoken is None or spoken.erased or line.erasure_id is None:
        return False
    erase_words(ports, spoken, line.erasure_id, metadata, line.reference)
    return True
