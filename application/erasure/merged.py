"""Guests as an erasure finds them: with all who are one with them, and the keys of merges that seal what is theirs."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from application.erasure.belongings import Belongings, load_belongings, together
from application.guest_records import GuestRecord, record_of, who_is
from application.ports import Ports
from domain.event import Recorded
from domain.guest_events import GuestMerged, GuestUnmerged, MergedInto


class Known(NamedTuple):
    """A guest who is in the log under an id of their own, with what belongs to that."""

    record: GuestRecord
    belongings: Belongings


class Whole(NamedTuple):
    """The guest who stands for all, and all of them, that one first."""

    record: GuestRecord
    everybody: Sequence[Known]

    @property
    def belongings(self) -> Belongings:
        return together(each.belongings for each in self.everybody)


def load_all(ports: Ports, guest_ids: Sequence[UUID]) -> dict[UUID, Whole]:
    """By the ids asked for, also those of guests who are one with another, or unknown."""
    streams = ports.log.streams(guest_ids)
    records = {guest_id: record_of(guest_id, streams.get(guest_id, [])) for guest_id in guest_ids}
    for guest_id, record in records.items():
        if record.guest.merged_into:
            records[guest_id] = who_is(ports.log, guest_id)
    ids = {id_ for record in records.values() for id_ in record.guest.ids}
    streams |= ports.log.streams(list(ids - streams.keys()))
    belongings = load_belongings(ports, list(ids))
    return {
        guest_id: Whole(
            record,
            [Known(record_of(id_, streams.get(id_, [])), belongings[id_]) for id_ in record.guest.ids],
        )
        for guest_id, record in records.items()
    }


def seals(ports: Ports, recorded: Iterable[Recorded], since: UUID | None = None) -> set[UUID]:
    """The keys of merges, not destroyed yet, that seal events in which something of the guest of these events can be.

    These are those of all merges in which somebody was merged into them, or they into somebody; while they were, also
    those of all merges of that one. With `since`, a merge, only those in force while that was.
    """
    found: set[UUID] = set()
    within = since is None
    for each in recorded:
        match each.event:
            case GuestMerged(merge_id=merge_id, profile=profile):
                within = within or merge_id == since
                if within and profile is not None:
                    found.add(merge_id)
            case GuestUnmerged(merge_id=merge_id) if merge_id == since:
                return found
            case MergedInto(merge_id=merge_id, guest_id=into) if within:
                found |= seals(ports, ports.log.stream(into), merge_id)
    return found
