"""How the domain says no: a class for each reason, with a code that clients can rely on."""

from typing import ClassVar


class Refusal(Exception):
    """A command that the rules do not allow. `code` is stable; `detail` is for a person."""

    code: ClassVar[str]

    def __init__(self, detail: str, **members: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.members = members
        """What a client can act on, such as the id of the guest who already has an e-mail address."""
