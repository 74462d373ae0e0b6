"""Invitations as staff see them: the list, what became of a guest's, and every action in every state."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from uuid_utils.compat import uuid7

from adapters.bootstrap import Hote
from domain.guest import StayRemoved
from domain.invitation import Message, Reason
from domain.inviting import State, invitation_id
from tests.contract.conftest import Body, House
from tests.contract.inviting import ARRIVAL, DEPARTURE, Invited, invited
from tests.domain.invited import HISTORIES
from tests.waiting import eventually

PRE, POST = Message.PRE_STAY, Message.POST_STAY
REACHED = [state for state in State if len(HISTORIES[state]) > 1]
"""Where a scheduled message can get to."""
MAY_BE_REMINDED = (State.SENT, State.CLICKED_EMAIL, State.CLICKED_SMS)
LIVING = [state for state in REACHED if state is not State.DELETED]


@pytest.fixture
def ana(hote: Hote, house: House) -> Invited:
    return invited(hote, house)


def refused(answer: object) -> tuple[int, str, str | None]:
    problem: Body = answer.json()  # type: ignore[attr-defined]
    return answer.status_code, problem["type"].removeprefix("/problems/"), problem.get("state")  # type: ignore[attr-defined]


def listed(house: House, **params: object) -> list[Body]:
    return house.admin.listed("/v1/invitations", params=params)


class TestWhatBecameOfThem:
    def test_what_is_scheduled_says_when_it_is_due(self, ana: Invited) -> None:
        told = ana.told()
        assert (told["property_id"], told["arrival"], told["departure"], told["room"]) == (
            ana.house.port,
            str(ARRIVAL),
            str(DEPARTURE),
            "104",
        )
        assert told[PRE]["due_at"][:10] == str(ARRIVAL - timedelta(days=61))  # midnight in Paris is 22:00 or 23:00
        assert told[POST]["due_at"][:10] == str(DEPARTURE + timedelta(days=60))
        assert (told[POST]["reason"], told[POST]["id"]) == (None, ana.invitation())
        assert told["actions"] == ["delete", "cancel_communication", "edit", "anonymise"]

    def test_what_is_not_sent_says_why_in_the_readers_language(self, house: House) -> None:
        guest = house.admin.register(stay={"property_id": house.port, "departure": str(DEPARTURE)})
        path = f"/v1/guests/{guest['id']}/invitations"
        [told] = house.admin.get(path).json()["items"]
        assert (told[POST]["state"], told[POST]["reason"]) == (
            "not_enabled",
            {"code": "not_enabled", "text": "The property does not send this message."},
        )
        [told] = house.admin.get(path, headers={"Accept-Language": "fr"}).json()["items"]
        assert told[POST]["reason"]["text"] == "L'établissement n'envoie pas ce message."
        assert told["actions"] == ["delete", "edit", "anonymise"]

    def test_whatever_the_guest_lacks_is_told(self, ana: Invited) -> None:
        ana.house.admin.patch(ana.path, json={"emails": [], "phones": ["+33 1 42 68 53 00"]})  # a fixed line
        eventually(lambda: ana.told()[POST]["state"] == "cancelled")
        assert ana.told()[POST]["reason"]["code"] == Reason.UNREACHABLE

    def test_what_was_sent_tells_how_far_it_came(self, ana: Invited) -> None:
        ana.happen(State.REVIEWED_EMAIL)
        told = ana.told()[POST]
        assert (told["channel"], told["portal"], told["language"]) == ("email", "hote", "fr")
        assert told["sent_at"] <= told["reviewed_at"]
        assert told["feedback_id"]

    def test_a_bounce_says_why(self, ana: Invited) -> None:
        ana.happen(State.BOUNCED)
        told = ana.told()[POST]
        assert (told["state"], told["bounces"], told["bounce_status"]) == ("bounced", 1, "5.1.1")

    def test_the_latest_stay_comes_first_and_only_the_callers(self, ana: Invited) -> None:
        row = {"last_name": "Lefèvre", "emails": ana.guest["emails"]}
        earlier = {"property_id": ana.house.lago, "arrival": str(ARRIVAL - timedelta(days=30))}
        ana.house.admin.post("/v1/guests/batch", json={"guests": [row | {"stay": earlier}]})
        items = ana.house.admin.get(f"{ana.path}/invitations").json()["items"]
        assert [each["property_id"] for each in items] == [ana.house.port, ana.house.lago]
        scoped = ana.house.staff("front_desk", ana.house.lago)
        items = scoped.get(f"{ana.path}/invitations").json()["items"]
        assert [each["property_id"] for each in items] == [ana.house.lago]


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


class TestEndingTheCommunication:
    def test_all_that_waits_is_cancelled_at_once(self, ana: Invited) -> None:
        answer = ana.house.admin.post(f"{ana.path}/cancel-communication")
        assert (answer.status_code, answer.content) == (204, b"")
        told = ana.told()
        assert {(told[each]["state"], told[each]["reason"]["code"]) for each in Message} == {("cancelled", "staff")}
        assert "cancel_communication" not in told["actions"]
        [correlation] = {
            each["correlation_id"]
            for each in ana.house.admin.get(f"{ana.path}/history").json()["items"]
            if each["type"] == "CommunicationCancelled"
        }
        for message in Message:
            last = ana.hote.log.stream(invitation_id(ana.stay_id, message))[-1]
            assert str(last.correlation_id) == correlation

    def test_after_the_message_before_the_stay_the_invitation_can_be(self, ana: Invited) -> None:
        ana.happen(State.SENT, PRE)
        assert ana.told()["actions"] == ["cancel_communication", "edit", "anonymise"]
        assert ana.house.admin.post(f"{ana.path}/cancel-communication").status_code == 204
        told = ana.told()
        assert (told[PRE]["state"], told[POST]["state"]) == ("sent", "cancelled")

    @pytest.mark.parametrize("state", LIVING)
    def test_there_is_nothing_to_cancel_once_all_is_sent(self, ana: Invited, state: State) -> None:
        ana.happen(State.SENT, PRE)
        ana.happen(state)
        assert "cancel_communication" not in ana.told()["actions"]
        answer = ana.house.admin.post(f"{ana.path}/cancel-communication")
        assert refused(answer)[:2] == (409, "nothing-to-cancel")

    def test_a_key_for_one_property_ends_it_there(self, ana: Invited) -> None:
        row = {"last_name": "Lefèvre", "emails": ana.guest["emails"]}
        elsewhere = {"property_id": ana.house.lago, "arrival": str(ARRIVAL - timedelta(days=30))}
        ana.house.admin.post("/v1/guests/batch", json={"guests": [row | {"stay": elsewhere}]})
        path = f"{ana.path}/cancel-communication"
        assert refused(ana.house.staff("front_desk", ana.house.lago).post(path))[:2] == (409, "nothing-to-cancel")
        assert ana.house.staff("front_desk", ana.house.port).post(path).status_code == 204


class TestTheGuest:
    @pytest.mark.parametrize("state", [state for state in LIVING if state is not State.CANCELLED])
    def test_who_was_written_to_cannot_be_deleted(self, ana: Invited, state: State) -> None:
        ana.happen(state)
        assert "delete" not in ana.told()["actions"]
        assert refused(ana.house.admin.delete(ana.path))[:2] == (409, "already-contacted")
        assert ana.house.admin.post(f"{ana.path}/anonymise", json={"reason": "asked"}).status_code == 200

    def test_nor_who_was_written_to_about_a_stay_that_is_no_more(self, ana: Invited) -> None:
        ana.happen(State.SENT, PRE)
        version = ana.house.admin.get(ana.path).json()["version"]
        ana.append(StayRemoved(originator_id=ana.guest["id"], originator_version=version + 1, stay_id=ana.stay_id))
        assert ana.house.admin.get(f"{ana.path}/invitations").json()["items"] == []
        assert refused(ana.house.admin.delete(ana.path))[:2] == (409, "already-contacted")

    @pytest.mark.parametrize("state", [State.SCHEDULED, State.CANCELLED])
    def test_who_was_not_is_deleted_with_their_invitations(self, ana: Invited, state: State) -> None:
        ana.happen(state)
        assert ana.house.admin.delete(ana.path).status_code == 204
        found = listed(ana.house, guest_id=ana.guest["id"])
        assert {each["state"] for each in found} == {"deleted"}

    @pytest.mark.parametrize("state", [state for state in LIVING if state is not State.CANCELLED])
    def test_the_stay_they_were_asked_about_stays_as_it_is(self, ana: Invited, state: State) -> None:
        ana.happen(state)
        assert "edit" not in ana.told()["actions"]
        answer = ana.house.admin.patch(ana.path, json={"stay": {"room": "105"}})
        assert refused(answer) == (409, "invitation-state", state)
        assert ana.house.admin.get(ana.path).json()["stay"]["room"] == "104"
        reached = ana.house.admin.patch(ana.path, json={"level": "VIP", "stay": {"room": "104"}})
        assert (reached.status_code, reached.json()["level"]) == (200, "VIP")

    @pytest.mark.parametrize("state", [State.SCHEDULED, State.CANCELLED])
    def test_before_that_it_can_be_corrected(self, ana: Invited, state: State) -> None:
        ana.happen(state)
        answer = ana.house.admin.patch(ana.path, json={"stay": {"room": "105"}})
        assert (answer.status_code, answer.json()["stay"]["room"]) == (200, "105")


class TestTheRecord:
    def test_history_and_export_tell_of_invitations_too(self, ana: Invited) -> None:
        ana.happen(State.REVIEWED_EMAIL)
        expected = ["InvitationScheduled", "InvitationScheduled", "InvitationSent", "ReviewWritten"]
        for path in ("history", "export"):
            found = ana.house.admin.get(f"{ana.path}/{path}").json()
            told = [each for each in found.get("items") or found["events"] if each["type"] in expected]
            assert [each["type"] for each in told] == expected
            [sent] = [each["data"] for each in told if each["type"] == "InvitationSent"]
            assert sent["address"] == "ana@example.com"

    def test_a_key_for_one_property_reads_no_history_of_another(self, ana: Invited) -> None:
        row = {"last_name": "Lefèvre", "emails": ana.guest["emails"]}
        stay = {"property_id": ana.house.lago, "arrival": str(ARRIVAL - timedelta(days=30))}
        ana.house.admin.post("/v1/guests/batch", json={"guests": [row | {"stay": stay}]})
        scoped = ana.house.staff("manager", ana.house.lago)
        assert "Invitation" not in scoped.get(f"{ana.path}/history").text
        assert "Invitation" in ana.house.admin.get(f"{ana.path}/history").text


class TestTheGuestList:
    def test_shows_how_far_the_last_stays_messages_came(self, ana: Invited) -> None:
        ana.happen(State.SENT, PRE)
        ana.happen(State.CLICKED_EMAIL)
        never = ana.house.admin.register()
        found = {each["id"]: each for each in ana.house.admin.listed("/v1/guests")}
        names = ("pre_stay", "post_stay", "portal", "actions")
        assert [found[ana.guest["id"]][name] for name in names] == [
            "sent", "clicked_email", "hote", ["remind", "anonymise"]
        ]  # fmt: skip
        assert [found[never["id"]][name] for name in names] == [
            "not_enabled", "not_enabled", None, ["delete", "edit", "anonymise"]
        ]  # fmt: skip
        assert found[ana.guest["id"]]["actions"] == ana.told()["actions"]

    def test_filters_by_state_and_channel(self, ana: Invited) -> None:
        ana.happen(State.CLICKED_EMAIL)
        never = ana.house.admin.register()["id"]
        for params, expected in [
            ({"post_stay": "clicked_email"}, [ana.guest["id"]]),
            ({"post_stay": "clicked_email", "channel": "email"}, [ana.guest["id"]]),
            ({"channel": "email"}, [ana.guest["id"]]),
            ({"channel": "sms"}, []),
            ({"post_stay": "scheduled"}, []),
            ({"post_stay": "not_enabled"}, [never]),
            ({"post_stay": "not_enabled", "channel": "email"}, []),
        ]:
            found = ana.house.admin.listed("/v1/guests", params=params | {"count": "true"})
            assert [each["id"] for each in found] == expected, params
            answer = ana.house.admin.get("/v1/guests", params=params | {"count": "true"})
            assert answer.json()["total"] == len(expected), params

    def test_an_earlier_stay_does_not_count(self, ana: Invited) -> None:
        ana.happen(State.SENT)
        row = {"last_name": "Lefèvre", "emails": ana.guest["emails"]}
        later = {"property_id": ana.house.lago, "arrival": str(ARRIVAL + timedelta(days=300))}
        ana.house.admin.post("/v1/guests/batch", json={"guests": [row | {"stay": later}]})
        [found] = ana.house.admin.listed("/v1/guests", params={"post_stay": "not_enabled"})
        assert (found["id"], found["actions"]) == (ana.guest["id"], ["edit", "anonymise"])
        assert ana.house.admin.listed("/v1/guests", params={"post_stay": "sent"}) == []

    def test_comes_whole_as_a_table(self, ana: Invited) -> None:
        ana.happen(State.SENT, PRE)
        ana.happen(State.SENT)
        ana.house.admin.listed("/v1/guests")
        text = ana.house.admin.get("/v1/guests?format=csv&columns=portal,post_stay,actions").text
        assert text.removeprefix("\ufeff").splitlines() == [
            "id,portal,post_stay,actions",
            f'{ana.guest["id"]},hote,sent,"remind, anonymise"',
        ]

    def test_offers_nothing_that_would_be_refused(self, ana: Invited) -> None:
        ana.happen(State.SENT, PRE)
        ana.happen(State.SENT)
        ana.house.admin.send("PUT", f"{ana.path}/legal-hold", json={"grounds": "Litige"})
        ana.house.admin.send("PUT", f"{ana.path}/block", json={"reason": "damage"})
        [found] = ana.house.admin.listed("/v1/guests")
        assert found["actions"] == ana.told()["actions"] == []
