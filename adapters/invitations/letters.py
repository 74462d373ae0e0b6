"""Writes the mail or the SMS of an invitation: the same bytes whenever it is written from the same."""

from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import NamedTuple
from uuid import UUID

from adapters.invitations.rendering import Rendered, Values, language_of, render
from adapters.keys.links import Links, Purpose
from adapters.mail.letters import POLICY, address_header
from application.invitation_ids import invitation_message_id
from application.text import one_line
from domain.guest import Guest
from domain.inviting import Invitation
from domain.organisation import OrganisationSettings
from domain.policies.contacting import Reach
from domain.property import Channel, PropertySettings

LINKS_OPEN = timedelta(days=180)
UNSUBSCRIBING = timedelta(days=400)


class Then(NamedTuple):
    """What a message is written from, as it was when it was pinned."""

    guest: Guest
    settings: PropertySettings
    organisation: OrganisationSettings
    at: datetime


class Letter(NamedTuple):
    """`number` is 0 for the message, 1, 2 … for its reminders."""

    invitation: Invitation
    number: int
    reached: Reach
    language: str
    rendered: Rendered


class Writer:
    """Knows the addresses at which guests reach us."""

    def __init__(self, links: Links, public_url: str, mail_from: str) -> None:
        self._links = links
        self._public_url = public_url
        self._mail_from = mail_from
        self._domain = mail_from.rpartition("@")[2]

    def letter(self, invitation: Invitation, number: int, reached: Reach, then: Then) -> Letter:
        about, profile = invitation.about, then.guest.known.profile
        assert profile is not None  # or there would be nowhere to send it
        stay = then.guest.stays[about.stay_id]
        settings, own = then.settings, then.organisation.invitation_templates
        language = invitation.sent.language if invitation.sent else None
        language = language or language_of(
            then.guest.known.language, settings.languages, own, about.message, reached.channel
        )
        values = Values(
            salutation=profile.salutation,
            first_name=profile.first_name,
            last_name=profile.last_name,
            property=settings.name,
            arrival=stay.arrival,
            departure=stay.departure,
            link=self._url(Purpose.CLICK, invitation.id, then.at.date() + LINKS_OPEN),
            unsubscribe=self._url(Purpose.UNSUBSCRIBE, about.guest_id, then.at.date() + UNSUBSCRIBING),
        )
        rendered = render(about.message, number > 0, reached.channel, language, own, values)
        return Letter(invitation, number, reached, language, rendered)

    def mail(self, letter: Letter, then: Then) -> EmailMessage:
        assert letter.reached.channel is Channel.EMAIL
        rendered, invitation = letter.rendered, letter.invitation
        unsubscribe = self._url(Purpose.UNSUBSCRIBE, invitation.about.guest_id, then.at.date() + UNSUBSCRIBING)
        mail = EmailMessage(POLICY)
        mail["Message-ID"] = invitation_message_id(invitation.id, letter.number, self._domain)
        mail["Date"] = then.at
        mail["From"] = mail["Reply-To"] = address_header(self._mail_from, then.settings.name)
        mail["To"] = address_header(letter.reached.address)
        mail["Subject"] = one_line(rendered.subject or then.settings.name)
        mail["Auto-Submitted"] = "auto-generated"
        mail["List-Unsubscribe"] = f"<{unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail.set_content(rendered.text, cte="quoted-printable")
        if rendered.html:
            mail.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
            mail.set_boundary(f"{invitation.id}.{letter.number}")
        return mail

    def return_path(self, invitation: Invitation, day: date) -> str:
        return f"bounce+{self._links.token(Purpose.RETURN, invitation.id, day + LINKS_OPEN)}@{self._domain}"

    def _url(self, purpose: Purpose, id_: UUID, last_day: date) -> str:
        return f"{self._public_url}/{purpose}/{self._links.token(purpose, id_, last_day)}"
