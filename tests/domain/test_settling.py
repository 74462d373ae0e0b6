"""Given a feedback, when it is resolved, approved, refused or reopened, then this is what happens; or is refused."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import handling, settling
from domain.feedback import (
    CompensationProposed,
    CompensationRefused,
    FeedbackDone,
    FeedbackEvent,
    FeedbackMarkedSpam,
    FeedbackRecorded,
    FeedbackReopened,
    FeedbackResolved,
    Kind,
    Origin,
)
from domain.handling import Feedback, Folder
from domain.money import GivenItem, total
from domain.refusal import Refusal
from domain.settling import AlreadyResolved, ApprovalPending, NothingProposed, NotResolved, Settlement

ID, GUEST = UUID(int=1), UUID(int=2)
WINE, NIGHT = UUID(int=3), UUID(int=4)
DAY, LATER = date(2026, 11, 21), date(2026, 11, 23)
SETTLEMENT = Settlement(
    day=DAY,
    currency="EUR",
    items=(GivenItem(item_id=WINE, quantity=2, unit_value=1250), GivenItem(item_id=NIGHT, quantity=1, unit_value=9900)),
    satisfaction=4,
    comment="Une bouteille et une nuit",
)
RECORDED = FeedbackRecorded(
    originator_id=ID,
    originator_version=1,
    organisation_id=UUID(int=8),
    property_id=UUID(int=9),
    subject_id=GUEST,
    guest_id=GUEST,
    origin=Origin.STAFF,
    kind=Kind.NEGATIVE,
    said_at=datetime(2026, 11, 21, tzinfo=UTC),
    day=DAY,
    alert=True,
    words=None,
)


def after(*decisions: Callable[[Feedback], list[FeedbackEvent]]) -> Feedback:
    feedback = handling.fold(Feedback(ID), [RECORDED])
    for decision in decisions:
        feedback = handling.fold(feedback, decision(feedback))
    return feedback


def resolve(feedback: Feedback) -> list[FeedbackEvent]:
    return settling.settle(feedback, SETTLEMENT, within_limit=True)


def propose(feedback: Feedback) -> list[FeedbackEvent]:
    return settling.settle(feedback, SETTLEMENT, within_limit=False)


def approve(feedback: Feedback) -> list[FeedbackEvent]:
    return settling.approve(feedback, LATER, "key:desk")


def refuse(feedback: Feedback) -> list[FeedbackEvent]:
    return settling.refuse(feedback, "Trop cher")


def reopen(feedback: Feedback) -> list[FeedbackEvent]:
    return settling.reopen(feedback, "Le bruit a repris")


def resolved(version: int, day: date, proposed_by: str | None = None) -> FeedbackResolved:
    return FeedbackResolved(
        originator_id=ID,
        originator_version=version,
        subject_id=GUEST,
        day=day,
        currency="EUR",
        items=SETTLEMENT.items,
        satisfaction=4,
        proposed_by=proposed_by,
        comment="Une bouteille et une nuit",
    )


def test_within_the_limit_it_is_resolved_and_done() -> None:
    assert resolve(after()) == [resolved(2, DAY)]
    settled = after(resolve)
    assert (settled.resolution, settled.folder) == (resolved(2, DAY), Folder.DONE)


def test_its_items_come_to_what_they_were_given_for() -> None:
    resolution = after(resolve).resolution
    assert resolution is not None
    assert total(resolution.items) == 2 * 1250 + 9900


def test_beyond_the_limit_it_is_proposed_and_stays_open() -> None:
    [event] = propose(after())
    assert event == CompensationProposed(
        originator_id=ID,
        originator_version=2,
        subject_id=GUEST,
        currency="EUR",
        items=SETTLEMENT.items,
        satisfaction=4,
        comment="Une bouteille et une nuit",
    )
    waiting = after(propose)
    assert (waiting.proposal, waiting.resolution, waiting.folder) == (event, None, Folder.INBOX)


def test_what_is_approved_is_what_was_proposed_on_the_day_it_is_approved() -> None:
    assert approve(after(propose)) == [resolved(3, LATER, proposed_by="key:desk")]
    settled = after(propose, approve)
    assert (settled.proposal, settled.folder) == (None, Folder.DONE)


def test_what_is_refused_leaves_it_open() -> None:
    assert refuse(after(propose)) == [
        CompensationRefused(originator_id=ID, originator_version=3, subject_id=GUEST, reason="Trop cher")
    ]
    refused = after(propose, refuse)
    assert (refused.proposal, refused.resolution, refused.folder) == (None, None, Folder.INBOX)


def test_settling_within_the_limit_ends_what_was_proposed() -> None:
    settled = after(propose, resolve)
    assert settled.proposal is None
    with pytest.raises(NothingProposed):
        approve(settled)


def test_reopened_it_is_open_and_can_be_resolved_again() -> None:
    assert reopen(after(resolve)) == [
        FeedbackReopened(originator_id=ID, originator_version=3, subject_id=GUEST, reason="Le bruit a repris")
    ]
    opened = after(resolve, reopen)
    assert (opened.resolution, opened.folder) == (None, Folder.INBOX)
    assert resolve(opened) == [resolved(4, DAY)]


def test_it_can_be_resolved_and_reopened_wherever_it_was_put() -> None:
    def spam(feedback: Feedback) -> list[FeedbackEvent]:
        return handling.put_away(feedback, FeedbackMarkedSpam)

    def done(feedback: Feedback) -> list[FeedbackEvent]:
        return handling.put_away(feedback, FeedbackDone)

    assert after(spam, resolve).folder is Folder.DONE
    assert after(done, resolve).folder is Folder.DONE
    assert after(resolve, spam, reopen).folder is Folder.INBOX


@pytest.mark.parametrize(
    ("before", "decision", "refusal", "code"),
    [
        ([resolve], resolve, AlreadyResolved, "already-resolved"),
        ([resolve], propose, AlreadyResolved, "already-resolved"),
        ([propose, approve], resolve, AlreadyResolved, "already-resolved"),
        ([], reopen, NotResolved, "not-resolved"),
        ([propose], reopen, NotResolved, "not-resolved"),
        ([resolve, reopen], reopen, NotResolved, "not-resolved"),
        ([propose], propose, ApprovalPending, "approval-pending"),
        ([], approve, NothingProposed, "nothing-proposed"),
        ([], refuse, NothingProposed, "nothing-proposed"),
        ([propose, refuse], approve, NothingProposed, "nothing-proposed"),
        ([propose, approve], approve, NothingProposed, "nothing-proposed"),
        ([propose, approve, reopen], approve, NothingProposed, "nothing-proposed"),
    ],
)
def test_what_cannot_be_done(
    before: list[Callable[[Feedback], list[FeedbackEvent]]],
    decision: Callable[[Feedback], list[FeedbackEvent]],
    refusal: type[Refusal],
    code: str,
) -> None:
    with pytest.raises(refusal):
        decision(after(*before))
    assert refusal.code == code


@given(st.lists(st.sampled_from([resolve, propose, approve, refuse, reopen])))
def test_whatever_is_tried_it_is_either_open_or_resolved_once(
    tries: list[Callable[[Feedback], list[FeedbackEvent]]],
) -> None:
    feedback = after()
    for decision in tries:
        version = feedback.version
        try:
            [event] = decision(feedback)
        except Refusal:
            continue
        feedback = handling.evolve(feedback, event)
        assert feedback.version == version + 1
        assert feedback.resolution is None or feedback.proposal is None
        assert (feedback.folder is Folder.DONE) is (feedback.resolution is not None)
