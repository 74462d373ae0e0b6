"""What can be done about a guest and a stay, in a table of cases: L8, row by row."""

import pytest

from domain.invitation_states import State
from domain.inviting import WrongState
from domain.policies.invitation_actions import Action, Standing, actions, require_editable
from tests.domain.invited import HISTORIES, happened

DELETE, CANCEL, EDIT, REMIND, ANONYMISE = Action

NOBODY = Standing()
WRITTEN_TO = Standing(written_to=True)
OFF, SCHEDULED, CANCELLED, SENT = State.NOT_ENABLED, State.SCHEDULED, State.CANCELLED, State.SENT

CASES = [
    # before any message
    (SCHEDULED, SCHEDULED, NOBODY, (DELETE, CANCEL, EDIT, ANONYMISE)),
    (SCHEDULED, OFF, NOBODY, (DELETE, CANCEL, EDIT, ANONYMISE)),
    (OFF, SCHEDULED, NOBODY, (DELETE, CANCEL, EDIT, ANONYMISE)),
    (OFF, OFF, NOBODY, (DELETE, EDIT, ANONYMISE)),
    (CANCELLED, CANCELLED, NOBODY, (DELETE, EDIT, ANONYMISE)),
    # after the message before the stay, before the invitation
    (SENT, SCHEDULED, WRITTEN_TO, (CANCEL, EDIT, ANONYMISE)),
    (State.BOUNCED, SCHEDULED, WRITTEN_TO, (CANCEL, EDIT, ANONYMISE)),
    (State.CLICKED_EMAIL, SCHEDULED, WRITTEN_TO, (CANCEL, EDIT, ANONYMISE)),
    (SENT, CANCELLED, WRITTEN_TO, (EDIT, ANONYMISE)),
    # after a message about another stay
    (SCHEDULED, SCHEDULED, WRITTEN_TO, (CANCEL, EDIT, ANONYMISE)),
    # after the invitation, before a review
    (SENT, SENT, WRITTEN_TO, (REMIND, ANONYMISE)),
    (OFF, SENT, WRITTEN_TO, (REMIND, ANONYMISE)),
    (OFF, State.CLICKED_EMAIL, WRITTEN_TO, (REMIND, ANONYMISE)),
    (OFF, State.CLICKED_SMS, WRITTEN_TO, (REMIND, ANONYMISE)),
    (OFF, State.BOUNCED, WRITTEN_TO, (REMIND, ANONYMISE)),
    # after a review, also one that nobody was asked for
    (OFF, State.REVIEWED_EMAIL, WRITTEN_TO, (ANONYMISE,)),
    (OFF, State.REVIEWED_SMS, WRITTEN_TO, (ANONYMISE,)),
    (OFF, State.REVIEWED_ON_SITE, WRITTEN_TO, (ANONYMISE,)),
    (OFF, State.REVIEWED_ON_SITE, NOBODY, (DELETE, ANONYMISE)),
    # what the guest said, or somebody of them
    (OFF, SENT, Standing(written_to=True, hindered=True), (ANONYMISE,)),
    (SCHEDULED, SCHEDULED, Standing(hindered=True), (DELETE, CANCEL, EDIT, ANONYMISE)),
    (SCHEDULED, SCHEDULED, Standing(held=True), (CANCEL, EDIT)),
    (OFF, SENT, Standing(written_to=True, held=True), (REMIND,)),
    (SCHEDULED, SCHEDULED, Standing(anonymised=True), ()),
]


@pytest.mark.parametrize(("pre_stay", "post_stay", "guest", "expected"), CASES)
def test_offers_what_l8_does(pre_stay: State, post_stay: State, guest: Standing, expected: tuple[Action, ...]) -> None:
    assert actions(pre_stay, post_stay, guest) == expected


@pytest.mark.parametrize("state", list(State))
def test_a_stay_can_be_changed_just_when_that_is_offered(state: State) -> None:
    invitation = happened(*HISTORIES[state])
    if Action.EDIT in actions(State.NOT_ENABLED, state, NOBODY):
        require_editable(invitation)
        return
    with pytest.raises(WrongState) as refused:
        require_editable(invitation)
    assert refused.value.members == {"state": state}
