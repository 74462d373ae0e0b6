"""What the forms have in common by which people and programs tell of feedback and of what was given."""

from pydantic import BaseModel, ConfigDict


class Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
