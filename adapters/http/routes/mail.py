"""/v1/mail/inbound: takes in what guests and mail servers answer, as a mail server hands it on."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import Json, problems
from adapters.http.positions import HOTE_POSITION
from adapters.http.problems import ProblemError
from adapters.keys.links import Purpose
from adapters.mail.bounces import ids_in
from adapters.mail.inbound import read_mail
from adapters.mail.parsing import MailUnreadable
from application.bounces import Report, take_report
from application.caller import Caller
from application.conversation import receive_mail
from domain.access import Right

MEDIA_TYPE = "message/rfc822"
LIMIT = 10_000_000
"""Bytes of a mail, attachments included."""

EXAMPLE = (
    "From: Zoé Lefèvre <zoe@example.com>\r\n"
    "To: Hôtel du Port <accueil@example.org>\r\n"
    "Subject: Re: Votre séjour\r\n"
    "Message-ID: <20261121.093000@example.com>\r\n"
    "In-Reply-To: <0199f3c1-6e0e-7c55-9b0a-6d4f5d1f7a20.3@example.org>\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\n"
    "Merci, tout est réglé.\r\n"
)
BODY: Json = {
    "required": True,
    "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}, "example": EXAMPLE}},
}


class ReceivedMail(BaseModel):
    """What the mail was taken for, and on what: a conversation with a guest, or an invitation.

    An answer is `replied`: to an invitation it begins a conversation. What could not be delivered is `bounced`, what a
    guest calls spam `complained`. Absence notes and all else that no person wrote, and reports on mails that are not
    yours, or still on their way, are `ignored`.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "outcome": "replied",
                    "feedback_id": "0199f3c1-6e0e-7c55-9b0a-6d4f5d1f7a20",
                    "invitation_id": None,
                }
            ]
        }
    )

    outcome: Literal["replied", "bounced", "complained", "ignored"]
    feedback_id: UUID | None
    invitation_id: UUID | None


async def source(request: Request) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise ProblemError("media-type-unsupported", f"Send `Content-Type: {MEDIA_TYPE}`.")
    return await request.body()


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/mail", tags=["Mail"])

    @routes.post(
        "/inbound",
        summary="Take in a mail: a guest's answer, a bounce or a complaint",
        openapi_extra={"requestBody": BODY},
        responses=problems(
            *("unauthenticated", "forbidden", "media-type-unsupported", "body-unparsable", "body-too-large"),
            *("conversation-unknown", "guest-forgotten", "conflict", "not-sent-yet"),
        ),
    )
    def inbound(
        caller: Annotated[Caller, Depends(allowed(Right.RECEIVE_MAIL))],
        mail: Annotated[bytes, Depends(source)],
        response: Response,
    ) -> ReceivedMail:
        """The same mail again changes nothing, and is answered alike.

        An address that does not exist gets no more invitations, nor does one from which five in a row came back; who
        complained gets none either: where the report brings back the return path of the mail, or its link to
        unsubscribe. By the Message-ID alone, which others can know, it is noted at most that the mail bounced.
        """
        try:
            read = read_mail(mail)
        except MailUnreadable as error:
            raise ProblemError("body-unparsable", str(error)) from error
        today = hote.ports.now().date()
        returned = ids_in(read.return_tokens, Purpose.RETURN, hote.links, today)
        if isinstance(read, Report):
            recipients = ids_in(read.unsubscribe_tokens, Purpose.UNSUBSCRIBE, hote.links, today)
            received = take_report(hote.ports, caller, read, returned, recipients)
        else:
            received = receive_mail(hote.ports, caller, read, returned)
        if received.position is not None:
            response.headers[HOTE_POSITION] = str(received.position)
        return ReceivedMail(
            outcome=received.outcome, feedback_id=received.feedback_id, invitation_id=received.invitation_id
        )

    return routes
