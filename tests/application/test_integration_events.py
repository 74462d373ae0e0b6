"""What others are told of events: never what names or describes a person, and all that they count by."""

import pkgutil
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from importlib import import_module
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, HttpUrl

import domain
from application.integration_events.published import PUBLISHED, Publication, published
from domain.erasure import About, Destroyed, ErasureBegun
from domain.event import Event, Recorded
from domain.feedback import FeedbackMarkedSpam, FeedbackResolved, Rating
from domain.guest_events import BlockReason, GuestAnonymised, GuestBlocked, GuestDeleted
from domain.invitation import InvitationDeleted
from domain.money import GivenItem, Money
from domain.reservation import (
    Booking,
    GuestDidNotShow,
    ReservationBooked,
    ReservationLinked,
    ReservationUnlinked,
    Source,
)

for found in pkgutil.iter_modules(domain.__path__, "domain."):
    import_module(found.name)
KINDS = [kind for kind in Event.registry.values() if kind.__module__.startswith("domain.")]

CODES = {"language", "country", "currency", "fields", "booking.total.currency", "booking.paid.currency"}
"""The fields of events whose text is told to others: each a code, or the name of a field."""

HERE = UUID(int=1)
THERE = UUID(int=2)
PLACE = {"originator_id": HERE, "originator_version": 3}
NOW = datetime(2026, 11, 21, 20, tzinfo=UTC)

PLAIN: dict[type, st.SearchStrategy[Any]] = {
    NoneType: st.none(),
    bool: st.booleans(),
    int: st.integers(0, 99),
    float: st.floats(0, 99),
    bytes: st.binary(max_size=9),
    Decimal: st.decimals(0, 99, places=2),
    UUID: st.uuids(),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    HttpUrl: st.just(HttpUrl("https://example.com")),
    Rating: st.sampled_from([Rating(given=Decimal(4), scale=5), Rating(given=Decimal("6.66"), scale=10)]),
}


def values(kind: Any, path: str) -> st.SearchStrategy[Any]:
    """Of a type; all text in them begins with the path of the field that it is in."""
    arguments = get_args(kind)
    if kind in PLAIN:
        return PLAIN[kind]
    if kind is str:
        return st.text("aé ", max_size=3).map(lambda text: f"<{path}>{text}")
    match get_origin(kind):
        case origin if origin is Annotated:
            return values(arguments[0], path)
        case origin if origin in (Union, UnionType):
            return st.one_of(*(values(each, path) for each in arguments))
        case origin if origin is Literal:
            return st.sampled_from(arguments)
        case origin if origin is tuple:
            return st.lists(values(arguments[0], path), max_size=2).map(tuple)
        case origin if origin is frozenset:
            return st.frozensets(values(arguments[0], path), max_size=2)
        case origin if origin in (Mapping, dict):
            return st.dictionaries(values(arguments[0], path), values(arguments[1], path), max_size=2)
    if issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    assert issubclass(kind, BaseModel), f"{path} is a {kind}: how is that made?"
    return st.fixed_dictionaries(
        {name: values(field.annotation, f"{path}.{name}".lstrip(".")) for name, field in kind.model_fields.items()}
    ).map(lambda fields: kind.model_construct(**fields))


def told(event: Event) -> Publication | None:
    return published(Recorded(7, NOW, HERE, None, "key:admin", HERE, event, None, "<reason>", b"\xab" * 32))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_text_of_any_event_is_told_but_codes_and_nothing_hangs_on_what_is_sealed(kind: type[Event]) -> None:
    @settings(max_examples=20, database=None)
    @given(event=values(kind, ""))
    def holds(event: Event) -> None:
        publication = told(event)
        assert publication == told(event.model_copy(update=dict.fromkeys(kind.personal)))
        if publication:
            assert set(re.findall("<(.*?)>", publication.event.model_dump_json())) <= CODES - kind.personal.keys()
        else:
            assert kind not in PUBLISHED or isinstance(event, ErasureBegun)

    holds()


def facts(event: Event) -> tuple[str, dict[str, object]]:
    publication = told(event)
    assert publication
    return publication.event.type, dict(publication.event.data)


