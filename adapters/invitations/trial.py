"""Sends a message to whoever edits templates, to be seen as a guest would see it."""

from datetime import datetime
from email.message import EmailMessage
from uuid import UUID

from adapters.invitations.rendering import Rendered
from adapters.mail.letters import POLICY, address_header
from adapters.settings import Settings


def send_trial(settings: Settings, rendered: Rendered, sender: str, to: str, id_: UUID, now: datetime) -> None:
    """What has an HTML part goes by mail, all else by SMS, over a connection of its own.

    Raises MailRefused, MailDelayed, SmsRefused, SmsDelayed.
    """
    key = f"test.{id_}"
    if rendered.html is None:
        settings.sms_gateway().send(to, rendered.text, key)
        return
    mail = EmailMessage(POLICY)
    mail["Message-ID"] = f"<{key}@{settings.mail_from.rpartition('@')[2]}>"
    mail["Date"] = now
    mail["From"] = address_header(settings.mail_from, sender)
    mail["To"] = address_header(to)
    mail["Subject"] = rendered.subject
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(rendered.text, cte="quoted-printable")
    mail.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    server = settings.mail_server()
    try:
        server.send(mail)
    finally:
        server.close()
