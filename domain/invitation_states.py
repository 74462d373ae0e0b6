"""Where an invitation can be, and what leads from where to where (L5): the table of transitions."""

from collections.abc import Mapping
from enum import StrEnum

from domain.invitation import Via
from domain.property import Channel


class State(StrEnum):
    """Where an invitation is (L5); one that was never scheduled is not enabled, or lacks what it takes."""

    NOT_ENABLED = "not_enabled"
    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    SENT = "sent"
    BOUNCED = "bounced"
    CLICKED_EMAIL = "clicked_email"
    CLICKED_SMS = "clicked_sms"
    REVIEWED_EMAIL = "reviewed_email"
    REVIEWED_ON_SITE = "reviewed_on_site"
    REVIEWED_SMS = "reviewed_sms"
    DELETED = "deleted"


class Step(StrEnum):
    """What can happen to an invitation, as far as its state is concerned."""

    SCHEDULE = "schedule"
    MOVE = "move"
    CANCEL = "cancel"
    SEND = "send"
    REMIND = "remind"
    BOUNCE = "bounce"
    CLICK_EMAIL = "click_email"
    CLICK_SMS = "click_sms"
    REVIEW_EMAIL = "review_email"
    REVIEW_ON_SITE = "review_on_site"
    REVIEW_SMS = "review_sms"
    DELETE = "delete"


_REVIEWED = {
    Step.REVIEW_EMAIL: State.REVIEWED_EMAIL,
    Step.REVIEW_ON_SITE: State.REVIEWED_ON_SITE,
    Step.REVIEW_SMS: State.REVIEWED_SMS,
}
_CLICKED = {Step.CLICK_EMAIL: State.CLICKED_EMAIL, Step.CLICK_SMS: State.CLICKED_SMS}

TRANSITIONS: Mapping[State, Mapping[Step, State]] = {
    State.NOT_ENABLED: {Step.SCHEDULE: State.SCHEDULED, Step.REVIEW_ON_SITE: State.REVIEWED_ON_SITE},
    State.SCHEDULED: {
        Step.SCHEDULE: State.SCHEDULED,  # about a stay that is at another property by now
        Step.MOVE: State.SCHEDULED,
        Step.CANCEL: State.CANCELLED,
        Step.SEND: State.SENT,
        Step.BOUNCE: State.BOUNCED,
        Step.DELETE: State.DELETED,
        **_REVIEWED,  # a guest can be quicker than what tells that the message was sent
    },
    State.CANCELLED: {
        Step.SCHEDULE: State.SCHEDULED,
        Step.SEND: State.SENT,  # it was being sent while somebody cancelled it
        Step.DELETE: State.DELETED,
        **_REVIEWED,
    },
    State.SENT: {Step.REMIND: State.SENT, Step.BOUNCE: State.BOUNCED, **_CLICKED, **_REVIEWED},
    # A bounce can be wrong, or come from one of several machines that a mail passed; and addresses are corrected.
    State.BOUNCED: {
        Step.SCHEDULE: State.SCHEDULED,
        Step.REMIND: State.SENT,
        Step.DELETE: State.DELETED,
        **_CLICKED,
        **_REVIEWED,
    },
    State.CLICKED_EMAIL: {Step.REMIND: State.CLICKED_EMAIL, **_REVIEWED},
    State.CLICKED_SMS: {Step.REMIND: State.CLICKED_SMS, **_REVIEWED},
    State.REVIEWED_EMAIL: {},
    # Anybody can write in a guest's name there, but not through the guest's own link.
    State.REVIEWED_ON_SITE: {Step.REVIEW_EMAIL: State.REVIEWED_EMAIL, Step.REVIEW_SMS: State.REVIEWED_SMS},
    State.REVIEWED_SMS: {},
    State.DELETED: {},
}
"""To which state a step leads from each; one that is not here cannot be made."""


REVIEW_STEPS = {
    Via.EMAIL: Step.REVIEW_EMAIL,
    Via.SMS: Step.REVIEW_SMS,
    Via.TABLET: Step.REVIEW_ON_SITE,
    Via.LINK: Step.REVIEW_ON_SITE,
}
CLICK_STEPS = {Channel.EMAIL: Step.CLICK_EMAIL, Channel.SMS: Step.CLICK_SMS}
