"""Making guests anonymous: on request, as a list, and again after an older backup was restored."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import NamedTuple
from uuid import UUID

from application.caller import Caller
from application.guests import identities, load_whole, profiles
from application.legal_hold import hold_of
from application.ports import Forgetting, Identities, Ports
from application.races import persistently
from domain import erasure, guest
from domain.access import Forbidden, Right
from domain.erasure import Destroyed, Erasure, ErasureBegun, ErasureUnknown, sealed_fields
from domain.event import Event, Metadata, Recorded
from domain.guest import Guest, GuestUnknown, UnderLegalHold, fold
from domain.traces import Traces

ATTEMPTS = 50
"""Who asks to be forgotten must not be told to try again because others write of them without a pause."""

AT_ONCE = 100
"""Guests that one transaction makes anonymous."""


class Result(StrEnum):
    ERASED = "erased"
    ALREADY = "already-erased"
    HELD = "held"
    KEPT = "kept"
    """They are not, or no longer, among those to be erased."""
    FORBIDDEN = "forbidden"
    UNKNOWN = "not-found"


class Erased(NamedTuple):
    """What became of one guest of a list; `hold` says who keeps them, since when and on what grounds."""

    guest_id: UUID
    result: Result
    erasure_id: UUID | None = None
    position: int | None = None
    hold: Mapping[str, str] | None = None


class Loaded(NamedTuple):
    """A guest with the events that told of them."""

    guest: Guest
    recorded: Sequence[Recorded]


def everybody(_: Loaded) -> bool:
    return True


def anonymise_guest(
    ports: Ports, caller: Caller, guest_id: UUID, *, reason: str, reference: str | None = None
) -> tuple[UUID, int]:
    """The erasure's id and the position; for a guest who was anonymised before, those of then.

    Raises GuestUnknown, UnderLegalHold, ConcurrentChange; Forbidden for a guest who stayed elsewhere too.
    """
    [erased] = anonymise_guests(ports, caller, [guest_id], reason=reason, reference=reference)
    match erased.result:
        case Result.HELD:
            raise UnderLegalHold("A legal hold keeps this guest from being erased.", **(erased.hold or {}))
        case Result.FORBIDDEN:
            raise Forbidden("The guest also stayed at a property that this key does not reach.")
    if erased.erasure_id is None or erased.position is None:
        raise GuestUnknown("There is no such guest.")
    return erased.erasure_id, erased.position


def anonymise_guests(
    ports: Ports,
    caller: Caller,
    guest_ids: Sequence[UUID],
    *,
    reason: str,
    reference: str | None = None,
    still: Callable[[Loaded], bool] = everybody,
) -> list[Erased]:
    """What became of each, in their order. `still` is asked of each as they are at the moment of erasing.

    Why and on whose reference is kept in clear for ever, so names in it become ellipses. Raises ConcurrentChange;
    what was erased before that stays erased.
    """
    caller.require(Right.ANONYMISE_GUESTS)
    erased: dict[UUID, Erased] = {}
    for start in range(0, len(guest_ids), AT_ONCE):
        some = list(dict.fromkeys(guest_ids[start : start + AT_ONCE]))
        attempt = partial(_anonymise, ports, caller, some, reason, reference, still)
        erased |= {each.guest_id: each for each in persistently(attempt, attempts=ATTEMPTS)}
    return [erased[guest_id] for guest_id in guest_ids]


def _anonymise(
    ports: Ports,
    caller: Caller,
    guest_ids: Sequence[UUID],
    reason: str,
    reference: str | None,
    still: Callable[[Loaded], bool],
) -> list[Erased]:
    streams = ports.log.streams(guest_ids)
    results: list[Erased] = []
    todo: dict[UUID, Loaded] = {}
    for guest_id in guest_ids:
        recorded = streams.get(guest_id, [])
        loaded = Loaded(fold(Guest(guest_id), (each.event for each in recorded)), recorded)
        results.append(_judged(caller, loaded, still))
        if results[-1].result is Result.ERASED:
            todo[guest_id] = loaded
    if not todo:
        return results
    traces = Traces((guest_id, profiles(loaded.recorded)) for guest_id, loaded in todo.items())
    metadata = caller.metadata(ports.now(), reason=traces.taken_out_of(reason))
    reference = traces.taken_out_of(reference) if reference else None
    erasures = {guest_id: ports.new_id() for guest_id in todo}
    position = _write(ports, list(todo.values()), erasures, metadata, reference)
    return [
        each._replace(erasure_id=erasures[each.guest_id], position=position) if each.guest_id in todo else each
        for each in results
    ]


def _judged(caller: Caller, loaded: Loaded, still: Callable[[Loaded], bool]) -> Erased:
    """What is to become of a guest: ERASED without an erasure's id yet, or why not."""
    found, recorded = loaded
    if not found.exists or found.organisation_id != caller.organisation_id or not caller.sees(found.properties):
        return Erased(found.id, Result.UNKNOWN)
    if found.anonymised:
        position = next(each.position for each in recorded if isinstance(each.event, guest.GuestAnonymised))
        return Erased(found.id, Result.ALREADY, found.erasure_id, position)
    if not caller.covers(found.properties):
        return Erased(found.id, Result.FORBIDDEN)
    if not still(loaded):
        return Erased(found.id, Result.KEPT)
    if found.held:
        return Erased(found.id, Result.HELD, hold=hold_of(recorded))
    return Erased(found.id, Result.ERASED)


