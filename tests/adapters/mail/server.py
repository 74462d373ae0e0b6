"""A real SMTP server on this machine, which takes mails, or behaves as badly as a test tells it to."""

import ssl
from asyncio import to_thread
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event as Flag

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.installation import free_port

OK = "250 OK"


@dataclass
class MailServer:
    """`to_recipient` and `to_content` give the answers to RCPT and to what follows DATA; "" hangs up instead."""

    port: int
    taken: list[EmailMessage] = field(default_factory=list)
    sources: list[bytes] = field(default_factory=list)
    """What was taken, byte for byte."""
    recipients: list[str] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    to_recipient: Callable[[str], str] = lambda _: OK
    to_content: Callable[[], str] = lambda: OK
    free: Flag = field(default_factory=Flag)
    """Not set: content waits for its answer, and `waiting` is set once it does."""
    waiting: Flag = field(default_factory=Flag)

    def __post_init__(self) -> None:
        self.free.set()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Within the context, whoever sends a mail waits for the answer to it."""
        self.waiting.clear()
        self.free.clear()
        try:
            yield
        finally:
            self.free.set()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        answer = self.to_recipient(address)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if not self.free.is_set():
            self.waiting.set()
            await to_thread(self.free.wait)
        answer = self.to_content()
        if answer == OK:
            assert isinstance(envelope.content, bytes)
            self.sessions.add(id(session))
            self.sources.append(envelope.content)
            self.recipients += envelope.rcpt_tos
            self.taken.append(message_from_bytes(envelope.content, EmailMessage, policy=policy.default))
        elif not answer:
            assert server.transport
            server.transport.close()
        return answer

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth_data: object
    ) -> AuthResult:
        del server, session, envelope, mechanism
        assert isinstance(auth_data, LoginPassword)
        self.logins.append((auth_data.login, auth_data.password))
        return AuthResult(success=auth_data.password == b"s3cret/@", handled=False)


@contextmanager
def mail_server(
    *, port: int | None = None, tls: ssl.SSLContext | None = None, utf8: bool = True, careless: bool = False
) -> Iterator[MailServer]:
    """With `tls` it offers STARTTLS, and a login after that; a `careless` one offers a login to everybody."""
    server = MailServer(port or free_port())
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=server.port,
        enable_SMTPUTF8=utf8,
        tls_context=tls,
        authenticator=server.authenticate,
        auth_require_tls=not careless,
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
