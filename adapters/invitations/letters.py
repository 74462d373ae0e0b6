"""Writes the mail or the SMS of an invitation: the same bytes whenever it is written from the same."""

from datetime import date, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from typing import NamedTuple
from uuid import UUID

from adapters.invitations.words.rendering import Rendered, Values, language_of, render
from adapters.keys.links import Links, Purpose
from adapters.mail.letters import POLICY, address_header
from application.invitation_ids import invitation_message_id
from domain.guest import Guest
from domain.inviting import Invitation
from domain.organisation import OrganisationSettings
from domain.policies.contacting import Reach
from domain.property import PropertySettings

LINKS_OPEN = timedelta(days=180)
UNSUBSCRIBING = timedelta(days=400)


class Then(NamedTuple):
    """What a message is written from, as it was when it was pinned."""

    guest: Guest
    to: Guest
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
    unsubscribe: str


def mail_of(
    rendered: Rendered, message_id: str, at: datetime, sender: Address, to: str, unsubscribe: str
) -> EmailMessage:
    """Of what was written as a mail, and the same bytes for the same arguments. `unsubscribe` is the address that mail
    programs offer (RFC 8058).

    Raises ValueError for an address that is none.
    """
    assert rendered.subject
    assert rendered.html
    mail = EmailMessage(POLICY)
    mail["Message-ID"] = message_id
    mail["Date"] = at
    mail["From"] = mail["Reply-To"] = sender
    mail["To"] = address_header(to)
    mail["Subject"] = rendered.subject
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Unsubscribe"] = f"<{unsubscribe}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(rendered.text, cte="quoted-printable")
    mail.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    mail.set_boundary(message_id.strip("<>").partition("@")[0])
    return mail


class Writer:
    """Knows the addresses at which guests reach us."""

    def __init__(self, links: Links, public_url: str, mail_from: str) -> None:
        self._links = links
        self._public_url = public_url
        self._mail_from = mail_from
        self._domain = mail_from.rpartition("@")[2]

    def letter(self, invitation: Invitation, number: int, reached: Reach, then: Then) -> Letter:
        about, profile = invitation.about, then.to.known.profile
        assert profile is not None  # or there would be nowhere to send it
        stay = then.guest.stays[about.stay_id]
        settings, own = then.settings, then.organisation.invitation_templates
        language = invitation.sent.language if invitation.sent else None
        language = language or language_of(
            then.to.known.language, settings.languages, own, about.message, reached.channel
        )
        values = Values(
            salutation=profile.salutation,
            first_name=profile.first_name,
            last_name=profile.last_name,
            property=settings.name,
            arrival=stay.arrival,
            departure=stay.departure,
            link=self._url(Purpose.CLICK, invitation.id, then.at.date() + LINKS_OPEN),
            unsubscribe=self._url(Purpose.UNSUBSCRIBE, then.to.id, then.at.date() + UNSUBSCRIBING),
        )
        rendered = render(about.message, number > 0, reached.channel, language, own, values)
        return Letter(invitation, number, reached, language, rendered, values.unsubscribe)

    def mail(self, letter: Letter, then: Then) -> EmailMessage:
        message_id = invitation_message_id(letter.invitation.id, letter.number, self._domain)
        sender = address_header(self._mail_from, then.settings.name)
        to = letter.reached.address
        return mail_of(letter.rendered, message_id, then.at, sender, to, letter.unsubscribe)

    def return_path(self, invitation: Invitation, day: date) -> str:
        return f"bounce+{self._links.token(Purpose.RETURN, invitation.id, day + LINKS_OPEN)}@{self._domain}"

    def _url(self, purpose: Purpose, id_: UUID, last_day: date) -> str:
        return f"{self._public_url}/{purpose}/{self._links.token(purpose, id_, last_day)}"
