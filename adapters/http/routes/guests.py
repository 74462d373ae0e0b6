"""/v1/guests: register by hand, one or many; read, change, delete."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.languages import preferred
from adapters.http.openapi import problems
from adapters.http.patching import merge
from adapters.http.positions import HOTE_POSITION, PATIENCE
from adapters.http.preconditions import ExpectedVersion, etag
from adapters.http.routes.guest_views import (
    Batch,
    BatchResult,
    BatchResults,
    GuestPatch,
    GuestView,
    NewGuest,
    PendingView,
    RowError,
)
from application import guests
from application.arrivals import announce, awaiting_a_yes
from application.caller import Caller
from application.guest_entry import GuestEntry, Judged, KnownEntry, StayEntry, read_entry
from application.guest_records import GuestRecord, load_guest
from application.guests import Judges, Status
from application.organisation import load_organisation
from application.problem_texts import TEXTS, InvalidInput
from domain.access import Right, Role
from domain.contact import FieldProblem
from domain.guest import Guest
from domain.guest_events import Origin
from domain.property import PropertyUnknown
from projections.settings.queries import default_country

READ_PROBLEMS = ("unauthenticated", "forbidden", "not-found")


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/guests", tags=["Guests"])
    ports = hote.ports

    @routes.post(
        "",
        status_code=201,
        summary="Register a guest",
        response_model=GuestView,
        responses=problems("unauthenticated", "forbidden", "not-found", "identity-taken", "conflict", "invalid")
        | {202: {"model": PendingView, "description": "The arrival waits for a yes, as the property wants it"}},
    )
    def register(
        entry: NewGuest,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
        request: Request,
        response: Response,
    ) -> GuestView | Response:
        judged = accept(judges(hote, caller, insist=caller.role is not Role.MACHINE)(entry))
        if awaiting_a_yes(ports, caller, [judged]) == [True]:
            [arrival_id], position = announce(ports, caller, [judged])
            request.state.about = []  # an answer to the arrival must not cost this one, which tells of nobody
            pending = PendingView(arrival_id=arrival_id).model_dump_json()
            return Response(pending, 202, {HOTE_POSITION: str(position)}, "application/json")
        guest_id, _ = guests.register_guest(ports, caller, judged, Origin.MANUAL)
        response.headers["Location"] = f"/v1/guests/{guest_id}"
        return shown(load_guest(ports, caller, guest_id), ports.now(), response)

    @routes.post(
        "/batch",
        summary="Register or update up to 1,000 guests",
        responses=problems("unauthenticated", "forbidden", "conflict"),
    )
    def register_many(
        batch: Batch,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
        request: Request,
        response: Response,
    ) -> BatchResults:
        judge = judges(hote, caller, insist=False)
        entries = [read_entry(row) for row in batch.guests]
        rows = [judge(entry) if isinstance(entry, GuestEntry) else entry for entry in entries]
        accepted = [row for row in rows if isinstance(row, Judged)]
        awaiting = awaiting_a_yes(ports, caller, accepted)
        waiting = [row for row, waits in zip(accepted, awaiting, strict=True) if waits]
        others = [row for row, waits in zip(accepted, awaiting, strict=True) if not waits]
        arrivals, announced_at = announce(ports, caller, waiting)
        outcomes, taken_in_at = guests.take_in(ports, caller, others, Origin.MANUAL)
        response.headers[HOTE_POSITION] = str(max(announced_at, taken_in_at))
        request.state.about = {outcome.guest_id for outcome in outcomes}  # not the arrivals, as above
        pending = (BatchResult(status="pending", arrival_id=arrival_id) for arrival_id in arrivals)
        taken_in = (
            BatchResult(
                status=Status.CREATED if outcome.status is Status.CREATED else Status.UPDATED, guest_id=outcome.guest_id
            )
            for outcome in outcomes
        )
        told = iter([next(pending if waits else taken_in) for waits in awaiting])
        results = [
            next(told) if isinstance(row, Judged) else BatchResult(status="refused", errors=row_errors(row, request))
            for row in rows
        ]
        return BatchResults(results=results)

    @routes.get("/{guest_id}", summary="Read a guest, now or as of a past moment", responses=problems(*READ_PROBLEMS))
    def read(
        guest_id: UUID,
        caller: Annotated[Caller, Depends(allowed(Right.READ_GUESTS))],
        response: Response,
        as_of: Annotated[AwareDatetime | None, Query(description="RFC 3339, with offset.")] = None,
    ) -> GuestView:
        return shown(guests.read_guest(ports, caller, guest_id, as_of=as_of), as_of or ports.now(), response)

    @routes.patch(
        "/{guest_id}",
        summary="Change a guest",
        responses=problems(
            *READ_PROBLEMS,
            "identity-taken",
            "guest-forgotten",
            "invitation-state",
            "stay-reserved",
            "version-mismatch",
            "conflict",
            "invalid",
        ),
    )
    def change(
        guest_id: UUID,
        patch: GuestPatch,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
        expected: ExpectedVersion,
        response: Response,
    ) -> GuestView:
        judge = judges(hote, caller, insist=caller.role is not Role.MACHINE)
        sent = patch.model_dump(exclude_unset=True)
        contact_sync = sent.pop("contact_sync", None)

        def new(guest: Guest) -> Judged:
            entry = read_entry(patched_entry(guest, sent), KnownEntry)
            return accept(judge.anew(entry, guest) if isinstance(entry, GuestEntry) else entry)

        guests.change_guest(ports, caller, guest_id, new, contact_sync=contact_sync, expected=expected)
        return shown(load_guest(ports, caller, guest_id), ports.now(), response)

    @routes.delete(
        "/{guest_id}",
        status_code=204,
        summary="Delete a guest who was never written to",
        responses=problems(
            *READ_PROBLEMS, "guest-forgotten", "legal-hold", "already-contacted", "version-mismatch", "conflict"
        ),
    )
    def delete(
        guest_id: UUID,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
        expected: ExpectedVersion,
        response: Response,
    ) -> None:
        position = guests.delete_guest(ports, caller, guest_id, expected=expected)
        response.headers[HOTE_POSITION] = str(position)

    return routes


def judges(hote: Hote, caller: Caller, *, insist: bool) -> Judges:
    settings = load_organisation(hote.ports, caller.organisation_id).settings
    return Judges(hote.ports, caller, settings, dialled_in(hote, caller), insist=insist)


def dialled_in(hote: Hote, caller: Caller) -> str:
    """The country of a phone number without + when nothing else says: that of the caller's oldest property.

    It stays the oldest, so the read model can only be behind before it knows one: then it is waited for.
    """
    with hote.pool.connection() as connection:
        known = default_country(connection, caller.organisation_id, caller.properties)
    if known is None:
        _, last = hote.runner.progress("settings")
        hote.runner.wait_for("settings", last, PATIENCE)
        with hote.pool.connection() as connection:
            known = default_country(connection, caller.organisation_id, caller.properties)
    return known or "FR"


def accept(judged: Judged | Sequence[FieldProblem]) -> Judged:
    if isinstance(judged, Judged):
        return judged
    if any(each.code == "property-unknown" for each in judged):
        raise PropertyUnknown("There is no such property.")  # for an id that is another organisation's is a 404
    raise InvalidInput(judged)


def patched_entry(guest: Guest, sent: dict[str, object]) -> dict[str, object]:
    """The guest as they would be entered with what was sent laid upon them; null leaves a field out."""
    known: dict[str, object] = {"language": guest.known.language, "country": guest.known.country}
    if guest.known.profile:
        known |= guest.known.profile.model_dump(mode="json")
    if guest.latest_stay and "stay" in sent:
        known["stay"] = guest.latest_stay[1].model_dump(mode="json", include=set(StayEntry.model_fields))
    entry = {name: value for name, value in merge(known, sent).items() if value is not None}
    custom = entry.get("custom")
    if isinstance(custom, dict):
        entry["custom"] = {key: value for key, value in custom.items() if value is not None}
    return entry


def shown(record: GuestRecord, at: datetime, response: Response) -> GuestView:
    response.headers[HOTE_POSITION] = str(record.position)
    response.headers["ETag"] = etag(record.guest.version)
    return GuestView.of(record, at.astimezone(UTC).date())


def row_errors(problems_: Sequence[FieldProblem], request: Request) -> list[RowError]:
    french = preferred(request.headers.get("accept-language", "")) == "fr"
    return [
        RowError(pointer=p.pointer, code=p.code, detail=TEXTS[p.code].fr if french else p.detail) for p in problems_
    ]
