"""Who may give how much, and whom to ask: tables of cases."""

import pytest
from pydantic import ValidationError

from domain.access import Role
from domain.money import LARGEST_AMOUNT
from domain.policies.compensation import CompensationLimit, may_approve, may_give, who_may
from domain.property import FeedbackSettings

DESK = CompensationLimit(role=Role.FRONT_DESK, amount=5_000)
MANAGER = CompensationLimit(role=Role.MANAGER, amount=50_000)
MACHINE = CompensationLimit(role=Role.MACHINE, amount=1_000)


@pytest.mark.parametrize(
    ("limits", "role", "total", "expected"),
    [
        ([], Role.FRONT_DESK, 10**10, True),
        ([DESK], Role.FRONT_DESK, 0, True),
        ([DESK], Role.FRONT_DESK, 5_000, True),
        ([DESK], Role.FRONT_DESK, 5_001, False),
        ([DESK], Role.MANAGER, 5_001, True),
        ([DESK, MANAGER], Role.MANAGER, 50_000, True),
        ([DESK, MANAGER], Role.MANAGER, 50_001, False),
        ([DESK, MANAGER], Role.ADMIN, 10**10, True),
        ([], Role.MACHINE, 0, True),
        ([DESK, MANAGER], Role.MACHINE, 1, False),
        ([MACHINE], Role.MACHINE, 1_000, True),
        ([MACHINE], Role.MACHINE, 1_001, False),
    ],
)
def test_what_a_role_may_give(limits: list[CompensationLimit], role: Role, total: int, expected: bool) -> None:
    assert may_give(limits, role, total) is expected


@pytest.mark.parametrize(
    ("limits", "total", "expected"),
    [
        ([], 1, {Role.FRONT_DESK, Role.MANAGER, Role.ADMIN}),
        ([MACHINE], 500, {Role.FRONT_DESK, Role.MANAGER, Role.ADMIN}),
        ([DESK, MACHINE], 5_000, {Role.FRONT_DESK, Role.MANAGER, Role.ADMIN}),
        ([DESK, MACHINE], 5_001, {Role.MANAGER, Role.ADMIN}),
        ([DESK, MANAGER, MACHINE], 50_001, {Role.ADMIN}),
    ],
)
def test_whom_to_ask(limits: list[CompensationLimit], total: int, expected: set[Role]) -> None:
    """Never somebody who only reads, such as an analyst, nor a machine, which nobody can ask."""
    assert set(who_may(limits, total)) == expected


def test_a_machine_never_approves() -> None:
    assert not any(may_approve(limits, Role.MACHINE, total) for limits in ([], [MACHINE]) for total in (0, 1_000))
    assert may_approve([DESK], Role.FRONT_DESK, 5_000)
    assert not may_approve([DESK], Role.FRONT_DESK, 5_001)


@pytest.mark.parametrize(
    ("limits", "error"),
    [
        ([{"role": "front_desk", "amount": 1}, {"role": "front_desk", "amount": 2}], "role_twice"),
        ([{"role": "admin", "amount": 1}], "role_unlimited"),
        ([{"role": "concierge", "amount": 1}], "enum"),
        ([{"role": "manager", "amount": -1}], "greater_than_equal"),
        ([{"role": "manager", "amount": LARGEST_AMOUNT}], "less_than"),
        ([{"role": "manager", "amount": 12.5}], "int_type"),
        ([{"role": "manager", "amount": "50"}], "int_type"),
    ],
)
def test_what_is_no_limit(limits: list[dict[str, object]], error: str) -> None:
    with pytest.raises(ValidationError) as refused:
        FeedbackSettings.model_validate({"compensation_limits": limits})
    assert [flaw["type"] for flaw in refused.value.errors()] == [error]
