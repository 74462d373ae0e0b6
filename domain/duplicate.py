"""Two guests who look alike and are not the same person: somebody said so, and they are not suggested again."""

from collections.abc import Iterable
from uuid import UUID, uuid5

from domain.event import Event
from domain.merging import SameGuest

PAIRS = UUID("7f0d7a3e-5c5b-4b43-9e1c-0f5b6d1f4a52")
"""The namespace (RFC 9562, 5.5) of the ids of pairs."""


class DuplicateDismissed(Event):
    """These two guests are not the same person. The stream is the pair's own: it is neither's more than the other's."""

    organisation_id: UUID
    guest_ids: tuple[UUID, UUID]


def pair_id(one: UUID, other: UUID) -> UUID:
    """Always the same for two guests, whichever is named first."""
    return uuid5(PAIRS, "".join(str(each) for each in sorted((one, other))))


def dismiss(organisation_id: UUID, one: UUID, other: UUID, told: Iterable[Event]) -> list[DuplicateDismissed]:
    """Nothing when it is known, by the events `told` of the pair. Raises SameGuest."""
    if one == other:
        raise SameGuest("These are not two guests but one.")
    if any(isinstance(event, DuplicateDismissed) for event in told):
        return []
    first, second = sorted((one, other))
    return [
        DuplicateDismissed(
            originator_id=pair_id(one, other),
            originator_version=1,
            organisation_id=organisation_id,
            guest_ids=(first, second),
        )
    ]
