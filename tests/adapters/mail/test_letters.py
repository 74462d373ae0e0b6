"""What is in a mail: the guest's thread, what colleagues are told, and nothing that anybody could slip in."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from adapters.mail.letters import POLICY, written
from adapters.mail.outbox import Asked
from application.catalogue import add_entry
from application.conversation import message_id
from application.feedback import FeedbackEntry, record_feedback
from application.handling import (
    DelegateEntry,
    ShareEntry,
    TransferEntry,
    delegate_feedback,
    share_feedback,
    transfer_feedback,
)
from application.organisation import add_property
from application.replying import ReplyEntry, reply_to_feedback
from application.text import one_line
from domain.catalogue import EmployeeSettings
from domain.erasure import WordsErased
from domain.feedback import GuestReplied, Letter
from domain.property import PropertySettings
from tests.application.memory import House

FROM = "accueil@example.org"
THEIRS = f"<{'CAF0' * 40}@mail.example.com>"


class Told:
    """A house where a guest complained, who is no known guest."""

    def __init__(self, house: House, **fields: object) -> None:
        self.house = house
        entry: dict[str, object] = {"property_id": house.port, "room": "12", "rating": {"given": 3}}
        entry |= {"author": "Zoé Lefèvre", "email": "zoe@example.com"}
        entry |= {"title": "Bruit", "comment": "La rue.\nToute la nuit !"} | fields
        self.id, _ = record_feedback(house.ports, house.admin, FeedbackEntry.model_validate(entry))

    @property
    def version(self) -> int:
        return len(self.house.log.stream(self.id))

    def replied(self, text: str = "Bien cordialement") -> int:
        reply_to_feedback(self.house.ports, self.house.admin, self.id, ReplyEntry(text=text))
        return self.version

    def answered(self, text: str = "Merci", address: str = "zoe@example.net") -> None:
        letter = Letter(address=address, subject="Re: Hôtel", text=text, message_id=THEIRS)
        event = GuestReplied(
            originator_id=self.id, originator_version=self.version + 1, subject_id=self.id, letter=letter
        )
        self.house.log.append([event], self.house.admin.metadata(self.house.ports.now()))

    def mail(self, version: int, recipient: int = 0) -> EmailMessage | None:
        asked = Asked(self.id, version, recipient)
        return written(self.house.log, FROM, self.house.log.stream(self.id), asked)

    def sent(self, version: int, recipient: int = 0) -> EmailMessage:
        """As its recipient's mail program reads it."""
        mail = self.mail(version, recipient)
        assert mail
        source = mail.as_bytes().replace(b"\r\n", b"\n")
        return message_from_bytes(source, EmailMessage, policy=policy.default)


def employee(house: House, email: str | None) -> UUID:
    return add_entry(house.ports, house.admin, EmployeeSettings(name="Inès Caron", email=email))


def test_an_answer_comes_from_the_property_and_goes_to_the_guest() -> None:
    told = Told(House())
    version = told.replied("Chère Zoé,\n\nmille excuses.")
    mail = told.sent(version)
    assert (mail["From"], mail["Reply-To"]) == (f"Hôtel du Port <{FROM}>", f"Hôtel du Port <{FROM}>")
    assert (mail["To"], mail["Message-ID"]) == ("zoe@example.com", f"<{told.id}.{version}@example.org>")
    assert mail["Date"].datetime == told.house.log.stream(told.id)[version - 1].recorded_at.replace(microsecond=0)
    assert mail.get_content() == "Chère Zoé,\n\nmille excuses.\n"
    assert mail.get_content_type() == "text/plain"
    assert not {"Auto-Submitted", "In-Reply-To", "References"} & set(mail.keys())


def test_a_conversation_is_a_thread_of_both_directions() -> None:
    told = Told(House())
    first = told.replied()
    told.answered()
    second = told.replied()
    mail = told.sent(second)
    ours = message_id(told.id, first, "example.org")
    assert (mail["In-Reply-To"], mail["References"].split()) == (THEIRS, [ours, THEIRS])
    source = told.mail(second)
    assert source
    assert source.as_bytes().count(THEIRS.encode()) == 2, "programs look for an id as it was made, however long"
    assert (mail["To"], mail["Subject"]) == ("zoe@example.com", "Re: Hôtel")


def test_a_mail_is_the_same_each_time() -> None:
    told = Told(House())
    version = told.replied()
    once = told.mail(version)
    told.answered()
    told.replied()
    again = told.mail(version)
    assert once
    assert again
    assert once.as_bytes() == again.as_bytes()


