"""Where each step leads from each state (L5, L8): the table, and the decisions that keep to it."""

from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import inviting
from domain.access import ApiKeyRevoked
from domain.invitation import (
    Delay,
    InvitationCancelled,
    InvitationDeleted,
    InvitationEvent,
    InvitationScheduled,
    InvitationSent,
    Message,
    Reason,
    ReminderSent,
    ReviewWritten,
    Via,
)
from domain.invitation_states import TRANSITIONS, State, Step
from domain.inviting import Invitation, InvitationUnknown, WrongState, invitation_id
from domain.property import Channel
from tests.domain.invited import ABOUT, DUE, FEEDBACK, HISTORIES, HOUR, ID, happened, made

TABLE = """
                  sched. move  cancel send  remind bounce c_mail c_sms r_mail r_site r_sms delete
not_enabled       S      .     .      .     .      .      .      .     .      RO     .     .
scheduled         S      S     C      X     .      B      .      .     RE     RO     RS    D
cancelled         S      .     .      X     .      .      .      .     RE     RO     RS    D
sent              .      .     .      .     X      B      CE     CS    RE     RO     RS    .
bounced           S      .     .      .     X      .      CE     CS    RE     RO     RS    D
clicked_email     .      .     .      .     CE     .      .      .     RE     RO     RS    .
clicked_sms       .      .     .      .     CS     .      .      .     RE     RO     RS    .
reviewed_email    .      .     .      .     .      .      .      .     .      .      .     .
reviewed_on_site  .      .     .      .     .      .      .      .     RE     .      RS     .
reviewed_sms      .      .     .      .     .      .      .      .     .      .      .     .
deleted           .      .     .      .     .      .      .      .     .      .      .     .
"""
"""L5 and L8 of the list of features, as a person would draw them: where a step leads from each state."""

LETTERS = {
    "S": State.SCHEDULED,
    "C": State.CANCELLED,
    "X": State.SENT,
    "B": State.BOUNCED,
    "CE": State.CLICKED_EMAIL,
    "CS": State.CLICKED_SMS,
    "RE": State.REVIEWED_EMAIL,
    "RO": State.REVIEWED_ON_SITE,
    "RS": State.REVIEWED_SMS,
    "D": State.DELETED,
}

Decision = Callable[[Invitation], list[InvitationEvent]]

DECISIONS: list[tuple[Decision, set[Step]]] = [
    (lambda given: inviting.plan(given, ABOUT, DUE + HOUR, Delay.STAY), {Step.SCHEDULE, Step.MOVE}),
    (lambda given: inviting.plan(given, ABOUT, Reason.BLOCKED, Delay.STAY), {Step.CANCEL}),
    (lambda given: inviting.bounce(given, permanent=True, status="5.1.1"), {Step.BOUNCE}),
    (lambda given: inviting.follow_link(given, Channel.EMAIL), {Step.CLICK_EMAIL}),
    (lambda given: inviting.follow_link(given, Channel.SMS), {Step.CLICK_SMS}),
    (lambda given: inviting.review(given, ABOUT, FEEDBACK, Via.EMAIL), {Step.REVIEW_EMAIL}),
    (lambda given: inviting.review(given, ABOUT, FEEDBACK, Via.TABLET), {Step.REVIEW_ON_SITE}),
    (lambda given: inviting.review(given, ABOUT, FEEDBACK, Via.LINK), {Step.REVIEW_ON_SITE}),
    (lambda given: inviting.review(given, ABOUT, FEEDBACK, Via.SMS), {Step.REVIEW_SMS}),
    (inviting.delete, {Step.DELETE}),
]
"""What happens by itself: a step where one of these is allowed, and nothing elsewhere."""


def reminded(given: Invitation) -> list[InvitationEvent]:
    asked = inviting.remind(given, DUE)
    return [*asked, made(ReminderSent, inviting.fold(given, asked).version + 1)]


ACTIONS: list[tuple[Decision, Step]] = [(inviting.cancel, Step.CANCEL), (reminded, Step.REMIND)]
"""What a person asks for, and is refused where it is not allowed."""


def drawn() -> dict[tuple[State, Step], State]:
    _, _, *rows = TABLE.splitlines()
    return {
        (State(state), step): LETTERS[cell]
        for state, *cells in map(str.split, rows)
        for step, cell in zip(Step, cells, strict=True)
        if cell != "."
    }


