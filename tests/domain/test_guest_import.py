"""Undoing an import takes back what it did, and nothing that anybody touched since."""

from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain import erasing, registering
from domain.access import ApiKeyRevoked
from domain.contact import Profile
from domain.event import Event, Recorded
from domain.guest import Guest, Known, fold
from domain.guest_events import GuestDeleted, GuestEvent, Origin, StayRecorded, StayRemoved
from domain.guest_import import undo
from domain.merging import Side, merge, unmerge
from domain.stay import Stay
from tests.domain.told import GUEST, ORGANISATION, PROPERTIES, knowns, registered, tellings, told

SOMEBODY, IMPORT, BY_HAND = UUID(int=49), UUID(int=50), UUID(int=51)
LEO, MERGE = UUID(int=52), UUID(int=53)
STAY = UUID(int=10)
NOVEMBER = Stay(property_id=PROPERTIES[0], arrival=date(2026, 11, 18))


class Story:
    """What happened to a guest, and which command each event belongs to."""

    def __init__(self, known: Known, by: UUID = BY_HAND) -> None:
        self.recorded: list[Recorded] = []
        self.add(registered(known), by)

    @property
    def guest(self) -> Guest:
        return fold(Guest(GUEST), (each.event for each in self.recorded))

    def add(self, events: list[GuestEvent], by: UUID) -> None:
        for event in events:
            position = len(self.recorded) + 1
            self.recorded.append(
                Recorded(position, datetime.now(UTC), ORGANISATION, None, "somebody", SOMEBODY, event, by)
            )

    def tell(self, telling: tuple[str, Known | Stay], by: UUID) -> None:
        self.add(told(self.guest, telling, UUID(int=100 + len(self.recorded))), by)

    def change(self, by: UUID, **fields: object) -> None:
        profile = self.guest.known.profile
        assert profile
        known = Known(self.guest.known.language, self.guest.known.country, profile.model_copy(update=fields))
        self.add(registering.change(self.guest, known), by)

    def undone(self) -> Guest:
        return fold(self.guest, undo(GUEST, self.recorded, IMPORT))


ZOE = Known("fr", "FR", Profile(last_name="Lefèvre", emails=("zoe@example.com",), level="VIP"))


def test_what_a_merge_brought_stays_and_what_it_left_alone_returns() -> None:
    story = Story(ZOE)
    story.change(IMPORT, emails=("zoe@example.com", "import@example.com"), note="Import", level="Gold")
    other = Known("it", None, Profile(last_name="Martin", emails=("leo@example.com",), note="Léo", level="VIP"))
    leo = fold(Guest(LEO), registering.register(Guest(LEO), ORGANISATION, Origin.MANUAL, other))
    story.add([each for each in merge(story.guest, leo, MERGE, {"level": Side.MERGED}, ()) if told_of(each)], BY_HAND)
    now = story.undone().known.profile
    assert now
    assert now.emails == ("zoe@example.com", "import@example.com", "leo@example.com")
    assert (now.note, now.level) == (None, "VIP")
    away = fold(leo, (each for each in merge(story.guest, leo, MERGE, {}, ()) if each.originator_id == LEO))
    story.add([each for each in unmerge(story.guest, away, ()) if told_of(each)], BY_HAND)
    now = story.undone().known.profile
    assert now
    assert now.emails == ("zoe@example.com", "import@example.com")


def told_of(event: GuestEvent) -> bool:
    return event.originator_id == GUEST


def test_a_guest_the_import_brought_goes() -> None:
    story = Story(ZOE, by=IMPORT)
    story.tell(("stayed", NOVEMBER), IMPORT)
    assert undo(GUEST, story.recorded, IMPORT) == [GuestDeleted(originator_id=GUEST, originator_version=3)]


def test_a_guest_the_import_brought_stays_when_somebody_touched_them() -> None:
    story = Story(ZOE, by=IMPORT)
    story.change(BY_HAND, note="Vue sur mer")
    assert undo(GUEST, story.recorded, IMPORT) == []


def test_a_guest_under_a_legal_hold_stays_also_once_it_is_lifted() -> None:
    story = Story(ZOE, by=IMPORT)
    story.add(erasing.place_hold(story.guest, "Litige 2026-118"), BY_HAND)
    assert undo(GUEST, story.recorded, IMPORT) == []
    story.add(erasing.lift_hold(story.guest), BY_HAND)
    assert undo(GUEST, story.recorded, IMPORT) == []


def test_a_guest_who_was_held_before_gets_their_fields_back() -> None:
    story = Story(ZOE)
    story.add(erasing.place_hold(story.guest, "Litige 2026-118"), BY_HAND)
    story.change(IMPORT, level="Gold")
    undone = story.undone()
    assert undone.known.profile
    assert (undone.known.profile.level, undone.held) == ("VIP", True)


