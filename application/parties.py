"""Commands about companies and occasions, reading them, and what reservations are tied to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic
from uuid import UUID

from application.caller import Caller, require_version
from application.guest_records import load_whole
from application.organisation import load_property
from application.ports import Ports
from application.problem_texts import InvalidInput, problem
from application.races import persistently
from domain import guest as guests
from domain import party
from domain.access import Right
from domain.contact import FieldProblem
from domain.event import Recorded
from domain.guest import GuestForgotten, GuestUnknown
from domain.party import CompanySettings, OccasionSettings, P, Party, PartyUnknown
from domain.property import PropertyUnknown
from domain.ties import NO_TIES, Ties


@dataclass(frozen=True)
class PartyRecord(Generic[P]):
    """A company or an occasion with the events that told of it."""

    party: Party[P]
    recorded: Sequence[Recorded]

    @property
    def created_at(self) -> datetime:
        return self.recorded[0].recorded_at

    @property
    def position(self) -> int:
        return self.recorded[-1].position


def read_party(ports: Ports, caller: Caller, kind: type[P], party_id: UUID) -> PartyRecord[P]:
    """Raises PartyUnknown, also for an occasion where the caller's key does not reach; Forbidden."""
    caller.require(Right.READ_GUESTS)
    recorded = ports.log.stream(party_id)
    found = party.fold(kind, (each.event for each in recorded))
    if found is None or found.organisation_id != caller.organisation_id or not _sees(caller, found.settings):
        raise PartyUnknown("There is no such company or occasion.")
    return PartyRecord(found, recorded)


def add_party(ports: Ports, caller: Caller, settings: CompanySettings | OccasionSettings) -> UUID:
    """Gives the id of the new company or occasion. Raises InvalidInput for who or what it names, Forbidden."""
    caller.require(Right.WRITE_GUESTS)
    _require_known(ports, caller, settings)
    party_id = ports.new_id()
    ports.log.append(party.add(party_id, caller.organisation_id, settings), caller.metadata(ports.now()))
    return party_id


def change_party(
    ports: Ports,
    caller: Caller,
    kind: type[P],
    party_id: UUID,
    new_settings: Callable[[P], P],
    *,
    expected: int | None = None,
) -> None:
    """A company books everywhere: a key that does not reach all properties changes none.

    Raises as add_party, of what is named anew, and PartyUnknown, VersionMismatch, ConcurrentChange.
    """
    caller.require(Right.WRITE_GUESTS)

    def attempt() -> None:
        found = read_party(ports, caller, kind, party_id).party
        if not isinstance(found.settings, OccasionSettings):
            caller.require_whole_organisation()
        require_version(found.version, expected)
        settings = new_settings(found.settings)
        if events := party.change(found, settings):
            _require_known(ports, caller, settings, found.settings)
            ports.log.append(events, caller.metadata(ports.now()))

    persistently(attempt)


def require_known_ties(ports: Ports, caller: Caller, ties: Ties, property_id: UUID, before: Ties = NO_TIES) -> None:
    """Asked of those that are not as they were `before`: whoever is named may be merged or forgotten since.

    Raises InvalidInput where one is unknown to the caller, or the occasion is at another property; GuestMergedAway.
    """
    problems = [
        *_contact_person_problems(ports, caller, ties.contact_person_id, before.contact_person_id),
        *_company_problems(ports, caller, ties.company_id, before.company_id),
    ]
    if ties.occasion_id and ties.occasion_id != before.occasion_id:
        try:
            occasion = read_party(ports, caller, OccasionSettings, ties.occasion_id).party
        except PartyUnknown:
            problems.append(problem("/occasion_id", "occasion-unknown"))
        else:
            if occasion.settings.property_id != property_id:
                problems.append(problem("/occasion_id", "occasion-elsewhere"))
    if problems:
        raise InvalidInput(problems)


def _require_known(
    ports: Ports, caller: Caller, settings: CompanySettings | OccasionSettings, before: CompanySettings | None = None
) -> None:
    """As require_known_ties."""
    named_before = before.contact_person_id if before else None
    problems = _contact_person_problems(ports, caller, settings.contact_person_id, named_before)
    if isinstance(settings, OccasionSettings):
        company_before = before.company_id if isinstance(before, OccasionSettings) else None
        problems += _company_problems(ports, caller, settings.company_id, company_before)
        try:
            load_property(ports, caller, settings.property_id)
        except PropertyUnknown:
            problems.append(problem("/property_id", "property-unknown"))
    if problems:
        raise InvalidInput(problems)


def _contact_person_problems(
    ports: Ports, caller: Caller, guest_id: UUID | None, before: UUID | None
) -> list[FieldProblem]:
    if guest_id in (None, before):
        return []
    try:
        guests.require(load_whole(ports, caller, guest_id).guest)
    except (GuestUnknown, GuestForgotten):
        return [problem("/contact_person_id", "guest-unknown")]
    return []


def _company_problems(ports: Ports, caller: Caller, company_id: UUID | None, before: UUID | None) -> list[FieldProblem]:
    if company_id in (None, before):
        return []
    try:
        read_party(ports, caller, CompanySettings, company_id)
    except PartyUnknown:
        return [problem("/company_id", "company-unknown")]
    return []


def _sees(caller: Caller, settings: CompanySettings) -> bool:
    return not isinstance(settings, OccasionSettings) or caller.sees([settings.property_id])
