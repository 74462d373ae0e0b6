"""Who is due is decided by their events at the moment of erasing, whatever the read model proposed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from application import guests, legal_hold, retention
from application.caller import Caller
from application.erasure.guests import Result, anonymise_guest
from application.erasure.why import Why
from application.guest_entry import Judged
from application.organisation import change_organisation
from application.retention import Finding, Sweep
from domain.access import Forbidden, Role
from domain.contact import Profile
from domain.event import Event
from domain.feedback import GuestReplied
from domain.guest_events import GuestAnonymised, LegalHoldPlaced, Origin, StayRecorded
from domain.policies.retention import CNIL, RetentionRule
from domain.quality_cost import QualityCostRecorded
from domain.stay import Stay
from tests.application.memory import House

TODAY = datetime(2026, 11, 21, 20, tzinfo=UTC)
LONG_AGO = datetime(2020, 3, 1, 9, tzinfo=UTC)
START = UUID(int=0)
ITALY = RetentionRule(country="IT", years=1, source="Registro")


@pytest.fixture
def house() -> House:
    return House()


def register(house: House, *stays: tuple[UUID, str], at: datetime = LONG_AGO) -> UUID:
    """A guest first told of at a moment, with stays that ended on these days."""
    then = replace(house.ports, now=lambda: at)
    name = f"guest{len(house.log.recorded)}"
    told = Judged("fr", "FR", Profile(last_name=name, emails=(f"{name}@example.com",)), None)
    guest_id, _ = guests.register_guest(then, house.admin, told, Origin.MANUAL)
    for version, (property_id, departure) in enumerate(stays, start=2):
        house.log.append([stay_of(guest_id, version, property_id, departure)], house.admin.metadata(at))
    return guest_id


def stay_of(guest_id: UUID, version: int, property_id: UUID, departure: str) -> StayRecorded:
    stay = Stay(property_id=property_id, departure=date.fromisoformat(departure))
    return StayRecorded(originator_id=guest_id, originator_version=version, stay_id=UUID(int=version), stay=stay)


def swept(
    house: House, *proposed: UUID, erase: bool = False, home: str | None = "FR", by: Caller | None = None
) -> Sweep:
    """What comes of these guests' being proposed."""

    def idle_since(day: date, after: UUID, limit: int) -> Sequence[UUID]:
        del day
        return [guest_id for guest_id in sorted(proposed) if guest_id > after][:limit]

    ports = replace(house.ports, now=lambda: TODAY)
    return retention.sweep(ports, by or house.admin, idle_since, home, erase=erase, after=START, limit=1_000)


def results(found: Sweep) -> dict[UUID, str]:
    return {finding.guest_id: finding.result for finding in found.findings}


def types_of(house: House, guest_id: UUID) -> list[type[Event]]:
    return [type(each.event) for each in house.log.stream(guest_id)]


def with_rules(house: House, *rules: RetentionRule) -> None:
    change_organisation(house.ports, house.admin, lambda old: old.model_copy(update={"retention_rules": rules}))


def test_a_dry_run_says_who_is_due_and_why_and_erases_nobody(house: House) -> None:
    guest_id = register(house, (house.port, "2021-05-08"))
    before = len(house.log.recorded)
    found = swept(house, guest_id)
    due = retention.Due(date(2021, 5, 8), CNIL, date(2024, 5, 8))
    assert found == Sweep(TODAY.date(), (CNIL,), [Finding(guest_id, due, "due")], None, None)
    assert len(house.log.recorded) == before


def test_who_is_due_is_erased_for_a_reason_that_names_the_rule(house: House) -> None:
    guest_id = register(house)
    [finding] = swept(house, guest_id, erase=True).findings
    last = house.log.stream(guest_id)[-1]
    assert isinstance(last.event, GuestAnonymised)
    assert (finding.result, finding.erasure_id) == (Result.ERASED, last.event.erasure_id)
    assert last.reason == f"retention: 3 years after last contact ({CNIL.source})"
    assert house.log.forgotten == [guest_id]


