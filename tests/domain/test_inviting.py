"""Given what happened to an invitation, when it is planned, sent, answered or stopped, then this happens; or not."""

from typing import Any
from uuid import UUID

import pytest

from domain import inviting
from domain.invitation import (
    FINAL,
    Delay,
    InvitationBounced,
    InvitationCancelled,
    InvitationMoved,
    InvitationScheduled,
    InvitationSent,
    LinkFollowed,
    Message,
    Reason,
    ReminderAsked,
    ReminderDropped,
    ReminderMoved,
    ReminderSent,
    ReviewWritten,
    Via,
)
from domain.invitation_states import State
from domain.inviting import Invitation, WrongState
from domain.property import Channel
from tests.domain.invited import ABOUT, DUE, FEEDBACK, HISTORIES, HOUR, ID, happened, made


class TestPlanning:
    def test_it_is_scheduled(self) -> None:
        events = inviting.plan(Invitation(ID), ABOUT, DUE, Delay.STAY)
        assert events == [InvitationScheduled(originator_id=ID, originator_version=1, about=ABOUT, due_at=DUE)]
        after = inviting.fold(Invitation(ID), events)
        assert (after.about, after.due_at, after.reason) == (ABOUT, DUE, None)

    @pytest.mark.parametrize("because", [Delay.STAY, Delay.SETTINGS])
    def test_it_is_moved_when_the_time_is_another_and_says_why(self, because: Delay) -> None:
        given = happened(InvitationScheduled)
        assert inviting.plan(given, ABOUT, DUE, because) == []
        [event] = inviting.plan(given, ABOUT, DUE + HOUR, because)
        assert event == made(InvitationMoved, 2, due_at=DUE + HOUR, reason=because)
        after = inviting.evolve(given, event)
        assert (after.due_at, after.reason) == (DUE + HOUR, because)

    def test_one_that_waits_for_a_complaint_is_moved_only_to_later(self) -> None:
        later = {"due_at": DUE + 48 * HOUR, "reason": Delay.OPEN_COMPLAINT}
        given = happened(InvitationScheduled, (InvitationMoved, later))
        for planned in (DUE, DUE + 48 * HOUR):
            assert inviting.plan(given, ABOUT, planned, Delay.STAY) == []
        assert inviting.plan(given, ABOUT, DUE + 49 * HOUR, Delay.STAY) == [
            made(InvitationMoved, 3, due_at=DUE + 49 * HOUR)
        ]

    def test_one_that_waits_for_the_morning_is_moved_with_the_stay(self) -> None:
        given = happened(InvitationScheduled, (InvitationMoved, {"reason": Delay.QUIET_HOURS}))
        assert inviting.plan(given, ABOUT, DUE - HOUR, Delay.STAY) == [
            made(InvitationMoved, 3, due_at=DUE - HOUR, reason=Delay.STAY)
        ]

    @pytest.mark.parametrize("reason", Reason)
    def test_a_reason_cancels_what_is_scheduled_and_nothing_else(self, reason: Reason) -> None:
        for state, history in HISTORIES.items():
            events = inviting.plan(happened(*history), ABOUT, reason, Delay.STAY)
            assert events == ([made(InvitationCancelled, 2, reason=reason)] if state is State.SCHEDULED else [])

    @pytest.mark.parametrize("reason", Reason)
    def test_it_is_scheduled_again_once_the_reason_is_gone_unless_it_was_final(self, reason: Reason) -> None:
        given = happened(InvitationScheduled, (InvitationCancelled, {"reason": reason}))
        assert given.reason is reason
        again = [] if reason in FINAL else [made(InvitationScheduled, 3, due_at=DUE + HOUR)]
        assert inviting.plan(given, ABOUT, DUE + HOUR, Delay.STAY) == again
        assert inviting.fold(given, again).reason == (reason if reason in FINAL else None)

    def test_what_a_person_stopped_stays_so(self) -> None:
        given = happened(InvitationScheduled)
        stopped = inviting.fold(given, inviting.cancel(given))
        assert stopped.reason is Reason.STAFF
        assert inviting.plan(stopped, ABOUT, DUE, Delay.STAY) == []

    @pytest.mark.parametrize("reason", Reason)
    def test_at_sending_a_reason_cancels(self, reason: Reason) -> None:
        assert inviting.not_sent(happened(InvitationScheduled), reason) == [made(InvitationCancelled, 2, reason=reason)]


