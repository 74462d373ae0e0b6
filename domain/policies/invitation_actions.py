"""What staff can do about a guest and a stay, by where its two messages are (L8)."""

from enum import StrEnum
from typing import NamedTuple

from domain.invitation_states import TRANSITIONS, State, Step
from domain.inviting import Invitation, WrongState

UNSENT = frozenset([State.NOT_ENABLED, State.SCHEDULED, State.CANCELLED])
"""While the invitation to review is in one of these, what is known of the stay can be changed."""


class Action(StrEnum):
    DELETE = "delete"
    CANCEL_COMMUNICATION = "cancel_communication"
    EDIT = "edit"
    """Of the stay: how the guest is reached can be changed at any time."""
    REMIND = "remind"
    ANONYMISE = "anonymise"


class Standing(NamedTuple):
    """What there is about the guest, besides this stay."""

    anonymised: bool = False
    held: bool = False
    """By a legal hold, which keeps them from being erased."""
    written_to: bool = False
    """Whether any message about any stay was sent to them."""
    hindered: bool = False
    """Whether something keeps messages about this stay from them: see contacting.hindrance and reach."""


def actions(pre_stay: State, post_stay: State, guest: Standing) -> tuple[Action, ...]:
    """Those that will not be refused, in the order of L8; none for a guest who was forgotten."""
    if guest.anonymised:
        return ()
    offered = {
        Action.DELETE: not guest.written_to and not guest.held,
        Action.CANCEL_COMMUNICATION: State.SCHEDULED in (pre_stay, post_stay),
        Action.EDIT: post_stay in UNSENT,
        Action.REMIND: Step.REMIND in TRANSITIONS[post_stay] and not guest.hindered,
        Action.ANONYMISE: not guest.held,
    }
    return tuple(action for action, can_be_done in offered.items() if can_be_done)


def require_editable(post_stay: Invitation) -> None:
    """Raises WrongState."""
    if post_stay.state not in UNSENT:
        where = post_stay.state.replace("_", " ")
        raise WrongState(
            f"A stay can be changed until its guest is asked for a review; this one is {where}.", state=post_stay.state
        )