def test_an_anonymised_guest_is_left_alone() -> None:
    story = Story(ZOE, by=IMPORT)
    story.tell(("stayed", NOVEMBER), IMPORT)
    story.add(erasing.anonymise(story.guest, UUID(int=60)), BY_HAND)
    assert undo(GUEST, story.recorded, IMPORT) == []


def test_a_field_nobody_touched_since_returns_and_the_others_stay() -> None:
    story = Story(ZOE)
    story.change(IMPORT, level="Gold", company="Sirvoy", emails=("zoe@example.com", "z@example.com"))
    story.change(BY_HAND, company="Sirvoy AB")
    profile = story.undone().known.profile
    assert profile
    assert (profile.level, profile.company, profile.emails) == ("VIP", "Sirvoy AB", ("zoe@example.com",))


def test_what_the_import_set_twice_returns_to_what_was_before_the_first() -> None:
    story = Story(ZOE)
    story.change(IMPORT, level="Gold")
    story.change(IMPORT, level="Silver")
    profile = story.undone().known.profile
    assert profile
    assert profile.level == "VIP"


def test_a_stay_the_import_recorded_is_removed_and_one_it_told_better_returns() -> None:
    story = Story(ZOE)
    story.tell(("stayed", NOVEMBER), BY_HAND)
    better = NOVEMBER.model_copy(update={"room": "104"})
    other = NOVEMBER.model_copy(update={"arrival": date(2026, 12, 1)})
    story.tell(("stayed", better), IMPORT)
    story.tell(("stayed", other), IMPORT)
    assert [type(event) for event in undo(GUEST, story.recorded, IMPORT)] == [StayRecorded, StayRemoved]
    assert list(story.undone().stays.values()) == [NOVEMBER]


def test_what_another_import_did_is_not_taken_back() -> None:
    story = Story(ZOE)
    story.change(UUID(int=52), level="Gold")
    assert undo(GUEST, story.recorded, IMPORT) == []


def test_a_guest_who_is_gone_or_was_forgotten_is_left_alone() -> None:
    gone = Story(ZOE, by=IMPORT)
    gone.add(erasing.delete(gone.guest), BY_HAND)
    forgotten = Story(Known("fr"), by=IMPORT)
    for story in (gone, forgotten):
        assert undo(GUEST, story.recorded, IMPORT) == []


def test_what_is_not_a_guest_has_nothing_to_undo() -> None:
    event: Event = ApiKeyRevoked(originator_id=GUEST, originator_version=1)
    recorded = Recorded(1, datetime.now(UTC), ORGANISATION, None, "somebody", SOMEBODY, event, IMPORT)
    assert undo(GUEST, [recorded], IMPORT) == []


@given(knowns, st.lists(tellings, max_size=4), st.lists(tellings, max_size=6))
def test_untouched_since_everything_is_as_before(
    known: Known, before: list[tuple[str, Known | Stay]], imported: list[tuple[str, Known | Stay]]
) -> None:
    story = Story(known)
    for telling in before:
        story.tell(telling, BY_HAND)
    then = story.guest
    for telling in imported:
        story.tell(telling, IMPORT)
    undone = story.undone()
    assert (undone.known, dict(undone.stays)) == (then.known, dict(then.stays))
    versions = [event.originator_version for event in undo(GUEST, story.recorded, IMPORT)]
    assert versions == list(range(story.guest.version + 1, story.guest.version + 1 + len(versions)))


@given(knowns, st.lists(st.tuples(tellings, st.booleans()), max_size=8))
def test_only_what_nobody_touched_after_the_import_returns(
    known: Known, all_told: list[tuple[tuple[str, Known | Stay], bool]]
) -> None:
    """The oracle tells, for each field, the value before the import's own last uninterrupted run of changes."""
    story, before_import = Story(known), dict[str, object]()
    for telling, by_import in all_told:
        then = values(story.guest)
        story.tell(telling, IMPORT if by_import else BY_HAND)
        now = values(story.guest)
        for name in then.keys() | now.keys():
            if then.get(name) != now.get(name):
                if by_import:
                    before_import.setdefault(name, then.get(name))
                else:
                    before_import.pop(name, None)
    expected = {name: value for name, value in (values(story.guest) | before_import).items() if value is not None}
    assert {name: value for name, value in values(story.undone()).items() if value is not None} == expected


@given(knowns, st.lists(tellings, max_size=6))
def test_undoing_twice_is_undoing_once(known: Known, imported: list[tuple[str, Known | Stay]]) -> None:
    story = Story(known)
    for telling in imported:
        story.tell(telling, IMPORT)
    story.add(undo(GUEST, story.recorded, IMPORT), UUID(int=53))
    assert undo(GUEST, story.recorded, IMPORT) == []


def values(guest: Guest) -> dict[str, object]:
    """Each field and each stay by itself."""
    assert guest.known.profile
    return {
        "language": guest.known.language,
        "country": guest.known.country,
        **dict(guest.known.profile),
        **{str(stay_id): stay for stay_id, stay in guest.stays.items()},
    }
