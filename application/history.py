"""Everything that was ever recorded of a guest: for staff who must know how it came, and for the guest who asks."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application.arrivals import arrivals_telling
from application.caller import Caller
from application.catalogue import load_entries
from application.erasure.belongings import Belongings
from application.erasure.merged import load_all
from application.guest_records import GuestRecord, load_whole, record_of, require_visible
from application.imports.draft import RowOfGuest
from application.organisation import load_organisation, load_property
from application.planning import invitations_about
from application.ports import Ports
from domain.access import Forbidden, Right
from domain.catalogue import CodeSettings, CostItemSettings
from domain.erasure import ErasureCertified
from domain.event import Event, Recorded
from domain.feedback import (
    CompensationProposed,
    FeedbackClaimed,
    FeedbackDelegated,
    FeedbackRecorded,
    FeedbackResolved,
    FeedbackShared,
)
from domain.guest_events import (
    GuestAnonymised,
    GuestChanged,
    GuestDeleted,
    GuestRegistered,
    Origin,
    StayRecorded,
    StayRemoved,
)
from domain.invitation import InvitationScheduled, ReviewWritten
from domain.organisation import OrganisationSettings
from domain.quality_cost import QualityCostRecorded
from domain.traces import Traces

REDACTED = {"redacted": "personal data of another guest"}
"""What stands in an export for a field of somebody else, whether there is anything in it or not."""

OF_STAFF: dict[type[Event], str] = {
    ErasureCertified: "certificate",  # it says who asked for it
    FeedbackClaimed: "holder",
    FeedbackDelegated: "address",
    FeedbackResolved: "proposed_by",
    FeedbackShared: "addresses",
}
"""The field of an event that tells who of the staff did something, or is to do it."""


@dataclass(frozen=True)
class Export:
    """All that is held on one guest.

    `organisation` is responsible for it; `names` are those of the properties, codes and items that it tells of;
    `imports` the ids of lists that told of them, and `rows` those of lists that wait to be taken in or were refused.
    Among the `events` are those of arrivals that wait for a person's yes and tell of an e-mail or phone of the guest's.
    `theirs` is whose personal fields are the guest's: theirs, and those of all who are one with them.
    """

    made_at: datetime
    organisation: OrganisationSettings
    record: GuestRecord
    names: dict[UUID, str]
    origin: Origin
    imports: Sequence[UUID]
    rows: Sequence[RowOfGuest]
    events: Sequence[Recorded]
    theirs: Collection[UUID]

    @property
    def position(self) -> int:
        """Of the last event that is in it."""
        return self.events[-1].position


def read_history(ports: Ports, caller: Caller, guest_id: UUID, *, as_of: datetime | None = None) -> list[Recorded]:
    """The events of the guest and of what belongs to them, oldest first, or those recorded by a moment.

    Also of a guest who was anonymised or deleted: what was personal is None. A caller limited to properties reads it of
    guests they see, without what tells of stays and feedback elsewhere. Raises GuestUnknown, Forbidden.
    """
    caller.require(Right.READ_HISTORY)
    own = ports.log.stream(guest_id, as_of=as_of)
    before_deletion = record_of(guest_id, [each for each in own if not isinstance(each.event, GuestDeleted)])
    require_visible(ports, caller, before_deletion)
    others = (each for id_ in before_deletion.guest.ids[1:] for each in ports.log.stream(id_, as_of=as_of))
    return _seen(caller, _with_belongings(ports, [*own, *others], as_of))


RowsTellingOf = Callable[[UUID, Traces], Sequence[RowOfGuest]]
"""As ImportStore.telling_of."""


def export_guest(ports: Ports, rows_telling_of: RowsTellingOf, caller: Caller, guest_id: UUID) -> Export:
    """What the guest gets who asks for all that is held on them.

    That is the copy of GDPR art. 15(3) with what art. 15(1) wants told of where the data comes from, and, as it can be
    read by machines, what art. 20 calls portable. Who of the staff did what is not in it, for they have rights too
    (art. 15(4); CJEU C-579/21).

    Raises GuestUnknown, also for a deleted guest; Forbidden for one who is known where the caller's key does not reach.
    """
    caller.require(Right.EXPORT_GUESTS)
    load_whole(ports, caller, guest_id)
    record, everybody = whole = load_all(ports, [guest_id])[guest_id]
    own = [each for known in everybody for each in known.record.recorded]
    stayed_at = {each.event.stay.property_id for each in own if isinstance(each.event, StayRecorded)}
    belongings = whole.belongings
    ever_told = {identity for known in everybody for identity in known.record.ever_told}
    arrivals = arrivals_telling(ports, caller.organisation_id, ever_told)
    known_at = stayed_at | belongings.properties | {each.told.stay.property_id for each in arrivals if each.told}
    traces = Traces((known.record.guest.id, known.record.forgetting.profiles) for known in everybody)
    rows = rows_telling_of(caller.organisation_id, traces)
    if not caller.covers(known_at | {row.property_id for row in rows}):
        raise Forbidden("A property that this key does not reach knows the guest too: nothing must be left out.")
    registered = own[0].event
    assert isinstance(registered, GuestRegistered)
    telling = (each for each in own if isinstance(each.event, GuestRegistered | GuestChanged | StayRecorded))
    return Export(
        made_at=ports.now(),
        organisation=load_organisation(ports, caller.organisation_id).settings,
        record=record,
        names={each: load_property(ports, caller, each).settings.name for each in known_at}
        | _catalogue_names(ports, caller, belongings),
        origin=registered.origin,
        imports=list(dict.fromkeys(each.causation_id for each in telling if each.causation_id)),
        rows=rows,
        events=_with_belongings(ports, own, None, [each.id for each in arrivals]),
        theirs={
            *(merge.told.merge_id for known in everybody for merge in known.record.guest.merges),
            *(known.record.guest.id for known in everybody),
            *(each.id for each in arrivals),
            *(each.id for each in belongings.reservations if each.guest_id in record.guest.ids),
        },
    )


def _catalogue_names(ports: Ports, caller: Caller, belongings: Belongings) -> dict[UUID, str]:
    """What the codes and items that they tell of are called today."""
    events = [each.event for each in belongings.recorded]
    begun = [event for event in events if isinstance(event, FeedbackRecorded | QualityCostRecorded)]
    giving = [e for e in events if isinstance(e, CompensationProposed | FeedbackResolved | QualityCostRecorded)]
    codes = {event.code_id for event in begun if event.code_id}
    items = {item.item_id for event in giving for item in event.items}
    organisation_id = caller.organisation_id
    named_codes = load_entries(ports, organisation_id, CodeSettings, list(codes))
    named_items = load_entries(ports, organisation_id, CostItemSettings, list(items))
    return {id_: each.settings.name for id_, each in named_codes.items()} | {
        id_: each.settings.name for id_, each in named_items.items()
    }


def told(event: Event) -> dict[str, object]:
    """What an event says, as JSON has it: its own fields."""
    return event.model_dump(mode="json", exclude=set(Event.model_fields))


def told_to(theirs: Collection[UUID], event: Event) -> dict[str, object]:
    """As `told`, with REDACTED in place of other guests' personal fields, and without what is told of the staff."""
    others = {name: REDACTED for name, owner in event.personal.items() if owner.of(event) not in theirs}
    return {name: value for name, value in (told(event) | others).items() if name != OF_STAFF.get(type(event))}


