"""/livez, /readyz, /metrics: for those who run Hôte."""

from typing import Annotated

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from pydantic import BaseModel, ConfigDict, Field

from adapters.bootstrap import Hote
from adapters.http.openapi import problems


class Alive(BaseModel):
    status: Annotated[str, Field(examples=["alive"])]


class ReadModel(BaseModel):
    """How far a read model is behind the log; `failure` says what it stands still at."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "guest_list",
                    "position": 4711,
                    "behind_events": 0,
                    "behind_seconds": 0.0,
                    "failed_position": None,
                    "failure": None,
                }
            ]
        }
    )

    name: str
    position: int
    behind_events: int
    behind_seconds: float
    failed_position: int | None
    failure: str | None


class Readiness(BaseModel):
    ready: Annotated[bool, Field(examples=[True])]
    projections: list[ReadModel]


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(tags=["Running Hôte"])

    @routes.get("/livez", summary="Whether the process answers", responses=problems("internal"))
    def alive() -> Alive:
        return Alive(status="alive")

    @routes.get(
        "/readyz",
        summary="Whether every read model follows the log, and how far behind each is",
        responses={503: {"model": Readiness, "description": "A read model stands still"}},
    )
    def ready(response: Response) -> Readiness:
        models = [ReadModel(**standing._asdict()) for standing in hote.runner.standings()]
        standing_still = any(model.failure for model in models)
        response.status_code = 503 if standing_still else 200
        return Readiness(ready=not standing_still, projections=models)

    @routes.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        registry = CollectorRegistry()
        behind = Gauge("hote_projection_behind_events", "Events not folded yet", ["projection"], registry=registry)
        seconds = Gauge(
            "hote_projection_behind_seconds", "Age of what is not folded", ["projection"], registry=registry
        )
        failed = Gauge(
            "hote_projection_failed", "1 when it stands still at an event", ["projection"], registry=registry
        )
        head = Gauge("hote_log_position", "The log's last settled position", registry=registry)
        for standing in hote.runner.standings():
            behind.labels(standing.name).set(standing.behind_events)
            seconds.labels(standing.name).set(standing.behind_seconds)
            failed.labels(standing.name).set(1 if standing.failure else 0)
            head.set(standing.position + standing.behind_events)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return routes