def test_of_a_booking_all_is_told_that_is_counted_and_nobody_is_named() -> None:
    booking = Booking(
        arrival=date(2026, 11, 21),
        departure=date(2026, 11, 24),
        rooms=("104", "Suite Lefèvre"),
        total=Money(amount=54_000, currency="EUR"),
    )
    event = ReservationBooked(
        **PLACE, organisation_id=HERE, property_id=THERE, source=Source.CHANNEL, external_id="LEFEVRE1", booking=booking
    )
    assert facts(event) == (
        "hote.reservation.booked.v1",
        {
            "property_id": str(THERE),
            "source": "channel",
            "guest_id": None,
            "arrival": "2026-11-21",
            "departure": "2026-11-24",
            "rooms": 2,
            "total": {"amount": 54_000, "currency": "EUR"},
            "paid": None,
        },
    )


def test_of_a_block_it_is_told_until_when_and_not_why() -> None:
    blocked = GuestBlocked(**PLACE, reason=BlockReason.FRAUD, until=date(2027, 1, 1))
    assert facts(blocked) == ("hote.guest.blocked.v1", {"until": "2027-01-01"})


def test_steps_of_a_reservation_are_told_as_where_they_led() -> None:
    assert facts(GuestDidNotShow(**PLACE)) == ("hote.reservation.state_changed.v1", {"state": "no_show"})
    linked, unlinked = ReservationLinked(**PLACE, guest_id=THERE), ReservationUnlinked(**PLACE)
    assert facts(linked) == ("hote.reservation.linked.v1", {"guest_id": str(THERE)})
    assert facts(unlinked) == ("hote.reservation.linked.v1", {"guest_id": None})


def test_of_a_resolution_it_is_told_what_was_given_in_all() -> None:
    items = tuple(GivenItem(item_id=THERE, quantity=9_999, unit_value=10**10) for _ in range(20))
    resolved = FeedbackResolved(
        **PLACE, subject_id=HERE, day=NOW.date(), currency="EUR", items=items, satisfaction=4, comment="Merci, Zoé"
    )
    cost = {"amount": 20 * 9_999 * 10**10, "currency": "EUR"}
    assert facts(resolved) == ("hote.feedback.resolved.v1", {"day": "2026-11-21", "satisfaction": 4, "cost": cost})
    assert facts(FeedbackMarkedSpam(**PLACE)) == ("hote.feedback.filed.v1", {"folder": "spam"})


@pytest.mark.parametrize(
    ("event", "last"),
    [
        (GuestAnonymised(**PLACE, erasure_id=THERE), True),
        (GuestDeleted(**PLACE), True),
        (InvitationDeleted(**PLACE), True),
        (GuestBlocked(**PLACE, reason=BlockReason.OTHER), False),
        (ReservationUnlinked(**PLACE), False),
    ],
)
def test_what_is_to_be_kept_of_nobody_is_the_last(event: Event, last: bool) -> None:
    publication = told(event)
    assert publication is not None
    assert publication.last is last


def test_words_of_unknown_people_that_are_erased_are_told_of_their_feedback() -> None:
    begun = ErasureBegun(
        **PLACE,
        organisation_id=HERE,
        about=About.FEEDBACK,
        subject_id=THERE,
        reference="mail from Zoé Lefèvre",
        sealed_fields=1,
        identities=0,
        destroyed=Destroyed(key_fingerprint="f"),
    )
    publication = told(begun)
    assert publication
    assert (publication.topic, publication.event.subject, publication.last) == ("hote.feedback.v1", THERE, False)
    assert publication.event.data == {"erasure_id": str(HERE)}


def test_an_event_leaves_as_a_cloud_event_that_is_the_same_each_time() -> None:
    event = GuestDeleted(**PLACE)
    assert told(event) == told(event)
    publication = told(event)
    assert publication
    assert publication.position == 7
    assert publication.event.model_dump(mode="json") == {
        "specversion": "1.0",
        "id": "ab" * 32,
        "source": "/hote",
        "type": "hote.guest.deleted.v1",
        "subject": str(HERE),
        "time": "2026-11-21T20:00:00Z",
        "datacontenttype": "application/json",
        "organisationid": str(HERE),
        "data": {},
    }
