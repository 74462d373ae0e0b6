"""/v1/feedback/{id}/resolution and reopen: settled once, counted to the cent, approved beyond a limit."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from domain.money import LARGEST_AMOUNT
from tests.contract.conftest import House
from tests.contract.recording import acted, an_item, euros, limited, read, recorded


class TestSettling:
    def test_it_can_be_settled_at_once(self, house: House) -> None:
        wine, night = an_item(house), an_item(house, "Nuit offerte", 9900)
        resolution = {
            "items": [{"item_id": wine, "quantity": 2}, {"item_id": night, "unit_value": euros(8000)}],
            "comment": "Une bouteille et une nuit",
            "satisfaction": 4,
        }
        feedback = recorded(house.admin, house.port, resolution=resolution)
        assert (feedback["resolved"], feedback["mark"], feedback["folder"]) == (True, "✓", "done")
        assert (feedback["total"], feedback["satisfaction"]) == (euros(2 * 1250 + 8000), 4)
        assert feedback["resolution"]["comment"] == "Une bouteille et une nuit"
        assert [
            (item["item_id"], item["quantity"], item["unit_value"]) for item in feedback["resolution"]["items"]
        ] == [
            (wine, 2, euros(1250)),
            (night, 1, euros(8000)),
        ]

    def test_or_later_with_who_and_when(self, house: House) -> None:
        desk = house.staff("front_desk")
        before = recorded(house.admin, house.port)
        after = acted(desk, before, "resolution", items=[{"item_id": an_item(house)}], satisfaction=5)
        assert (after["resolved"], after["total"], after["version"]) == (True, euros(1250), 2)
        assert after["resolution"]["resolved_by"] != after["actions"][0]["by"]
        assert after["resolution"]["resolved_at"] == after["resolved_at"] >= before["created_at"]

    def test_nothing_need_be_given(self, house: House) -> None:
        after = acted(house.admin, recorded(house.admin, house.port), "resolution", comment="Excuses")
        assert (after["resolved"], after["total"]) == (True, euros(0))

    def test_what_was_given_keeps_its_value_when_the_catalogue_changes(self, house: House) -> None:
        wine = an_item(house)
        feedback = recorded(house.admin, house.port, resolution={"items": [{"item_id": wine, "quantity": 3}]})
        house.admin.patch(f"/v1/cost-items/{wine}", json={"name": "Vin", "unit_value": euros(9999)})
        house.admin.post(f"/v1/cost-items/{wine}/retire")
        assert read(house.admin, feedback)["total"] == euros(3750)

    def test_the_largest_amounts_are_exact(self, house: House) -> None:
        items = [
            {"item_id": an_item(house), "quantity": 9_999, "unit_value": euros(10_000_999)},
            {"item_id": an_item(house), "quantity": 1, "unit_value": euros(LARGEST_AMOUNT - 1 - 9_999 * 10_000_999)},
        ]
        feedback = recorded(house.admin, house.port, resolution={"items": items})
        assert feedback["total"] == euros(LARGEST_AMOUNT - 1)
        [listed] = house.admin.listed("/v1/feedback")
        assert listed["total"] == feedback["total"]

    def test_resolving_twice_is_refused_and_changes_nothing(self, house: House) -> None:
        feedback = acted(house.admin, recorded(house.admin, house.port), "resolution", satisfaction=2)
        answer = house.admin.post(f"/v1/feedback/{feedback['id']}/resolution", json={"satisfaction": 5})
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-resolved")
        assert read(house.admin, feedback)["satisfaction"] == 2

    def test_of_many_who_resolve_it_at_once_one_does(self, house: House) -> None:
        feedback, at_once = recorded(house.admin, house.port), Barrier(10)

        def resolve(satisfaction: int) -> int:
            at_once.wait()
            path = f"/v1/feedback/{feedback['id']}/resolution"
            return house.admin.post(path, json={"satisfaction": satisfaction % 5 + 1}).status_code

        with ThreadPoolExecutor(10) as pool:
            statuses = sorted(pool.map(resolve, range(10)))
        assert statuses == [200] + [409] * 9
        assert read(house.admin, feedback)["version"] == 2

    def test_reopened_with_a_reason_it_counts_no_more_and_is_resolved_again(self, house: House) -> None:
        wine = an_item(house)
        feedback = recorded(house.admin, house.port, resolution={"items": [{"item_id": wine}], "satisfaction": 1})
        again = acted(house.admin, feedback, "reopen", reason="Le bruit a repris")
        assert (again["resolved"], again["mark"], again["folder"]) == (False, "✗", "inbox")
        assert (again["total"], again["satisfaction"], again["resolution"]) == (None, None, None)
        settled = acted(house.admin, again, "resolution", items=[{"item_id": wine, "quantity": 2}], satisfaction=5)
        assert (settled["total"], settled["satisfaction"]) == (euros(2500), 5)

    def test_only_what_is_resolved_is_reopened_and_never_without_a_reason(self, house: House) -> None:
        feedback = recorded(house.admin, house.port)
        path = f"/v1/feedback/{feedback['id']}/reopen"
        answer = house.admin.post(path, json={"reason": "?"})
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-resolved")
        acted(house.admin, feedback, "resolution")
        for reason in ({}, {"reason": None}, {"reason": " "}):
            answer = house.admin.post(path, json=reason)
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/reason")

    def test_who_decides_on_an_older_version_is_refused(self, house: House) -> None:
        feedback = recorded(house.admin, house.port)
        acted(house.admin, feedback, "notes", text="Vu")
        path = f"/v1/feedback/{feedback['id']}/resolution"
        late = house.admin.post(path, json={}, headers={"If-Match": '"1"'})
        assert (late.status_code, late.json()["type"]) == (412, "/problems/version-mismatch")
        assert house.admin.post(path, json={}, headers={"If-Match": '"2"'}).status_code == 200


class TestLimits:
    def test_beyond_the_limit_it_waits_for_somebody_who_may(self, house: House) -> None:
        limited(house, front_desk=2000)
        desk, manager, wine = house.staff("front_desk"), house.staff("manager"), an_item(house)
        feedback = recorded(desk, house.port)
        waiting = acted(desk, feedback, "resolution", items=[{"item_id": wine, "quantity": 2}], comment="Deux")
        assert (waiting["resolved"], waiting["total"], waiting["folder"]) == (False, None, "inbox")
        assert waiting["pending_approval"] == waiting["proposal"]["total"] == euros(2500)
        assert {"manager", "admin"} <= set(waiting["proposal"]["roles"])
        assert "front_desk" not in waiting["proposal"]["roles"]
        settled = acted(manager, feedback, "resolution/approve")
        assert (settled["resolved"], settled["total"], settled["proposal"]) == (True, euros(2500), None)
        assert settled["pending_approval"] is None
        assert settled["resolution"]["proposed_by"] == waiting["proposal"]["proposed_by"]
        assert settled["resolution"]["resolved_by"] != settled["resolution"]["proposed_by"]
        assert settled["resolution"]["comment"] == "Deux"

    def test_up_to_the_limit_it_is_settled(self, house: House) -> None:
        limited(house, front_desk=2500)
        item = {"item_id": an_item(house), "quantity": 2}
        assert recorded(house.staff("front_desk"), house.port, resolution={"items": [item]})["resolved"] is True

    def test_the_limit_is_the_propertys(self, house: House) -> None:
        limited(house, front_desk=0)
        desk, resolution = house.staff("front_desk"), {"items": [{"item_id": an_item(house)}]}
        assert recorded(desk, house.port, resolution=resolution)["resolved"] is False
        assert recorded(desk, house.lago, resolution=resolution)["resolved"] is True

    def test_who_may_not_give_so_much_may_not_approve_it_either(self, house: House) -> None:
        limited(house, front_desk=0, manager=1000)
        feedback = recorded(house.staff("front_desk"), house.port, resolution={"items": [{"item_id": an_item(house)}]})
        for role in ("front_desk", "manager"):
            for step, body in (("approve", None), ("refuse", {"reason": "Non"})):
                answer = house.staff(role).post(f"/v1/feedback/{feedback['id']}/resolution/{step}", json=body)
                assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden")
                assert "admin" in answer.json()["detail"]
        assert read(house.admin, feedback)["version"] == feedback["version"]

    def test_what_is_refused_leaves_it_open(self, house: House) -> None:
        limited(house, front_desk=0)
        feedback = recorded(house.staff("front_desk"), house.port, resolution={"items": [{"item_id": an_item(house)}]})
        refused = acted(house.staff("manager"), feedback, "resolution/refuse", reason="Trop")
        assert (refused["resolved"], refused["proposal"], refused["pending_approval"]) == (False, None, None)
        answer = house.admin.post(f"/v1/feedback/{feedback['id']}/resolution/approve")
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/nothing-proposed")

    def test_what_waits_for_approval_does_not_change_under_the_approvers_hands(self, house: House) -> None:
        limited(house, front_desk=0)
        desk, wine = house.staff("front_desk"), an_item(house)
        feedback = recorded(desk, house.port, resolution={"items": [{"item_id": wine}]})
        more = {"items": [{"item_id": wine, "quantity": 9}]}
        again = desk.post(f"/v1/feedback/{feedback['id']}/resolution", json=more)
        assert (again.status_code, again.json()["type"]) == (409, "/problems/approval-pending")
        acted(house.admin, feedback, "resolution/refuse", reason="Une suffit")
        assert acted(desk, feedback, "resolution", **more)["pending_approval"] == euros(11250)

    def test_nobody_approves_in_one_currency_what_was_proposed_in_another(self, house: House) -> None:
        limited(house, front_desk=0)
        feedback = recorded(house.staff("front_desk"), house.port, resolution={"items": [{"item_id": an_item(house)}]})
        house.admin.patch(f"/v1/properties/{house.port}", json={"currency": "JPY"})
        answer = house.admin.post(f"/v1/feedback/{feedback['id']}/resolution/approve")
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/nothing-proposed")

    def test_a_machine_gives_nothing_and_decides_on_nothing(self, house: House) -> None:
        limited(house, front_desk=1_000)
        machine, wine = house.staff("machine"), an_item(house)
        settled = acted(machine, recorded(machine, house.port), "resolution", comment="Réglé au téléphone")
        assert settled["resolved"] is True
        waiting = acted(machine, recorded(machine, house.port), "resolution", items=[{"item_id": wine}])
        assert (waiting["resolved"], waiting["proposal"]["roles"]) == (False, ["manager", "admin"])
        for step, body in (("approve", None), ("refuse", {"reason": "Trop"})):
            answer = machine.post(f"/v1/feedback/{waiting['id']}/resolution/{step}", json=body)
            assert (answer.status_code, answer.json()["roles"]) == (403, "manager, admin")

    def test_with_a_limit_of_its_own_it_gives_up_to_that(self, house: House) -> None:
        limited(house, machine=1_250)
        machine, wine = house.staff("machine"), an_item(house)
        assert recorded(machine, house.port, resolution={"items": [{"item_id": wine}]})["total"] == euros(1250)
        two = {"items": [{"item_id": wine, "quantity": 2}]}
        assert recorded(machine, house.port, resolution=two)["pending_approval"] == euros(2500)
        desk = recorded(house.staff("front_desk"), house.port, resolution=two)
        assert desk["resolved"] is True
