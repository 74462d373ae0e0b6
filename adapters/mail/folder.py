"""Keeps mails as files that one can read, where there is no mail server."""

from copy import deepcopy
from email.message import EmailMessage
from email.policy import SMTPUTF8
from pathlib import Path

from adapters.whole_file import make_whole


class Folder:
    """Implements application.ports.Mail: a file for each mail, named after its Message-ID."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, mail: EmailMessage, return_path: str | None = None) -> None:  # noqa: ARG002
        name, _, _ = mail["Message-ID"].strip("<>").partition("@")
        readable = deepcopy(mail)
        for part in readable.walk():
            if part.get_content_maintype() == "text":
                part.set_content(part.get_content(), part.get_content_subtype(), cte="8bit")
        make_whole(self._path / f"{name}.eml", readable.as_bytes(policy=SMTPUTF8.clone(linesep="\n")))

    def close(self) -> None:
        pass  # nothing is open between two mails
