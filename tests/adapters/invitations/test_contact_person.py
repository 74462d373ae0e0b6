"""Messages about a stay that has a contact person go to that person, once for all who come together (P4)."""

from datetime import timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from adapters.keys.links import Purpose
from adapters.mail.smtp import Smtp
from application import merging
from application.erasure.guests import anonymise_guest
from application.erasure.why import Why
from application.guest_entry import Judged
from application.guest_links import unsubscribe
from application.guests import change_guest
from application.parties import add_party, change_party
from application.questionnaire import ReviewEntry, answer
from domain.contact import Profile
from domain.feedback import FeedbackRecorded
from domain.guest import Guest, fold
from domain.guest_events import AddressSuppressed
from domain.invitation import InvitationSent, Message, Reason
from domain.invitation_states import State
from domain.party import CompanySettings, OccasionSettings
from domain.staying import stay_is
from domain.ties import Ties
from tests.adapters.invitations.conftest import Texts
from tests.adapters.invitations.house import DEPARTURE, House
from tests.adapters.invitations.test_sending import NOON_AFTER
from tests.adapters.mail.server import OK, MailServer


def person(house: House) -> UUID:
    """Somebody who never stays."""
    guest_id, _ = house.guest(
        arrival=None,
        departure=None,
        emails=("anne@firm.example",),
        first_name="Anne",
        last_name="Keller",
        language="de",
    )
    return guest_id


def tie(house: House, guest_id: UUID, stay_id: UUID, ties: Ties) -> None:
    guest = fold(Guest(guest_id), (each.event for each in house.log.stream(guest_id)))
    tied = guest.stays[stay_id].model_copy(update={"ties": ties})
    house.log.append(stay_is(guest, stay_id, tied), house.caller.metadata(house.now, property_id=house.property_id))


def tied(house: House, ties: Ties, **guest: object) -> tuple[UUID, UUID]:
    guest_id, stay_id = house.guest(**guest)  # type: ignore[arg-type]
    tie(house, guest_id, stay_id, ties)
    return guest_id, stay_id


def wedding(house: House, contact_person_id: UUID | None) -> OccasionSettings:
    return OccasionSettings(
        name="Mariage",
        property_id=house.property_id,
        begins_on=DEPARTURE - timedelta(3),
        ends_on=DEPARTURE,
        contact_person_id=contact_person_id,
    )


def recipients(smtp: MailServer) -> list[str]:
    return [str(each["To"]) for each in smtp.taken]


def test_it_goes_to_them_in_their_language_under_their_name(
    house: House, smtp: MailServer, mail: Smtp, texts: Texts
) -> None:
    anne = person(house)
    guest, stay = tied(house, Ties(contact_person_id=anne), first_name="Zoé")
    house.at(NOON_AFTER)
    house.send(mail, texts)
    [letter] = smtp.taken
    assert recipients(smtp) == ["anne@firm.example"]
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Anne Keller" in text
    assert "Zoé" not in text
    sent = house.invitation(stay).sent
    assert sent
    assert (sent.guest_id, sent.language, sent.address) == (anne, "de", "anne@firm.example")
    assert house.invitation(stay).about.guest_id == guest


def test_of_many_who_come_together_they_hear_once(house: House, smtp: MailServer, mail: Smtp, texts: Texts) -> None:
    anne = person(house)
    stays = [tied(house, Ties(contact_person_id=anne))[1] for _ in range(5)]
    house.at(NOON_AFTER - timedelta(days=7))
    house.send(mail, texts)
    house.at(NOON_AFTER)
    house.send(mail, texts)
    assert recipients(smtp) == ["anne@firm.example"] * 2  # before the stay, and after it
    for message in (Message.PRE_STAY, Message.POST_STAY):
        found = [house.invitation(stay, message) for stay in stays]
        assert sorted(each.state for each in found) == [State.CANCELLED] * 4 + [State.SENT]
        assert {each.reason for each in found if each.state is State.CANCELLED} == {Reason.SAME_GROUP}


def test_an_occasion_is_one_group_whenever_its_guests_arrive(
    house: House, smtp: MailServer, mail: Smtp, texts: Texts
) -> None:
    occasion = add_party(house.ports, house.caller, wedding(house, person(house)))
    for early in range(3):
        tied(house, Ties(occasion_id=occasion), arrival=DEPARTURE - timedelta(3 + early))
    house.at(NOON_AFTER)
    house.send(mail, texts)
    assert recipients(smtp) == ["anne@firm.example"]


def test_who_comes_to_be_named_or_named_no_more_is_taken_up(house: House) -> None:
    company = add_party(house.ports, house.caller, CompanySettings(name="Sirvoy"))
    occasion = add_party(house.ports, house.caller, wedding(house, None).model_copy(update={"company_id": company}))
    _, stay = tied(house, Ties(occasion_id=occasion), emails=())
    house.plan()
    assert house.invitation(stay).version == 0  # nobody can be reached

    def names(anne: UUID | None) -> None:
        settings = CompanySettings(name="Sirvoy", contact_person_id=anne)
        change_party(house.ports, house.caller, CompanySettings, company, lambda _: settings)
        house.plan()

    names(person(house))
    assert house.invitation(stay).state is State.SCHEDULED
    names(None)
    assert (house.invitation(stay).state, house.invitation(stay).reason) == (State.CANCELLED, Reason.UNREACHABLE)


def test_what_is_not_taken_from_us_now_reaches_them_later(
    house: House, smtp: MailServer, mail: Smtp, texts: Texts
) -> None:
    tied(house, Ties(contact_person_id=person(house)))
    smtp.to_recipient = lambda _: "451 Not now"
    house.at(NOON_AFTER)
    house.send(mail, texts)
    smtp.to_recipient = lambda _: OK
    house.at(NOON_AFTER + timedelta(1))
    house.send(mail, texts)
    assert recipients(smtp) == ["anne@firm.example"]


