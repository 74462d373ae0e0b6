"""A guest whose messages are scheduled, and the rest of an invitation's life told to the log."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from httpx import Response
from uuid_utils.compat import uuid7

from adapters.bootstrap import Hote
from domain.event import Event, Metadata
from domain.invitation import About, InvitationScheduled, Message
from domain.invitation_states import State
from domain.inviting import invitation_id
from tests.contract.conftest import Body, House
from tests.domain.invited import HISTORIES, made
from tests.waiting import eventually

TODAY = datetime.now(UTC).date()
ARRIVAL, DEPARTURE = TODAY + timedelta(days=90), TODAY + timedelta(days=93)
LATE = {"enabled": True, "delay": 24 * 60}
"""Sixty days before the arrival, or after the departure: nothing is due before the test is over."""


@dataclass(frozen=True)
class Invited:
    """A guest with one stay, at `port`, both of whose messages are scheduled."""

    hote: Hote
    house: House
    guest: Body
    stay_id: UUID

    @property
    def path(self) -> str:
        return f"/v1/guests/{self.guest['id']}"

    def invitation(self, message: Message = Message.POST_STAY) -> str:
        return str(invitation_id(self.stay_id, message))

    def told(self) -> Body:
        """What became of the stay's messages, and what can be done."""
        answer = self.house.admin.get(f"{self.path}/invitations")
        assert answer.status_code == 200, answer.text
        [stay] = answer.json()["items"]
        found: Body = stay
        return found

    def happen(self, state: State, message: Message = Message.POST_STAY) -> None:
        """What leads from the message being scheduled to the state."""
        _, *rest = HISTORIES[state]
        assert HISTORIES[state][0] is InvitationScheduled
        about = About(
            organisation_id=self.house.id,
            property_id=UUID(self.house.port),
            guest_id=UUID(self.guest["id"]),
            stay_id=self.stay_id,
            message=message,
        )
        version: int = self.told()[message]["version"]
        for each in rest:
            kind, fields = each if isinstance(each, tuple) else (each, {})
            version += 1
            event = made(kind, version, about=about, guest_id=about.guest_id, **fields)
            self.append(event.model_copy(update={"originator_id": invitation_id(self.stay_id, message)}))
        assert self.told()[message]["state"] == state

    def append(self, event: Event) -> None:
        now = datetime.now(UTC)
        self.hote.log.append(
            [event], Metadata(recorded_at=now, actor="test", organisation_id=self.house.id, correlation_id=uuid7())
        )


def invited(hote: Hote, house: House, **fields: object) -> Invited:
    messages = {"invitations": {"pre_stay": LATE, "post_stay": LATE}}
    assert house.admin.patch(f"/v1/properties/{house.port}", json=messages).status_code == 200
    stay = {"property_id": house.port, "arrival": str(ARRIVAL), "departure": str(DEPARTURE), "room": "104"}
    guest = house.admin.register(stay=stay, **fields)
    [told] = house.admin.get(f"/v1/guests/{guest['id']}/invitations").json()["items"]
    stay_id = UUID(told["stay_id"])
    eventually(lambda: all(hote.log.stream(invitation_id(stay_id, message)) for message in Message))
    return Invited(hote, house, guest, stay_id)


def refused(answer: Response) -> tuple[int, str, str | None]:
    """The status, the code, and the state that the problem names, if it does."""
    problem: Body = answer.json()
    return answer.status_code, problem["type"].removeprefix("/problems/"), problem.get("state")


def listed(house: House, **params: object) -> list[Body]:
    """The invitations, as they are after all that was written."""
    return house.admin.listed("/v1/invitations", params=params)
