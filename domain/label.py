"""What people name things by: one line, without the characters that nobody sees and databases refuse."""

from typing import Annotated

from pydantic import StringConstraints

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]
