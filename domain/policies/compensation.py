"""How much each role may give to settle a complaint before somebody else has to approve it."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from domain.access import RIGHTS, Right, Role
from domain.money import LARGEST_AMOUNT


def limitable(role: Role) -> Role:
    if role is Role.ADMIN:
        raise PydanticCustomError("role_unlimited", "this role may give anything")
    return role


class CompensationLimit(BaseModel):
    """The most that a role may give for one feedback, in minor units of the property's currency.

    Admin has none: somebody must be able to approve whatever is proposed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Annotated[Role, AfterValidator(limitable)]
    amount: Annotated[int, Field(ge=0, lt=LARGEST_AMOUNT, strict=True)]


def one_for_each_role(limits: tuple[CompensationLimit, ...]) -> tuple[CompensationLimit, ...]:
    if len({limit.role for limit in limits}) != len(limits):
        raise PydanticCustomError("role_twice", "two limits are for the same role")
    return limits


CompensationLimits = Annotated[tuple[CompensationLimit, ...], AfterValidator(one_for_each_role)]


def may_give(limits: Sequence[CompensationLimit], role: Role, total: int) -> bool:
    """Whether what is given stays within the role's limit, or the role has none. `total` in minor units.

    A machine gives nothing unless a limit is set for it: it may settle feedback, and its items wait for approval.
    """
    amounts = [limit.amount for limit in limits if limit.role is role]
    if role is Role.MACHINE and not amounts:
        return total == 0
    return all(total <= amount for amount in amounts)


def may_approve(limits: Sequence[CompensationLimit], role: Role, total: int) -> bool:
    """Whether the role may decide on what another proposed. A machine never does, whatever its limit."""
    return role is not Role.MACHINE and may_give(limits, role, total)


def who_may(limits: Sequence[CompensationLimit], total: int) -> tuple[Role, ...]:
    """The roles that record feedback and may approve so much, in minor units: whom to ask."""
    return tuple(
        role for role, rights in RIGHTS.items() if Right.RECORD_FEEDBACK in rights and may_approve(limits, role, total)
    )
