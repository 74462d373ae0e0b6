"""/v1/guests: register by hand, one or many; read, change, delete."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime

from adapters.bootstrap import Hote
from adapters.http.authentication import allowed
from adapters.http.languages import preferred
from adapters.http.openapi import problems
from adapters.http.patching import merge
from adapters.http.positions import HOTE_POSITION
from adapters.http.preconditions import ExpectedVersion, etag
from adapters.http.routes.guest_views import (
    Batch,
    BatchResult,
    BatchResults,
    GuestPatch,
    GuestView,
    NewGuest,
    RowError,
)
from application import guests
from application.caller import Caller
from application.guest_entry import GuestEntry, Judged, read_entry
from application.guests import GuestRecord, InvalidInput, Judges, Status
from application.organisation import load_organisation
from application.problem_texts import TEXTS
from domain.access import Right
from domain.contact import FieldProblem
from domain.guest import Guest, Origin
from projections.settings.queries import default_country

READ_PROBLEMS = ("unauthenticated", "forbidden", "not-found")


def router(hote: Hote) -> APIRouter:
    routes = APIRouter(prefix="/v1/guests", tags=["Guests"])
    ports = hote.ports

    @routes.post(
        "",
        status_code=201,
        summary="Register a guest",
        responses=problems("unauthenticated", "forbidden", "not-found", "identity-taken", "invalid"),
    )
    def register(
        entry: NewGuest, caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))], response: Response
    ) -> GuestView:
        judged = accept(judges(hote, caller)(entry))
        guest_id, position = guests.register_guest(ports, caller, judged, Origin.MANUAL)
        response.headers[HOTE_POSITION] = str(position)
        response.headers["Location"] = f"/v1/guests/{guest_id}"
        return shown(guests.load_guest(ports, caller, guest_id), response)

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
        judge = judges(hote, caller)
        rows = [judge_row(judge, row) for row in batch.guests]
        accepted = [row for row in rows if isinstance(row, Judged)]
        outcomes, position = guests.take_in(ports, caller, accepted, Origin.MANUAL)
        if position is not None:
            response.headers[HOTE_POSITION] = str(position)
        remaining = iter(outcomes)
        results = []
        for row in rows:
            if isinstance(row, Judged):
                outcome = next(remaining)
                status = Status.CREATED if outcome.status is Status.CREATED else Status.UPDATED
                results.append(BatchResult(status=status, guest_id=outcome.guest_id, errors=[]))
            else:
                results.append(BatchResult(status="refused", guest_id=None, errors=row_errors(row, request)))
        return BatchResults(results=results)

    @routes.get("/{guest_id}", summary="Read a guest, now or as of a past moment", responses=problems(*READ_PROBLEMS))
    def read(
        guest_id: UUID,
        caller: Annotated[Caller, Depends(allowed(Right.READ_GUESTS))],
        response: Response,
        as_of: Annotated[AwareDatetime | None, Query(description="RFC 3339, with offset.")] = None,
    ) -> GuestView:
        return shown(guests.read_guest(ports, caller, guest_id, as_of=as_of), response)

    @routes.patch(
        "/{guest_id}",
        summary="Change a guest",
        responses=problems(*READ_PROBLEMS, "identity-taken", "version-mismatch", "conflict", "invalid"),
    )
    def change(
        guest_id: UUID,
        patch: GuestPatch,
        caller: Annotated[Caller, Depends(allowed(Right.WRITE_GUESTS))],
        expected: ExpectedVersion,
        response: Response,
    ) -> GuestView:
        judge = judges(hote, caller)

        def new(guest: Guest) -> Judged:
            return accept(judge_row(judge, merge(as_entry(guest), patch.model_dump(exclude_unset=True))))

        position = guests.change_guest(ports, caller, guest_id, new, expected=expected)
        if position is not None:
            response.headers[HOTE_POSITION] = str(position)
        return shown(guests.load_guest(ports, caller, guest_id), response)

    @routes.delete(
        "/{guest_id}",
        status_code=204,
        summary="Delete a guest who was never written to",
        responses=problems(*READ_PROBLEMS, "version-mismatch", "conflict"),
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


def judges(hote: Hote, caller: Caller) -> Judges:
    settings = load_organisation(hote.ports, caller.organisation_id).settings
    with hote.pool.connection() as connection:
        country = default_country(connection, caller.organisation_id, caller.properties)
    return Judges(hote.ports, caller, settings.profile_fields, country)


def judge_row(judge: Judges, row: dict[str, object]) -> Judged | Sequence[FieldProblem]:
    entry = read_entry(row)
    return judge(entry) if isinstance(entry, GuestEntry) else entry


def accept(judged: Judged | Sequence[FieldProblem]) -> Judged:
    if isinstance(judged, Judged):
        return judged
    raise InvalidInput(judged)


def as_entry(guest: Guest) -> dict[str, object]:
    """The guest as they could be entered: what a patch is laid upon."""
    profile = guest.known.profile.model_dump(mode="json") if guest.known.profile else {}
    return {**profile, "language": guest.known.language, "country": guest.known.country}


def shown(record: GuestRecord, response: Response) -> GuestView:
    response.headers["ETag"] = etag(record.guest.version)
    return GuestView.of(record)


def row_errors(problems_: Sequence[FieldProblem], request: Request) -> list[RowError]:
    french = preferred(request.headers.get("accept-language", "")) == "fr"
    return [
        RowError(pointer=p.pointer, code=p.code, detail=TEXTS[p.code].fr if french else p.detail) for p in problems_
    ]
