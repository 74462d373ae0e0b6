"""/v1/mail/inbound: takes in mails that guests wrote, as a mail server hands them on."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import Json, problems
from adapters.http.positions import HOTE_POSITION
from adapters.http.problems import ProblemError
from adapters.mail.inbound import MailUnreadable, read_mail
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
    """`feedback_id` is the conversation that the mail was added to. An automatic answer is ignored."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "replied", "feedback_id": "0199f3c1-6e0e-7c55-9b0a-6d4f5d1f7a20"}]}
    )

    outcome: Literal["replied", "ignored"]
    feedback_id: UUID | None


async def source(request: Request) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise ProblemError("media-type-unsupported", f"Send `Content-Type: {MEDIA_TYPE}`.")
    return await request.body()


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/mail", tags=["Mail"])

    @routes.post(
        "/inbound",
        summary="Take in a mail: a guest's answer goes to its conversation",
        openapi_extra={"requestBody": BODY},
        responses=problems(
            *("unauthenticated", "forbidden", "media-type-unsupported", "body-unparsable", "body-too-large"),
            *("conversation-unknown", "guest-forgotten", "conflict"),
        ),
    )
    def inbound(
        caller: Annotated[Caller, Depends(allowed(Right.RECEIVE_MAIL))],
        mail: Annotated[bytes, Depends(source)],
        response: Response,
    ) -> ReceivedMail:
        """The same mail again changes nothing, and is answered alike."""
        try:
            received = receive_mail(hote.ports, caller, read_mail(mail))
        except MailUnreadable as error:
            raise ProblemError("body-unparsable", str(error)) from error
        if received.position is not None:
            response.headers[HOTE_POSITION] = str(received.position)
        return ReceivedMail(outcome=received.outcome, feedback_id=received.feedback_id)

    return routes