@pytest.mark.parametrize("erase", [False, True])
def test_whom_the_read_model_proposes_wrongly_is_left_alone(house: House, erase: bool) -> None:
    came_back = register(house, (house.port, "2026-01-02"))
    to_come = register(house, (house.port, "2027-01-02"))
    new = register(house, at=TODAY)
    gone = register(house)
    guests.delete_guest(house.ports, house.admin, gone)
    erased = register(house)
    anonymise_guest(house.ports, house.admin, erased, Why(reason="asked"))
    before = len(house.log.recorded)
    assert swept(house, came_back, to_come, new, gone, erased, UUID(int=5), erase=erase).findings == []
    assert len(house.log.recorded) == before


def test_the_country_is_that_of_the_last_stay_and_without_one_that_of_home(house: House) -> None:
    with_rules(house, ITALY)
    italian = register(house, (house.port, "2021-05-08"), (house.lago, "2025-05-08"))
    french = register(house, (house.lago, "2021-05-08"), (house.port, "2025-05-08"))
    nowhere = register(house, at=datetime(2025, 5, 8, tzinfo=UTC))
    everybody = (italian, french, nowhere)
    assert results(swept(house, *everybody, home="FR")) == {italian: "due"}
    assert results(swept(house, *everybody, home="IT")) == {italian: "due", nowhere: "due"}
    assert {finding.due.rule for finding in swept(house, *everybody, home="IT").findings} == {ITALY}


def test_while_no_property_is_known_nobody_is_due_who_never_stayed(house: House) -> None:
    nowhere, at_port = register(house), register(house, (house.port, "2021-05-08"))
    assert results(swept(house, nowhere, at_port, home=None)) == {at_port: "due"}


def test_the_read_model_is_asked_by_the_shortest_rule(house: House) -> None:
    with_rules(house, ITALY)
    asked: list[date] = []

    def idle_since(day: date, after: UUID, limit: int) -> Sequence[UUID]:
        del after, limit
        asked.append(day)
        return []

    ports = replace(house.ports, now=lambda: TODAY)
    retention.sweep(ports, house.admin, idle_since, "FR", erase=False, after=START, limit=10)
    assert asked == [date(2025, 11, 21)]


def test_each_is_erased_by_their_own_rule(house: House) -> None:
    with_rules(house, ITALY)
    italian, french = register(house, (house.lago, "2021-05-08")), register(house, (house.port, "2021-05-08"))
    found = swept(house, italian, french, erase=True)
    assert results(found) == {italian: Result.ERASED, french: Result.ERASED}
    assert [house.log.stream(guest_id)[-1].reason for guest_id in (italian, french)] == [
        "retention: 1 year after last contact (Registro)",
        f"retention: 3 years after last contact ({CNIL.source})",
    ]
    assert found.position == house.log.recorded[-1].position


@pytest.mark.parametrize("erase", [False, True])
def test_a_held_guest_is_shown_with_who_holds_them_and_kept(house: House, erase: bool) -> None:
    held, free = register(house), register(house)
    legal_hold.place_hold(house.ports, house.admin, held, "Litige 2026-118")
    found = swept(house, held, free, erase=erase)
    assert results(found) == {held: "held", free: "erased" if erase else "due"}
    [finding] = [finding for finding in found.findings if finding.guest_id == held]
    placed = house.log.stream(held)[-1]
    assert isinstance(placed.event, LegalHoldPlaced)
    assert finding.hold == legal_hold.LegalHold("key:admin", placed.recorded_at, "Litige 2026-118")


def test_a_stay_recorded_at_the_same_moment_wins_and_the_others_go(house: House) -> None:
    returning, gone = register(house), register(house)
    house.log.interruptions = [[stay_of(returning, 2, house.port, "2026-11-23")]]
    found = swept(house, returning, gone, erase=True)
    assert results(found) == {returning: Result.KEPT, gone: Result.ERASED}
    assert GuestAnonymised not in types_of(house, returning)
    assert house.log.forgotten == [gone]


