"""What an organisation calls some of its guests besides new, returning and blocked, such as "fidèle"; internal."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.label import Label
from domain.property import Language


class StatusLabel(BaseModel):
    """Shown beside a guest's status, never in its place; `color` is for screens, as in CSS."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", examples=["regular"])
    label: dict[Language, Annotated[Label, Field(max_length=60)]] = Field(
        min_length=1, max_length=20, examples=[{"fr": "Fidèle", "en": "Regular"}]
    )
    color: str | None = Field(default=None, pattern=r"^#[0-9a-f]{6}$", examples=["#1a7f37"])
