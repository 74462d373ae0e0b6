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
    traces = Traces((each.guest_id, each.profiles) for each in guests)
    rows, files = _forget_in_imports(cursor, organisation_id, traces)
    fingerprints = _lock_keys(cursor, master, [each.guest_id for each in guests])
    answers = _forget_answers(cursor, list(fingerprints))
    return {
        guest_id: Destroyed(
            key_fingerprint=fingerprint,
            import_rows=rows[guest_id],
            import_files=files[guest_id],
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


def _forget_answers(cursor: Cursor[TupleRow], guests: list[UUID]) -> Counter[UUID]:
    """The answers stay as marks that their requests were answered, and cannot be opened by anybody."""
    cursor.execute(
        "WITH gone AS ("
        "  UPDATE http.first_answers SET sealed = NULL, erased = true WHERE about && %b AND NOT erased RETURNING about)"
        " SELECT guest FROM gone, unnest(about) AS guest WHERE guest = ANY(%b)",
        [guests, guests],
    )
    return Counter(guest for (guest,) in cursor)


def _forget_in_imports(
    cursor: Cursor[TupleRow], organisation_id: UUID, traces: Traces
) -> tuple[Counter[UUID], Counter[UUID]]:
    """Deletes what imports hold of them; gives the numbers of rows and of files, by guest."""
    cursor.execute(
        "SELECT body FROM imports.draft WHERE organisation_id = %s AND state <> %s ORDER BY id FOR UPDATE",
        [organisation_id, ImportState.REVERTED],
    )
    rows: Counter[UUID] = Counter()
    files: Counter[UUID] = Counter()
    for draft in [ImportDraft.model_validate(body) for (body,) in cursor]:
        found = list(rows_telling_of(cursor, draft, traces))
        numbers = [each.number for each in found]
        rows.update(each.guest_id for each in found)
        if draft.is_committed:
            cursor.execute(
                "UPDATE imports.row SET cells = NULL WHERE import_id = %s AND number = ANY(%b)", [draft.id, numbers]
            )
        elif traces.told_by(draft.headers):  # a list without a header, whose first row was taken for one
            cursor.execute("DELETE FROM imports.draft WHERE id = %s", [draft.id])
        elif numbers or len(draft.sheets) > 1:
            files.update({each.guest_id for each in found})
            _take_out(cursor, draft, numbers)
    return rows, files


def _take_out(cursor: Cursor[TupleRow], draft: ImportDraft, numbers: list[int]) -> None:
    """Rows that are still to become guests go, with the file they are from; whoever works on them begins anew.

    The file goes also where it has a sheet that was never read and could tell of the guest.
    """
    cursor.execute("DELETE FROM imports.piece WHERE import_id = %s", [draft.id])
    cursor.execute("DELETE FROM imports.row WHERE import_id = %s AND number = ANY(%b)", [draft.id, numbers])
    again = ImportState.JUDGING if numbers and draft.state is ImportState.DRAFT else draft.state
    changed = {"revision": draft.revision + 1, "rows": draft.rows - len(numbers), "state": again}
    save(cursor, draft.model_copy(update=changed))
