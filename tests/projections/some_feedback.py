"""Anything that can happen to feedback, at random."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.event import Event
from domain.feedback import (
    CallOutcome,
    CallRecorded,
    CompensationProposed,
    CompensationRefused,
    FeedbackClaimed,
    FeedbackDelegated,
    FeedbackDone,
    FeedbackHeld,
    FeedbackMarkedSpam,
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
    MailSent,
    NoteAdded,
    Origin,
    Rating,
    ReplyWritten,
    ReviewRevised,
    Words,
)
from domain.money import GivenItem
from tests.projections.plain_inbox import CODES, GUESTS, ROOMS, STAFF, START, House


def something_said(house: House) -> UUID:
    random = house.random
    return house.say(
        guest_id=random.choice([*GUESTS, None, None]),
        origin=random.choice(list(Origin)),
        kind=random.choice(list(Kind)),
        code_id=random.choice([*CODES, None]),
        room=random.choice(ROOMS),
        rating=random.choice([None, Rating(given=Decimal("3.5"), scale=5)]),
        alert=random.random() < 0.3,
        words=random.choice([None, Words(comment="Bruit", author="Zoé", email="zoe@example.com")]),
    )


def something_done(house: House, feedback: UUID) -> None:
    """Any event at all: the read model does not ask whether it could be decided."""
    random, subject = house.random, {"subject_id": house.all[feedback].said.subject_id}
    letter = {"letter": Letter(address="zoe@example.com", subject="Votre séjour", text="Bonjour")}
    given = {
        "currency": "EUR",
        "items": (GivenItem(item_id=UUID(int=51), quantity=random.randrange(1, 4), unit_value=1250),),
        "satisfaction": random.choice([None, 1, 5]),
        "comment": None,
    }
    day = START.date() + timedelta(days=random.randrange(8))
    told = house.all[feedback]
    forgotten = told.forgotten or told.said.guest_id in house.forgotten
    address = None if forgotten else "service@example.com"  # nothing more can be written of them
    kind_now, mark = random.choice(list(Kind)), Decimal(random.randrange(1, 6))
    words = None if forgotten else Words(comment=random.choice(["Bruit", "Calme"]), email="zoe@example.com")
    review = {"kind": kind_now, "rating": Rating(given=mark, scale=5), "answers": {}, "words": words}
    happenings: list[tuple[type[Event], dict[str, Any]]] = [
        (ReviewRevised, subject | review | {"alert": random.random() < 0.5}),
        (CompensationProposed, subject | given),
        (CompensationRefused, subject | {"reason": None}),
        (FeedbackResolved, subject | given | {"day": day}),
        (FeedbackReopened, subject | {"reason": None}),
        (FeedbackClaimed, {"holder": random.choice(["Inès", "Paul"]), "employee_id": random.choice([*STAFF, None])}),
        (FeedbackReleased, {}),
        (FeedbackTransferred, subject | {"employee_id": random.choice(STAFF), "note": None}),
        (FeedbackDelegated, subject | {"address": address, "note": None}),
        (FeedbackShared, subject | {"recipients": 0, "employee_ids": (), "addresses": (), "note": None}),
        (FeedbackHeld, subject | {"note": None}),
        (FeedbackResumed, {}),
        (FeedbackDone, {}),
        (FeedbackMarkedSpam, {}),
        (FeedbackRestored, {}),
        (NoteAdded, subject | {"text": None}),
        (CallRecorded, subject | {"outcome": random.choice(list(CallOutcome)), "comment": None}),
        (ReplyWritten, subject | letter),
        (GuestReplied, subject | letter),
        (MailSent, {"of": 2}),
    ]
    kind, fields = random.choice(happenings)
    house.does(feedback, kind, **fields)


def some_time(house: House, feedbacks: int, events: int) -> None:
    """So many feedbacks, and so much that happened to them and to others, told in batches of any size."""
    random = house.random
    for _ in range(feedbacks):
        something_said(house)
    for _ in range(events):
        match random.randrange(40):
            case 0:
                house.forget(random.choice(GUESTS), deleted=random.random() < 0.3)
            case 1:
                unknown = [told.id for told in house.all.values() if told.said.guest_id is None]
                house.erase(random.choice(unknown))
            case 2 | 3:
                something_said(house)
            case _:
                something_done(house, random.choice(list(house.all)))
        if random.random() < 0.05:
            house.tell(random.choice([1, 7, 1_000]))
    house.tell()
