"""The form of the questionnaire: how it is shown, and how what was filled in is read."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from adapters.http.pages.guest_page import guest_page
from adapters.http.pages.guest_texts import GuestLanguage
from application.questionnaire import ReviewEntry
from domain.feedback import FeedbackRecorded
from domain.invitation import Via
from domain.property import PropertySettings, Question

ANSWER = "answer_"
"""What the names of the fields for a property's own questions begin with."""

MOST_FIELDS = 100

SHOW = "show"
"""The button that shows the form in another language, and records nothing."""

Fields = Mapping[str, str]
"""What was filled in, by the names of the fields."""


async def fields_of(request: Request) -> Fields:
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    return {name: value for name, value in form.items() if isinstance(value, str)}


def language_chosen(fields: Fields) -> str | None:
    return fields.get("lang") if SHOW in fields else None


def judged(fields: Fields) -> ReviewEntry | Collection[str]:
    """The answers, or the names of the fields that are wrong."""
    filled = {name: value for name, value in fields.items() if value.strip()}
    told: dict[str, object] = {name: filled[name] for name in ("mark", "comment", "email") if name in filled}
    marks = {name.removeprefix(ANSWER): value for name, value in filled.items() if name.startswith(ANSWER)}
    try:
        return ReviewEntry.model_validate(told | {"answers": marks})
    except ValidationError as error:
        places = [each["loc"] for each in error.errors()]
        return {f"{ANSWER}{place[1]}" if place[0] == "answers" else str(place[0]) for place in places}


def filled_in(said: FeedbackRecorded) -> Fields:
    """The fields as they were filled in for this review."""
    marks = {f"{ANSWER}{key}": str(mark) for key, mark in said.answers.items()}
    overall = str(said.rating.given) if said.rating else ""
    return marks | {"mark": overall, "comment": (said.words and said.words.comment) or ""}


def questionnaire(
    language: GuestLanguage,
    hotel: PropertySettings,
    given: Fields,
    *,
    wrong: Collection[str] = (),
    sent: bool = False,
    form: str | None = None,
    via: Via | None = None,
) -> HTMLResponse:
    """`form` is the token of one that nobody was invited to fill in, who are asked for their address then; it is
    reached `via` a tablet or a link."""
    return guest_page(
        "guest_questionnaire.html",
        language,
        sender=hotel.name,
        status=422 if wrong else 200,
        given=defaultdict(str, given),
        wrong=wrong,
        sent=sent,
        form=form,
        action=f"?{urlencode(({'via': via} if via else {}) | {'lang': language})}",
        tablet=via is Via.TABLET,
        questions={question.key: _label(question, language, hotel) for question in hotel.questions},
    )


class Label(NamedTuple):
    """What a question is called, in some language."""

    text: str
    language: str


def _label(question: Question, language: str, hotel: PropertySettings) -> Label:
    """In the language, else in the first of the property's that there is."""
    by_language = {tag.split("-")[0]: label for tag, label in question.label.items()}
    spoken = [tag.split("-")[0] for tag in hotel.languages]
    found = next(each for each in (language, *spoken, *by_language) if each in by_language)
    return Label(by_language[found], found)
