"""The guest as of a past moment is what the API answered then, whatever happened since."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from adapters.postgres.log import EventLog
from domain.event import Metadata
from tests.adapters.postgres.events import changed, metadata, registered
from tests.contract.conftest import Api, Body, House, fresh_email
from tests.contract.importing import imported, listed

ERASED: Body = {"emails": [], "phones": [], "custom": {}} | dict.fromkeys(
    ("salutation", "first_name", "last_name", "company", "address", "note", "level")
)
OF_ERASURES = {"ErasureBegun", "ErasureCertified"}

texts = st.sampled_from(["Zoé", "Lefèvre", "VIP", "Müller-Ōé", "été 🏨"])
stays = st.fixed_dictionaries(
    {
        "property_id": st.sampled_from(["port", "lago"]),
        "arrival": st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(str),
    },
    optional={"room": texts},
)
told_of_stay = st.fixed_dictionaries({"stay": stays})
patches = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("salutation", "first_name", "company", "note", "level"), texts | st.none()),
        "last_name": texts,
        "emails": st.builds(lambda: [fresh_email()]),
        "phones": st.sampled_from([["+33612345678"], ["+33612345678", "+390212345678"], []]),
        "language": st.sampled_from(["fr", "de", None]),
        "country": st.sampled_from(["FR", "IT", None]),
        "address": st.none() | st.fixed_dictionaries({}, optional=dict.fromkeys(("street", "city"), texts | st.none())),
        "custom": st.fixed_dictionaries({"passport": texts | st.none()}),
        "stay": stays,
    },
)
details = {
    "patch": patches,
    "register": told_of_stay | st.just({}),
    "batch": told_of_stay,
    "import": told_of_stay,
    "delete": st.just({}),
    "anonymise": st.just({}),
}
mostly_patches = st.sampled_from(["patch"] * 10 + ["register", "batch"] * 3 + ["import", "delete", "anonymise"])
commands = mostly_patches.flatmap(lambda name: st.tuples(st.just(name), st.integers(0, 2), details[name]))


class Answer(NamedTuple):
    status: int
    body: Body
    version: str | None
    position: str | None


class Moment(NamedTuple):
    time: datetime
    answers: Mapping[str, Answer]


NOBODY = Answer(404, {}, None, None)


def answer(api: Api, guest_id: str, as_of: datetime | None = None) -> Answer:
    got = api.get(f"/v1/guests/{guest_id}", params={"as_of": as_of.isoformat()} if as_of else {})
    found = got.status_code == 200
    return Answer(
        got.status_code, got.json() if found else {}, got.headers.get("etag"), got.headers.get("hote-position")
    )


def run(house: House, known: list[str], command: str, chosen: int, told: Body) -> None:
    """Gives one command; those that are refused, as a change of a guest who is no more, change nothing."""
    guest_id = known[chosen % len(known)] if known else ""
    if "stay" in told:
        told = told | {"stay": told["stay"] | {"property_id": getattr(house, told["stay"]["property_id"])}}
    match command:
        case "register":
            known.append(house.admin.register(**told)["id"])
        case "patch":
            house.admin.patch(f"/v1/guests/{guest_id}", json=told)
        case "delete":
            house.admin.delete(f"/v1/guests/{guest_id}")
        case "anonymise":
            house.admin.post(f"/v1/guests/{guest_id}/anonymise", json={"reason": "RGPD, art. 17"})
        case "batch":
            row = {"last_name": "Liste", "emails": emails_of(house, guest_id)} | told
            [result] = house.admin.post("/v1/guests/batch", json={"guests": [row]}).json()["results"]
            if result["guest_id"] not in known:
                known.append(result["guest_id"])
        case "import":
            line = f"Import;{emails_of(house, guest_id)[0]};{told['stay']['arrival']}"
            imported(house, listed("Nom;E-mail;Arrivée", line))


def where_history_ends(api: Api, guest_id: str, as_of: datetime) -> tuple[str | None, str | None]:
    """The position and the version that the events recorded by then lead to; of one who is no guest then, none."""
    got = api.get(f"/v1/guests/{guest_id}/history", params={"as_of": as_of.isoformat(), "limit": 200})
    own = [each for each in got.json().get("items", []) if each["type"] not in OF_ERASURES]
    if not own or own[-1]["type"] == "GuestDeleted":
        return None, None
    return str(own[-1]["position"]), f'"{own[-1]["version"]}"'


def emails_of(house: House, guest_id: str) -> list[str]:
    """So that a list tells of the guest; of a new one when they can no more be told of."""
    emails: list[str] = house.admin.get(f"/v1/guests/{guest_id}").json().get("emails")
    return emails or [fresh_email()]


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(told=st.lists(commands, min_size=5, max_size=12))
def test_it_is_what_was_answered_then(house: House, told: Sequence[tuple[str, int, Body]]) -> None:
    house.admin.patch("/v1/organisation", json={"profile_fields": [{"key": "passport", "label": "Passeport"}]})
    known: list[str] = []
    moments = []
    for command in [("register", 0, {}), *told]:
        run(house, known, *command)
        moments.append(Moment(datetime.now(UTC), {guest_id: answer(house.admin, guest_id) for guest_id in known}))
    last = moments[-1].answers
    erased = {guest_id for guest_id, each in last.items() if each.status == 404 or each.body["anonymised"]}
    for time, answers in moments:
        for guest_id in known:
            then = answers.get(guest_id, NOBODY)
            if then.body and guest_id in erased:
                then = then._replace(body=then.body | ERASED)
            assert answer(house.admin, guest_id, time) == then
            assert where_history_ends(house.admin, guest_id, time) == (then.position, then.version)


def test_before_they_were_known_there_is_nobody_and_once_anonymised_no_name(house: House) -> None:
    before = datetime.now(UTC)
    guest = house.admin.register(first_name="Zoé", note="Calme")
    then = datetime.now(UTC)
    house.admin.post(f"/v1/guests/{guest['id']}/anonymise", json={"reason": "RGPD, art. 17"})
    assert answer(house.admin, guest["id"], before) == NOBODY
    assert answer(house.admin, guest["id"], then).body == guest | ERASED
    now = answer(house.admin, guest["id"], datetime.now(UTC)).body
    assert now == guest | ERASED | {"anonymised": True, "version": 2, "updated_at": now["updated_at"]}


def test_where_clocks_differ_it_is_what_the_first_events_tell(log: EventLog) -> None:
    guest, now = uuid7(), metadata()
    early = now.model_copy(update={"recorded_at": now.recorded_at - timedelta(minutes=1)})
    late = now.model_copy(update={"recorded_at": now.recorded_at + timedelta(minutes=1)})
    for version, told_at in enumerate((now, early, late, now), 1):
        log.save(registered(guest) if version == 1 else changed(guest, version), metadata=told_at)

    def versions(at: Metadata) -> list[int]:
        return [each.event.originator_version for each in log.stream(guest, as_of=at.recorded_at)]

    assert (versions(early), versions(now), versions(late)) == ([], [1, 2], [1, 2, 3, 4])
