"""/v1/invitation-templates: what guests are written before and after a stay, in our words or the organisation's."""

from contextlib import closing
from time import monotonic_ns
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.limits import Allowance
from adapters.http.openapi import problems
from adapters.http.patching import patched
from adapters.http.positions import HOTE_POSITION
from adapters.http.preconditions import ExpectedVersion, etag
from adapters.http.problems import FieldError, ProblemError
from adapters.invitations.letters import mail_of
from adapters.invitations.words import shipped
from adapters.invitations.words.judging import NAMES, example, judged
from adapters.invitations.words.rendering import Rendered, Values, written
from adapters.mail.letters import address_header
from adapters.sms.segments import segments
from application import organisation
from application.caller import Caller
from application.contacts import normalise_email, normalise_phone
from application.languages import language_tag
from application.ports import MailDelayed, MailRefused, SmsDelayed, SmsRefused
from application.problem_texts import TEXTS, InvalidInput, problem
from domain.access import Right
from domain.invitation_template import InvitationTemplate, TemplateKind, TemplatePlace
from domain.label import Label
from domain.organisation import OrganisationSettings
from domain.property import Channel, Language
from domain.prose import Prose

WORDS: JsonDict = {
    "subject": "{{ property }} : comment s'est passé votre séjour ?",
    "text": "Bonjour{% if name %} {{ name }}{% endif %},\n\nQu'en dites-vous ?\n\n{{ link }}\n\n{{ property }}",
}
TEXT = (
    f"It and the subject can hold {', '.join(f'`{{{{ {name} }}}}`' for name in NAMES)}; no `link` before a "
    "stay. `name` is how the guest is addressed, and empty where only a last name is known; then what stands between "
    "`{% if name %}` and `{% endif %}` is left out."
)
TEMPLATE: JsonDict = {"kind": "post_stay", "channel": "email", "language": "fr", **WORDS}
RENDERED: JsonDict = {
    "subject": "Hôtel du Port : comment s'est passé votre séjour ?",
    "text": "Bonjour Zoé Lefèvre,\n\nQu'en dites-vous ?\n\nhttps://…",
    "html": '<!doctype html>\n<html lang="fr" dir="ltr">…',
    "segments": None,
}
NO_COUNTRY = "ZZ"
"""In which only numbers with a country code can be dialled."""
TRIALS = (1 / 60, 10)
"""Test messages of an organisation: a second in the long run, and at once. They could go to anybody."""
PATH = "/{kind}/{channel}/{language}"
PROBLEMS = problems("unauthenticated", "forbidden", "not-found", "version-mismatch", "conflict", "invalid")

MayRead = Annotated[Caller, Depends(allowed(Right.READ_SETTINGS))]
MayWrite = Annotated[Caller, Depends(allowed(Right.WRITE_SETTINGS))]


class TemplateView(InvitationTemplate):
    """`own` words of the organisation go before those that are `shipped`."""

    model_config = ConfigDict(json_schema_extra={"examples": [TEMPLATE | {"origin": "own"}]})

    origin: Literal["shipped", "own"]


class Templates(BaseModel):
    """One for each message, channel and language, all on one page."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [TEMPLATE | {"origin": "own"}], "next": None}]})

    items: list[TemplateView]
    next: None = None


class Words(BaseModel):
    """An SMS has no subject. `{{ name }}` and the like are filled in; a mail's HTML part is made of its text."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [WORDS]})

    subject: Annotated[Label, Field(max_length=200)] | None = None
    text: Annotated[Prose, Field(description=TEXT)]

    def template(self, of: TemplatePlace) -> InvitationTemplate:
        return InvitationTemplate(**of._asdict(), subject=self.subject, text=self.text)


class RenderedView(BaseModel):
    """What a guest would get; `segments` is how many SMS it takes."""

    model_config = ConfigDict(json_schema_extra={"examples": [RENDERED]})

    subject: str | None
    text: str
    html: str | None
    segments: int | None


class Trial(BaseModel):
    """An e-mail address, or a phone number with + and the country code."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"to": "accueil@example.org"}]})

    to: str = Field(max_length=254)

    def address(self, channel: Channel) -> str:
        """As messages are sent to it. Raises InvalidInput."""
        is_email = channel is Channel.EMAIL
        address = normalise_email(self.to) if is_email else normalise_phone(self.to, NO_COUNTRY)
        if address is None:
            raise InvalidInput([problem("/to", "email-invalid" if is_email else "phone-invalid")])
        return address


class OwnTemplates(BaseModel):
    """The part of the organisation's settings that these routes change."""

    invitation_templates: tuple[InvitationTemplate, ...]


def place(kind: TemplateKind, channel: Channel, language: Annotated[Language, Path(max_length=35)]) -> TemplatePlace:
    """The language as BCP 47 writes it, for so are those of guests."""
    tag = language_tag(language)
    if tag is None:
        text = TEXTS["language-invalid"].en
        raise ProblemError("invalid", errors=[FieldError(parameter="language", code="language-invalid", detail=text)])
    return TemplatePlace(kind, channel, tag)


