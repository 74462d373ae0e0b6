"""What `hote demo` shows of feedback: the inbox, an answer that went out, and what complaints cost."""

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import UUID

from rich.table import Column, Table

from adapters.bootstrap import Hote
from adapters.cli.console import LAKE, POLL_SECONDS, console, table, wait_for
from adapters.cli.report import tell
from adapters.demo.feedback import DAYS, Lodger, live_half_a_year
from application.caller import Caller
from domain.feedback import MailSent
from domain.handling import Category, Folder
from projections.guest_list import queries as guest_list
from projections.guest_list.query import GuestQuery
from projections.inbox import queries as inbox
from projections.inbox.queries import Item
from projections.inbox.query import in_folder
from projections.inbox.row import CATEGORIES
from projections.lake.complaint_costs import COMPLAINT_COSTS
from projections.lake.query import Query
from projections.lake.reports import run
from projections.settings.queries import employee_names

SHOWN = 5
CATEGORY_TEXTS = {Category.ON_HOLD: "en attente", Category.ALERT: "alerte", Category.NEW: "nouveau"}


def show_feedback(hote: Hote, caller: Caller, properties: Sequence[UUID]) -> None:
    today = datetime.now(UTC).date()
    since = today - timedelta(DAYS)
    lodgers = lodgers_between(hote, caller.organisation_id, since, today)
    answered = live_half_a_year(hote.ports, caller, properties, lodgers, today, seed=1)
    wait_for(hote)
    with hote.pool.connection() as connection:
        counts = inbox.counts(connection, dict.fromkeys(properties))
        first = inbox.page(connection, in_folder(properties, Folder.INBOX), SHOWN, None).items
    by_category = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in counts.categories.items())
    console.print(
        f"\n{sum(counts.folders.values())} feedbacks, {counts.folders[Folder.DONE]} done. In the inbox: {by_category}."
    )
    console.print(inbox_table(first))
    wait_for_mail(hote, answered)
    console.print("One got an answer by mail: a file in the folder outbox of HOTE_HOME.")
    wait_for(hote, LAKE)
    query = Query(caller.organisation_id, first=since, last=today, group_by=["code"])
    with hote.lake.connection() as connection:
        found = run(connection, COMPLAINT_COSTS, query, partial(employee_names, hote.pool, caller.organisation_id))
    console.print(f"What complaints cost since {since}, by code:")
    tell(found)


def lodgers_between(hote: Hote, organisation_id: UUID, since: date, until: date) -> list[Lodger]:
    """Known guests who arrived from the first day on and before the second."""
    asked = GuestQuery(organisation_id, arrival_from=since, arrival_before=until, sort="last_stay")
    found: list[Lodger] = []
    with hote.pool.connection() as connection:
        for item in guest_list.stream(connection, asked):
            match item:
                case {
                    "anonymised": False,
                    "id": UUID() as guest_id,
                    "last_stay": date() as arrival,
                    "last_rooms": [str() as room, *_],
                    "language": str() as language,
                    "emails": list() as emails,
                }:
                    found.append(Lodger(guest_id, arrival, room, language, bool(emails)))
    return found


def inbox_table(items: Sequence[Item]) -> Table:
    columns = ("Catégorie", "Dit le", "Client", "Ch.", "Code")
    shown = table(*(Column(title, no_wrap=True) for title in columns), "Message")
    for item in items:
        words, profile = item.words or {}, item.guest_profile or {}
        shown.add_row(
            CATEGORY_TEXTS[CATEGORIES[item.urgency]],
            f"{item.day:%d/%m}",
            str(profile.get("last_name") or words.get("author") or ""),
            item.room or "",
            item.code_name or "",
            words.get("comment", ""),
        )
    return shown


def wait_for_mail(hote: Hote, feedback_id: UUID) -> None:
    """Until what was written to the guest has left."""
    while not any(isinstance(each.event, MailSent) for each in hote.ports.log.stream(feedback_id)):
        time.sleep(POLL_SECONDS)
