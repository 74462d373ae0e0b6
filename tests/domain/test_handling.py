"""Given what happened to a feedback, when staff or the guest act on it, then this is what happens; or is refused."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from domain import handling
from domain.access import ApiKeyRevoked
from domain.erasure import WordsErased
from domain.feedback import (
    CallOutcome,
    CallRecorded,
    CompensationProposed,
    FeedbackClaimed,
    FeedbackDelegated,
    FeedbackDone,
    FeedbackEvent,
    FeedbackHeld,
    FeedbackMarkedSpam,
    FeedbackRecorded,
    FeedbackReleased,
    FeedbackReopened,
    FeedbackResolved,
    FeedbackRestored,
    FeedbackResumed,
    FeedbackShared,
    FeedbackTransferred,
    GuestReplied,
    Kind,
    Letter,
    MailFailed,
    MailSent,
    NoteAdded,
    Origin,
    ReplyWritten,
    Words,
)
from domain.handling import ClaimTaken, Feedback, Folder, WrongFolder

ID, GUEST, EMPLOYEE = UUID(int=1), UUID(int=2), UUID(int=3)
LETTER = Letter(address="ana@example.com", subject="Re: Votre séjour", text="Merci", message_id="<1@example.com>")


def recorded() -> FeedbackRecorded:
    return FeedbackRecorded(
        originator_id=ID,
        originator_version=1,
        organisation_id=UUID(int=8),
        property_id=UUID(int=9),
        subject_id=GUEST,
        guest_id=GUEST,
        origin=Origin.REVIEW,
        kind=Kind.NEGATIVE,
        said_at=datetime(2026, 11, 21, tzinfo=UTC),
        day=date(2026, 11, 21),
        alert=True,
        words=Words(comment="Trop de bruit"),
    )


def happened(*kinds: type[Any], **fields: object) -> Feedback:
    """A feedback after events of these kinds, each with those of the fields that it has."""
    events: list[FeedbackEvent] = [recorded()]
    for kind in kinds:
        events.append(made(kind, len(events) + 1, **fields))
    return handling.fold(Feedback(ID), events)


def made(kind: type[Any], version: int, **fields: object) -> Any:
    usual: dict[str, object] = {
        "subject_id": GUEST,
        "holder": "Réception",
        "employee_id": EMPLOYEE,
        "employee_ids": (EMPLOYEE,),
        "addresses": ("chef@example.com",),
        "recipients": 2,
        "address": "service@example.com",
        "note": "Une remarque",
        "text": "Une note",
        "comment": "Un mot",
        "outcome": CallOutcome.REACHED,
        "letter": LETTER,
        "reason": "Le bruit a repris",
        "day": date(2026, 11, 22),
        "currency": "EUR",
        "items": (),
        "of": 2,
        "status": 550,
        "erasure_id": UUID(int=7),
    }
    every = usual | fields
    return kind(
        originator_id=ID,
        originator_version=version,
        **{name: every[name] for name in kind.model_fields if name in every},
    )


def test_it_begins_in_the_inbox_with_nobody() -> None:
    assert happened() == Feedback(ID, version=1, said=recorded(), folder=Folder.INBOX)


def test_another_kind_of_stream_is_a_feedback_nobody_knows() -> None:
    assert handling.fold(Feedback(ID), [ApiKeyRevoked(originator_id=ID, originator_version=1)]) == Feedback(ID)


@pytest.mark.parametrize(
    ("before", "then", "expected"),
    [
        ([], FeedbackDone, Folder.DONE),
        ([], FeedbackMarkedSpam, Folder.SPAM),
        ([], FeedbackResolved, Folder.DONE),
        ([FeedbackMarkedSpam], FeedbackDone, Folder.DONE),
        ([FeedbackDone], FeedbackRestored, Folder.INBOX),
        ([FeedbackMarkedSpam], FeedbackRestored, Folder.INBOX),
        ([FeedbackResolved], FeedbackReopened, Folder.INBOX),
        ([FeedbackDone], GuestReplied, Folder.INBOX),
        ([FeedbackResolved], GuestReplied, Folder.INBOX),
        ([FeedbackMarkedSpam], GuestReplied, Folder.SPAM),
        ([], FeedbackHeld, Folder.INBOX),
        ([], ReplyWritten, Folder.INBOX),
        ([FeedbackDone], NoteAdded, Folder.DONE),
        ([FeedbackDone], FeedbackShared, Folder.DONE),
        ([FeedbackDone], MailSent, Folder.DONE),
        ([FeedbackDone], MailFailed, Folder.DONE),
    ],
)
def test_the_folder_it_is_in(before: list[type[Any]], then: type[Any], expected: Folder) -> None:
    assert happened(*before, then).folder is expected


@pytest.mark.parametrize("kind", [FeedbackDone, FeedbackMarkedSpam, FeedbackResolved])
def test_what_is_put_away_is_nobodys_and_waits_for_nothing(kind: type[Any]) -> None:
    away = happened(FeedbackClaimed, FeedbackHeld, kind)
    assert (away.claim, away.held) == (None, False)


def test_it_keeps_what_was_said_through_all_that_follows() -> None:
    everything = [FeedbackClaimed, NoteAdded, CallRecorded, ReplyWritten, MailFailed, GuestReplied, FeedbackDone]
    assert happened(*everything).said == recorded()
    assert happened(*everything).version == 1 + len(everything)


class TestClaiming:
    def test_the_first_has_it(self) -> None:
        assert handling.claim(happened(), "Réception", EMPLOYEE) == [made(FeedbackClaimed, 2)]

    @pytest.mark.parametrize("who", ["Réception", "Direction"])
    def test_the_second_is_told_who_has_it_also_when_it_is_the_same(self, who: str) -> None:
        with pytest.raises(ClaimTaken) as refused:
            handling.claim(happened(FeedbackClaimed), who, None)
        assert refused.value.members == {"holder": "Réception", "employee_id": str(EMPLOYEE)}
        assert "Réception" in refused.value.detail

    def test_a_holder_who_is_no_employee_is_told_by_name(self) -> None:
        with pytest.raises(ClaimTaken) as refused:
            handling.claim(happened(FeedbackClaimed, employee_id=None), "Direction", None)
        assert refused.value.members == {"holder": "Réception"}

    @pytest.mark.parametrize("kind", [FeedbackReleased, FeedbackTransferred, FeedbackDelegated])
    def test_it_can_be_claimed_again_once_nobody_has_it(self, kind: type[Any]) -> None:
        given = happened(FeedbackClaimed, kind)
        assert handling.claim(given, "Direction", None) == [
            made(FeedbackClaimed, 4, holder="Direction", employee_id=None)
        ]

    @pytest.mark.parametrize(
        "kind", [FeedbackShared, NoteAdded, FeedbackHeld, CallRecorded, ReplyWritten, GuestReplied]
    )
    def test_whatever_else_happens_leaves_it_with_who_has_it(self, kind: type[Any]) -> None:
        claim = happened(FeedbackClaimed, kind).claim
        assert claim is not None
        assert claim.holder == "Réception"

    @pytest.mark.parametrize("kind", [FeedbackDone, FeedbackMarkedSpam, FeedbackResolved])
    def test_what_is_put_away_is_not_claimed(self, kind: type[Any]) -> None:
        with pytest.raises(WrongFolder) as refused:
            handling.claim(happened(kind), "Direction", None)
        assert refused.value.members == {"folder": "spam" if kind is FeedbackMarkedSpam else "done"}

    def test_releasing_gives_it_back_and_is_nothing_where_nobody_has_it(self) -> None:
        assert handling.release(happened(FeedbackClaimed)) == [made(FeedbackReleased, 3)]
        assert handling.release(happened()) == []


class TestPassingOn:
    def test_a_colleague_gets_it(self) -> None:
        given = happened(FeedbackClaimed)
        [event] = handling.transfer(given, EMPLOYEE, "Une remarque")
        assert event == made(FeedbackTransferred, 3)
        after = handling.evolve(given, event)
        assert (after.claim, after.assigned_to) == (None, EMPLOYEE)

    def test_customer_service_gets_it(self) -> None:
        given = happened(FeedbackClaimed)
        [event] = handling.delegate(given, "service@example.com", None)
        assert event == made(FeedbackDelegated, 3, note=None)
        after = handling.evolve(given, event)
        assert (after.claim, after.delegated_to) == (None, "service@example.com")

    @pytest.mark.parametrize("kind", [FeedbackDone, FeedbackMarkedSpam])
    def test_what_is_put_away_is_not_passed_on(self, kind: type[Any]) -> None:
        with pytest.raises(WrongFolder):
            handling.transfer(happened(kind), EMPLOYEE, None)
        with pytest.raises(WrongFolder):
            handling.delegate(happened(kind), "service@example.com", None)

    @pytest.mark.parametrize("kinds", [[], [FeedbackClaimed], [FeedbackHeld], [FeedbackDone], [FeedbackMarkedSpam]])
    def test_sharing_informs_from_any_folder_and_changes_nothing(self, kinds: list[type[Any]]) -> None:
        given = happened(*kinds)
        [event] = handling.share(given, (EMPLOYEE,), ("chef@example.com",), "Une remarque")
        assert event == made(FeedbackShared, len(kinds) + 2)
        after = handling.evolve(given, event)
        assert (after.folder, after.held, after.claim) == (given.folder, given.held, given.claim)


class TestPuttingAway:
    @pytest.mark.parametrize("kind", [FeedbackDone, FeedbackMarkedSpam])
    def test_it_goes_and_comes_back(self, kind: type[Any]) -> None:
        assert handling.put_away(happened(), kind) == [made(kind, 2)]
        assert handling.restore(happened(kind)) == [made(FeedbackRestored, 3)]

    @pytest.mark.parametrize("kind", [FeedbackDone, FeedbackMarkedSpam])
    def test_again_is_nothing(self, kind: type[Any]) -> None:
        assert handling.put_away(happened(kind), kind) == []
        assert handling.restore(happened()) == []

    def test_it_goes_from_one_place_to_the_other(self) -> None:
        assert handling.put_away(happened(FeedbackMarkedSpam), FeedbackDone) == [made(FeedbackDone, 3)]
        assert handling.put_away(happened(FeedbackDone), FeedbackMarkedSpam) == [made(FeedbackMarkedSpam, 3)]

    def test_resolved_and_brought_back_it_is_still_resolved(self) -> None:
        back = happened(FeedbackResolved, FeedbackRestored)
        assert back.folder is Folder.INBOX
        assert back.resolution is not None


class TestHolding:
    def test_it_waits_and_goes_on(self) -> None:
        assert handling.hold(happened(), "Une remarque") == [made(FeedbackHeld, 2)]
        assert handling.resume(happened(FeedbackHeld)) == [made(FeedbackResumed, 3)]
        assert not happened(FeedbackHeld, FeedbackResumed).held

    def test_again_is_nothing(self) -> None:
        assert handling.hold(happened(FeedbackHeld), None) == []
        assert handling.resume(happened()) == []

    @pytest.mark.parametrize("kind", [FeedbackDone, FeedbackMarkedSpam])
    def test_what_is_put_away_does_not_wait(self, kind: type[Any]) -> None:
        with pytest.raises(WrongFolder):
            handling.hold(happened(kind), None)


class TestConversation:
    def test_notes_calls_and_answers_are_written_down(self) -> None:
        given = happened(FeedbackDone)
        assert handling.add_note(given, "Une note") == [made(NoteAdded, 3)]
        assert handling.record_call(given, CallOutcome.REACHED, "Un mot") == [made(CallRecorded, 3)]
        assert handling.reply(given, LETTER) == [made(ReplyWritten, 3)]

    def test_what_the_guest_answers_is_the_last_letter(self) -> None:
        later = LETTER.model_copy(update={"address": "ana@work.example", "message_id": "<2@example.com>"})
        given = happened(GuestReplied)
        after = handling.evolve(given, handling.guest_replied(given, later)[0])
        assert after.last_letter == later
        assert after.received == {"<1@example.com>", "<2@example.com>"}

    def test_a_letter_that_comes_twice_is_written_down_once(self) -> None:
        assert handling.guest_replied(happened(), LETTER) == [made(GuestReplied, 2)]
        assert handling.guest_replied(happened(GuestReplied), LETTER) == []

    def test_letters_that_nobody_numbered_are_all_kept(self) -> None:
        unnumbered = LETTER.model_copy(update={"message_id": None})
        given = happened(GuestReplied, letter=unnumbered)
        assert handling.guest_replied(given, unnumbered) == [made(GuestReplied, 3, letter=unnumbered)]


def test_once_forgotten_it_is_what_it_was_without_words() -> None:
    events = [
        recorded().model_copy(update={"words": None}),
        made(NoteAdded, 2, text=None),
        made(GuestReplied, 3, letter=None),
        made(CompensationProposed, 4, comment=None),
        made(FeedbackResolved, 5, comment=None),
        made(WordsErased, 6),
    ]
    forgotten = handling.fold(Feedback(ID), events)
    assert forgotten.erasure_id == UUID(int=7)
    assert (forgotten.said.words, forgotten.last_letter, forgotten.received) == (None, None, frozenset())
    assert forgotten.resolution is not None
    assert forgotten.folder is Folder.DONE
