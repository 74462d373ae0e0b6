"""`hote report`: a report as a table on the terminal, in French, or as the CSV of the API."""

import sys
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Column

from adapters.bootstrap import open_hote
from adapters.cli.console import LAKE, console, harmless, only_organisation, refuse, table, wait_for
from adapters.cli.report_texts import TITLES, shown
from adapters.duckdb.lake import LakeUnreadable
from adapters.settings import Settings
from adapters.spreadsheet import as_csv
from projections.lake.complaint_costs import COMPLAINT_COSTS
from projections.lake.customer_relations import CUSTOMER_RELATIONS
from projections.lake.names import NAMED
from projections.lake.quality_costs import QUALITY_COSTS, WITH_COMPLAINTS
from projections.lake.query import BadQuery, Query
from projections.lake.recovery import RECOVERY
from projections.lake.reports import Report, run
from projections.settings.queries import employee_names


class Name(StrEnum):
    CUSTOMER_RELATIONS = "customer-relations"
    COMPLAINT_COSTS = "complaint-costs"
    QUALITY_COSTS = "quality-costs"
    ALL_COSTS = "all-costs"
    RECOVERY = "recovery"


DEFINITIONS = {
    Name.CUSTOMER_RELATIONS: CUSTOMER_RELATIONS,
    Name.COMPLAINT_COSTS: COMPLAINT_COSTS,
    Name.QUALITY_COSTS: QUALITY_COSTS,
    Name.ALL_COSTS: WITH_COMPLAINTS,
    Name.RECOVERY: RECOVERY,
}


DAY = "%Y-%m-%d"
TEXTS = ("kind", "origin", "month", "currency")


class Form(StrEnum):
    TABLE = "table"
    CSV = "csv"


def report(
    name: Annotated[Name, typer.Argument(help="all-costs is quality-costs and what complaints got.")],
    by: Annotated[str, typer.Option(help="One or two dimensions, such as code,month.")] = "",
    first: Annotated[datetime | None, typer.Option("--from", formats=[DAY], help="Local day, inclusive.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=[DAY], help="Local day, inclusive.")] = None,
    properties: Annotated[list[UUID] | None, typer.Option("--property", help="Id; may be given several times.")] = None,
    format_: Annotated[Form, typer.Option("--format")] = Form.TABLE,
    organisation: Annotated[UUID | None, typer.Option(help="Needed when there are several.")] = None,
) -> None:
    """Report on feedback, on what complaints cost, or on what was given."""
    definition = DEFINITIONS[name]
    with open_hote(Settings()) as hote, hote.at_work():
        wait_for(hote, LAKE)
        query = Query(
            only_organisation(hote, organisation),
            among=properties or None,
            first=first and first.date(),
            last=last and last.date(),
            group_by=[each.strip() for each in by.split(",")] if by else [],
        )
        try:
            with hote.lake.connection() as connection:
                found = run(connection, definition, query, partial(employee_names, hote.pool, query.organisation_id))
        except BadQuery as error:
            raise typer.BadParameter(str(error), param_hint="--by") from error
        except LakeUnreadable as error:
            refuse(str(error))
    if format_ is Form.CSV:
        rows = ([harmless(row[column]) for column in found.columns] for row in found.rows)
        sys.stdout.writelines(as_csv(found.columns, rows))
    else:
        tell(found)


def tell(found: Report) -> None:
    """Without ids, which say nothing to people; the totals come last."""
    columns = [column for column in found.columns if not column.endswith("_id")]
    figures = table(*(titled(column) for column in columns))
    for row in found.rows:
        figures.add_row(*(shown(column, row) for column in columns))
    figures.add_section()
    for total in [found.totals] if isinstance(found.totals, dict) else found.totals:
        first, *others = (shown(column, total) if column in total else "" for column in columns)
        figures.add_row(first or "Total", *others, style="bold")
    console.print(figures)


def titled(column: str) -> Column:
    if column in (*NAMED, "portal", "room"):
        return Column(TITLES[column], overflow="fold")
    return Column(TITLES[column], justify="left" if column in TEXTS else "right", no_wrap=True)
