"""PATCH as JSON Merge Patch (RFC 7396): what is sent replaces, what is not sent stays, null empties."""

from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


def patched(current: Model, patch: BaseModel) -> Model:
    """The model with what the client set in the patch. Raises RequestValidationError when the whole breaks a rule."""
    whole = merge(current.model_dump(mode="json"), patch.model_dump(mode="json", exclude_unset=True))
    try:
        return type(current).model_validate(whole)
    except ValidationError as error:
        flaws = [{**flaw, "loc": ("body", *flaw["loc"])} for flaw in error.errors(include_input=False)]
        raise RequestValidationError(flaws, body=whole) from None


def merge(target: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """RFC 7396, but that null stays null rather than removing the member: our members are all named."""
    both = dict(target)
    for name, value in patch.items():
        inner = both.get(name)
        both[name] = merge(inner, value) if isinstance(value, dict) and isinstance(inner, dict) else value
    return both