def _write(
    ports: Ports,
    guests: Sequence[Loaded],
    erasures: Mapping[UUID, UUID],
    metadata: Metadata,
    reference: str | None,
) -> int:
    def events(destroyed: Mapping[UUID, Destroyed]) -> list[Event]:
        decided: list[Event] = []
        for found, recorded in guests:
            decided += guest.anonymised(found, erasures[found.id])
            more = {
                "sealed_fields": sealed_fields(recorded).get(found.id, 0),
                "identities": len(identities(found.known.profile)),
            }
            decided.append(
                ErasureBegun(
                    originator_id=erasures[found.id],
                    originator_version=1,
                    organisation_id=metadata.organisation_id,
                    guest_id=found.id,
                    reference=reference,
                    destroyed=destroyed[found.id].model_copy(update=more),
                )
            )
        return decided

    return _forget(ports, guests, events, metadata)


def _forget(
    ports: Ports,
    guests: Sequence[Loaded],
    events: Callable[[Mapping[UUID, Destroyed]], Sequence[Event]],
    metadata: Metadata,
) -> int:
    released = [identity for found, _ in guests for identity in identities(found.known.profile)]
    gone = [Forgetting(found.id, profiles(recorded)) for found, recorded in guests]
    return ports.log.forget(gone, events, metadata, Identities(released=released))


def read_erasure(ports: Ports, caller: Caller, erasure_id: UUID) -> Erasure:
    """Raises ErasureUnknown; GuestUnknown for a guest who is not the caller's business; Forbidden."""
    caller.require(Right.READ_HISTORY)
    found = erasure.fold(each.event for each in ports.log.stream(erasure_id))
    if found is None:
        raise ErasureUnknown("There is no such erasure.")
    load_whole(ports, caller, found.begun.guest_id)
    return found


@dataclass(frozen=True)
class Entry:
    """A line of the ledger: that a guest was erased, as is known outside the database.

    `erasure_id` is None for one who was deleted; `reason` and `reference` name nobody.
    """

    guest_id: UUID
    organisation_id: UUID
    erasure_id: UUID | None
    erased_at: datetime
    asked_by: str
    reason: str | None
    reference: str | None


def erase_again(ports: Ports, entries: Sequence[Entry]) -> int:
    """Erases those of the guests whom the log still knows, as one restored from an older backup does.

    No legal hold stops it: whoever erased them then had seen that there was none. Gives how many there were.
    """
    return sum(persistently(partial(_erase_again, ports, entry), attempts=ATTEMPTS) for entry in entries)


def _erase_again(ports: Ports, entry: Entry) -> bool:
    """Whether there was something to erase."""
    recorded = ports.log.stream(entry.guest_id)
    loaded = Loaded(fold(Guest(entry.guest_id), (each.event for each in recorded)), recorded)
    if not loaded.guest.exists or loaded.guest.anonymised:
        return False
    metadata = Metadata(
        recorded_at=ports.now(),
        actor=entry.asked_by,
        organisation_id=entry.organisation_id,
        correlation_id=ports.new_id(),
        reason=f"{entry.reason or 'deleted'} ({entry.erased_at:%Y-%m-%d}; again after an older backup was restored)",
    )
    if entry.erasure_id is None:
        _forget(ports, [loaded], lambda _: guest.deleted(loaded.guest), metadata)
    else:
        _write(ports, [loaded], {entry.guest_id: entry.erasure_id}, metadata, entry.reference)
    return True
