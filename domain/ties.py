"""Who is behind a reservation besides the guest who stays."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Ties(BaseModel):
    """The company that booked, the occasion it is for, and the contact person, a guest who need not stay (P4, P7)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    company_id: UUID | None = None
    occasion_id: UUID | None = None
    contact_person_id: UUID | None = None


NO_TIES = Ties()
