"""Invitations of which something is due, with whom and what they concern, as that is now or was at a position."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from adapters.postgres.guest_log import GuestLog
from application.invitation_records import Streams, invitation_of
from application.planning import settings_of
from domain import guest as guests
from domain import organisation
from domain.event import Event
from domain.guest import Guest
from domain.inviting import Invitation
from domain.organisation import Organisation, OrganisationSettings
from domain.property import PropertySettings


class Circumstances(NamedTuple):
    """Whom an invitation is for, and who sends it."""

    guest: Guest
    settings: PropertySettings
    organisation: OrganisationSettings


class Case(NamedTuple):
    """`streams` are those of whom and what it concerns."""

    invitation: Invitation
    streams: Streams

    def circumstances(self, as_of: int | None = None) -> Circumstances:
        """As they are, or were at a position of the log."""
        about = self.invitation.about
        ids = (about.guest_id, about.property_id, about.organisation_id)
        streams = {
            id_: [each for each in self.streams.get(id_, ()) if as_of is None or each.position <= as_of] for id_ in ids
        }

        def events(id_: UUID) -> Iterable[Event]:
            return (each.event for each in streams[id_])

        return Circumstances(
            guests.fold(Guest(about.guest_id), events(about.guest_id)),
            settings_of(streams, about.property_id),
            organisation.fold(Organisation(about.organisation_id), events(about.organisation_id)).settings,
        )


def load_cases(log: GuestLog, ids: Iterable[UUID]) -> list[Case]:
    ids = list(ids)
    told = log.streams(ids)
    invitations = [invitation_of(told, id_) for id_ in ids]
    abouts = [each.about for each in invitations]
    concerned = {id_ for about in abouts for id_ in (about.guest_id, about.property_id, about.organisation_id)}
    streams = log.streams(list(concerned))
    return [Case(invitation, streams) for invitation in invitations]
