"""Two records of one person: decisions to make two guests one, and to undo that when it was a mistake."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import partial, reduce
from itertools import accumulate
from typing import NamedTuple
from uuid import UUID

from domain import registering, silencing
from domain.contact import Profile
from domain.erasing import require_erasable
from domain.guest import Guest, Known, evolve, fold
from domain.guest_events import (
    GuestBlocked,
    GuestEvent,
    GuestMerged,
    GuestUnmerged,
    GuestUnsubscribed,
    MergedInto,
    MergeUndone,
)
from domain.refusal import Refusal
from domain.stay import Stay
from domain.staying import stay_is

FIELDS = ("language", "country", *(name for name in Profile.model_fields if name not in ("emails", "phones")))
"""What one of the two is chosen of; e-mails and phones of both are kept."""


Decision = Callable[[Guest], list[GuestEvent]]


class Side(StrEnum):
    """Whose value of a field is taken."""

    SURVIVING = "surviving"
    MERGED = "merged"


class SameGuest(Refusal):
    """A guest cannot be merged with themselves."""

    code = "same-guest"


class MergeUnknown(Refusal):
    """There is no such merge, or it was undone."""

    code = "not-found"


class MergeNotLast(Refusal):
    """A later merge is to be undone first, whose id `members` hold as `merge_id`."""

    code = "merge-not-last"


class Difference(NamedTuple):
    """A field of which both have a value, and not the same; `chosen` is whose is taken."""

    field: str
    surviving: object
    merged: object
    chosen: Side


def differences(surviving: Known, merged: Known, choices: Mapping[str, Side]) -> list[Difference]:
    values = [(name, _value(surviving, name), _value(merged, name)) for name in FIELDS]
    return [
        Difference(name, ours, theirs, choices.get(name, Side.SURVIVING))
        for name, ours, theirs in values
        if ours and theirs and ours != theirs
    ]


def together(surviving: Known, merged: Known, choices: Mapping[str, Side]) -> Known:
    """What is known of both. Unless chosen, a field is the survivor's, or the other's where the survivor has none.

    So is each of the organisation's own fields, of which only all can be chosen together.
    """

    def chosen(name: str) -> Known:
        default = Side.SURVIVING if _value(surviving, name) else Side.MERGED
        return merged if choices.get(name, default) is Side.MERGED else surviving

    first = chosen("custom")
    ours, theirs = _profile(surviving), _profile(merged)
    given = {name: _value(chosen(name), name) for name in FIELDS if name in Profile.model_fields}
    given |= {
        "emails": (*ours.emails, *theirs.emails),
        "phones": (*ours.phones, *theirs.phones),
        "custom": {**ours.custom, **theirs.custom, **_profile(first).custom},
    }
    return Known(chosen("language").language, chosen("country").country, ours.model_copy(update=given))


def merge(
    guest: Guest, other: Guest, merge_id: UUID, choices: Mapping[str, Side], reservation_ids: Sequence[UUID]
) -> list[GuestEvent]:
    """The guest stands for both from now on; of what keeps messages from them, all of both.

    Raises SameGuest, GuestUnknown, GuestForgotten, GuestMergedAway, UnderLegalHold.
    """
    if guest.id == other.id:
        raise SameGuest("These are not two guests but one.")
    for each in (guest, other):
        require_erasable(each)  # a hold keeps a guest as they are
    known = together(guest.known, other.known, choices)
    made = GuestMerged(
        **guest.next_place,
        merge_id=merge_id,
        other_id=other.id,
        with_ids=other.ids,
        stay_ids=tuple(other.stays),
        reservation_ids=tuple(reservation_ids),
        language=known.language,
        country=known.country,
        profile=known.profile,
    )
    given_up = MergedInto(**other.next_place, merge_id=merge_id, guest_id=guest.id, stay_ids=tuple(other.stays))
    taken_over = _in_turn(
        evolve(guest, made),
        [
            *_given(other.stays, other.silenced, other.suppressed),
            *([partial(_unsubscribed, merge_id=merge_id)] if other.unsubscribed else ()),
            partial(_block_is, block=stricter(guest.block, other.block)),
            partial(registering.switch_contact_sync, on=guest.contact_sync and other.contact_sync),
        ],
    )
    return [given_up, made, *taken_over]


def unmerge(guest: Guest, other: Guest, stay_ids: Collection[UUID], told: Sequence[Known] = ()) -> list[GuestEvent]:
    """Undoes the last merge of the guest, which was with this other, to whom these stays go.

    Both are as they were, with what each has received since: what was changed since stays with the guest, but for what
    was `told` with the other's reservations, in that order. E-mails and phones go back to whose they were; those that
    were taken away since are nobody's. Who unsubscribed since, was blocked or is welcome again may be either. Raises
    GuestForgotten, MergeNotLast, UnderLegalHold.
    """
    if guest.merged_by:
        raise MergeNotLast("The guest was merged into another since.", merge_id=str(guest.merged_by))
    require_erasable(guest)
    return unmerged(guest, other, stay_ids, told)


def unmerged(guest: Guest, other: Guest, stay_ids: Collection[UUID], told: Sequence[Known]) -> list[GuestEvent]:
    """As unmerge, without asking whether it may be: for an erasure that an older backup does not know of."""
    last = guest.merges[-1]
    before, merged = last.before, Known(last.told.language, last.told.country, last.told.profile)
    known, known_of_other = _apart(before.known, merged, guest.known, other.known, told)
    silenced = guest.silenced - other.silenced - set(stay_ids) | before.silenced
    addresses = _profile(known_of_other).emails
    freed = GuestUnmerged(
        **guest.next_place,
        merge_id=last.told.merge_id,
        other_id=other.id,
        with_ids=last.told.with_ids,
        sealed_by=before.sealed_by,
        stay_ids=tuple(stay_ids),
        language=known.language,
        country=known.country,
        profile=known.profile,
        unsubscribed=before.unsubscribed or guest.unsubscribed_since,
        silenced=tuple(sorted(silenced)),
        suppressed=tuple(sorted(guest.suppressed - other.suppressed - set(addresses) | before.suppressed)),
    )
    untouched = _terms(guest.block) == _terms(stricter(before.block, other.block))
    taken_away = _in_turn(
        evolve(guest, freed),
        [
            partial(_block_is, block=before.block if untouched else guest.block),
            partial(registering.switch_contact_sync, on=before.contact_sync),
        ],
    )
    back = MergeUndone(
        **other.next_place,
        merge_id=last.told.merge_id,
        sealed_by=other.sealed_by,
        language=known_of_other.language,
        country=known_of_other.country,
        profile=known_of_other.profile,
    )
    stays = {stay_id: guest.stays[stay_id] for stay_id in stay_ids}
    taken_back = _in_turn(
        evolve(other, back),
        [
            *_given(stays, guest.silenced & stays.keys(), guest.suppressed),
            *([partial(silencing.unsubscribe, complained=False)] if guest.unsubscribed_since else ()),
            partial(_block_is, block=other.block if untouched else guest.block),
        ],
    )
    return [freed, *taken_away, back, *taken_back]


def _given(stays: Mapping[UUID, Stay], silenced: Iterable[UUID], suppressed: Iterable[str]) -> list[Decision]:
    """Stays, and what keeps messages about them, or to an address, from a guest: those not theirs are no matter."""
    return [
        *(partial(stay_is, stay_id=stay_id, stay=stay) for stay_id, stay in stays.items()),
        partial(silencing.silence, stay_ids=sorted(silenced)),
        *(partial(silencing.suppress, address=address) for address in sorted(suppressed)),
    ]


def _in_turn(guest: Guest, decisions: Iterable[Decision]) -> list[GuestEvent]:
    """Each is decided on the guest as those before leave them."""
    told: list[GuestEvent] = []
    for decide in decisions:
        decided = decide(guest)
        guest = fold(guest, decided)
        told += decided
    return told


def _unsubscribed(guest: Guest, merge_id: UUID) -> list[GuestEvent]:
    """As the other had before this merge."""
    return [] if guest.unsubscribed else [GuestUnsubscribed(**guest.next_place, merge_id=merge_id)]


def stricter(block: GuestBlocked | None, other: GuestBlocked | None) -> GuestBlocked | None:
    """The one that lasts longer."""
    if block is None or other is None:
        return block or other
    return max(block, other, key=lambda each: each.until or date.max)


def _terms(block: GuestBlocked | None) -> tuple[object, ...] | None:
    return (block.reason, block.until) if block else None


def _block_is(guest: Guest, block: GuestBlocked | None) -> list[GuestEvent]:
    return silencing.block(guest, block.reason, block.until) if block else silencing.unblock(guest)


def _apart(before: Known, merged: Known, now: Known, other: Known, told: Sequence[Known]) -> tuple[Known, Known]:
    """What is known of the guest, and of the other, once they are two again."""
    facts, then = _facts(now), _facts(merged)
    as_told = [_facts(each) for each in accumulate(told, registering.merge, initial=merged)]
    ours, theirs = _facts(before), _facts(other)
    for fact in facts.keys() | then.keys():
        value = facts.get(fact)
        if value != then.get(fact):
            whose = theirs if any(value == each.get(fact) for each in as_told) else ours
            whose[fact] = value
    told_of_other = reduce(registering.merge, told, other)
    for name in ("emails", "phones"):
        had, held = ({value.lower() for value in getattr(known.profile, name)} for known in (before, now))
        back = {value.lower(): value for value in getattr(told_of_other.profile, name) if value.lower() not in had}
        ours[name,] = tuple(value for value in getattr(now.profile, name) if value.lower() not in back)
        theirs[name,] = tuple(value for folded, value in back.items() if folded in held)
    return _known(ours), _known(theirs)


Facts = dict[tuple[str, ...], object]
"""What is known, each of one's own fields by itself: by the name of the field, or "custom" and its key."""


def _facts(known: Known) -> Facts:
    facts: Facts = {(name,): _value(known, name) for name in FIELDS if name != "custom"}
    facts.update({("custom", key): value for key, value in _profile(known).custom.items()})
    return facts


def _known(facts: Facts) -> Known:
    custom = {key: value for (_, *own), value in facts.items() for key in own if value is not None}
    told = {fact[0]: value for fact, value in facts.items() if len(fact) == 1}
    language, country = (
        each if isinstance(each, str) else None for each in (told.pop("language"), told.pop("country"))
    )
    return Known(language, country, Profile.model_validate({**told, "custom": custom}))


def _value(known: Known, name: str) -> object:
    return getattr(known.profile if name in Profile.model_fields else known, name)


def _profile(known: Known) -> Profile:
    """Of a guest who was not forgotten, which is asked first."""
    assert known.profile
    return known.profile
