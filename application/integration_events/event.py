"""What every integration event is: what it tells, how it is made, and the CloudEvent in which it leaves."""

from datetime import datetime
from functools import singledispatch
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from domain.event import Event


class IntegrationEvent(BaseModel):
    """What others are told of an event: ids, dates, states, amounts and codes, and no text that somebody typed.

    A class never changes once others read it: what is to be told otherwise is another one, with another number at the
    end of its type.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    registry: ClassVar[dict[str, type["IntegrationEvent"]]] = {}
    """By type."""

    topic: ClassVar[str]
    type: ClassVar[str]
    last: ClassVar[bool] = False
    """Whether nothing of its subject is to be kept: in Kafka a tombstone follows it."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if "type" in vars(cls):
            IntegrationEvent.registry[cls.type] = cls


@singledispatch
def told(event: Event) -> IntegrationEvent | None:
    """What others are told of an event, beside each class the one it is made of; None where it means nothing to them.

    Pure, and the same whether what is sealed in the event could be read or not.
    """
    del event
    return None


class Amount(BaseModel):
    """Money in minor units, such as cents; `currency` is ISO 4217."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount: Annotated[int, Field(examples=[1250])]
    currency: Annotated[str, Field(examples=["EUR"])]


class CloudEvent(BaseModel):
    """An integration event as it leaves, in the JSON format of CloudEvents 1.0."""

    model_config = ConfigDict(frozen=True)

    specversion: Literal["1.0"] = "1.0"
    id: Annotated[
        str,
        Field(
            description="The event's hash in the log: the same however often it is sent, and no other's.",
            examples=["5f1c1d3c0e4d0a9c3e0b6a2f8d7e5b4c3a2918f7e6d5c4b3a2918f7e6d5c4b3a"],
        ),
    ]
    source: Literal["/hote"] = "/hote"
    type: Annotated[str, Field(examples=["hote.guest.blocked.v1"])]
    subject: Annotated[UUID, Field(description="Which guest, reservation, feedback or invitation. The key in Kafka.")]
    time: Annotated[datetime, Field(description="When it was recorded.")]
    datacontenttype: Literal["application/json"] = "application/json"
    organisationid: Annotated[UUID, Field(description="Whose it is.")]
    data: Annotated[dict[str, JsonValue], Field(description="By the type: GET /asyncapi.json describes each.")]