class TestReminding:
    def test_the_automatic_one_is_due_as_it_was_said_at_sending(self) -> None:
        given = happened(InvitationScheduled, InvitationSent)
        assert (given.remind_at, given.asked_for_reminder, given.reminders) == (DUE + 96 * HOUR, False, 0)
        after = inviting.evolve(given, made(ReminderSent, 3))
        assert (after.remind_at, after.reminders, after.state) == (None, 1, State.SENT)

    def test_a_person_asks_for_one_once_also_after_the_automatic_one(self) -> None:
        given = happened(InvitationScheduled, InvitationSent, ReminderSent)
        [event] = inviting.remind(given, DUE)
        assert event == made(ReminderAsked, 4)
        asked = inviting.evolve(given, event)
        assert asked.asked_for_reminder
        assert inviting.remind(asked, DUE) == []
        again = inviting.evolve(asked, made(ReminderSent, 5, automatic=False))
        assert (again.asked_for_reminder, again.reminders) == (False, 2)
        assert inviting.remind(again, DUE) == [made(ReminderAsked, 6)]

    def test_one_by_hand_leaves_the_automatic_one(self) -> None:
        given = happened(InvitationScheduled, InvitationSent, ReminderAsked, (ReminderSent, {"automatic": False}))
        assert (given.remind_at, given.asked_for_reminder, given.reminders) == (DUE + 96 * HOUR, False, 1)

    def test_nobody_is_reminded_of_the_message_before_a_stay(self) -> None:
        before = ABOUT.model_copy(update={"message": Message.PRE_STAY})
        given = happened((InvitationScheduled, {"about": before}), InvitationSent)
        with pytest.raises(WrongState) as refused:
            inviting.remind(given, DUE)
        assert refused.value.members == {"state": "sent"}

    def test_the_automatic_one_is_moved_and_the_one_that_was_asked_for_is_not(self) -> None:
        given, at = happened(InvitationScheduled, InvitationSent, ReminderAsked), DUE + 100 * HOUR
        [event] = inviting.move_reminder(given, at, Delay.QUIET_HOURS)
        assert event == made(ReminderMoved, 4, remind_at=at, reason=Delay.QUIET_HOURS)
        after = inviting.evolve(given, event)
        assert (after.remind_at, after.asked_for_reminder) == (at, True)
        assert inviting.move_reminder(after, at, Delay.QUIET_HOURS) == []

    def test_both_are_dropped_together(self) -> None:
        given = happened(InvitationScheduled, InvitationSent, ReminderAsked)
        [event] = inviting.drop_reminder(given, Reason.UNSUBSCRIBED)
        assert event == made(ReminderDropped, 4, reason=Reason.UNSUBSCRIBED)
        after = inviting.evolve(given, event)
        assert (after.remind_at, after.asked_for_reminder) == (None, False)

    def test_one_that_was_due_when_somebody_asked_for_one_is_that(self) -> None:
        given = happened(InvitationScheduled, InvitationSent, ReminderAsked, (ReminderSent, {"automatic": True}))
        assert (given.remind_at, given.asked_for_reminder, given.reminders) == (None, False, 1)

    def test_who_never_got_the_message_is_sent_that(self) -> None:
        given = happened(InvitationScheduled, InvitationBounced)
        [event] = inviting.remind(given, DUE)
        assert event == made(InvitationScheduled, 3)
        assert inviting.evolve(given, event).state is State.SCHEDULED

    def test_a_bounced_one_is_sent_again_with_the_reminder(self) -> None:
        given = happened(InvitationScheduled, InvitationSent, InvitationBounced)
        [event] = inviting.remind(given, DUE)
        assert inviting.evolve(given, event).state is State.BOUNCED
        assert inviting.fold(given, [event, made(ReminderSent, 5, automatic=False)]).state is State.SENT

    @pytest.mark.parametrize(
        ("histories", "told"),
        [
            ((InvitationScheduled,), InvitationBounced),
            ((InvitationScheduled, InvitationSent), InvitationBounced),
            ((InvitationScheduled, InvitationSent, LinkFollowed), ReminderDropped),
            ((InvitationScheduled, InvitationSent, InvitationBounced, ReminderAsked), ReminderDropped),
        ],
    )
    def test_one_that_nobody_takes_is_over(self, histories: tuple[type[Any], ...], told: type[Any]) -> None:
        given = happened(*histories)
        [event] = inviting.refused(given, "5.1.1")
        assert isinstance(event, told)
        after = inviting.evolve(given, event)
        assert (after.remind_at, after.asked_for_reminder) == (None, False)
        assert inviting.refused(after, "5.1.1") == []

    @pytest.mark.parametrize("last", [InvitationBounced, ReviewWritten])
    def test_none_is_due_once_it_bounced_or_was_answered(self, last: type[Any]) -> None:
        given = happened(InvitationScheduled, InvitationSent, ReminderAsked, last)
        assert (given.remind_at, given.asked_for_reminder) == (None, False)


