"""Given two guests, when they are made one, and when that is undone, then this happens."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import erasing, guest, merging, registering, silencing
from domain.contact import Address, Profile
from domain.guest import Guest, GuestForgotten, GuestMergedAway, GuestUnknown, Known, UnderLegalHold
from domain.guest_events import BlockReason, GuestChanged, GuestEvent, Origin
from domain.merging import MergeNotLast, SameGuest, Side
from domain.stay import Stay
from domain.staying import stay_is
from tests.domain.told import ORGANISATION, knowns, stays

ZOE, ZO, LEO = UUID(int=11), UUID(int=12), UUID(int=13)
MERGE, NEXT = UUID(int=21), UUID(int=22)
STAY = Stay(property_id=UUID(int=3), arrival=date(2026, 11, 18))


def known(id_: UUID, known: Known, *told: tuple[UUID, Stay]) -> Guest:
    events = registering.register(Guest(id_), ORGANISATION, Origin.MANUAL, known)
    for stay_id, stay in told:
        events += stay_is(guest.fold(Guest(id_), events), stay_id, stay)
    return guest.fold(Guest(id_), events)


def profile(name: str, *emails: str, **others: object) -> Known:
    return Known("fr", None, Profile.model_validate({"last_name": name, "emails": emails, **others}))


def after(one: Guest, events: list[GuestEvent]) -> Guest:
    return guest.fold(one, (event for event in events if event.originator_id == one.id))


def merged(one: Guest, other: Guest, merge_id: UUID = MERGE) -> tuple[Guest, Guest]:
    events = merging.merge(one, other, merge_id, {}, ())
    return after(one, events), after(other, events)


def told_of(one: Guest) -> Guest:
    """All but the count of its events, and which event told of a block."""
    block = one.block and one.block.model_copy(update={"originator_version": 0, "originator_id": UUID(int=0)})
    return replace(one, version=0, block=block)


zoe = known(ZOE, profile("Lefèvre", "zoe@x.fr", custom={"passport": "A", "size": "M"}), (UUID(int=31), STAY))
zo = known(
    ZO,
    profile("Lefevre", "zo@x.fr", company="Sirvoy", phones=["+33612345678"], custom={"passport": "B", "diet": "vegan"}),
    (UUID(int=32), STAY.model_copy(update={"room": "104"})),
)
leo = known(LEO, profile("Martin", "leo@x.fr"))


class TestMerging:
    def test_one_stands_for_both(self) -> None:
        one, other = merged(zoe, zo)
        assert one.known.profile == Profile(
            last_name="Lefèvre",
            emails=("zoe@x.fr", "zo@x.fr"),
            phones=("+33612345678",),
            company="Sirvoy",
            custom={"passport": "A", "size": "M", "diet": "vegan"},
        )
        assert one.stays == {**zoe.stays, **zo.stays}
        assert one.ids == (ZOE, ZO)
        assert (other.exists, other.merged_into, dict(other.stays)) == (False, ZOE, {})

    def test_whose_value_of_a_field_is_taken_can_be_chosen(self) -> None:
        choices = dict.fromkeys(("last_name", "custom", "country"), Side.MERGED)
        one = merging.together(zoe.known, zo.known, choices)
        assert one.profile
        assert (one.profile.last_name, one.profile.company) == ("Lefevre", "Sirvoy")
        assert one.profile.custom == {"passport": "B", "size": "M", "diet": "vegan"}

    def test_the_differences_are_told_and_what_only_one_has_is_none(self) -> None:
        found = merging.differences(zoe.known, zo.known, {"last_name": Side.MERGED})
        assert [(each.field, each.chosen) for each in found] == [
            ("last_name", Side.MERGED),
            ("custom", Side.SURVIVING),
        ]

    def test_what_keeps_messages_from_either_keeps_them_from_both(self) -> None:
        one = after(zoe, silencing.block(zoe, BlockReason.DAMAGE, date(2027, 1, 1)))
        other = after(zo, silencing.unsubscribe(zo, complained=False))
        for decide in (
            lambda each: silencing.suppress(each, "zo@x.fr"),
            silencing.cancel_communication,
            lambda each: silencing.block(each, BlockReason.FRAUD, None),
        ):
            other = after(other, decide(other))
        both, _ = merged(one, other)
        assert both.unsubscribed
        assert both.suppressed == {"zo@x.fr"}
        assert both.silenced == set(zo.stays)
        assert both.block
        assert both.block.reason is BlockReason.FRAUD

    def test_what_is_told_of_them_then_is_sealed_for_the_merge(self) -> None:
        both, _ = merged(zoe, zo)
        [changed] = registering.change(both, profile("Lefèvre-Martin"))
        assert isinstance(changed, GuestChanged)
        assert GuestChanged.personal["profile"].of(changed) == MERGE
        [changed] = registering.change(zoe, profile("Lefèvre-Martin"))
        assert GuestChanged.personal["profile"].of(changed) == ZOE

    @pytest.mark.parametrize(
        ("one", "other", "refusal"),
        [
            (zoe, zoe, SameGuest),
            (zoe, Guest(ZO), GuestUnknown),
            (zoe, after(zo, erasing.anonymise(zo, MERGE)), GuestForgotten),
            (zoe, merged(leo, zo)[1], GuestMergedAway),
            (zoe, after(zo, erasing.place_hold(zo, "Litige")), UnderLegalHold),
            (after(zoe, erasing.place_hold(zoe, "Litige")), zo, UnderLegalHold),
        ],
        ids=["with themselves", "unknown", "anonymised", "merged", "held", "holding"],
    )
    def test_some_cannot_be_merged(self, one: Guest, other: Guest, refusal: type[Exception]) -> None:
        with pytest.raises(refusal):
            merging.merge(one, other, MERGE, {}, ())


class TestUndoing:
    @given(knowns, knowns, st.lists(stays, max_size=2), st.lists(stays, max_size=2), st.data())
    def test_at_once_both_are_as_they_were(
        self, first: Known, second: Known, here: list[Stay], there: list[Stay], data: st.DataObject
    ) -> None:
        """Whatever is known of them, but no e-mail or phone is both's: the log sees to that."""
        one = known(ZOE, first, *((UUID(int=40 + number), stay) for number, stay in enumerate(here)))
        other = known(
            ZO, _without(second, first), *((UUID(int=50 + number), stay) for number, stay in enumerate(there))
        )
        choices = data.draw(st.dictionaries(st.sampled_from(merging.FIELDS), st.sampled_from(Side)))
        one, other = (data.draw(st.sampled_from([each, *kept_quiet(each)])) for each in (one, other))
        events = merging.merge(one, other, MERGE, choices, ())
        both, away = after(one, events), after(other, events)
        undone = merging.unmerge(both, away, tuple(other.stays))
        assert told_of(after(both, undone)) == told_of(one)
        assert told_of(after(away, undone)) == told_of(other)

    def test_what_changed_since_stays_and_the_rest_goes_back(self) -> None:
        both, away = merged(zoe, zo)
        assert both.known.profile
        given = {"level": "VIP", "emails": ("zoe@x.fr", "zo@x.fr", "new@x.fr"), "phones": (), "company": "Hôte"}
        now = Known("it", None, both.known.profile.model_copy(update=given))
        both = after(both, registering.change(both, now))
        both = after(both, silencing.unsubscribe(both, complained=True))
        undone = merging.unmerge(both, away, tuple(zo.stays))
        one, other = after(both, undone), after(away, undone)
        assert one.known == Known(
            "it",
            None,
            Profile(
                last_name="Lefèvre",
                emails=("zoe@x.fr", "new@x.fr"),
                company="Hôte",
                level="VIP",
                custom={"passport": "A", "size": "M"},
            ),
        )
        assert zo.known.profile
        assert other.known == replace(zo.known, profile=zo.known.profile.model_copy(update={"phones": ()}))
        assert one.unsubscribed
        assert other.unsubscribed, "nobody knows which of the two it was"

    def test_what_was_told_with_the_others_reservations_goes_with_them(self) -> None:
        both, away = merged(zoe, zo)
        assert both.known.profile
        by_staff = {"company": "Hôte", "custom": {**both.known.profile.custom, "size": "L"}}
        changed = replace(both.known, profile=both.known.profile.model_copy(update=by_staff))
        both = after(both, registering.change(both, changed))
        brest = Address(street="608 rue du Port", city="Brest")
        contacts = [
            profile("Lefevre", "ZO@x.fr", "zo@work.fr", "zoe@x.fr", phones=["+33687654321"], first_name="Zo"),
            Known("it", None, Profile(last_name="Lefevre", address=brest, custom={"diet": "vegetarian"})),
        ]
        for told in contacts:
            both = after(both, registering.change(both, registering.merge(both.known, told)))
        undone = merging.unmerge(both, away, tuple(zo.stays), contacts)
        assert zoe.known.profile
        assert zo.known.profile
        own = {"company": "Hôte", "custom": {"passport": "A", "size": "L"}}
        assert after(both, undone).known == replace(zoe.known, profile=zoe.known.profile.model_copy(update=own))
        given = {
            "emails": ("zo@x.fr", "zo@work.fr"),
            "phones": ("+33612345678", "+33687654321"),
            "first_name": "Zo",
            "address": brest,
            "custom": {**zo.known.profile.custom, "diet": "vegetarian"},
        }
        other = after(away, undone).known
        assert other == Known("it", None, zo.known.profile.model_copy(update=given))

    @pytest.mark.parametrize("before", [(), (ZOE,), (ZO,), (ZOE, ZO)], ids=["nobody", "one", "other", "both"])
    def test_who_unsubscribes_meanwhile_may_be_either(self, before: tuple[UUID, ...]) -> None:
        one, other = (
            after(each, silencing.unsubscribe(each, complained=False)) if each.id in before else each
            for each in (zoe, zo)
        )
        both, away = merged(one, other)
        silent = merging.unmerge(both, away, ())
        assert [after(both, silent).unsubscribed, after(away, silent).unsubscribed] == [ZOE in before, ZO in before]
        both = after(both, silencing.unsubscribe(both, complained=False))
        assert silencing.unsubscribe(both, complained=False) == []
        told = merging.unmerge(both, away, ())
        for each in (after(both, told), after(away, told)):
            assert each.unsubscribed
            assert silencing.unsubscribe(each, complained=False) == []

    def test_who_is_blocked_meanwhile_may_be_either(self) -> None:
        both, away = merged(zoe, zo)
        both = after(both, silencing.block(both, BlockReason.FRAUD, None))
        undone = merging.unmerge(both, away, ())
        for each in (after(both, undone), after(away, undone)):
            assert each.block
            assert each.block.reason is BlockReason.FRAUD

    @pytest.mark.parametrize("blocked", [ZOE, ZO])
    def test_who_is_welcome_again_meanwhile_may_be_either(self, blocked: UUID) -> None:
        one, other = (
            after(each, silencing.block(each, BlockReason.FRAUD, None)) if each.id == blocked else each
            for each in (zoe, zo)
        )
        both, away = merged(one, other)
        both = after(both, silencing.unblock(both))
        undone = merging.unmerge(both, away, ())
        assert [after(both, undone).block, after(away, undone).block] == [None, None]

    @pytest.mark.parametrize("off", [ZOE, ZO])
    def test_contacts_told_with_reservations_are_neithers_where_one_wanted_that(self, off: UUID) -> None:
        one, other = (
            after(each, registering.switch_contact_sync(each, on=False)) if each.id == off else each
            for each in (zoe, zo)
        )
        both, away = merged(one, other)
        assert not both.contact_sync
        undone = merging.unmerge(both, away, ())
        assert [after(both, undone).contact_sync, after(away, undone).contact_sync] == [off != ZOE, off != ZO]

    def test_a_chain_is_undone_from_its_end(self) -> None:
        first, leo_ = merged(zo, leo)
        last, away = merged(zoe, first, NEXT)
        assert last.ids == (ZOE, ZO, LEO)
        with pytest.raises(MergeNotLast) as refused:
            merging.unmerge(away, leo_, ())
        assert refused.value.members == {"merge_id": str(NEXT)}
        undone = merging.unmerge(last, away, tuple(zo.stays))
        middle = after(away, undone)
        assert told_of(middle) == told_of(first)
        assert middle.sealed_by == MERGE
        assert told_of(after(leo_, merging.unmerge(middle, leo_, ()))) == told_of(leo)

    def test_a_hold_keeps_them_together(self) -> None:
        both, away = merged(zoe, zo)
        both = after(both, erasing.place_hold(both, "Litige"))
        with pytest.raises(UnderLegalHold):
            merging.unmerge(both, away, ())


def kept_quiet(one: Guest) -> list[Guest]:
    """The guest, each time with one more thing that keeps messages from them."""
    emails = one.known.profile.emails if one.known.profile else ()
    found = [after(one, silencing.unsubscribe(one, complained=False))]
    found.append(after(found[-1], silencing.block(found[-1], BlockReason.OTHER, date(2026, 12, 1))))
    found.append(after(found[-1], silencing.cancel_communication(found[-1])))
    return [*found, *(after(found[-1], silencing.suppress(found[-1], email)) for email in emails)]


def _without(told: Known, others: Known) -> Known:
    assert told.profile
    assert others.profile
    taken = {each.lower() for each in (*others.profile.emails, *others.profile.phones)}
    left = {
        name: tuple(each for each in getattr(told.profile, name) if each.lower() not in taken)
        for name in ("emails", "phones")
    }
    return replace(told, profile=told.profile.model_copy(update=left))
