"""Makes the pages that guests see: in their language, with nothing from elsewhere, and without scripts if need be."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

from fastapi.responses import HTMLResponse
from markupsafe import Markup
from starlette.requests import Request

from adapters.http.negotiation import by_preference
from adapters.http.pages.guest_texts import LANGUAGES, TEXTS, GuestLanguage
from adapters.http.pages.page import FOLDER, TEMPLATES

STYLE = (FOLDER / "guest.css").read_text(encoding="utf-8")
FOLLOW = 'document.getElementById("go").submit()'
ANEW = (FOLDER / "guest_anew.js").read_text(encoding="utf-8")


def by_hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


# Nothing is loaded from anywhere; of styles and scripts only ours, by their hashes.
ANY_FORM = (
    f"default-src 'none'; style-src {by_hash(STYLE)}; script-src {by_hash(FOLLOW)} {by_hash(ANEW)}; base-uri 'none'; "
    "frame-ancestors 'none'"
)
LEADS_ON = {"Content-Security-Policy": ANY_FORM}
"""For the page whose form is answered with a redirect to a portal: browsers take that, and where the portal sends them
on to, for where the form leads."""

HEADERS = {
    "Content-Security-Policy": f"{ANY_FORM}; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
}


def language_for(request: Request, *wanted: str | None, chosen: str | None = None) -> GuestLanguage:
    """The one that was chosen just now, else as the address asks for, else the first that is wanted and spoken, else as
    the browser asks for, else English."""
    asked = by_preference(request.headers.get("accept-language", ""))
    for tag in (chosen, request.query_params.get("lang"), *wanted, *asked):
        for language in LANGUAGES:
            if tag and tag.split("-")[0].lower() == language:
                return language
    return "en"


def guest_page(
    template: str,
    language: GuestLanguage,
    *,
    sender: str | None = None,
    query: Mapping[str, str] | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> HTMLResponse:
    """`sender` is the hotel or the organisation; `query` what the address keeps when the language changes."""
    text = TEMPLATES.get_template(template).render(
        language=language,
        languages=LANGUAGES,
        guest_style=Markup(STYLE),  # noqa: S704  ours
        follow=Markup(FOLLOW),  # noqa: S704  ours
        anew=Markup(ANEW),  # noqa: S704  ours
        words={name: getattr(words, language) for name, words in TEXTS.items()},
        sender=sender,
        query=query or {},
        **values,
    )
    return HTMLResponse(text, status, HEADERS | {"Content-Language": language} | dict(headers or {}))


def instead(request: Request, what: str, status: int, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """A page that says why there is no other; `what` is `unknown`, `gone`, `late` or `busy`."""
    return guest_page("guest_instead.html", language_for(request), what=what, status=status, headers=headers)
