"""Why something is erased, and for how long it is tried."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from application.text import one_line
from domain.label import Label
from domain.traces import Traces

ERASURE_ATTEMPTS = 50
"""Who asks to be forgotten must not be told to try again because others write of them without a pause."""


def tidied(value: object) -> object:
    return one_line(value) if isinstance(value, str) else value


class Why(BaseModel):
    """Both are kept for ever and in clear: names, e-mail addresses and phone numbers in them become `…`."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[Label, BeforeValidator(tidied)] = Field(max_length=500)
    reference: Annotated[Label, BeforeValidator(tidied)] | None = Field(default=None, max_length=200)

    def without(self, traces: Traces) -> "Why":
        """As it is kept."""
        reference = traces.taken_out_of(self.reference) if self.reference else None
        return self.model_copy(update={"reason": traces.taken_out_of(self.reason), "reference": reference})