class TestAnswers:
    @pytest.mark.parametrize(
        ("via", "expected"),
        [
            (Via.EMAIL, State.REVIEWED_EMAIL),
            (Via.SMS, State.REVIEWED_SMS),
            (Via.TABLET, State.REVIEWED_ON_SITE),
            (Via.LINK, State.REVIEWED_ON_SITE),
        ],
    )
    def test_a_review_says_how_it_came_and_comes_once(self, via: Via, expected: State) -> None:
        given = happened(InvitationScheduled, InvitationSent, LinkFollowed)
        [event] = inviting.review(given, ABOUT, FEEDBACK, via)
        assert event == made(ReviewWritten, 4, via=via)
        after = inviting.evolve(given, event)
        assert (after.state, after.feedback_id) == (expected, FEEDBACK)
        assert inviting.review(after, ABOUT, UUID(int=3), Via.TABLET) == []

    def test_who_writes_before_being_asked_is_asked_no_more(self) -> None:
        given = happened((ReviewWritten, {"via": Via.LINK}))
        assert given.about == ABOUT
        assert inviting.plan(given, ABOUT, DUE, Delay.STAY) == []
        assert happened(InvitationScheduled, (InvitationMoved, {}), (ReviewWritten, {"via": Via.TABLET})).reason is None

    def test_only_the_first_link_followed_counts(self) -> None:
        given = happened(InvitationScheduled, InvitationSent)
        assert inviting.follow_link(given, Channel.SMS) == [made(LinkFollowed, 3, channel=Channel.SMS)]
        followed = happened(InvitationScheduled, InvitationSent, LinkFollowed)
        assert inviting.follow_link(followed, Channel.EMAIL) == inviting.follow_link(followed, Channel.SMS) == []


class TestBounces:
    def test_soft_ones_are_counted_and_change_nothing(self) -> None:
        given = happened(InvitationScheduled, InvitationSent)
        [event] = inviting.bounce(given, permanent=False, status="4.2.2")
        assert event == made(InvitationBounced, 3, permanent=False, status="4.2.2")
        after = inviting.fold(given, [event, made(InvitationBounced, 4, permanent=False, status="4.2.2")])
        assert (after.state, after.bounces, after.remind_at) == (State.SENT, 2, given.remind_at)

    def test_one_that_the_server_refuses_at_once_bounces_without_having_been_sent(self) -> None:
        given = happened(InvitationScheduled, InvitationBounced)
        assert (given.state, given.bounces, given.sent) == (State.BOUNCED, 1, None)

    def test_a_wrong_one_is_taken_back_by_the_guest_who_can_be_reminded_again(self) -> None:
        given = happened(InvitationScheduled, InvitationSent, ReminderAsked, InvitationBounced, LinkFollowed)
        assert given.state is State.CLICKED_EMAIL
        assert inviting.remind(given, DUE) == [made(ReminderAsked, 6)]
