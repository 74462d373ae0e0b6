"""/livez, /readyz, /metrics: for those who run Hôte."""

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from psycopg import OperationalError
from pydantic import BaseModel, ConfigDict, Field

from adapters.bootstrap import Hote
from adapters.http.openapi import problems
from adapters.queues import Queue, queues
from projections.runner import Standing

T = TypeVar("T")


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


class Pms(BaseModel):
    """How many partitions of `pms.reservations.v1` this process reads, how many messages wait there, what hinders."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"partitions": 4, "behind_messages": 0, "failure": None}]}
    )

    partitions: int
    behind_messages: int
    failure: str | None


class Readiness(BaseModel):
    """`database` says whether it answers; where it does not, nothing is known of the read models.

    Nothing is served before the read models have followed the last erasure: `all_erased`. `pms` and
    `integration_events`, what Kafka is told, are null without Kafka; one that fails does not make the service unready,
    for all else works.
    """

    ready: Annotated[bool, Field(examples=[True])]
    database: Annotated[bool, Field(examples=[True])]
    all_erased: Annotated[bool, Field(examples=[True])]
    projections: list[ReadModel]
    pms: Annotated[Pms | None, Field(examples=[None])]
    integration_events: Annotated[ReadModel | None, Field(examples=[None])]


NOT_READY = "The database is away, a read model stands still, or one has still to follow the last erasure"


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(tags=["Running Hôte"])

    @routes.get("/livez", summary="Whether the process answers", responses=problems("internal"))
    async def alive() -> Alive:  # in the event loop: it answers also when every thread is at work
        return Alive(status="alive")

    @routes.get(
        "/readyz",
        summary="Whether every read model follows the log, and how far behind each is",
        responses={503: {"model": Readiness, "description": NOT_READY}},
    )
    def ready(response: Response) -> Readiness:
        found = answered(lambda: (hote.standings(), published()))
        standings, told = found or ((), ())
        models = [ReadModel(**standing._asdict()) for standing in standings]
        ready = found is not None and hote.all_erased.is_set() and not any(model.failure for model in models)
        response.status_code = 200 if ready else 503
        return Readiness(
            ready=ready,
            database=found is not None,
            all_erased=hote.all_erased.is_set(),
            projections=models,
            pms=Pms(**hote.pms.standing._asdict()) if hote.pms else None,
            integration_events=next((ReadModel(**standing._asdict()) for standing in told), None),
        )

    @routes.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        registry = CollectorRegistry()
        behind = Gauge("hote_projection_behind_events", "Events not folded yet", ["projection"], registry=registry)
        seconds = Gauge(
            "hote_projection_behind_seconds", "Age of what is not folded", ["projection"], registry=registry
        )
        failed = Gauge(
            "hote_projection_failed",
            "1 when it stands still, with the event's position and the reason",
            ["projection", "position", "reason"],
            registry=registry,
        )
        head = Gauge("hote_log_position", "The log's last settled position", registry=registry)
        length = Gauge("hote_queue_length", "Mails, guests to plan or invitations", ["queue"], registry=registry)
        oldest = Gauge("hote_queue_waiting_seconds", "For how long the first has waited", ["queue"], registry=registry)
        database = Gauge("hote_database_up", "0 when the database does not answer", registry=registry)
        waiting_messages = Gauge("hote_pms_behind_messages", "Messages of a PMS that wait for us", registry=registry)
        cut_off = Gauge("hote_pms_failed", "1 when what a PMS tells cannot be read", registry=registry)
        found = answered(lambda: ([*hote.standings(), *published()], messages()))
        database.set(found is not None)
        if hote.pms:
            waiting_messages.set(hote.pms.standing.behind_messages)
            cut_off.set(hote.pms.standing.failure is not None)
        standings, waiting = found or ((), ())
        for standing in standings:
            behind.labels(standing.name).set(standing.behind_events)
            seconds.labels(standing.name).set(standing.behind_seconds)
            at = "" if standing.failed_position is None else standing.failed_position
            failed.labels(standing.name, at, standing.failure or "").set(1 if standing.failure else 0)
            head.set(standing.position + standing.behind_events)
        for queue in waiting:
            length.labels(queue.queue).set(queue.length)
            oldest.labels(queue.queue).set(queue.seconds)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    def published() -> Sequence[Standing]:
        return hote.publisher.standings() if hote.publisher else []

    def messages() -> Sequence[Queue]:
        with hote.pool.connection() as connection:
            return queues(connection)

    return routes


def answered(ask: Callable[[], T]) -> T | None:
    """None when the database does not answer."""
    try:
        return ask()
    except OperationalError:
        return None
