"""Commands about imports: upload a list, say how it is read, mend its rows, commit it, undo it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from application.caller import Caller, require_version
from application.imports.dates import DateEvidence, DateOrder
from application.imports.draft import (
    NOTHING,
    DateOrderUnknown,
    ImportDraft,
    ImportState,
    ImportStateWrong,
    ImportStore,
    ImportUnknown,
    MappingIncomplete,
)
from application.imports.mapping import check_mapping, suggest_mapping
from application.imports.read import inspect, rows
from application.imports.work import dry_run
from application.languages import language_tag
from application.organisation import load_organisation, load_property
from application.ports import Ports
from application.problem_texts import InvalidInput, pointer_to, problem
from domain.access import Right

SAMPLE = 200
"""Rows from which columns are judged."""

AT_ONCE = 5_000
"""Rows up to which the dry run is made while the client waits; more are left to the background."""

DATE_FIELDS = ("arrival", "departure")
EDITABLE = (ImportState.DRAFT, ImportState.JUDGING)


@dataclass(frozen=True)
class Choices:
    """What a person changes of a draft; None leaves it."""

    mapping: Mapping[str, str] | None = None
    date_order: DateOrder | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    language: str | None = None
    departure: date | None = None


def upload(
    ports: Ports,
    store: ImportStore,
    caller: Caller,
    file: Path,
    property_id: UUID,
    *,
    language: str | None,
    departure: date | None,
    limit: int,
) -> ImportDraft:
    """A draft of the file's rows; nothing becomes a guest.

    Raises an Unreadable, InvalidInput, PropertyUnknown, Forbidden.
    """
    caller.require(Right.IMPORT_GUESTS)
    load_property(ports, caller, property_id)
    _require_language(language)
    reading = inspect(file, limit=limit)
    draft = ImportDraft(
        id=ports.new_id(),
        organisation_id=caller.organisation_id,
        property_id=property_id,
        created_at=ports.now(),
        by=caller,
        state=ImportState.DRAFT,
        kind=reading.kind,
        encoding=reading.encoding,
        delimiter=reading.delimiter,
        sheet=reading.sheet,
        sheets=reading.sheets,
        has_header=reading.table.has_header,
        headers=reading.table.headers,
        mapping={},
        language=language,
        departure=departure,
    )
    draft = store.create(draft, file, rows(file, reading))
    draft = draft.model_copy(update={"mapping": _mapping(ports, store, draft)})
    return _judged(ports, store, draft)


def choose(
    ports: Ports,
    store: ImportStore,
    caller: Caller,
    import_id: UUID,
    choices: Choices,
    *,
    expected: int | None = None,
) -> ImportDraft:
    """Reads and maps the draft another way.

    Raises ImportUnknown, ImportStateWrong, VersionMismatch, InvalidInput, an Unreadable.
    """
    draft = _editable(store, caller, import_id)
    require_version(draft.revision, expected)
    _require_language(choices.language)
    changed = {name: value for name, value in vars(choices).items() if value is not None}
    if changed.keys() & {"encoding", "delimiter", "sheet"}:
        with store.file(import_id) as file:
            reading = inspect(
                file,
                encoding=choices.encoding or draft.encoding,
                delimiter=choices.delimiter or (draft.delimiter if choices.encoding is None else None),
                sheet=choices.sheet or draft.sheet,
            )
            reread = draft.model_copy(
                update={
                    "encoding": reading.encoding,
                    "delimiter": reading.delimiter,
                    "sheet": reading.sheet,
                    "has_header": reading.table.has_header,
                    "headers": reading.table.headers,
                    "chosen_date_order": None,
                }
            )
            _require_mapping(ports, reread, choices.mapping)
            draft = store.reread(reread, rows(file, reading))
        draft = draft.model_copy(update={"mapping": _mapping(ports, store, draft)})
    if choices.mapping is not None:
        _require_mapping(ports, draft, choices.mapping)
        draft = draft.model_copy(update={"mapping": dict(choices.mapping)})
    given = ("language", "departure", "date_order")
    chosen = {name: changed[name] for name in given if name in changed}
    if "date_order" in chosen:
        chosen["chosen_date_order"] = chosen.pop("date_order")
    return _judged(ports, store, draft.model_copy(update=chosen))


def edit_row(
    ports: Ports, store: ImportStore, caller: Caller, import_id: UUID, number: int, cells: Mapping[str, str] | None
) -> ImportDraft:
    """Other cells for a row, by header; None takes it out of the import. Raises as choose."""
    draft = _editable(store, caller, import_id)
    if cells is None:
        store.edit_row(draft, number, None)
        return _judged(ports, store, draft.model_copy(update={"rows": draft.rows - 1}))
    if unknown := [header for header in cells if header not in draft.headers]:
        raise InvalidInput([problem(pointer_to("cells", header), "header-unknown") for header in unknown])
    row = next(iter(store.rows(import_id, after=number - 1, limit=1)), None)
    if row is None or row.number != number or row.cells is None:
        raise ImportUnknown("The import has no such row.")
    old = dict(zip(draft.headers, row.cells, strict=False))
    store.edit_row(draft, number, [cells.get(header, old.get(header, "")) for header in draft.headers])
    return _judged(ports, store, draft)


def commit(store: ImportStore, caller: Caller, import_id: UUID) -> ImportDraft:
    """Has the background make guests of the rows. Committing again what runs or is done changes nothing.

    Raises ImportUnknown, ImportStateWrong, DateOrderUnknown, MappingIncomplete, Forbidden.
    """
    draft = read_import(store, caller, import_id)
    if draft.state in (ImportState.RUNNING, ImportState.DONE):
        return draft
    if draft.state is ImportState.FAILED:  # goes on where it was
        return _save(store, draft, {"state": ImportState.RUNNING, "by": caller, "failure": None})
    if draft.state not in EDITABLE:
        raise ImportStateWrong("This import can no longer be committed.")
    if draft.date_order is None:
        raise DateOrderUnknown(
            "Day and month could be either way round in this file's dates. Choose date_order: dmy, mdy or ymd."
        )
    fields = set(draft.mapping.values())
    if not fields & {"last_name", "full_name"} or not fields & {"email", "phone"}:
        raise MappingIncomplete("Map a column to last_name or full_name, and one to email or phone.")
    return _save(store, draft, {"state": ImportState.RUNNING, "by": caller, "counts": NOTHING, "through": 0})


def revert(store: ImportStore, caller: Caller, import_id: UUID) -> ImportDraft:
    """Has the background undo the import. Raises ImportUnknown, ImportStateWrong, Forbidden."""
    draft = read_import(store, caller, import_id)
    if draft.state in (ImportState.REVERTING, ImportState.REVERTED):
        return draft
    if draft.state not in (ImportState.DONE, ImportState.FAILED):
        raise ImportStateWrong("Only an import that is done can be undone.")
    return _save(store, draft, {"state": ImportState.REVERTING, "by": caller})


def read_import(store: ImportStore, caller: Caller, import_id: UUID) -> ImportDraft:
    """Raises ImportUnknown, also for one of a property that is not the caller's; Forbidden."""
    caller.require(Right.IMPORT_GUESTS)
    draft = store.get(caller.organisation_id, import_id)
    if not caller.sees([draft.property_id]):
        raise ImportUnknown("There is no such import.")
    return draft


