"""Hands mails to an SMTP server."""

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTPUTF8
from functools import partial
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from application.ports import MailDelayed, MailRefused

TIMEOUT = 20.0
"""Seconds for each answer of the server."""

NAME_NOT_ALLOWED = 553
"""What a server answers to an address that it cannot spell (RFC 6531, 3.5): ours does not get to ask it."""


class SmtpServer(NamedTuple):
    """Where a server is; `tls` from the first byte on, else as soon as the server offers it (STARTTLS)."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str


def smtp_server(url: str) -> SmtpServer:
    """From smtp://user:password@host:587 or smtps://host. Raises ValueError, which never quotes the address."""
    parts = urlsplit(url)
    default = {"smtp": 587, "smtps": 465}.get(parts.scheme)
    if default is None or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("not of the form smtp://user:password@host:587 or smtps://user:password@host:465")
    try:
        port = parts.port or default
    except ValueError:
        raise ValueError("the port is not a number from 1 to 65535") from None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii():
        raise ValueError("name and password are not in ASCII")
    return SmtpServer(parts.hostname, port, parts.scheme == "smtps", user or None, password)


class Smtp:
    """Implements application.ports.Mail. For one thread; several mails in a row go over one connection."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._session: smtplib.SMTP | None = None

    def send(self, mail: EmailMessage, return_path: str | None = None) -> None:
        session = self._connected()
        sender, recipient = (mail[name].addresses[0].addr_spec for name in ("From", "To"))
        sender = return_path or sender
        international = not (sender + recipient).isascii()
        if international and not session.has_extn("smtputf8"):
            raise MailRefused(NAME_NOT_ALLOWED)
        # Not send_message(), which puts ">" before each line that begins with "From ".
        source = mail.as_bytes(policy=SMTPUTF8 if international else mail.policy)
        try:
            session.sendmail(sender, [recipient], source, ["SMTPUTF8", "BODY=8BITMIME"] if international else [])
        except smtplib.SMTPRecipientsRefused as error:
            [(status, told)] = error.recipients.values()
            raise _refusal(status, told, error) from error
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, error.smtp_error, error) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            answered = isinstance(error, smtplib.SMTPResponseException)
            raise MailDelayed(_name(error), perhaps_taken=not answered) from error

    def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _connected(self) -> smtplib.SMTP:
        """Raises MailDelayed, also where the server refuses us for ever: the operator has to mend that, and may."""
        if self._session is not None:
            try:
                if self._session.noop()[0] == 250:
                    return self._session
            except smtplib.SMTPServerDisconnected:
                pass  # servers end a connection after some time, or some mails
            self.close()
        host, port, tls, user, password = self._server
        context = ssl.create_default_context()
        try:
            connect = partial(smtplib.SMTP_SSL, context=context) if tls else smtplib.SMTP
            self._session = session = connect(host, port, timeout=TIMEOUT)
            session.ehlo_or_helo_if_needed()
            if not tls and session.has_extn("starttls"):
                session.starttls(context=context)
            elif not tls and user:
                raise smtplib.SMTPNotSupportedError("no TLS, and a password is not sent without")
            if user:
                session.login(user, password)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise MailDelayed(_name(error)) from error
        return session


def _refusal(status: int, told: bytes | str, error: smtplib.SMTPException) -> MailRefused | MailDelayed:
    if status < 500:
        return MailDelayed(f"{type(error).__name__} {status}")
    return MailRefused(status, told if isinstance(told, str) else told.decode("utf-8", "replace"))


def _name(error: Exception) -> str:
    return f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()
