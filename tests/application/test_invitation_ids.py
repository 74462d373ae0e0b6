"""A Message-ID of an invitation says which message of which invitation it is."""

from uuid import UUID

import pytest

from application.invitation_ids import invitation_message_id, read_message_id

ID = UUID("0199f3c1-6e0e-7c55-9b0a-6d4f5d1f7a20")


@pytest.mark.parametrize("number", [0, 1, 12])
def test_what_is_written_is_read_again_also_by_who_changed_its_case(number: int) -> None:
    written = invitation_message_id(ID, number, "example.org")
    assert written == f"<0199f3c1-6e0e-7c55-9b0a-6d4f5d1f7a20.{number}@example.org>"
    assert read_message_id(written) == read_message_id(written.upper()) == (ID, number)


@pytest.mark.parametrize(
    "other",
    ["", "<1@example.org>", f"<{ID}@example.org>", f"<{ID}.01@example.org>", f"<{ID}.1.2@example.org>",
     f"{ID}.1@example.org", f"<{ID}.1@example.org> <2@example.org>", f"<{ID}.{10**12}@example.org>"],
)  # fmt: skip
def test_another_id_is_none_of_an_invitation(other: str) -> None:
    assert read_message_id(other) is None
