"""GET /v1/reports/…: what feedback, complaints and gifts come to, and the facts behind each figure."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.openapi import problems
from adapters.http.positions import at_least
from adapters.http.problems import FieldError, ProblemError
from adapters.http.routes.report_queries import (
    ComplaintCostsFacts,
    ComplaintCostsQuery,
    CustomerRelationsFacts,
    CustomerRelationsQuery,
    FactsQuery,
    QualityCostsFacts,
    QualityCostsFilters,
    QualityCostsQuery,
    ReportQuery,
)
from adapters.http.routes.report_views import FactsView, ReportView
from adapters.http.routes.table_formats import AS_TABLE
from adapters.http.tables import Cell, Format, table, wanted
from application.caller import Caller
from application.problem_texts import TEXTS
from domain.access import Right
from projections.lake import drill_down, reports
from projections.lake.complaint_costs import COMPLAINT_COSTS
from projections.lake.customer_relations import CUSTOMER_RELATIONS
from projections.lake.names import columns_of
from projections.lake.quality_costs import QUALITY_COSTS, WITH_COMPLAINTS
from projections.lake.query import BadQuery
from projections.lake.recovery import RECOVERY
from projections.lake.reports import Definition
from projections.settings.queries import employee_names

Analyst = Annotated[Caller, Depends(allowed(Right.READ_REPORTS))]
PROBLEMS = ("unauthenticated", "forbidden", "not-acceptable", "not-yet", "exports-busy", "invalid")


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(
        prefix="/v1/reports",
        tags=["Reports"],
        dependencies=[Depends(at_least(name, hote.runner.progress)) for name in ("lake", "settings")],
        responses=AS_TABLE | problems(*PROBLEMS),
    )

    @routes.get(
        "/customer-relations",
        summary="Report on feedback: how much, how quickly resolved, and how satisfied guests were then",
        response_model=ReportView,
    )
    def customer_relations(
        request: Request, query: Annotated[CustomerRelationsQuery, Query()], caller: Analyst
    ) -> Response:
        return report(hote, request, CUSTOMER_RELATIONS, query, caller)

    @routes.get(
        "/customer-relations/rows",
        summary="List the feedback behind a figure of customer relations",
        response_model=FactsView,
    )
    def customer_relations_rows(
        request: Request, query: Annotated[CustomerRelationsFacts, Query()], caller: Analyst
    ) -> Response:
        return facts(hote, request, CUSTOMER_RELATIONS, query, caller)

    @routes.get(
        "/complaint-costs",
        summary="Report on what resolving complaints cost, by the day of the resolution",
        response_model=ReportView,
    )
    def complaint_costs(request: Request, query: Annotated[ComplaintCostsQuery, Query()], caller: Analyst) -> Response:
        return report(hote, request, COMPLAINT_COSTS, query, caller)

    @routes.get(
        "/complaint-costs/rows",
        summary="List the resolved complaints behind a figure of complaint costs; for an item, what was given of it",
        response_model=FactsView,
    )
    def complaint_costs_rows(
        request: Request, query: Annotated[ComplaintCostsFacts, Query()], caller: Analyst
    ) -> Response:
        return facts(hote, request, COMPLAINT_COSTS, query, caller)

    @routes.get(
        "/quality-costs", summary="Report on what was given outside complaints, or at all", response_model=ReportView
    )
    def quality_costs(request: Request, query: Annotated[QualityCostsQuery, Query()], caller: Analyst) -> Response:
        return report(hote, request, with_or_without_complaints(query), query, caller)

    @routes.get(
        "/quality-costs/rows", summary="List the gifts behind a figure of quality costs", response_model=FactsView
    )
    def quality_costs_rows(request: Request, query: Annotated[QualityCostsFacts, Query()], caller: Analyst) -> Response:
        return facts(hote, request, with_or_without_complaints(query), query, caller)

    @routes.get(
        "/recovery",
        summary="Report on guests who came back after a complaint of theirs was resolved",
        response_model=ReportView,
    )
    def recovery(request: Request, query: Annotated[ReportQuery, Query()], caller: Analyst) -> Response:
        return report(hote, request, RECOVERY, query, caller)

    @routes.get(
        "/recovery/rows", summary="List the resolved complaints behind a figure of recovery", response_model=FactsView
    )
    def recovery_rows(request: Request, query: Annotated[FactsQuery, Query()], caller: Analyst) -> Response:
        return facts(hote, request, RECOVERY, query, caller)

    return routes


def with_or_without_complaints(query: QualityCostsFilters) -> Definition:
    return WITH_COMPLAINTS if query.include else QUALITY_COSTS


def report(hote: Hote, request: Request, definition: Definition, query: ReportQuery, caller: Caller) -> Response:
    format_ = wanted(query.format, request.headers.get("accept", ""))
    asked = query.asked(hote, caller, query.dimensions)
    names = partial(employee_names, hote.pool, caller.organisation_id)
    try:
        with hote.lake.connection() as connection:
            found = reports.run(connection, definition, asked, names)
    except BadQuery as error:
        raise refused(error) from error
    if format_ is Format.JSON:
        return Response(orjson.dumps(found._asdict()), media_type="application/json")
    name = request.url.path.rsplit("/", 1)[-1]
    return table(format_, name, found.columns, ([row[column] for column in found.columns] for row in found.rows))


def facts(hote: Hote, request: Request, definition: Definition, query: FactsQuery, caller: Caller) -> Response:
    format_ = wanted(query.format, request.headers.get("accept", ""))
    asked = query.asked(hote, caller)
    behind = definition.facts(asked)
    names = partial(employee_names, hote.pool, caller.organisation_id)

    def rows(columns: Sequence[str]) -> Iterator[list[Cell]]:
        with hote.lake.connection() as connection, closing(drill_down.whole(connection, behind, asked, names)) as found:
            for row in found:
                yield [row[column] for column in columns]

    if format_ is not Format.JSON:
        columns = columns_of(behind.keys)
        return table(format_, request.url.path.split("/")[-2], columns, rows(columns))
    try:
        with hote.lake.connection() as connection:
            page = drill_down.page(connection, behind, asked, names, query.limit, query.cursor)
    except BadQuery as error:
        raise refused(error) from error
    return Response(orjson.dumps(page._asdict()), media_type="application/json")


def refused(error: BadQuery) -> ProblemError:
    code = "cursor-invalid" if error.field == "cursor" else "choice-invalid"
    wrong = FieldError(parameter=error.field, code=code, detail=TEXTS[code].en, expected=error.expected)
    return ProblemError("invalid", errors=[wrong])
