"""What guests do with the links in a message: follow the invitation, or unsubscribe."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from application.guest_records import who_is
from application.invitation_records import invitation_record, who_answers
from application.organisation import load_organisation
from application.ports import Ports
from application.races import persistently
from domain import handling, inviting, silencing
from domain import property as hotels
from domain.event import Metadata
from domain.guest import Guest, GuestForgotten, GuestUnknown
from domain.handling import Feedback
from domain.invitation import InvitationSent, Message
from domain.invitation_states import State
from domain.inviting import Invitation, InvitationUnknown
from domain.organisation import Organisation
from domain.property import Property, PropertyUnknown
from domain.reviewing import CHANGEABLE_FOR

GUEST = "guest"
"""The actor of what guests do themselves."""

WRITTEN_BY_LINK = (State.REVIEWED_EMAIL, State.REVIEWED_SMS)


@dataclass(frozen=True)
class GuestLink:
    """An invitation as its link finds it: what was sent, and the review that was written through it, if there is one.

    What was written on site is not it, for that could be a stranger's. `changeable` is a review of the last day.
    """

    guest_id: UUID
    """Who answers: see `who_answers`."""
    invitation: Invitation
    sent: InvitationSent
    hotel: Property
    review: Feedback | None
    changeable: bool

    @property
    def outside(self) -> str | None:
        """The address of the portal that the invitation leads to; None is our own questionnaire.

        That is also where one leads whose portal is no longer in the property's distribution.
        """
        shares = self.hotel.settings.invitations.distribution
        return next((str(share.url) for share in shares if share.portal == self.sent.portal and share.url), None)


def load_guest_link(ports: Ports, invitation_id: UUID) -> GuestLink:
    """Raises InvitationUnknown where no invitation to review was sent; GuestForgotten."""
    invitation = invitation_record(ports, invitation_id).invitation
    about, sent = invitation.about, invitation.sent
    if sent is None or about.message is not Message.POST_STAY:
        raise InvitationUnknown("No such invitation was sent.")
    guest = who_answers(ports.log, invitation)
    if guest.anonymised or not guest.exists:
        raise GuestForgotten("The guest was forgotten.")
    review, changeable = None, False
    if invitation.feedback_id and invitation.state in WRITTEN_BY_LINK:
        recorded = ports.log.stream(invitation.feedback_id)
        review = handling.fold(Feedback(invitation.feedback_id), (each.event for each in recorded))
        changeable = ports.now() < recorded[0].recorded_at + CHANGEABLE_FOR
    return GuestLink(guest.id, invitation, sent, load_hotel(ports, about.property_id), review, changeable)


def load_hotel(ports: Ports, property_id: UUID) -> Property:
    """Of whatever organisation. Raises PropertyUnknown."""
    hotel = hotels.fold(Property(property_id), (each.event for each in ports.log.stream(property_id)))
    if hotel.version == 0:
        raise PropertyUnknown("There is no such property.")
    return hotel


def follow(ports: Ports, invitation_id: UUID, correlation_id: UUID) -> GuestLink:
    """The guest opened the link. Raises InvitationUnknown, GuestForgotten, ConcurrentChange."""

    def attempt() -> GuestLink:
        link = load_guest_link(ports, invitation_id)
        if events := inviting.follow_link(link.invitation, link.sent.channel):
            ports.log.append(
                events, by_guest(ports, link.invitation.about.organisation_id, link.hotel.id, correlation_id)
            )
        return link

    return persistently(attempt)


class Recipient(NamedTuple):
    """Who gets messages, and from whom."""

    guest: Guest
    organisation: Organisation


def load_recipient(ports: Ports, guest_id: UUID) -> Recipient:
    """Also of somebody who was anonymised. Raises GuestUnknown."""
    guest = who_is(ports.log, guest_id).guest
    if guest.organisation_id is None:
        raise GuestUnknown("There is no such guest.")
    return Recipient(guest, load_organisation(ports, guest.organisation_id))


def unsubscribe(ports: Ports, guest_id: UUID, correlation_id: UUID) -> Recipient:
    """The guest wants no more messages; nothing when that is known. Raises GuestUnknown, ConcurrentChange."""

    def attempt() -> Recipient:
        recipient = load_recipient(ports, guest_id)
        if events := silencing.unsubscribe(recipient.guest, complained=False):
            ports.log.append(events, by_guest(ports, recipient.organisation.id, None, correlation_id))
        return recipient

    return persistently(attempt)


def by_guest(ports: Ports, organisation_id: UUID, property_id: UUID | None, correlation_id: UUID) -> Metadata:
    return Metadata(
        recorded_at=ports.now(),
        actor=GUEST,
        organisation_id=organisation_id,
        property_id=property_id,
        correlation_id=correlation_id,
    )
