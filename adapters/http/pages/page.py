"""Makes pages of templates: what is put into one is escaped, and no script runs."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from adapters.http.languages import Language

FOLDER = Path(__file__).parent
STYLE = (FOLDER / "style.css").read_text(encoding="utf-8")

TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
TEMPLATES.globals["style"] = Markup(STYLE)  # noqa: S704  ours

HEADERS = {
    # Nothing is loaded from anywhere, nothing runs; of styles only ours, by its hash (CSP Level 3).
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def page(template: str, language: Language, **values: object) -> HTMLResponse:
    text = TEMPLATES.get_template(template).render(language=language, **values)
    return HTMLResponse(text, headers=HEADERS | {"Content-Language": language})