def test_who_was_told_under_the_id_given_up_is_not_told_again(
    house: House, smtp: MailServer, mail: Smtp, texts: Texts
) -> None:
    anne, lena = person(house), house.guest(arrival=None, departure=None)[0]
    occasion = add_party(house.ports, house.caller, wedding(house, anne))
    tied(house, Ties(occasion_id=occasion))
    _, later = tied(house, Ties(occasion_id=occasion), departure=DEPARTURE + timedelta(1))
    house.at(NOON_AFTER)
    house.send(mail, texts)
    assert recipients(smtp) == ["anne@firm.example"]
    merging.merge(house.ports, house.caller, lena, anne, {})
    house.at(NOON_AFTER + timedelta(1))
    house.send(mail, texts)
    assert (house.invitation(later).state, house.invitation(later).reason) == (State.CANCELLED, Reason.SAME_GROUP)


def test_what_becomes_of_who_stands_for_them_is_taken_up_until_they_are_two_again(house: House) -> None:
    anne, lena = (house.guest(arrival=None, departure=None, emails=())[0] for _ in range(2))
    company = add_party(house.ports, house.caller, CompanySettings(name="Sirvoy", contact_person_id=anne))
    _, stay = tied(house, Ties(company_id=company))
    house.plan()
    merge_id, *_ = merging.merge(house.ports, house.caller, lena, anne, {})
    house.plan()
    assert house.invitation(stay).version == 0  # neither can be reached
    given = Judged("fr", "FR", Profile(last_name="Keller", emails=("lena@firm.example",)), None)
    change_guest(house.ports, house.caller, lena, lambda _: given)
    house.plan()
    assert house.invitation(stay).state is State.SCHEDULED
    merging.undo_merge(house.ports, house.caller, merge_id)
    house.plan()
    assert (house.invitation(stay).state, house.invitation(stay).reason) == (State.CANCELLED, Reason.UNREACHABLE)
    assert house.connection.execute("SELECT FROM invitations.behind WHERE of_id = %s", [anne]).fetchall() == []


def test_where_they_may_not_be_written_to_nobody_is(house: House, smtp: MailServer, mail: Smtp, texts: Texts) -> None:
    anne = person(house)
    _, stay = tied(house, Ties(contact_person_id=anne))
    house.plan()
    unsubscribe(house.ports, anne, uuid7())
    house.plan()
    assert (house.invitation(stay).state, house.invitation(stay).reason) == (State.CANCELLED, Reason.UNSUBSCRIBED)
    house.at(NOON_AFTER)
    house.send(mail, texts)
    assert smtp.taken == []


def test_who_was_forgotten_is_nobodys_contact_person(house: House, smtp: MailServer, mail: Smtp, texts: Texts) -> None:
    anne = person(house)
    _, stay = tied(house, Ties(contact_person_id=anne), emails=("zoe@example.com",))
    house.plan()
    anonymise_guest(house.ports, house.caller, anne, Why(reason="Demande"))
    house.at(NOON_AFTER)
    house.send(mail, texts)
    assert recipients(smtp) == ["zoe@example.com"]
    [sent] = [event for event in house.events(stay) if isinstance(event, InvitationSent)]
    assert sent.guest_id == house.invitation(stay).about.guest_id


def test_where_it_went_is_forgotten_with_them(house: House, mail: Smtp, texts: Texts) -> None:
    anne = person(house)
    _, stay = tied(house, Ties(contact_person_id=anne))
    house.at(NOON_AFTER)
    house.send(mail, texts)
    anonymise_guest(house.ports, house.caller, anne, Why(reason="Demande"))
    [sent] = [event for event in house.events(stay) if isinstance(event, InvitationSent)]
    assert (sent.guest_id, sent.address) == (anne, None)


def test_who_unsubscribes_by_its_link_are_they(house: House, smtp: MailServer, mail: Smtp, texts: Texts) -> None:
    anne = person(house)
    tied(house, Ties(contact_person_id=anne))
    house.at(NOON_AFTER)
    house.send(mail, texts)
    token = str(smtp.taken[0]["List-Unsubscribe"]).strip("<>").rpartition("/")[2]
    assert house.links.read(Purpose.UNSUBSCRIBE, token, NOON_AFTER.date()) == anne


def test_an_address_that_is_none_is_theirs(house: House, smtp: MailServer, mail: Smtp, texts: Texts) -> None:
    anne = person(house)
    guest, stay = tied(house, Ties(contact_person_id=anne))
    smtp.to_recipient = lambda _: "550 No such user"
    house.at(NOON_AFTER)
    house.send(mail, texts)
    assert house.invitation(stay).state is State.BOUNCED
    told = {id_: {type(each.event) for each in house.log.stream(id_)} for id_ in (anne, guest)}
    assert AddressSuppressed in told[anne]
    assert AddressSuppressed not in told[guest]


def test_what_they_answer_are_their_words(house: House, mail: Smtp, texts: Texts) -> None:
    anne = person(house)
    _, stay = tied(house, Ties(contact_person_id=anne))
    house.at(NOON_AFTER)
    house.send(mail, texts)
    answer(house.ports, house.invitation(stay).id, ReviewEntry(mark=2, comment="Bruyant"), "fr", uuid7())
    feedback_id = house.invitation(stay).feedback_id
    assert feedback_id
    said = house.log.stream(feedback_id)[0].event
    assert isinstance(said, FeedbackRecorded)
    assert (said.guest_id, said.subject_id) == (anne, anne)
