"""Records what guests answer: through their invitation, or whoever stands there, on the hotel's tablet or its link."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from application.contacts import email_identity, normalise_email
from application.form import Form
from application.guest_links import by_guest, load_guest_link, load_hotel
from application.invitation_records import invitation_record
from application.ports import Ports
from application.races import persistently
from domain import guest as guests
from domain import inviting, reviewing
from domain.event import Event
from domain.guest import Guest
from domain.invitation import About, Message, Via
from domain.inviting import invitation_id as id_of
from domain.property import Property
from domain.prose import CONTROL
from domain.reviewing import SCALE, Review

RECENT = timedelta(days=30)
"""A guest who says who they are reviews the stay that began so long ago at most."""


def plain_words(text: str) -> str | None:
    """Without control characters, and with line breaks as Unix has them; None where nothing is left."""
    return CONTROL.sub("", text.replace("\r\n", "\n")).strip() or None


def as_mail_is_sent(text: str) -> str:
    address = normalise_email(text)
    if address is None:
        raise PydanticCustomError("email_invalid", "not an e-mail address")
    return address


class ReviewClosed(Exception):
    """The review was written too long ago to be changed."""


Mark = Annotated[int, Field(ge=1, le=SCALE)]
Comment = Annotated[Annotated[str, Field(max_length=10_000)] | None, BeforeValidator(plain_words)]
Address = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(as_mail_is_sent)]


class ReviewEntry(Form):
    """The answers to the questionnaire; a guest's words are taken as they are, for pages show no markup in them.

    `answers` are by the keys of the property's questions, and those to others are ignored. `email` is for who
    nobody invited.
    """

    mark: Mark
    answers: dict[str, Mark] = Field(default_factory=dict)
    comment: Comment = None
    email: Address | None = None

    def review_of(self, hotel: Property) -> Review:
        keys = [question.key for question in hotel.settings.questions if question.key in self.answers]
        return Review(self.mark, {key: self.answers[key] for key in keys}, self.comment, self.email)


def answer(ports: Ports, invitation_id: UUID, entry: ReviewEntry, language: str, correlation_id: UUID) -> None:
    """The first answers are the review of the stay, whatever was written on site; further ones change it for a day.

    Raises ReviewClosed, InvitationUnknown, GuestForgotten, ConcurrentChange.
    """

    def attempt() -> None:
        link = load_guest_link(ports, invitation_id)
        about, hotel = link.invitation.about, link.hotel
        review = entry.review_of(hotel)
        events: list[Event] = []
        if link.review is None:
            feedback_id = ports.new_id()
            told = inviting.review(link.invitation, about, feedback_id, Via(link.sent.channel))
            events = [reviewing.written(feedback_id, hotel, link.guest_id, review, language, ports.now()), *told]
        elif link.changeable:
            events = [*reviewing.revise(link.review, hotel, review)]
        else:
            raise ReviewClosed
        if events:
            ports.log.append(events, by_guest(ports, about.organisation_id, hotel.id, correlation_id))

    persistently(attempt)


def answer_on_site(
    ports: Ports,
    property_id: UUID,
    feedback_id: UUID,
    entry: ReviewEntry,
    via: Via,
    language: str,
    correlation_id: UUID,
) -> None:
    """The feedback gets this id; answers that come a second time with it change nothing.

    It is the guest's, and the review of their stay, where the e-mail address is one of somebody who stays here, or has
    lately; nobody is told whether it is. Raises PropertyUnknown, ConcurrentChange.
    """

    def attempt() -> None:
        if ports.log.stream(feedback_id):
            return
        hotel = load_hotel(ports, property_id)
        review = entry.review_of(hotel)
        about = _stay_of(ports, hotel, review.email) if review.email else None
        events: list[Event] = []
        if about:
            review = review._replace(email=None)  # theirs already
            invitation = invitation_record(ports, id_of(about.stay_id, about.message)).invitation
            events += inviting.review(invitation, about, feedback_id, via)
        guest_id = about.guest_id if about else None
        recorded = reviewing.written(feedback_id, hotel, guest_id, review, language, ports.now())
        metadata = by_guest(ports, recorded.organisation_id, hotel.id, correlation_id)
        ports.log.append([recorded, *events], metadata)

    persistently(attempt)


def _stay_of(ports: Ports, hotel: Property, email: str) -> About | None:
    """The last stay of whoever has this address that began here up to RECENT ago."""
    assert hotel.organisation_id is not None  # a property that was added has one
    owners = ports.log.owners(hotel.organisation_id, [email_identity(email)])
    today = hotel.settings.local_day(ports.now())
    for guest_id in owners.values():
        guest = guests.fold(Guest(guest_id), (each.event for each in ports.log.stream(guest_id)))
        recent = [
            (stay.arrival, stay_id)
            for stay_id, stay in guest.stays.items()
            if stay.property_id == hotel.id and stay.arrival and today - RECENT <= stay.arrival <= today
        ]
        if recent:
            _, stay_id = max(recent)
            stay_id = guest.rooms_with(stay_id)[0]
            return About(
                organisation_id=hotel.organisation_id,
                property_id=hotel.id,
                guest_id=guest_id,
                stay_id=stay_id,
                message=Message.POST_STAY,
            )
    return None
