"""/v1/invitations: the list, and what is refused in which state of an invitation."""

import csv
from io import StringIO

import pytest
from uuid_utils.compat import uuid7

from adapters.bootstrap import Hote
from domain.invitation import Message
from domain.invitation_states import State
from domain.inviting import invitation_id
from tests.contract.conftest import House
from tests.contract.inviting import DEPARTURE, Invited, invited, listed, refused
from tests.domain.invited import HISTORIES

PRE, POST = Message.PRE_STAY, Message.POST_STAY
REACHED = [state for state in State if len(HISTORIES[state]) > 1]
"""Where a scheduled message can get to."""
MAY_BE_REMINDED = (State.SENT, State.BOUNCED, State.CLICKED_EMAIL, State.CLICKED_SMS)


@pytest.fixture
def ana(hote: Hote, house: House) -> Invited:
    return invited(hote, house)


class TestTheList:
    def test_a_filter_keeps_those_it_names(self, ana: Invited) -> None:
        ana.happen(State.CLICKED_EMAIL)
        house = ana.house
        both = {ana.invitation(PRE), ana.invitation(POST)}
        assert {each["id"] for each in listed(house)} == both
        for params, expected in [
            ({"state": "clicked_email"}, [POST]),
            ({"state": "scheduled"}, [PRE]),
            ({"state": "not_enabled"}, []),
            ({"message": "pre_stay"}, [PRE]),
            ({"channel": "email"}, [POST]),
            ({"channel": "sms"}, []),
            ({"portal": "hote"}, [POST]),
            ({"portal": "tripadvisor"}, []),
            ({"property_id": house.lago}, []),
            ({"group": "Lacs"}, []),
            ({"guest_id": ana.guest["id"], "sort": "due_at"}, [PRE, POST]),
            ({"guest_id": ana.guest["id"], "sort": "-due_at"}, [POST, PRE]),
            ({"sort": "-sent_at"}, [POST, PRE]),
            ({"guest_id": str(uuid7())}, []),
            ({"due_at[gte]": f"{DEPARTURE}T00:00:00Z"}, [POST]),
            ({"due_at[lt]": f"{DEPARTURE}T00:00:00Z"}, [PRE]),
            ({"sent_at[gte]": "2020-01-01T00:00:00Z"}, [POST]),
            ({"sent_at[lt]": "2020-01-01T00:00:00Z"}, []),
        ]:
            assert [each["id"] for each in listed(house, **params)] == [ana.invitation(each) for each in expected], (
                params
            )

    def test_pages_count_and_read_as_on_the_guests_page(self, ana: Invited) -> None:
        ana.happen(State.SENT)
        listed(ana.house)
        first = ana.house.admin.get("/v1/invitations?limit=1&count=true").json()
        second = ana.house.admin.get(f"/v1/invitations?limit=1&cursor={first['next']}").json()
        assert (first["total"], second["next"]) == (2, None)
        [sent], [waiting] = first["items"], second["items"]
        told = ana.told()
        for listed_, page in ((sent, told[POST]), (waiting, told[PRE])):
            assert {name: listed_[name] for name in page} == page

    def test_comes_whole_as_a_table(self, ana: Invited) -> None:
        ana.happen(State.CANCELLED)
        listed(ana.house)
        text = ana.house.admin.get("/v1/invitations?format=csv&sort=due_at").text
        rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
        assert [(row["message"], row["state"], row["reason"]) for row in rows] == [
            ("pre_stay", "scheduled", ""),
            ("post_stay", "cancelled", "unsubscribed"),
        ]
        assert ana.house.admin.get("/v1/invitations?format=xlsx").content[:2] == b"PK"

    def test_a_key_for_one_property_lists_those_there(self, ana: Invited) -> None:
        listed(ana.house)
        assert ana.house.staff("front_desk", ana.house.lago).get("/v1/invitations").json()["items"] == []
        assert len(ana.house.staff("front_desk", ana.house.port).get("/v1/invitations").json()["items"]) == 2

    @pytest.mark.parametrize(
        "query", ["state=old", "cursor=nonsense", "due_at[gte]=2026-11-22", "sort=portal", "due_at=1", "channel=fax"]
    )
    def test_what_cannot_be_asked_is_named(self, house: House, query: str) -> None:
        answer = house.admin.get(f"/v1/invitations?{query}")
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["parameter"]) == (422, query.split("=")[0])


