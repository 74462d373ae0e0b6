"""When an address that messages only seem to come back from for now is taken for undeliverable."""

from collections.abc import Iterable, Sequence

from domain.event import Recorded
from domain.invitation import InvitationBounced, InvitationSent, ReminderSent

SOFT_BOUNCES_IN_A_ROW = 5
"""After so many messages that came back, and none in between that did not, the address gets no more."""


def is_last_straw(invitations: Iterable[Sequence[Recorded]], address: str, sent_at: int) -> bool:
    """Whether the message that was sent to the address at this position, and came back, is the last of such a row.

    `invitations` are the streams of all that the guest got.
    """
    came_back: dict[int, bool] = {}
    for stream in invitations:
        position = None
        for each in stream:
            match each.event:
                case InvitationSent() | ReminderSent():
                    position = each.position if each.event.address == address else None
                    if position is not None:
                        came_back[position] = False
                case InvitationBounced() if position is not None:
                    came_back[position] = True
    before = [each for position, each in sorted(came_back.items()) if position < sent_at]
    row = before[1 - SOFT_BOUNCES_IN_A_ROW :]
    return len(row) == SOFT_BOUNCES_IN_A_ROW - 1 and all(row)
