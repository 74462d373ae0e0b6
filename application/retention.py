"""Erasing guests who were kept for as long as they may be: who is due, by which rule, and what became of each."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date
from typing import Literal, NamedTuple
from uuid import UUID

from application.caller import Caller
from application.erasure.belongings import Belongings
from application.erasure.guests import Erased, Result, anonymise_guests
from application.erasure.merged import load_all
from application.erasure.why import Why
from application.guest_records import GuestRecord
from application.legal_hold import LegalHold, hold_of
from application.organisation import load_organisation, load_property
from application.ports import Ports
from domain.access import Right
from domain.policies.retention import RetentionRule, due_since, last_contact, rule_for, rules_in_force, years_after

IdleSince = Callable[[date, UUID, int], Sequence[UUID]]
"""Proposes guests of whom nothing is known after a day: at most so many of those after an id, in the order of ids."""


class Due(NamedTuple):
    """Since when a guest may no longer be kept, and why."""

    last_contact: date
    rule: RetentionRule
    since: date


class Finding(NamedTuple):
    """A guest who is due, and what became of them."""

    guest_id: UUID
    due: Due
    result: Literal["due"] | Result
    erasure_id: UUID | None = None
    hold: LegalHold | None = None


class Sweep(NamedTuple):
    """What came of looking at some guests.

    `next` is the id to go on after, None when all were looked at. `position` is that of the last erasure, if any.
    """

    today: date
    rules: Sequence[RetentionRule]
    findings: Sequence[Finding]
    next: UUID | None
    position: int | None


def sweep(
    ports: Ports,
    caller: Caller,
    idle_since: IdleSince,
    home: str | None,
    *,
    erase: bool,
    after: UUID,
    limit: int,
) -> Sweep:
    """Finds the guests who are due among the next `limit` who may be, and erases them if told so.

    Whom `idle_since` proposes is decided by their events, again at the moment of erasing: a stay or a feedback recorded
    just before keeps a guest. `home` is the country of guests who never stayed; where it is None, as no property is
    known yet, these are left alone. Raises Forbidden, and ConcurrentChange, after which who was erased before stays so.
    """
    caller.require(Right.ANONYMISE_GUESTS)
    caller.require_whole_organisation()
    judge = _Judge(ports, caller, home)
    shortest = min(rule.years for rule in judge.rules)
    proposed = idle_since(years_after(judge.today, -shortest), after, limit)
    guests = load_all(ports, proposed).values()
    records = [each.record for each in guests]
    due = {each.record.guest.id: found for each in guests if (found := judge(each.record, each.belongings))}
    erased = _erase(ports, caller, judge, due) if erase else {}
    findings = [
        _finding(each, due[each.guest.id], erased.get(each.guest.id)) for each in records if each.guest.id in due
    ]
    position = max((each.position for each in erased.values() if each.position), default=None)
    return Sweep(judge.today, judge.rules, findings, proposed[-1] if len(proposed) == limit else None, position)


class _Judge:
    """Tells of a guest, as their events do, whether they are due today (UTC)."""

    def __init__(self, ports: Ports, caller: Caller, home: str | None) -> None:
        self._ports = ports
        self._caller = caller
        self._home = home
        self._countries: dict[UUID, str] = {}
        self.today = ports.now().astimezone(UTC).date()
        self.rules = rules_in_force(load_organisation(ports, caller.organisation_id).settings.retention_rules)

    def __call__(self, record: GuestRecord, belongings: Belongings) -> Due | None:
        guest = record.guest
        if not guest.exists or guest.anonymised:
            return None
        country = self._country(guest.latest_stay[1].property_id) if guest.latest_stay else self._home
        if country is None:
            return None
        rule = rule_for(country, self.rules)
        contact = last_contact(guest, record.created_at.astimezone(UTC).date(), belongings.heard_of)
        since = due_since(contact, rule)
        return Due(contact, rule, since) if since <= self.today else None

    def _country(self, property_id: UUID) -> str:
        if property_id not in self._countries:
            self._countries[property_id] = load_property(self._ports, self._caller, property_id).settings.country
        return self._countries[property_id]


def _erase(ports: Ports, caller: Caller, judge: _Judge, due: Mapping[UUID, Due]) -> dict[UUID, Erased]:
    def still(record: GuestRecord, belongings: Belongings) -> bool:
        now = judge(record, belongings)
        return now is not None and now.rule == due[record.guest.id].rule

    erased: dict[UUID, Erased] = {}
    for rule in judge.rules:
        guest_ids = [guest_id for guest_id, found in due.items() if found.rule == rule]
        period = "1 year" if rule.years == 1 else f"{rule.years} years"
        why = Why(reason=f"retention: {period} after last contact ({rule.source})")
        erased |= {
            each.guest_id: each for each in anonymise_guests(ports, caller, guest_ids, why, still=still, by_rule=True)
        }
    return erased


def _finding(record: GuestRecord, due: Due, erased: Erased | None) -> Finding:
    guest = record.guest
    if erased:
        return Finding(guest.id, due, erased.result, erased.erasure_id, erased.hold)
    if guest.held:
        return Finding(guest.id, due, Result.HELD, hold=hold_of(record.recorded))
    return Finding(guest.id, due, "due")
