"""Destroys what the database holds of guests outside the log: their keys, and what tells of them elsewhere."""

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from adapters.keys.master import MasterKey
from adapters.postgres.drafts import rows_telling_of, save
from application.imports.draft import ImportDraft, ImportState
from application.ports import ConcurrentChange, Forgetting
from domain.erasure import Destroyed
from domain.traces import Traces


def forget_elsewhere(
    cursor: Cursor[TupleRow], master: MasterKey, organisation_id: UUID, guests: Sequence[Forgetting]
) -> Mapping[UUID, Destroyed]:
    """Deletes what is outside the log, all within the caller's transaction, and gives what it was, by guest.

    Imports come before keys, as in an import's own transaction, so that neither waits for the other. Then nobody can
    write of these guests any more: the keys are locked until `log.append` destroys them. Raises ConcurrentChange
    when a key is destroyed already.
    """
    traces = Traces(guests)
    imports, rows, files = _forget_in_imports(cursor, organisation_id, traces) if traces else ([], Counter[UUID](), 0)
    fingerprints = _lock_keys(cursor, master, [each.guest_id for each in guests])
    answers = _forget_answers(cursor, list(fingerprints), imports)
    return {
        guest_id: Destroyed(
            key_fingerprint=fingerprint,
            import_rows=rows[guest_id],
            import_files=files,
            first_answers=answers[guest_id],
        )
        for guest_id, fingerprint in fingerprints.items()
    }


def _lock_keys(cursor: Cursor[TupleRow], master: MasterKey, guests: Sequence[UUID]) -> dict[UUID, str]:
    cursor.execute(
        "SELECT subject, wrapped FROM log.keys WHERE subject = ANY(%b) AND wrapped IS NOT NULL"
        " ORDER BY subject FOR UPDATE",
        [list(guests)],
    )
    fingerprints = {guest: sha256(master.unwrap(guest, wrapped)).hexdigest() for guest, wrapped in cursor}
    if len(fingerprints) < len(set(guests)):
        raise ConcurrentChange("The guest was forgotten at the same moment.")
    return fingerprints


def _forget_answers(cursor: Cursor[TupleRow], guests: list[UUID], imports: list[UUID]) -> Counter[UUID]:
    """The answers stay as marks that their requests were answered, and cannot be opened by anybody.

    Those about imports go too, for they show rows; who is in these is not known.
    """
    cursor.execute(
        "WITH gone AS ("
        "  UPDATE http.first_answers SET sealed = NULL, erased = true WHERE about && %b AND NOT erased RETURNING about)"
        " SELECT guest FROM gone, unnest(about) AS guest WHERE guest = ANY(%b)",
        [[*guests, *imports], guests],
    )
    return Counter(guest for (guest,) in cursor)


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
