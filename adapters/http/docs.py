"""GET /openapi.json, and /docs, which shows it without reaching for the internet; GET /asyncapi.json."""

from fastapi import APIRouter, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.staticfiles import StaticFiles

from adapters.http.openapi import document
from adapters.kafka import asyncapi

router = APIRouter(include_in_schema=False)
router.mount("/docs/assets", StaticFiles(packages=[("fastapi_swagger", "resources")]))


@router.get("/openapi.json")
def openapi(request: Request) -> JSONResponse:
    return JSONResponse(document(request.app))


@router.get("/asyncapi.json")
def asyncapi_() -> JSONResponse:
    return JSONResponse(asyncapi.document())


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    return get_swagger_ui_html(
        openapi_url="/openapi.json",
        title=request.app.title,
        swagger_js_url="/docs/assets/swagger-ui-bundle.js",
        swagger_css_url="/docs/assets/swagger-ui.css",
        swagger_favicon_url="/docs/assets/favicon-32x32.png",
    )