class TestCancelling:
    def test_what_is_scheduled_is_cancelled_for_good(self, ana: Invited) -> None:
        answer = ana.house.admin.post(f"/v1/invitations/{ana.invitation()}/cancel")
        assert (answer.status_code, answer.content) == (204, b"")
        told = ana.told()
        assert (told[POST]["state"], told[POST]["reason"]["code"]) == ("cancelled", "staff")
        assert told[PRE]["state"] == "scheduled"

    @pytest.mark.parametrize("state", REACHED)
    def test_what_is_not_scheduled_cannot_be(self, ana: Invited, state: State) -> None:
        ana.happen(state)
        answer = ana.house.admin.post(f"/v1/invitations/{ana.invitation()}/cancel")
        assert refused(answer) == (409, "invitation-state", state)
        assert state.replace("_", " ") in answer.json()["detail"]

    def test_only_the_version_that_was_seen(self, ana: Invited) -> None:
        path = f"/v1/invitations/{ana.invitation()}/cancel"
        assert ana.house.admin.send("POST", path, headers={"If-Match": '"7"'}).status_code == 412
        assert ana.house.admin.send("POST", path, headers={"If-Match": '"1"'}).status_code == 204

    def test_one_that_was_never_scheduled_or_is_elsewhere_is_not_found(self, ana: Invited, other: House) -> None:
        never = invitation_id(uuid7(), POST)
        scoped = ana.house.staff("front_desk", ana.house.lago)
        for staff, id_ in [(ana.house.admin, never), (other.admin, ana.invitation()), (scoped, ana.invitation())]:
            for step in ("cancel", "remind"):
                assert refused(staff.post(f"/v1/invitations/{id_}/{step}"))[:2] == (404, "not-found")
        guest = ana.guest["id"]
        assert refused(ana.house.admin.post(f"/v1/invitations/{guest}/cancel"))[:2] == (404, "not-found")


class TestReminding:
    @pytest.mark.parametrize("state", MAY_BE_REMINDED)
    def test_who_was_asked_and_has_not_answered_is_reminded(self, ana: Invited, state: State) -> None:
        ana.happen(state)
        assert "remind" in ana.told()["actions"]
        path = f"/v1/invitations/{ana.invitation()}/remind"
        first = ana.house.admin.post(path)
        assert first.status_code == 204
        [history] = [
            each
            for each in ana.hote.log.stream(invitation_id(ana.stay_id, POST))
            if type(each.event).__name__ == "ReminderAsked"
        ]
        assert int(first.headers["hote-position"]) == history.position

    @pytest.mark.parametrize("state", [State.SCHEDULED, *(each for each in REACHED if each not in MAY_BE_REMINDED)])
    def test_nobody_else_is(self, ana: Invited, state: State) -> None:
        ana.happen(state)
        assert "remind" not in ana.told()["actions"]
        answer = ana.house.admin.post(f"/v1/invitations/{ana.invitation()}/remind")
        assert refused(answer) == (409, "invitation-state", state)

    def test_nor_of_the_message_before_a_stay(self, ana: Invited) -> None:
        ana.happen(State.SENT, PRE)
        answer = ana.house.admin.post(f"/v1/invitations/{ana.invitation(PRE)}/remind")
        assert refused(answer) == (409, "invitation-state", "sent")

    def test_nor_who_is_not_to_be_written_to(self, ana: Invited) -> None:
        ana.happen(State.SENT)
        path = f"/v1/invitations/{ana.invitation()}/remind"
        assert ana.house.admin.send("PUT", f"{ana.path}/block", json={"reason": "fraud"}).status_code == 204
        assert "remind" not in ana.told()["actions"]
        answer = ana.house.admin.post(path)
        assert (refused(answer)[:2], answer.json()["reason"]) == ((409, "not-to-be-written-to"), "blocked")
        ana.house.admin.delete(f"{ana.path}/block")
        ana.house.admin.patch(ana.path, json={"emails": [], "phones": ["+33 1 42 68 53 00"]})
        assert ana.house.admin.post(path).json()["reason"] == "unreachable"
        ana.house.admin.post(f"{ana.path}/anonymise", json={"reason": "asked"})
        assert ana.told()["actions"] == []
        assert refused(ana.house.admin.post(path))[:2] == (409, "guest-forgotten")
