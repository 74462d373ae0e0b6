"""What tests of the pages for guests begin with: a guest who was asked for a review, and what they fill in."""

import re
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from uuid import UUID

import httpx

from adapters.bootstrap import Hote
from adapters.cli.founding import at_the_command_line
from adapters.keys.links import Purpose
from domain import guest as guests
from domain import inviting
from domain.event import Event
from domain.guest import Guest
from domain.invitation import About, InvitationScheduled, InvitationSent, Message
from domain.inviting import Invitation
from domain.property import Channel
from tests.contract.conftest import Api, Body, House


@dataclass(frozen=True)
class Asked:
    """A guest who got an invitation to review."""

    hote: Hote
    guest: Body
    about: About

    @property
    def id(self) -> UUID:
        return inviting.invitation_id(self.about.stay_id, self.about.message)

    @property
    def invitation(self) -> Invitation:
        """As the log tells it now."""
        return inviting.fold(Invitation(self.id), (each.event for each in self.hote.log.stream(self.id)))

    @property
    def feedback_id(self) -> UUID:
        """Of the review they wrote."""
        feedback_id = self.invitation.feedback_id
        assert feedback_id is not None
        return feedback_id

    def link(self, purpose: Purpose, *, days: int = 1, whose: UUID | None = None) -> str:
        """A link that is good for so many days from today."""
        last = self.hote.ports.now().date() + timedelta(days=days)
        return f"/{purpose}/{self.hote.links.token(purpose, whose or self.id, last)}"

    @property
    def click(self) -> str:
        return self.link(Purpose.CLICK)

    @property
    def questionnaire(self) -> str:
        return self.link(Purpose.QUESTIONNAIRE)

    @property
    def unsubscribe(self) -> str:
        return self.link(Purpose.UNSUBSCRIBE, whose=self.about.guest_id)


def asked(
    hote: Hote, house: House, *, channel: Channel = Channel.EMAIL, language: str = "de", portal: str = "hote"
) -> Asked:
    """After a stay at the property `port`."""
    guest = house.admin.register(language="it", stay={"property_id": house.port, "arrival": _days_ago(hote, 3)})
    waiting = Asked(hote, guest, about(hote, house, guest))
    place = {"originator_id": waiting.id}
    events: list[Event] = [
        InvitationScheduled(**place, originator_version=1, about=waiting.about, due_at=hote.ports.now()),
        InvitationSent(
            **place,
            originator_version=2,
            guest_id=waiting.about.guest_id,
            channel=channel,
            language=language,
            portal=portal,
            address=guest["emails"][0],
        ),
    ]
    hote.log.append(events, at_the_command_line(hote.ports, house.id).metadata(hote.ports.now()))
    return waiting


def about(hote: Hote, house: House, guest: Body) -> About:
    """The guest's only stay."""
    guest_id = UUID(guest["id"])
    known = guests.fold(Guest(guest_id), (each.event for each in hote.log.stream(guest_id)))
    [(stay_id, stay)] = known.stays.items()
    return About(
        organisation_id=house.id,
        property_id=stay.property_id,
        guest_id=guest_id,
        stay_id=stay_id,
        message=Message.POST_STAY,
    )


def _days_ago(hote: Hote, days: int) -> str:
    return (hote.ports.now().date() - timedelta(days=days)).isoformat()


def filled(page: httpx.Response, **answers: str) -> dict[str, str]:
    """What a browser sends of the form on the page once these fields are filled in."""
    form = page.text.partition('<form method="post"')[2]
    given: dict[str, str] = {}
    for field in re.findall(r"<input [^>]*>", form):
        told = {name: unescape(value) for name, value in re.findall(r'([a-z]+)="([^"]*)"', field)}
        if told["type"] != "radio" or field.endswith(" checked>"):
            given[told["name"]] = told.get("value", "")
    if words := re.search(r"<textarea [^>]*>\n(.*?)</textarea>", form, re.DOTALL):
        given["comment"] = unescape(words[1])
    return given | answers


def action(page: httpx.Response) -> str:
    """Where the form on the page leads, after the path."""
    found = re.search(r'<form method="post" id="review" action="([^"]*)"', page.text)
    assert found
    return unescape(found[1])


def language_of(page: httpx.Response) -> str:
    found = re.search(r'<html lang="(\w+)" dir="ltr">', page.text)
    assert found
    return found[1]


def said(api: Api, feedback_id: UUID | str) -> Body:
    answer = api.get(f"/v1/feedback/{feedback_id}")
    assert answer.status_code == 200, answer.text
    feedback: Body = answer.json()
    return feedback
