"""What became of a guest's messages, on their page and in the list, and what can be done about the guest then."""

from datetime import timedelta

import pytest

from adapters.bootstrap import Hote
from domain.guest_events import StayRemoved
from domain.invitation import Message, Reason
from domain.invitation_states import State
from domain.inviting import invitation_id
from tests.contract.conftest import House
from tests.contract.inviting import ARRIVAL, DEPARTURE, Invited, invited, listed, refused
from tests.contract.recording import acted, recorded
from tests.domain.invited import HISTORIES
from tests.waiting import eventually

PRE, POST = Message.PRE_STAY, Message.POST_STAY
REACHED = [state for state in State if len(HISTORIES[state]) > 1]
"""Where a scheduled message can get to."""
LIVING = [state for state in REACHED if state is not State.DELETED]


@pytest.fixture
def ana(hote: Hote, house: House) -> Invited:
    return invited(hote, house)


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
        feedback = recorded(ana.house.admin, ana.house.port, guest_id=ana.guest["id"])
        acted(ana.house.admin, feedback, "call", outcome="reached")
        [found] = ana.house.admin.listed("/v1/guests")
        assert found["actions"] == ana.told()["actions"] == ["delete", "cancel_communication", "edit", "anonymise"]
        acted(ana.house.admin, feedback, "reply", text="Bonjour")
        [found] = ana.house.admin.listed("/v1/guests")
        assert found["actions"] == ana.told()["actions"] == ["cancel_communication", "edit", "anonymise"]
        assert refused(ana.house.admin.delete(ana.path))[:2] == (409, "already-contacted")
        ana.happen(State.SENT, PRE)
        ana.happen(State.SENT)
        ana.house.admin.send("PUT", f"{ana.path}/legal-hold", json={"grounds": "Litige"})
        ana.house.admin.send("PUT", f"{ana.path}/block", json={"reason": "damage"})
        [found] = ana.house.admin.listed("/v1/guests")
        assert found["actions"] == ana.told()["actions"] == []
