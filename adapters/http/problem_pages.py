"""GET /problems/{code}: what the `type` of a problem means, for the person who follows it."""

from html import escape
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import HTMLResponse

from adapters.http.languages import preferred
from adapters.http.problem_kinds import KINDS
from adapters.http.problems import ProblemError

router = APIRouter(include_in_schema=False)

PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – Hôte</title>
<style>
  :root {{ color-scheme: light dark; font: 1.1rem/1.6 system-ui, sans-serif }}
  body {{ max-width: 38rem; margin: 15vh auto; padding: 0 1.5rem }}
</style>
<main>
<p>{status} · <code>{code}</code></p>
<h1>{title}</h1>
<p>{detail}</p>
</main>
</html>
"""


@router.get("/problems/{code}")
def explain(code: str, accept_language: Annotated[str, Header()] = "") -> HTMLResponse:
    if code not in KINDS:
        raise ProblemError("not-found")
    language = preferred(accept_language)
    kind = KINDS[code]
    text = kind.text(language)
    page = PAGE.format(
        language=language,
        title=escape(text.title),
        status=kind.status,
        code=code,
        detail=escape(text.detail),
    )
    return HTMLResponse(page, headers={"Content-Language": language, "Vary": "Accept-Language"})
