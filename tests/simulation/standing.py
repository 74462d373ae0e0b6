"""What the model keeps of guests, stays and invitations, and what it says of an invitation."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from tests.simulation.facts import POST_STAY


class Standing(NamedTuple):
    """Where an invitation is: `due_at` while it is scheduled, `reason` when it was cancelled."""

    state: str = "not_enabled"
    due_at: datetime | None = None
    reason: str | None = None
    reminders: int = 0


@dataclass
class Guest:
    email: str | None = None
    mobile: str | None = None
    undeliverable: set[str] = field(default_factory=set)
    unsubscribed: bool = False
    blocked: tuple[date | None] | None = None
    """Until a day, or for good."""
    complains: bool = False
    asked_at: datetime | None = None
    """When they were last invited to review a stay."""
    forgotten: bool = False
    deleted: bool = False


@dataclass
class Stay:
    guest: Guest
    arrival: date | None = None
    departure: date | None = None
    gone: bool = False
    silenced: bool = False


@dataclass
class Invitation:
    stay: Stay
    message: str
    state: str = "not_enabled"
    reason: str | None = None
    due_at: datetime | None = None
    waits: bool = False
    """For a complaint to be settled."""
    put_off: bool = False
    """For that, or for the end of the quiet hours."""
    sent_at: datetime | None = None
    channel: str = ""
    address: str = ""
    remind_at: datetime | None = None
    asked_at: datetime | None = None
    """When a reminder is due that a person asked for."""
    reminders: int = 0

    @property
    def can_be_reminded(self) -> bool:
        return self.message == POST_STAY and self.state in ("sent", "bounced", "clicked_email", "clicked_sms")

    @property
    def standing(self) -> Standing:
        return Standing(
            self.state,
            self.due_at if self.state == "scheduled" else None,
            self.reason if self.state == "cancelled" else None,
            self.reminders,
        )