def test_who_is_to_handle_it_reads_what_was_said_in_both_languages() -> None:
    house = House()
    told = Told(house)
    delegate_feedback(house.ports, house.admin, told.id, DelegateEntry(email="siege@example.org", note="Urgent"))
    mail = told.sent(told.version)
    assert mail["To"] == "siege@example.org"
    assert mail["Subject"] == "Hôtel du Port : retour d'un client à traiter / guest feedback to handle"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_content()
    assert text.startswith("Ce retour d'un client vous est confié.\nThis guest's feedback is handed to you.\n\n")
    for line in (
        "Établissement / Property : Hôtel du Port", "Chambre / Room : 12", "Client / Guest : Zoé Lefèvre",
        "Genre / Kind : réclamation / complaint", "Évaluation / Rating : 3/10", "Urgent",
        "> Bruit", "> La rue.", "> Toute la nuit !",
    ):  # fmt: skip
        assert line in text.splitlines()


def test_what_the_guest_wrote_since_is_told_too() -> None:
    house = House()
    told = Told(house)
    told.replied()
    told.answered("Et la douche ?\n\nÉtablissement / Property : Villa Lago")
    delegate_feedback(house.ports, house.admin, told.id, DelegateEntry(email="siege@example.org"))
    lines = told.sent(told.version).get_content().splitlines()
    assert "> Et la douche ?" in lines
    assert "> Établissement / Property : Villa Lago" in lines
    assert "Établissement / Property : Villa Lago" not in lines


def test_a_share_goes_to_each_with_an_id_of_its_own() -> None:
    house = House()
    told = Told(house)
    ines, ana = employee(house, "ines@example.org"), employee(house, None)
    share = ShareEntry(employee_ids=(ines, ana), emails=("siege@example.org",))
    share_feedback(house.ports, house.admin, told.id, share)
    first, third = told.sent(told.version), told.sent(told.version, 2)
    assert (first["To"], third["To"]) == ("ines@example.org", "siege@example.org")
    assert "pour information / guest feedback, for information" in first["Subject"]
    assert first["Message-ID"] != third["Message-ID"]
    assert told.mail(told.version, 1) is None


def test_a_colleague_without_an_address_gets_none() -> None:
    house = House()
    told = Told(house)
    transfer_feedback(house.ports, house.admin, told.id, TransferEntry(employee_id=employee(house, None)))
    assert told.mail(told.version) is None
    transfer_feedback(house.ports, house.admin, told.id, TransferEntry(employee_id=employee(house, "i@example.org")))
    assert told.sent(told.version)["To"] == "i@example.org"


def test_nothing_is_sent_of_somebody_who_was_forgotten() -> None:
    house = House()
    told = Told(house)
    reply = told.replied()
    delegate_feedback(house.ports, house.admin, told.id, DelegateEntry(email="siege@example.org"))
    notice = told.version
    erased = WordsErased(originator_id=told.id, originator_version=notice + 1, erasure_id=house.ports.new_id())
    house.log.append([erased], house.admin.metadata(house.ports.now()))
    assert told.mail(reply) is None
    assert told.mail(notice) is None


def test_nobody_slips_a_header_in() -> None:
    house = House()
    told = Told(house)
    letter = Letter(address="zoe@example.com", subject="Merci\r\nBcc: all@example.com\n\nhello", text="x")
    event = GuestReplied(originator_id=told.id, originator_version=2, subject_id=told.id, letter=letter)
    house.log.append([event], house.admin.metadata(house.ports.now()))
    mail = told.sent(told.replied())
    assert "Bcc" not in mail
    assert mail["Subject"] == "Re: Merci Bcc: all@example.com hello"


def test_a_name_of_a_property_stays_a_name() -> None:
    house = House()
    names = ('Hôtel "Le Port" <evil@example.com>, autre', "Hôtel, bar & spa; " + "é" * 150)
    for name in names:
        settings = PropertySettings(name=name, country="FR", time_zone="Europe/Paris", currency="EUR")
        told = Told(house, property_id=add_property(house.ports, house.admin, settings)[0])
        mail = told.mail(told.replied())
        assert mail
        # Parsed by the older of the library's parsers: the other puts spaces between the parts of a long name.
        shown, address = parseaddr(message_from_bytes(mail.as_bytes())["From"])
        assert (str(make_header(decode_header(shown))), address) == (name, FROM)


def test_markup_stays_what_it_is() -> None:
    told = Told(House(), comment="1 < 2 & <3")
    delegate_feedback(told.house.ports, told.house.admin, told.id, DelegateEntry(email="siege@example.org"))
    assert "> 1 < 2 & <3" in told.sent(told.version).get_content()


words = st.sampled_from(
    ["Hôtel", "du", "Port", "à", "Übernachtung", "日本", "👍", ":", "=?x?=", "=?utf-8?q?=0A?=", "x" * 99]
)


@given(st.lists(words | st.text(max_size=12), max_size=40).map(lambda some: one_line(" ".join(some))))
def test_a_subject_arrives_as_it_was_written(subject: str) -> None:
    mail = EmailMessage(POLICY)
    mail["Subject"] = subject
    assert mail["Subject"] == subject
    source = mail.as_bytes()
    assert max(map(len, source.splitlines())) <= 78
    lines = message_from_bytes(source)["Subject"].splitlines()
    assert str(make_header(decode_header("".join(lines)))) == subject
