"""Links: what one opens, until when, and that nobody else can make or change one."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from adapters.keys.links import TOKEN_CHARACTERS, LinkExpired, LinkInvalid, Links, Purpose

LINKS = Links(bytes(range(32)))
ID: UUID = uuid7()
LAST_DAY = date(2026, 6, 30)
TOKEN = LINKS.token(Purpose.CLICK, ID, LAST_DAY)
ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"

days = st.dates(date(1970, 1, 1), date(2149, 6, 6))


@given(st.sampled_from(Purpose), st.uuids(), days, st.data())
def test_a_link_opens_what_it_was_made_for_until_its_last_day(
    purpose: Purpose, id: UUID, expires: date, data: st.DataObject
) -> None:
    token = LINKS.token(purpose, id, expires)
    assert LINKS.read(purpose, token, data.draw(st.dates(max_value=expires))) == id
    with pytest.raises(LinkExpired):
        LINKS.read(purpose, token, data.draw(st.dates(min_value=expires + timedelta(days=1))))


@given(st.integers(0, TOKEN_CHARACTERS - 1), st.sampled_from(ALPHABET + "-_.é01 "))
def test_a_link_with_any_character_changed_is_none(place: int, character: str) -> None:
    changed = TOKEN[:place] + character + TOKEN[place + 1 :]
    if changed != TOKEN:
        with pytest.raises(LinkInvalid):
            LINKS.read(Purpose.CLICK, changed, LAST_DAY)


@given(st.text(ALPHABET, min_size=TOKEN_CHARACTERS, max_size=TOKEN_CHARACTERS) | st.text())
def test_what_nobody_made_is_no_link(token: str) -> None:
    with pytest.raises(LinkInvalid):
        LINKS.read(Purpose.CLICK, token, LAST_DAY)


@pytest.mark.parametrize("purpose", [each for each in Purpose if each is not Purpose.CLICK])
def test_a_link_for_another_purpose_is_none(purpose: Purpose) -> None:
    with pytest.raises(LinkInvalid):
        LINKS.read(purpose, TOKEN, LAST_DAY)


def test_another_installation_s_link_is_none() -> None:
    with pytest.raises(LinkInvalid):
        Links(bytes(32)).read(Purpose.CLICK, TOKEN, LAST_DAY)


def test_a_forged_link_is_not_told_to_have_expired() -> None:
    with pytest.raises(LinkInvalid):
        LINKS.read(Purpose.CLICK, "a" * TOKEN_CHARACTERS, date.max)


def test_a_mail_server_may_change_the_case() -> None:
    assert LINKS.read(Purpose.CLICK, TOKEN.upper(), LAST_DAY) == ID


def test_an_address_holds_a_link() -> None:
    """The part of an address before the @ has at most 64 octets (RFC 5321, 4.5.3.1.1)."""
    assert set(TOKEN) <= set(ALPHABET)
    assert len(f"bounce+{TOKEN}") <= 64
