"""Making guests anonymous: one on request, or a list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from enum import StrEnum
from functools import partial
from typing import NamedTuple
from uuid import UUID

from application.arrivals import arrivals_telling, forgetting, moved_identities, refusals
from application.caller import Caller
from application.erasure.belongings import Belongings, load_belongings, signed
from application.erasure.why import ERASURE_ATTEMPTS, Why
from application.guest_records import GuestRecord, identities, record_of
from application.legal_hold import LegalHold, hold_of
from application.ports import Ports
from application.races import persistently
from domain import erasing
from domain.access import Forbidden, Right
from domain.arrival import RefusedFor
from domain.contact import Profile
from domain.erasure import About, Destroyed, ErasureBegun, sealed_fields
from domain.event import Event, Metadata
from domain.guest import GuestAnonymised, GuestForgotten, GuestUnknown, UnderLegalHold
from domain.traces import Traces

AT_ONCE = 100
"""Guests that one transaction makes anonymous."""


class Result(StrEnum):
    """What became of a guest who was to be erased."""

    ERASED = "erased"
    ALREADY = "already-erased"
    HELD = "held"
    KEPT = "kept"
    """They are not, or no longer, among those to be erased."""
    FORBIDDEN = "forbidden"
    UNKNOWN = "not-found"


class Erased(NamedTuple):
    """What became of one guest of a list."""

    guest_id: UUID
    result: Result
    erasure_id: UUID | None = None
    position: int | None = None
    hold: LegalHold | None = None


Still = Callable[[GuestRecord, Belongings], bool]
"""Whether a guest, with what belongs to them, is to be erased, as they are at the moment of erasing."""


def everybody(_: GuestRecord, __: Belongings) -> bool:
    return True


def anonymise_guest(ports: Ports, caller: Caller, guest_id: UUID, why: Why) -> tuple[UUID, int]:
    """The erasure's id and the position; for a guest who was anonymised before, those of then.

    Raises GuestUnknown, ConcurrentChange; UnderLegalHold, whose members tell of the hold; Forbidden for a guest who
    is known elsewhere too.
    """
    [erased] = anonymise_guests(ports, caller, [guest_id], why)
    match erased:
        case Erased(hold=LegalHold(held_by, held_since, grounds)):
            since = held_since.astimezone(UTC).isoformat().replace("+00:00", "Z")
            members = {"guest_id": str(guest_id), "held_by": held_by, "held_since": since, "grounds": grounds}
            raise UnderLegalHold("A legal hold keeps this guest from being erased.", **members)
        case Erased(result=Result.FORBIDDEN):
            raise Forbidden("The guest is also known at a property that this key does not reach.")
        case Erased(erasure_id=UUID() as erasure_id, position=int(position)):
            return erasure_id, position
    raise GuestUnknown("There is no such guest.")


def anonymise_guests(
    ports: Ports,
    caller: Caller,
    guest_ids: Sequence[UUID],
    why: Why,
    *,
    still: Still = everybody,
    by_rule: bool = False,
) -> list[Erased]:
    """What became of each, in their order. `still` is asked of each as they are at the moment of erasing.

    Names are taken out of the reason and the reference, unless they are the words of a rule, which names nobody.
    Raises ConcurrentChange; what was erased before that stays erased.
    """
    caller.require(Right.ANONYMISE_GUESTS)
    erased: dict[UUID, Erased] = {}
    each_once = list(dict.fromkeys(guest_ids))
    chunks = [each_once[start : start + AT_ONCE] for start in range(0, len(each_once), AT_ONCE)]
    if not by_rule:
        # Of all who are named in the call, whatever becomes of each: the others may be erased another day.
        why = why.without(Traces(told for some in chunks for told in _traces(ports, caller, some)))
    for some in chunks:
        attempt = partial(_anonymise, ports, caller, some, why, still)
        erased |= {each.guest_id: each for each in persistently(attempt, attempts=ERASURE_ATTEMPTS)}
    return [erased[guest_id] for guest_id in guest_ids]


def _traces(ports: Ports, caller: Caller, guest_ids: Sequence[UUID]) -> list[tuple[UUID, Sequence[Profile]]]:
    """By what those of the guests who are the organisation's are recognised: also as they signed what they wrote."""
    records = [record_of(*stream) for stream in ports.log.streams(guest_ids).items()]
    ours = [record for record in records if record.guest.organisation_id == caller.organisation_id]
    belongings = load_belongings(ports, [record.guest.id for record in ours])
    return [
        (record.guest.id, [*record.forgetting.profiles, *signed(belongings[record.guest.id].recorded)])
        for record in ours
    ]


