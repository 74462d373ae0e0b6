"""Destroys what the database holds of somebody outside the log: their key, and what tells of them elsewhere."""

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from adapters.keys.master import MasterKey
from adapters.postgres.belongings import belongings
from adapters.postgres.drafts import rows_telling_of, save
from application.imports.draft import ImportDraft, ImportState
from application.ports import ConcurrentChange, Forgetting
from domain.erasure import Destroyed
from domain.traces import Traces


def forget_elsewhere(
    cursor: Cursor[TupleRow], master: MasterKey, organisation_id: UUID, subjects: Sequence[Forgetting]
) -> Mapping[UUID, Destroyed]:
    """Deletes what is outside the log, all within the caller's transaction, and gives what it was, by subject.

    Imports come before keys, as in an import's own transaction, so that neither waits for the other. Then nobody can
    write anything personal of these subjects any more: the keys are locked until `log.append` destroys them. Raises
    ConcurrentChange when a key is destroyed already, or somebody wrote in their belongings since they were read.
    """
    traces = Traces((each.subject_id, each.profiles) for each in subjects)
    imports, rows, files = _forget_in_imports(cursor, organisation_id, traces) if traces else ([], Counter[UUID](), 0)
    fingerprints = _lock_keys(cursor, master, [each.subject_id for each in subjects])
    found = belongings(cursor, list(fingerprints))
    if any(found.get(each.subject_id, {}) != each.belongings for each in subjects):
        raise ConcurrentChange("Somebody wrote in the guest's feedback at the same moment: try again.")
    whose = {stream: subject for subject, streams in found.items() for stream in streams}
    answers = _forget_answers(cursor, whose | {subject: subject for subject in fingerprints}, imports)
    return {
        subject: Destroyed(
            key_fingerprint=fingerprint,
            import_rows=rows[subject],
            import_files=files,
            first_answers=answers[subject],
        )
        for subject, fingerprint in fingerprints.items()
    }


def _lock_keys(cursor: Cursor[TupleRow], master: MasterKey, subjects: Sequence[UUID]) -> dict[UUID, str]:
    cursor.execute(
        "SELECT subject, wrapped FROM log.keys WHERE subject = ANY(%b) AND wrapped IS NOT NULL"
        " ORDER BY subject FOR UPDATE",
        [list(subjects)],
    )
    fingerprints = {subject: sha256(master.unwrap(subject, wrapped)).hexdigest() for subject, wrapped in cursor}
    if len(fingerprints) < len(set(subjects)):
        raise ConcurrentChange("The guest was forgotten at the same moment.")
    return fingerprints


def _forget_answers(cursor: Cursor[TupleRow], whose: Mapping[UUID, UUID], imports: list[UUID]) -> Counter[UUID]:
    """The answers stay as marks that their requests were answered, and cannot be opened by anybody.

    `whose` are the subjects by every id that an answer may tell of them under. Those about imports go too, for they
    show rows; who is in these is not known.
    """
    cursor.execute(
        "UPDATE http.first_answers SET sealed = NULL, erased = true WHERE about && %b AND NOT erased RETURNING about",
        [[*whose, *imports]],
    )
    return Counter(subject for (about,) in cursor for subject in {whose[id_] for id_ in about if id_ in whose})


def _forget_in_imports(
    cursor: Cursor[TupleRow], organisation_id: UUID, traces: Traces
) -> tuple[list[UUID], Counter[UUID], int]:
    """Deletes what imports hold of them; gives the imports there are, the number of rows by guest, and of files."""
    cursor.execute(
        "SELECT body FROM imports.draft WHERE organisation_id = %s AND state <> %s ORDER BY id FOR UPDATE",
        [organisation_id, ImportState.REVERTED],
    )
    drafts = [ImportDraft.model_validate(body) for (body,) in cursor]
    rows: Counter[UUID] = Counter()
    files = 0
    for draft in drafts:
        found = list(rows_telling_of(cursor, draft, traces.told_by))
        numbers = [each.number for each in found]
        rows.update(each.guest_id for each in found)
        if draft.is_finished:
            cursor.execute(
                "UPDATE imports.row SET cells = NULL WHERE import_id = %s AND number = ANY(%b)", [draft.id, numbers]
            )
        elif traces.reached_by(draft.headers) and draft.state is not ImportState.RUNNING:
            # A list without a header, whose first row was taken for one.
            cursor.execute("DELETE FROM imports.draft WHERE id = %s", [draft.id])
            files += 1
        else:
            files += _take_out(cursor, draft, numbers)
    return [draft.id for draft in drafts], rows, files


def _take_out(cursor: Cursor[TupleRow], draft: ImportDraft, numbers: list[int]) -> bool:
    """Rows that are still to become guests go; whoever works on them begins anew. Gives whether there was a file.

    The file goes in any case: rows that were edited or taken out, lines above the header and sheets that were never
    read are still in it, and nobody knows whom they tell of.
    """
    had_file = cursor.execute("DELETE FROM imports.piece WHERE import_id = %s", [draft.id]).rowcount > 0
    if not (had_file or numbers):
        return False
    cursor.execute("DELETE FROM imports.row WHERE import_id = %s AND number = ANY(%b)", [draft.id, numbers])
    again = ImportState.JUDGING if numbers and draft.state is ImportState.DRAFT else draft.state
    changed = {
        "revision": draft.revision + 1,
        "rows": draft.rows - len(numbers),
        "erased": draft.erased + len(numbers),
        "state": again,
    }
    save(cursor, draft.model_copy(update=changed))
    return had_file
