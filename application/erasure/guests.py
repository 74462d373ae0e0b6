"""Making guests anonymous: one on request, or a list."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from enum import StrEnum
from functools import partial
from typing import NamedTuple
from uuid import UUID

from application.announcing import arrivals_of, moved_identities
from application.arrivals import arrivals_telling, forgetting, refusals, unclaimed
from application.caller import Caller
from application.erasure.belongings import Belongings, signed
from application.erasure.merged import Whole, load_all, seals
from application.erasure.why import ERASURE_ATTEMPTS, Why
from application.guest_records import GuestRecord, identities, load_whole
from application.legal_hold import LegalHold, hold_of
from application.merging import known_as
from application.ports import Forgetting, Ports
from application.races import persistently
from domain import erasing, reserving
from domain.access import Forbidden, Right
from domain.arrival import RefusedFor
from domain.contact import Profile
from domain.erasure import About, Destroyed, ErasureBegun, sealed_fields
from domain.event import Event, Metadata
from domain.guest import Guest, GuestForgotten, GuestUnknown, UnderLegalHold
from domain.guest_events import GuestAnonymised
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
    """What became of one guest of a list.

    `held_id` is whose hold it is: theirs, or another's who has a reservation that was theirs once.
    """

    guest_id: UUID
    result: Result
    erasure_id: UUID | None = None
    position: int | None = None
    hold: LegalHold | None = None
    held_id: UUID | None = None


Still = Callable[[GuestRecord, Belongings], bool]
"""Whether a guest, with what belongs to them, is to be erased, as they are at the moment of erasing."""


def everybody(_: GuestRecord, __: Belongings) -> bool:
    return True


def anonymise_guest(ports: Ports, caller: Caller, guest_id: UUID, why: Why) -> tuple[UUID, int]:
    """The erasure's id and the position; for a guest who was anonymised before, those of then.

    All who are one with them are erased too. Raises GuestUnknown, GuestMergedAway, ConcurrentChange; UnderLegalHold,
    whose members tell of the hold, also where it is another's who has a reservation that was once theirs; Forbidden
    for a guest who is known elsewhere too.
    """
    caller.require(Right.ANONYMISE_GUESTS)
    load_whole(ports, caller, guest_id)
    [erased] = anonymise_guests(ports, caller, [guest_id], why)
    match erased:
        case Erased(hold=LegalHold(held_by, held_since, grounds), held_id=held_id):
            since = held_since.astimezone(UTC).isoformat().replace("+00:00", "Z")
            members = {"guest_id": str(held_id), "held_by": held_by, "held_since": since, "grounds": grounds}
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

    An id of somebody who was merged into another stands for both. Each of them has an erasure of their own; that which
    is told is of the one who stands for all.

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
    return [
        (record.guest.id, [*record.forgetting.profiles, *signed(belongings.recorded)])
        for whole in load_all(ports, guest_ids).values()
        if whole.record.guest.organisation_id == caller.organisation_id
        for record, belongings in whole.everybody
    ]


class Found(NamedTuple):
    """A guest to be erased, with what belongs to them, and by which erasure."""

    record: GuestRecord
    belongings: Belongings
    erasure_id: UUID


def _anonymise(ports: Ports, caller: Caller, guest_ids: Sequence[UUID], why: Why, still: Still) -> list[Erased]:
    asked = load_all(ports, guest_ids)
    found = {whole.record.guest.id: whole for whole in asked.values()}
    judged = {guest_id: _judged(ports, caller, whole, still) for guest_id, whole in found.items()}
    todo = [
        Found(*known, each.erasure_id if known.record.guest.id == each.guest_id else ports.new_id())
        for each in judged.values()
        if each.result is Result.ERASED and each.erasure_id
        for known in found[each.guest_id].everybody
    ]
    if todo:
        position = erase(ports, todo, caller.metadata(ports.now(), reason=why.reason), why.reference)
        judged |= {
            guest_id: each._replace(position=position)
            for guest_id, each in judged.items()
            if each.result is Result.ERASED
        }
    return [judged[whole.record.guest.id]._replace(guest_id=guest_id) for guest_id, whole in asked.items()]


def _judged(ports: Ports, caller: Caller, whole: Whole, still: Still) -> Erased:
    """What is to become of a guest: ERASED, by which erasure, though not done yet; or why not."""
    record, belongings = whole.record, whole.belongings
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
        return Erased(guest.id, Result.HELD, hold=hold_of(record.recorded), held_id=guest.id)
    # Who to contact of their reservations goes with them, and may be what another's hold is to keep.
    have_them = {each.guest_id for each in belongings.reservations_ever if each.guest_id and not each.erased}
    for other_id, recorded in ports.log.streams(list(have_them - belongings.guest_ids)).items():
        if hold := hold_of(recorded):
            return Erased(guest.id, Result.HELD, hold=hold, held_id=other_id)
    return Erased(guest.id, Result.ERASED, erasure_id)


def erase(ports: Ports, todo: Sequence[Found], metadata: Metadata, reference: str | None) -> int:
    """Makes them anonymous, whatever stood against it, and gives the position. Raises ConcurrentChange.

    Who to contact goes with them of every reservation that was ever theirs, and what was told while they were one with
    others. So do pending arrivals that tell of these reservations, or of an e-mail or phone they ever had, with who to
    contact of what nobody has: whoever it is now will be told again.
    """
    merges = set[UUID]().union(*(seals(ports, each.record.recorded) for each in todo))
    contacts = {each.id: each for found in todo for each in found.belongings.reservations_ever if not each.erased}
    ever_told = set[str]().union(*(each.record.ever_told for each in todo))
    told_by = arrivals_telling(ports, metadata.organisation_id, ever_told)
    arrivals = list(
        {each.id: each for each in [*told_by, *arrivals_of(ports, metadata.organisation_id, contacts)]}.values()
    )
    contacts |= {each.id: each for each in unclaimed(ports, arrivals)}

    def events(destroyed: Mapping[UUID, Destroyed]) -> list[Event]:
        decided = refusals(arrivals, RefusedFor.ERASED)
        decided += [event for each in contacts.values() for event in reserving.erase_contact(each)]
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
                    sealed_fields=_sealed(record, belongings, merges),
                    identities=len(_given_up(guest)),
                    destroyed=destroyed[guest.id],
                )
            )
        return decided

    given_up = moved_identities(arrivals, ())
    released = [identity for record, *_ in todo for identity in _given_up(record.guest)]
    released += [known_as(merge.told.merge_id) for record, *_ in todo for merge in record.guest.merges]
    gone = [each.record.forgetting._replace(belongings=each.belongings.versions) for each in todo]
    return ports.log.forget(
        [*gone, *forgetting(arrivals), *map(Forgetting, [*contacts, *sorted(merges)])],
        events,
        metadata,
        replace(given_up, released=[*released, *given_up.released]),
    )


def _given_up(guest: Guest) -> list[str]:
    """Those of a guest who is one with another are that one's."""
    return [] if guest.merged_into else identities(guest.known.profile)


def _sealed(record: GuestRecord, belongings: Belongings, merges: Collection[UUID]) -> int:
    """How many personal fields become unreadable that are sealed for the guest, a merge, or a reservation of theirs."""
    sealed = sealed_fields([*record.recorded, *belongings.recorded])
    booked = (each.id for each in belongings.reservations_ever)
    return sum(sealed.get(subject, 0) for subject in (record.guest.id, *merges, *booked))
