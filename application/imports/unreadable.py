"""Why a file was not read: a class for each reason, whose detail says what the person can do."""

from domain.refusal import Refusal


class Unreadable(Refusal):
    """A file that could not be read as a table. Only its subclasses are raised."""


class FileEmpty(Unreadable):
    """Nothing but blanks."""

    code = "file-empty"


class FileTooLarge(Unreadable):
    """More bytes, or more cells, than one import takes."""

    code = "file-too-large"


class FileEncrypted(Unreadable):
    """Protected by a password."""

    code = "file-encrypted"


class FileDamaged(Unreadable):
    """Begins like a format we read, then breaks off or contradicts itself."""

    code = "file-damaged"


class FileZipBomb(Unreadable):
    """Unpacks to far more than a workbook would."""

    code = "file-zip-bomb"


class NotATable(Unreadable):
    """Another kind of file: a PDF, a picture, a program."""

    code = "file-not-a-table"


class CellTooLarge(Unreadable):
    """A cell or a line beyond any sensible length, most often for want of a closing quote."""

    code = "cell-too-large"


class UnknownChoice(Unreadable):
    """An encoding, delimiter or sheet was asked for that is not known or not there."""

    code = "file-choice-unknown"