Of = Annotated[TemplatePlace, Depends(place)]


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/invitation-templates", tags=["Invitations"])
    ports, public_url = hote.ports, hote.settings.public_url
    trials = Allowance(*TRIALS, monotonic_ns)

    async def within_limits(caller: MayWrite) -> None:
        if wait := trials.take(str(caller.organisation_id)):
            detail = "Ten test messages can be sent at once, and then one a minute."
            raise ProblemError("rate-limited", detail, headers={"Retry-After": str(wait)})

    @routes.get(
        "", summary="List the templates of messages to guests", responses=problems("unauthenticated", "forbidden")
    )
    def read(caller: MayRead, response: Response) -> Templates:
        found = organisation.read_organisation(ports, caller)
        response.headers["ETag"] = etag(found.version)
        own = found.settings.invitation_templates
        written_anew = {template.place for template in own}
        origins = [(each, "shipped") for each in shipped.TEMPLATES if each.place not in written_anew]
        origins += [(each, "own") for each in own]
        views = [TemplateView(**dict(template), origin=origin) for template, origin in origins]
        return Templates(items=sorted(views, key=lambda view: view.place))

    @routes.put(PATH, summary="Write a message in words of your own", responses=PROBLEMS)
    def write(words: Words, of: Of, caller: MayWrite, expected: ExpectedVersion, response: Response) -> TemplateView:
        template = words.template(of)
        judged(template, sample(caller))
        changed(caller, of, [template], expected, response)
        return TemplateView(**dict(template), origin="own")

    @routes.delete(
        PATH, status_code=204, summary="Go back to the words that are shipped, if there are any", responses=PROBLEMS
    )
    def drop(of: Of, caller: MayWrite, expected: ExpectedVersion, response: Response) -> None:
        changed(caller, of, [], expected, response)

    @routes.post(
        f"{PATH}/preview",
        summary="See what becomes of words, for an invented guest",
        responses=problems("unauthenticated", "forbidden", "invalid"),
    )
    def preview(words: Words, of: Of, caller: MayWrite) -> RenderedView:
        rendered = judged(words.template(of), sample(caller))
        return RenderedView(
            **rendered._asdict(), segments=segments(rendered.text) if of.channel is Channel.SMS else None
        )

    @routes.post(
        f"{PATH}/test",
        status_code=204,
        dependencies=[Depends(within_limits)],
        summary="Send the message to an address of yours, as an invented guest would get it",
        responses=problems(
            *("unauthenticated", "forbidden", "not-found", "message-refused", "message-delayed", "invalid"),
            "rate-limited",
        ),
    )
    def test(trial: Trial, of: Of, caller: MayWrite) -> None:
        own = organisation.read_organisation(ports, caller).settings.invitation_templates
        template = next((each for each in (*own, *shipped.TEMPLATES) if each.place == of), None)
        if template is None:
            raise ProblemError("not-found", "There is no template for this in this language.")
        values, to = sample(caller), trial.address(of.channel)
        try:
            send(of.channel, written(template, values), values, to)
        except (MailRefused, SmsRefused) as refused:
            raise ProblemError("message-refused", members={"reply": str(refused.status)}) from refused
        except (MailDelayed, SmsDelayed) as delayed:
            raise ProblemError("message-delayed") from delayed

    def send(channel: Channel, rendered: Rendered, values: Values, to: str) -> None:
        """Over a connection of its own. Raises MailRefused, MailDelayed, SmsRefused, SmsDelayed."""
        settings, key = hote.settings, f"test.{ports.new_id()}"
        if channel is Channel.SMS:
            settings.sms_gateway().send(to, rendered.text, key)
            return
        message_id = f"<{key}@{settings.mail_from.rpartition('@')[2]}>"
        sender = address_header(settings.mail_from, values.property)
        with closing(settings.mail_server()) as server:
            server.send(mail_of(rendered, message_id, ports.now(), sender, to, values.unsubscribe))

    def sample(caller: Caller) -> Values:
        return example(organisation.read_organisation(ports, caller).settings.name, public_url)

    def changed(
        caller: Caller, of: TemplatePlace, now: list[InvitationTemplate], expected: int | None, response: Response
    ) -> None:
        """Puts what there is now in the place of what there was."""

        def new(settings: OrganisationSettings) -> OrganisationSettings:
            others = [each for each in settings.invitation_templates if each.place != of]
            return patched(settings, OwnTemplates(invitation_templates=(*others, *now)))

        after, position = organisation.change_organisation(ports, caller, new, expected=expected)
        response.headers[HOTE_POSITION] = str(position)
        response.headers["ETag"] = etag(after.version)

    return routes
