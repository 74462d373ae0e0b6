"""Whoever asks why a message was not sent is told, whatever the reason."""

from application.invitation_reasons import SENTENCES
from domain.invitation import Delay, Reason


def test_each_reason_has_its_sentence() -> None:
    assert SENTENCES.keys() == {*Reason, *Delay}