def _editable(store: ImportStore, caller: Caller, import_id: UUID) -> ImportDraft:
    draft = read_import(store, caller, import_id)
    if draft.state not in EDITABLE:
        raise ImportStateWrong("Only a draft can be changed: this import has been committed.")
    return draft


def _require_language(language: str | None) -> None:
    if language is not None and language_tag(language) is None:
        raise InvalidInput([problem("/language", "language-invalid")])


def _require_mapping(ports: Ports, draft: ImportDraft, mapping: Mapping[str, str] | None) -> None:
    fields = load_organisation(ports, draft.organisation_id).settings.profile_fields
    if problems := check_mapping(mapping or {}, draft.headers, fields):
        raise InvalidInput(problems)


def _mapping(ports: Ports, store: ImportStore, draft: ImportDraft) -> Mapping[str, str]:
    """What a person confirmed for such headers before, else what the headers and some rows suggest."""
    fields = load_organisation(ports, draft.organisation_id).settings.profile_fields
    remembered = store.remembered(draft.organisation_id, draft.headers) if draft.has_header else None
    if remembered and not check_mapping(remembered, draft.headers, fields):
        return remembered
    sample = [row.cells or () for row in store.rows(draft.id, after=0, limit=SAMPLE)]
    return suggest_mapping(draft.headers, sample, fields)


def _judged(ports: Ports, store: ImportStore, draft: ImportDraft) -> ImportDraft:
    """The draft after its dates, and if it is not too long its rows, were judged anew."""
    columns = [at for at, header in enumerate(draft.headers) if draft.mapping.get(header) in DATE_FIELDS]
    evidence = DateEvidence()
    for cells in store.every_cell(draft.id, columns):
        for cell in cells:
            evidence.add(cell)
    at_once = draft.rows <= AT_ONCE
    state = ImportState.DRAFT if at_once else ImportState.JUDGING
    anew = {"date_verdict": evidence.verdict, "state": state, "counts": NOTHING, "through": 0}
    draft = _save(store, draft, anew)
    return dry_run(ports, store, draft) if at_once else draft


def _save(store: ImportStore, draft: ImportDraft, update: Mapping[str, object]) -> ImportDraft:
    changed = draft.model_copy(update={**update, "revision": draft.revision + 1})
    store.save(changed, after=draft.revision)
    return changed
