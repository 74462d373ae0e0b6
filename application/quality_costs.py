"""The command about what is given outside complaints: record it."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from application.caller import Caller
from application.catalogue import GivenEntry, given_items, problems_with
from application.feedback import problems_with_room
from application.form import Form
from application.guest_records import load_guest
from application.organisation import load_property
from application.ports import Ports
from application.problem_texts import InvalidInput
from application.settling import require_may_give
from domain import guest as guests
from domain.access import Right
from domain.event import Recorded
from domain.money import total
from domain.property import Room
from domain.prose import Prose
from domain.quality_cost import QualityCostRecorded, QualityCostUnknown


class QualityCostEntry(Form):
    """Items given for a birthday, a honeymoon, a VIP: whatever the code says."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "property_id": "0199f3c1-7d3a-7b60-8f1e-2b9c0f6a4d11",
                    "room": "104",
                    "comment": "Anniversaire de mariage",
                    "items": [{"item_id": "0199f3c1-8c10-7f2e-9d6f-7f1f5a0d2b02", "quantity": 1}],
                }
            ]
        }
    )

    property_id: UUID
    code_id: UUID | None = None
    room: Room | None = None
    guest_id: UUID | None = None
    comment: Prose | None = None
    items: Annotated[list[GivenEntry], Field(min_length=1, max_length=100)]


@dataclass(frozen=True)
class QualityCost:
    """What was recorded, and when; `cost.comment` is None once who it tells of was forgotten."""

    cost: QualityCostRecorded
    recorded: Recorded


def read_quality_cost(ports: Ports, caller: Caller, cost_id: UUID) -> QualityCost:
    """Raises QualityCostUnknown, also for one at a property that the caller's key does not reach; Forbidden."""
    caller.require(Right.READ_FEEDBACK)
    for each in ports.log.stream(cost_id)[:1]:
        cost = each.event
        if not isinstance(cost, QualityCostRecorded) or cost.organisation_id != caller.organisation_id:
            break
        if caller.sees([cost.property_id]):
            return QualityCost(cost, each)
    raise QualityCostUnknown("There is no such quality cost.")


def record_quality_cost(ports: Ports, caller: Caller, entry: QualityCostEntry) -> tuple[UUID, int]:
    """The new one's id and the position. Nothing waits for approval here: who may not give so much asks who may.

    Raises InvalidInput, PropertyUnknown, GuestUnknown, GuestForgotten, ConcurrentChange, Forbidden.
    """
    caller.require(Right.RECORD_FEEDBACK)
    hotel = load_property(ports, caller, entry.property_id)
    wrong = problems_with(ports, hotel, entry.code_id, None, entry.items, "/items")
    if wrong := wrong + problems_with_room(hotel, entry.room):
        raise InvalidInput(wrong)
    if entry.guest_id:
        guests.require(load_guest(ports, caller, entry.guest_id).guest)
    items = given_items(ports, hotel, entry.items)
    require_may_give(caller, hotel, total(items))
    now, cost_id = ports.now(), ports.new_id()
    event = QualityCostRecorded(
        originator_id=cost_id,
        originator_version=1,
        organisation_id=caller.organisation_id,
        property_id=hotel.id,
        subject_id=entry.guest_id or cost_id,
        guest_id=entry.guest_id,
        code_id=entry.code_id,
        room=entry.room,
        day=hotel.settings.local_day(now),
        currency=hotel.settings.currency,
        items=items,
        comment=entry.comment,
    )
    return cost_id, ports.log.append([event], caller.metadata(now, property_id=hotel.id))