def test_who_said_something_later_wrote_or_was_given_something_is_kept(house: House) -> None:
    said, silent, wrote, given = (register(house) for _ in range(4))
    house.complaint(house.port, said)
    feedback = house.complaint(house.port, wrote, said_at=LONG_AGO)
    house.complaint(house.port, silent, said_at=LONG_AGO)
    house.happens(GuestReplied(originator_id=feedback, originator_version=2, subject_id=wrote, letter=None), at=TODAY)
    house.happens(
        QualityCostRecorded(
            originator_id=UUID(int=77),
            originator_version=1,
            organisation_id=house.admin.organisation_id,
            property_id=house.port,
            subject_id=given,
            guest_id=given,
            day=TODAY.date(),
            currency="EUR",
            items=(),
            comment=None,
        ),
        at=TODAY,
    )
    assert results(swept(house, said, silent, wrote, given)) == {silent: "due"}


def test_what_is_said_at_the_same_moment_wins(house: House) -> None:
    guest_id = register(house)
    feedback = house.complaint(house.port, guest_id, said_at=LONG_AGO)
    house.log.interruptions = [
        [GuestReplied(originator_id=feedback, originator_version=2, subject_id=guest_id, letter=None)]
    ]
    assert results(swept(house, guest_id, erase=True)) == {guest_id: Result.KEPT}
    assert house.log.forgotten == []


def test_a_stay_that_moves_a_guest_to_another_rule_keeps_them_until_the_next_run(house: House) -> None:
    with_rules(house, ITALY)
    guest_id = register(house, (house.port, "2021-05-08"))
    house.log.interruptions = [[stay_of(guest_id, 3, house.lago, "2021-08-08")]]
    assert results(swept(house, guest_id, erase=True)) == {guest_id: Result.KEPT}
    assert results(swept(house, guest_id, erase=True)) == {guest_id: Result.ERASED}
    assert (house.log.stream(guest_id)[-1].reason or "").startswith("retention: 1 year ")


def test_a_hold_placed_at_the_same_moment_wins(house: House) -> None:
    guest_id = register(house)
    house.log.interruptions = [
        [LegalHoldPlaced(originator_id=guest_id, originator_version=2, grounds="Litige 2026-118")]
    ]
    [finding] = swept(house, guest_id, erase=True).findings
    assert (finding.result, finding.hold and finding.hold.grounds) == (Result.HELD, "Litige 2026-118")


def test_held_guests_do_not_fill_every_page(house: House) -> None:
    everybody = sorted(register(house) for _ in range(5))
    for guest_id in everybody[:2]:
        legal_hold.place_hold(house.ports, house.admin, guest_id, "Litige 2026-118")
    ports = replace(house.ports, now=lambda: TODAY)

    def idle_since(day: date, after: UUID, limit: int) -> Sequence[UUID]:
        del day
        return [guest_id for guest_id in everybody if guest_id > after][:limit]

    pages: list[list[UUID]] = []
    after: UUID | None = START
    while after is not None:
        found = retention.sweep(ports, house.admin, idle_since, "FR", erase=True, after=after, limit=2)
        pages.append([finding.guest_id for finding in found.findings])
        after = found.next
    assert pages == [everybody[:2], everybody[2:4], everybody[4:]]
    assert house.log.forgotten == everybody[2:]


def test_it_is_for_who_may_erase_in_the_whole_organisation(house: House) -> None:
    guest_id = register(house)
    for caller in (
        house.staff(Role.FRONT_DESK),
        house.staff(Role.MACHINE),
        house.staff(Role.MANAGER, house.port),
        house.staff(Role.ADMIN, house.port, house.lago),
    ):
        with pytest.raises(Forbidden):
            swept(house, guest_id, erase=True, by=caller)
    assert results(swept(house, guest_id, by=house.staff(Role.AUDITOR))) == {guest_id: "due"}