@pytest.mark.parametrize("state", State)
def test_each_state_is_reached(state: State) -> None:
    assert happened(*HISTORIES[state]).state is state


def test_steps_lead_where_the_list_of_features_says() -> None:
    assert {(state, step): to for state, steps in TRANSITIONS.items() for step, to in steps.items()} == drawn()
    assert set(TRANSITIONS) == set(State)


@pytest.mark.parametrize(("decide", "steps"), DECISIONS)
@pytest.mark.parametrize("state", State)
def test_what_happens_by_itself_is_a_step_where_it_is_allowed(state: State, decide: Decision, steps: set[Step]) -> None:
    invitation = happened(*HISTORIES[state])
    allowed = {to for (come_from, step), to in drawn().items() if come_from is state and step in steps}
    if state is State.BOUNCED:
        allowed -= {State.SCHEDULED}  # that is for one that was refused at once
    events = decide(invitation)
    assert len(events) == len(allowed)
    assert {inviting.fold(invitation, events).state} == (allowed or {state})


@pytest.mark.parametrize(("decide", "step"), ACTIONS)
@pytest.mark.parametrize("state", State)
def test_what_a_person_asks_for_is_refused_where_it_is_not_allowed(state: State, decide: Decision, step: Step) -> None:
    invitation = happened(*HISTORIES[state])
    if (state, step) in drawn():
        assert inviting.fold(invitation, decide(invitation)).state is drawn()[state, step]
    elif state is State.NOT_ENABLED:
        with pytest.raises(InvitationUnknown):
            decide(invitation)
    else:
        with pytest.raises(WrongState) as refused:
            decide(invitation)
        assert refused.value.members == {"state": state.value}
        assert state.value.replace("_", " ") in refused.value.detail


def test_a_message_that_was_on_its_way_while_something_else_happened_was_sent_all_the_same() -> None:
    cancelled = happened(InvitationScheduled, InvitationCancelled, InvitationSent)
    assert (cancelled.state, cancelled.reason) == (State.SENT, None)
    reviewed = happened(InvitationScheduled, (ReviewWritten, {"via": Via.TABLET}), InvitationSent)
    assert (reviewed.state, reviewed.sent) == (State.REVIEWED_ON_SITE, made(InvitationSent, 3))
    deleted = happened(InvitationScheduled, InvitationDeleted, InvitationSent)
    assert (deleted.state, deleted.sent) == (State.DELETED, made(InvitationSent, 3))


def test_another_kind_of_stream_is_an_invitation_never_scheduled() -> None:
    stranger = ApiKeyRevoked(originator_id=ID, originator_version=2)
    assert inviting.fold(Invitation(ID), [made(InvitationScheduled, 1), stranger]) == Invitation(ID)


uuid7s = st.builds(
    lambda time, low, high: UUID(int=time << 80 | 7 << 76 | high << 64 | 2 << 62 | low),
    st.integers(0, (1 << 48) - 1),
    st.integers(0, (1 << 62) - 1),
    st.integers(0, (1 << 12) - 1),
)


class TestId:
    @given(uuid7s, st.sampled_from(Message))
    def test_it_is_a_uuid7_of_the_time_of_the_stays_and_always_the_same(self, stay_id: UUID, message: Message) -> None:
        found = invitation_id(stay_id, message)
        assert (found.version, found.variant) == (7, "specified in RFC 4122")
        assert found.int >> 80 == stay_id.int >> 80
        assert found == invitation_id(UUID(str(stay_id)), Message(message.value))

    @given(st.sets(uuid7s, min_size=1, max_size=20))
    def test_each_message_about_each_stay_has_its_own(self, stay_ids: set[UUID]) -> None:
        found = {invitation_id(stay_id, message) for stay_id in stay_ids for message in Message}
        assert len(found | stay_ids) == 3 * len(stay_ids)

    def test_it_never_changes_for_the_invitations_that_are_in_a_log(self) -> None:
        stay_id = UUID("019a9f00-0000-7000-8000-000000000001")
        assert [str(invitation_id(stay_id, message)) for message in Message] == [
            "019a9f00-0000-7f3c-9681-e99ec8feb8bd",
            "019a9f00-0000-7491-a717-8a74950379d2",
        ]