class Found(NamedTuple):
    """A guest to be erased, with what belongs to them, and by which erasure."""

    record: GuestRecord
    belongings: Belongings
    erasure_id: UUID


def _anonymise(ports: Ports, caller: Caller, guest_ids: Sequence[UUID], why: Why, still: Still) -> list[Erased]:
    streams = ports.log.streams(guest_ids)
    belongings = load_belongings(ports, guest_ids)
    records = [record_of(guest_id, streams.get(guest_id, [])) for guest_id in guest_ids]
    results = [_judged(ports, caller, record, belongings[record.guest.id], still) for record in records]
    todo = [
        Found(record, belongings[record.guest.id], each.erasure_id)
        for record, each in zip(records, results, strict=True)
        if each.result is Result.ERASED and each.erasure_id
    ]
    if not todo:
        return results
    position = erase(ports, todo, caller.metadata(ports.now(), reason=why.reason), why.reference)
    return [each._replace(position=position) if each.result is Result.ERASED else each for each in results]


def _judged(
    ports: Ports,
    caller: Caller,
    record: GuestRecord,
    belongings: Belongings,
    still: Still,
) -> Erased:
    """What is to become of a guest: ERASED, by which erasure, though not done yet; or why not."""
    guest, erasure_id = record.guest, ports.new_id()
    try:
        record.require_visible_to(caller)
        if not guest.anonymised:
            record.require_all_of(caller)
            belongings.require_all_of(caller)
            if not still(record, belongings):
                return Erased(guest.id, Result.KEPT)
        erasing.anonymise(guest, erasure_id)
    except GuestUnknown:
        return Erased(guest.id, Result.UNKNOWN)
    except Forbidden:
        return Erased(guest.id, Result.FORBIDDEN)
    except GuestForgotten:
        done = next(each.position for each in record.recorded if isinstance(each.event, GuestAnonymised))
        return Erased(guest.id, Result.ALREADY, guest.erasure_id, done)
    except UnderLegalHold:
        return Erased(guest.id, Result.HELD, hold=hold_of(record.recorded))
    return Erased(guest.id, Result.ERASED, erasure_id)


def erase(ports: Ports, todo: Sequence[Found], metadata: Metadata, reference: str | None) -> int:
    """Makes them anonymous, whatever stood against it, and gives the position. Raises ConcurrentChange.

    Pending arrivals go with them that tell of an e-mail or phone they ever had: whoever it is now will be told again.
    """
    ever_told = set[str]().union(*(each.record.ever_told for each in todo))
    arrivals = arrivals_telling(ports, metadata.organisation_id, ever_told)

    def events(destroyed: Mapping[UUID, Destroyed]) -> list[Event]:
        decided = refusals(arrivals, RefusedFor.ERASED)
        for record, belongings, erasure_id in todo:
            guest = record.guest
            decided += erasing.anonymised(guest, erasure_id)
            decided.append(
                ErasureBegun(
                    originator_id=erasure_id,
                    originator_version=1,
                    organisation_id=metadata.organisation_id,
                    about=About.GUEST,
                    subject_id=guest.id,
                    reference=reference,
                    sealed_fields=sealed_fields([*record.recorded, *belongings.recorded]).get(guest.id, 0),
                    identities=len(identities(guest.known.profile)),
                    destroyed=destroyed[guest.id],
                )
            )
        return decided

    given_up = moved_identities(arrivals, ())
    released = [identity for record, *_ in todo for identity in identities(record.guest.known.profile)]
    gone = [each.record.forgetting._replace(belongings=each.belongings.versions) for each in todo]
    return ports.log.forget(
        [*gone, *forgetting(arrivals)],
        events,
        metadata,
        replace(given_up, released=[*released, *given_up.released]),
    )
