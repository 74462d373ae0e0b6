"""Keeps SMS as files that one can read, where there is no gateway."""

from pathlib import Path

from adapters.whole_file import make_whole


class SmsFolder:
    """Implements application.ports.Sms: a file for each SMS, named after its key."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, to: str, text: str, key: str) -> None:
        make_whole(self._path / f"{key}.sms", f"{to}\n\n{text}\n".encode())