def _with_belongings(
    ports: Ports, own: Sequence[Recorded], as_of: datetime | None, arrivals: Sequence[UUID] = ()
) -> list[Recorded]:
    """These events of guests who are one, and those of their invitations, of what belongs to them, of their erasure and
    of these arrivals, in order."""
    by_guest: dict[UUID, list[Recorded]] = {}
    for each in own:
        by_guest.setdefault(each.event.originator_id, []).append(each)
    streams = {each.event.erasure_id for each in own if isinstance(each.event, GuestAnonymised)}
    for belongings in ports.log.belongings(list(by_guest)).values():
        streams |= belongings.keys()
    for guest_id, recorded in by_guest.items():
        streams |= invitations_about(guest_id, recorded).about.keys()
    streams |= set(arrivals)
    theirs = [each for stream in streams for each in ports.log.stream(stream, as_of=as_of)]
    return sorted([*own, *theirs], key=lambda each: each.position)


def _seen(caller: Caller, events: Iterable[Recorded]) -> list[Recorded]:
    """The events without those that tell of a stay or of something said or given that is not the caller's business,
    nor where others were given."""
    where: dict[UUID, UUID] = {}
    seen = []
    for each in events:
        match each.event:
            case StayRecorded(stay_id=about, stay=stay):
                where[about] = stay.property_id
            case StayRemoved(stay_id=about):
                pass
            case FeedbackRecorded(property_id=property_id) | QualityCostRecorded(property_id=property_id):
                about = each.event.originator_id
                where[about] = property_id
            case InvitationScheduled(about=message) | ReviewWritten(about=message):
                about = each.event.originator_id
                where[about] = message.property_id
            case _:
                about = each.event.originator_id
        if about not in where or caller.sees([where[about]]):
            given_at = each.property_id if each.property_id and caller.sees([each.property_id]) else None
            seen.append(each._replace(property_id=given_at))
    return seen
