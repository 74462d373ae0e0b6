"""Retention over the wired Hôte: its read models propose, the handler decides."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from adapters.bootstrap import Hote
from application import retention
from application.caller import Caller
from application.retention import Sweep
from domain.refusal import Refusal
from projections.guest_list.retention import idle_since
from projections.settings.queries import default_country

START = UUID(int=0)


class PropertiesUnknown(Refusal):
    """The country of guests without a stay is not known yet."""

    code = "not-yet"


PATIENCE = 5.0
"""Seconds to wait for the first property of an organisation that was founded just now."""


def sweep(hote: Hote, caller: Caller, *, erase: bool, after: UUID, limit: int) -> Sweep:
    """As application.retention.sweep; `after` START begins. Raises also PropertiesUnknown."""

    def proposed(day: date, after: UUID, limit: int) -> Sequence[UUID]:
        with hote.pool.connection() as connection:
            return idle_since(connection, caller.organisation_id, day, after, limit)

    _, last = hote.runner.progress("settings")
    if not hote.runner.wait_for("settings", last, PATIENCE):
        raise PropertiesUnknown("The list of properties is behind the log: try again shortly.")
    with hote.pool.connection() as connection:
        home = default_country(connection, caller.organisation_id, among=None)
    return retention.sweep(hote.ports, caller, proposed, home, erase=erase, after=after, limit=limit)
