"""Guests of the demo who are written to: a property that invites, stays to come, and what some guests answered."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from uuid import UUID

from pydantic import HttpUrl

from adapters.demo.people import Person, people
from adapters.demo.sentences import COMPLAINTS, PRAISE
from application.caller import Caller
from application.guest_entry import Judged
from application.guest_links import follow
from application.guests import take_in
from application.organisation import change_property
from application.ports import Ports
from application.questionnaire import ReviewEntry, answer
from domain.contact import Profile
from domain.guest_events import Origin
from domain.property import InvitationSettings, PostStay, PreStay, Question, Reminder, Share
from domain.reviewing import OWN_PORTAL
from domain.stay import Stay

INVITING = InvitationSettings(
    pre_stay=PreStay(enabled=True),
    post_stay=PostStay(enabled=True),
    reminder=Reminder(enabled=True),
    distribution=(
        Share(portal=OWN_PORTAL, percent=70),
        Share(portal="tripadvisor", url=HttpUrl("https://www.tripadvisor.com/"), percent=30),
    ),
)
QUESTIONS = (
    Question(key="cleanliness", label={"fr": "Propreté", "en": "Cleanliness", "de": "Sauberkeit"}),
    Question(key="breakfast", label={"fr": "Petit déjeuner", "en": "Breakfast", "de": "Frühstück"}),
)

DAYS_TO_COME = (1, 2, 6, 9, 12, 20, 40)
"""Until those arrive who are to come, the first of whom are written to at once."""


def begin_to_invite(ports: Ports, caller: Caller, property_id: UUID, today: date) -> None:
    """The property has its guests written to from now on, and some of each language are to come."""
    arriving = [today + timedelta(days) for days in DAYS_TO_COME]
    to_come = [_to_come(person, property_id, day) for person, day in zip(_speakers(), arriving, strict=False)]
    take_in(ports, caller, to_come, Origin.MANUAL)
    now = {"invitations": INVITING, "questions": QUESTIONS}
    change_property(ports, caller, property_id, lambda settings: settings.model_copy(update=now))


def answer_some(ports: Ports, invited: Sequence[tuple[UUID, str]], seed: int) -> None:
    """Of the guests behind these invitations, each with its language, a third looks and a third answers."""
    random = Random(seed)  # noqa: S311
    for number, (invitation_id, language) in enumerate(invited):
        if number % 3 == 0:
            continue
        follow(ports, invitation_id, ports.new_id())
        if number % 3 == 2:
            pleased = random.random() < 0.8
            said = random.choice(random.choice([*(PRAISE if pleased else COMPLAINTS).values()]))
            mark = random.choice([4, 5] if pleased else [1, 2])
            entry = ReviewEntry(
                mark=mark, answers={"breakfast": mark}, comment=said.fr if language == "fr" else said.en
            )
            answer(ports, invitation_id, entry, language, ports.new_id())


def _speakers() -> Sequence[Person]:
    """Somebody of each language who has an e-mail address."""
    by_language = {person.language: person for person in people(1_000, seed=2) if person.email}
    return [by_language[language] for language in sorted(by_language)]


def _to_come(person: Person, property_id: UUID, arrival: date) -> Judged:
    assert person.email
    profile = Profile(
        salutation=person.salutation, first_name=person.first_name, last_name=person.last_name, emails=(person.email,)
    )
    stay = Stay(property_id=property_id, arrival=arrival, departure=arrival + timedelta(3))
    return Judged(person.language, person.country, profile, stay)
