"""What can happen to a guest: a person known to the organisation, who may never have stayed. State: guest.py."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from domain.contact import Profile
from domain.event import Event
from domain.personal import Owner, Personal, PersonalWhileMerged
from domain.stay import Stay


class Origin(StrEnum):
    """How a guest came to be known."""

    MANUAL = "manual"
    IMPORT = "import"
    PMS = "pms"
    RESERVATION = "reservation"


class GuestRegistered(Event):
    """A person became known to the organisation."""

    organisation_id: UUID
    origin: Origin
    language: str | None = None
    country: str | None = None
    profile: Personal[Profile]


class GuestChanged(Event):
    """Some of what is known of a guest changed; the profile is given whole, as it is from now on."""

    sealed_by: UUID | None = None
    fields: tuple[str, ...]
    language: str | None = None
    country: str | None = None
    profile: PersonalWhileMerged[Profile]


class StayRecorded(Event):
    """A time the guest spends at a property was told, by a person, a list or a reservation, or told better than before.

    A stay that has come to be realised is told once more.
    """

    stay_id: UUID
    stay: Stay


class StayRemoved(Event):
    """A stay that had been recorded is not one after all: cancelled, another guest's, of an import that is undone."""

    stay_id: UUID


class GuestDeleted(Event):
    """A guest who was never written to was taken off the list; their key is destroyed with this event."""


class GuestAnonymised(Event):
    """What names or describes the guest became unreadable for ever; their key is destroyed with this event.

    Their stays, language and country stay, and with them every figure.
    """

    erasure_id: UUID


class ContactSyncSwitched(Event):
    """Contact details told with the guest's reservations become theirs from now on, or no longer do."""

    on: bool


class LegalHoldPlaced(Event):
    """The guest must not be erased for the time being, such as while a dispute is pending."""

    sealed_by: UUID | None = None
    grounds: PersonalWhileMerged[str]


class LegalHoldLifted(Event):
    """The guest may be erased again."""


class CommunicationCancelled(Event):
    """The guest is to get no more messages about these stays."""

    stay_ids: tuple[UUID, ...]


class GuestUnsubscribed(Event):
    """The guest wants no more messages of this kind, or has called one of them spam.

    With a `merge_id` it is who became one with them by that who had said so.
    """

    complained: bool = False
    merge_id: UUID | None = None


class AddressSuppressed(Event):
    """Mails to this address of the guest cannot be delivered."""

    sealed_by: UUID | None = None
    address: PersonalWhileMerged[str]


class BlockReason(StrEnum):
    """Why a guest is not welcome."""

    DAMAGE = "damage"
    NON_PAYMENT = "non_payment"
    MISCONDUCT = "misconduct"
    FRAUD = "fraud"
    OTHER = "other"


class GuestBlocked(Event):
    """The guest is not welcome, until a day or for good; a later block takes the place of the one before."""

    reason: BlockReason
    until: date | None = None


class GuestUnblocked(Event):
    """The guest is welcome again."""


class GuestMerged(Event):
    """The guest is one with another from now on, who is `other_id`; the profile is given whole, as it is then.

    `with_ids` are the other and all who were one with them, `stay_ids` and `reservation_ids` what was theirs; the stays
    follow, each told anew. As long as the merge is in force, its key seals what is told of the guest.
    """

    merge_id: UUID
    other_id: UUID
    with_ids: tuple[UUID, ...]
    stay_ids: tuple[UUID, ...] = ()
    reservation_ids: tuple[UUID, ...] = ()
    language: str | None = None
    country: str | None = None
    profile: Annotated[Profile | None, Owner("merge_id", new=True)]


class MergedInto(Event):
    """The guest is one with another, `guest_id`, who has their stays from now on: these."""

    merge_id: UUID
    guest_id: UUID
    stay_ids: tuple[UUID, ...] = ()


class GuestUnmerged(Event):
    """The merge with `other_id` was undone; the profile and what keeps messages from the guest are given whole.

    `with_ids` are the other and all who are one with them, `stay_ids` the stays that are theirs from now on. It is
    sealed by the merge before, if one is in force.
    """

    merge_id: UUID
    other_id: UUID
    with_ids: tuple[UUID, ...]
    sealed_by: UUID | None = None
    stay_ids: tuple[UUID, ...] = ()
    language: str | None = None
    country: str | None = None
    profile: PersonalWhileMerged[Profile]
    unsubscribed: bool = False
    silenced: tuple[UUID, ...] = ()
    suppressed: PersonalWhileMerged[tuple[str, ...]] = None


class MergeUndone(Event):
    """The guest is no longer one with another; the profile is given whole. The stays that are theirs again follow."""

    merge_id: UUID
    sealed_by: UUID | None = None
    language: str | None = None
    country: str | None = None
    profile: PersonalWhileMerged[Profile]


GuestEvent = (
    GuestRegistered
    | GuestChanged
    | StayRecorded
    | StayRemoved
    | ContactSyncSwitched
    | GuestDeleted
    | GuestAnonymised
    | LegalHoldPlaced
    | LegalHoldLifted
    | CommunicationCancelled
    | GuestUnsubscribed
    | AddressSuppressed
    | GuestBlocked
    | GuestUnblocked
    | GuestMerged
    | MergedInto
    | GuestUnmerged
    | MergeUndone
)
