"""Writes a file whole or not at all: after a crash there is what was there before, or what was to be there."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp


def make_whole(path: Path, data: bytes) -> None:
    """Makes the file, readable by its owner only, unless somebody was faster; with its folder, if that is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = _written_beside(path, data)
    try:
        with suppress(FileExistsError):  # the one that was faster wrote the file that counts
            os.link(beside, path)
    finally:
        beside.unlink()
    _remember_names(path.parent)


def replace_whole(path: Path, data: bytes) -> None:
    """Replaces the content of a file that is there; owner and permissions stay."""
    before = path.stat()
    beside = _written_beside(path, data)
    try:
        os.chown(beside, before.st_uid, before.st_gid)
        beside.chmod(stat.S_IMODE(before.st_mode))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    _remember_names(path.parent)


def forget_unfinished(path: Path) -> None:
    """Deletes what writers of this file left beside it when they were killed. Nobody may be writing it now."""
    for left in path.parent.glob(f".{path.name}.*"):
        left.unlink()


def _written_beside(path: Path, data: bytes) -> Path:
    handle, name = mkstemp(dir=path.parent, prefix=f".{path.name}.")  # readable by its owner only
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        Path(name).unlink()
        raise
    return Path(name)


def _remember_names(folder: Path) -> None:
    """Has the disk keep which names are in the folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
