"""The fifth message in a row that comes back for now is the last one to its address."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from domain.event import Event, Recorded
from domain.invitation import InvitationBounced, InvitationSent, ReminderSent
from domain.policies.soft_bounces import is_last_straw
from domain.property import Channel

ZOE, OTHER = "zoe@example.com", "zoe@example.net"
NOBODY = UUID(int=0)


def stream(first: int, *kinds: str, address: str = ZOE) -> list[Recorded]:
    """An invitation's events from this position of the log on: s(ent), r(eminded), b(ounced)."""
    return [_recorded(first + n, kind, address) for n, kind in enumerate(kinds)]


def _recorded(position: int, kind: str, address: str) -> Recorded:
    place = {"originator_id": NOBODY, "originator_version": position}
    event: Event = InvitationBounced(permanent=False, status="4.2.2", **place)
    if kind == "s":
        event = InvitationSent(guest_id=NOBODY, channel=Channel.EMAIL, language="fr", address=address, **place)
    elif kind == "r":
        event = ReminderSent(guest_id=NOBODY, automatic=True, address=address, **place)
    return Recorded(position, datetime(2026, 11, 22, tzinfo=UTC), NOBODY, None, "hote", NOBODY, event)


@pytest.mark.parametrize(
    ("before", "is_last"),
    [
        ([stream(1, *"sb"), stream(11, *"sb"), stream(21, *"sb"), stream(31, *"sb")], True),
        ([stream(1, *"sbrb"), stream(11, *"sbrb")], True),
        ([stream(1, *"sbb"), stream(11, *"sbb")], False),
        ([stream(1, *"sb"), stream(11, *"sb"), stream(21, *"sb")], False),
        ([stream(1, *"sb"), stream(11, *"sb"), stream(21, "s"), stream(31, *"sb"), stream(41, *"sb")], False),
        ([stream(1, "s"), *(stream(each, *"sb") for each in (11, 21, 31, 41))], True),
        ([*(stream(each, *"sb") for each in (1, 11, 21)), stream(31, *"sb", address=OTHER)], False),
        ([*(stream(each, *"sb") for each in (1, 11, 21, 31)), stream(41, "s", address=OTHER)], True),
        ([*(stream(each, *"sb") for each in (31, 1, 21, 11)), stream(60, "s")], True),
    ],
)
def test_five_in_a_row_and_no_other_in_between(before: list[list[Recorded]], is_last: bool) -> None:
    assert is_last_straw([*before, stream(50, "s")], ZOE, 50) == is_last
