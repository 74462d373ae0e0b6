"""How an invitation reads in an answer."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from adapters.http.languages import Language
from adapters.http.routes.guest_views import GUEST_ID, PROPERTY_ID
from application.guest_invitations import InvitationsOfStay, Told
from application.invitation_reasons import SENTENCES
from domain.invitation import Delay, Message, Reason
from domain.invitation_states import State
from domain.policies.invitation_actions import Action
from domain.property import Channel
from projections.invitation_status.row import REASONS, Row, row_of

INVITATION_ID = "0199f3c2-5b11-7e0c-a3d4-51c2f08e7a90"
STAY_ID = "0199f3c2-5b11-7f6e-8a02-7d1a9be0c344"
NOT_ENABLED: JsonDict = {"code": "not_enabled", "text": "The property does not send this message."}
MESSAGE: JsonDict = {
    "state": "clicked_email",
    "due_at": "2026-11-22T11:00:00Z",
    "reason": None,
    "channel": "email",
    "portal": "hote",
    "language": "fr",
    "sent_at": "2026-11-22T11:00:04Z",
    "remind_at": "2026-11-26T11:00:04Z",
    "reminders": 0,
    "bounces": 0,
    "bounce_status": None,
    "clicked_at": "2026-11-22T18:40:12Z",
    "reviewed_at": None,
    "feedback_id": None,
}
EXAMPLE: JsonDict = {
    "id": INVITATION_ID,
    "property_id": PROPERTY_ID,
    "guest_id": GUEST_ID,
    "stay_id": STAY_ID,
    "message": "post_stay",
    **MESSAGE,
    "updated_at": "2026-11-22T18:40:12Z",
    "version": 3,
}


STAY: JsonDict = {
    "stay_id": STAY_ID,
    "property_id": PROPERTY_ID,
    "arrival": "2026-11-18",
    "departure": "2026-11-21",
    "room": "104",
    "pre_stay": {
        **dict.fromkeys(MESSAGE),
        "id": "0199f3c2-5b11-7a1d-b7f2-09c3e1d8a655",
        "state": "not_enabled",
        "reason": NOT_ENABLED,
        "reminders": 0,
        "bounces": 0,
        "version": 0,
    },
    "post_stay": {**MESSAGE, "id": INVITATION_ID, "version": 3},
    "actions": ["remind", "anonymise"],
}


class Why(BaseModel):
    """Why a message was not sent, or is sent later, in the language of the client."""

    model_config = ConfigDict(json_schema_extra={"examples": [NOT_ENABLED]})

    code: Reason | Delay
    text: str

    @classmethod
    def of(cls, reason: Reason | Delay | None, language: Language) -> Self | None:
        return None if reason is None else cls(code=reason, text=getattr(SENTENCES[reason], language))


class Progress(BaseModel):
    """How far a message has come. It has a channel, a portal and a language once it is sent."""

    state: State
    due_at: datetime | None
    reason: Why | None
    channel: Channel | None = None
    portal: str | None = None
    language: str | None = None
    sent_at: datetime | None = None
    remind_at: Annotated[datetime | None, Field(description="When the next reminder is due.")] = None
    reminders: Annotated[int, Field(description="How many were sent.")] = 0
    bounces: int = 0
    bounce_status: Annotated[
        str | None, Field(description="Of the last bounce: an SMTP code, or one of RFC 3463.", examples=["5.1.1"])
    ] = None
    clicked_at: datetime | None = None
    reviewed_at: datetime | None = None
    feedback_id: UUID | None = None


class InvitationView(Progress):
    """A message about a stay that was scheduled, or reviewed before it could be."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: UUID
    property_id: UUID
    guest_id: UUID
    stay_id: UUID
    message: Message
    updated_at: datetime
    version: int

    @classmethod
    def of(cls, row: Row, language: Language) -> Self:
        return cls.model_validate(
            row._asdict()
            | {
                "id": row.invitation,
                "property_id": row.property,
                "guest_id": row.guest,
                "stay_id": row.stay,
                "feedback_id": row.feedback,
                "reason": Why.of(REASONS[row.reason] if row.reason else None, language),
            }
        )


class MessageView(Progress):
    """A message about a stay, also one that was never scheduled: `reason` says why."""

    id: UUID
    version: int

    @classmethod
    def of(cls, told: Told, language: Language) -> Self:
        row = row_of(told.recorded)._asdict() if told.recorded else {"version": 0}
        return cls.model_validate(
            row
            | {
                "id": told.id,
                "state": told.state,
                "due_at": told.due_at,
                "reason": Why.of(told.reason, language),
                "feedback_id": row.get("feedback"),
            }
        )


class StayInvitations(BaseModel):
    """What became of the messages about a stay, and what can be done now."""

    model_config = ConfigDict(json_schema_extra={"examples": [STAY]})

    stay_id: UUID
    property_id: UUID
    arrival: date | None
    departure: date | None
    room: str | None
    pre_stay: MessageView
    post_stay: MessageView
    actions: list[Action]

    @classmethod
    def of(cls, told: InvitationsOfStay, language: Language) -> Self:
        return cls(
            stay_id=told.stay_id,
            **told.stay.model_dump(),
            pre_stay=MessageView.of(told.pre_stay, language),
            post_stay=MessageView.of(told.post_stay, language),
            actions=list(told.actions),
        )


class InvitationsByStay(BaseModel):
    """The latest stay first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [STAY]}]})

    items: list[StayInvitations]
