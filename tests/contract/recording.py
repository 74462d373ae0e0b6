"""What tests of feedback begin with: catalogues, complaints, limits."""

from tests.contract.conftest import Api, Body, House

EUR = "EUR"


def euros(cents: int) -> Body:
    return {"amount": cents, "currency": EUR}


def a_code(house: House, name: str = "Bruit", **fields: object) -> str:
    return _added(house, "/v1/codes", {"name": name} | fields)


def an_item(house: House, name: str = "Bouteille de vin", cents: int = 1250, **fields: object) -> str:
    return _added(house, "/v1/cost-items", {"name": name, "unit_value": euros(cents)} | fields)


def an_employee(house: House, name: str = "Inès Caron", **fields: object) -> str:
    return _added(house, "/v1/employees", {"name": name} | fields)


def _added(house: House, path: str, entry: Body) -> str:
    """Its id, once lists and answers can tell its name."""
    answer = house.admin.post(path, json=entry)
    assert answer.status_code == 201, answer.text
    there = house.admin.get(path, headers={"Hote-At-Least": answer.headers["Hote-Position"]})
    assert there.status_code == 200, there.text
    id_: str = answer.json()["id"]
    return id_


def recorded(api: Api, property_id: str, **fields: object) -> Body:
    """A complaint, unless the fields say otherwise."""
    answer = api.post("/v1/feedback", json={"property_id": property_id, "kind": "negative"} | fields)
    assert answer.status_code == 201, answer.text
    feedback: Body = answer.json()
    return feedback


def acted(api: Api, feedback: Body, action: str, **fields: object) -> Body:
    """The feedback after an action of the inbox."""
    answer = api.post(f"/v1/feedback/{feedback['id']}/{action}", json=fields)
    assert answer.status_code == 200, answer.text
    after: Body = answer.json()
    return after


def read(api: Api, feedback: Body) -> Body:
    answer = api.get(f"/v1/feedback/{feedback['id']}")
    assert answer.status_code == 200, answer.text
    now: Body = answer.json()
    return now


def limited(house: House, **cents: int) -> None:
    """Limits the compensation that roles may give at the property `port`."""
    limits = [{"role": role, "amount": amount} for role, amount in cents.items()]
    answer = house.admin.patch(f"/v1/properties/{house.port}", json={"feedback": {"compensation_limits": limits}})
    assert answer.status_code == 200, answer.text
