"""Which rung the bot climbs by itself, and what stands in its way."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from doubles import START

from bot.domain.auto_recovery import AutoRecovery
from bot.domain.company import CompanyId, GatewayName
from bot.domain.files import CredsState
from bot.domain.incident import Incident, IncidentId
from bot.domain.session import Cause, State
from bot.domain.trouble import Severity, Symptom, Trouble
from bot.recovery.ladder import Attempt, Rung, Situation, decide

OFF, CAREFUL, FULL = AutoRecovery.OFF, AutoRecovery.RECONNECT, AutoRecovery.FULL
NOTHING, RECONNECT, MEND, RESET = Rung.NOTHING, Rung.RECONNECT, Rung.MEND, Rung.RESET
BUDGET = 10

REVOKED = {Cause.DEVICE_REMOVED, Cause.LOGIN_REFUSED, Cause.LOGGED_OUT_HERE}
ACCOUNT = {Cause.TEMPORARY_BAN, Cause.ACCOUNT_LOCKED, Cause.BANNED}
PASSING = {
    None,
    Cause.CONNECTION_LOST,
    Cause.CONNECTION_CLOSED,
    Cause.BAD_SESSION,
    Cause.SERVICE_UNAVAILABLE,
    Cause.RESTART_REQUIRED,
}
VAGUE = {Symptom.GONE, Symptom.AWAY, Symptom.STUCK, Symptom.FAILED, Symptom.FORGOTTEN}


def lost(symptom=Symptom.GONE, cause=None, **more):
    return Incident(
        id=IncidentId(7),
        trouble=Trouble.SESSION_DOWN,
        symptom=symptom,
        severity=Severity.CRITICAL,
        gateway=GatewayName("one"),
        company_id=CompanyId("962302"),
        opened_at=START,
        began_at=START,
        cause=cause,
        **more,
    )


def situation(symptom=Symptom.GONE, cause=None, **more):
    """A session that was lost just now, with everything at hand to mend it."""
    usual = {
        "incident": lost(symptom, cause),
        "state": State.STOPPED,
        "cause": cause,
        "attempts": (),
        "today": 0,
        "busy": False,
        "silent": False,
        "just_back": False,
        "mass_drop": False,
        "creds": CredsState.LINKED,
        "has_copy": True,
        "can_set_aside": True,
    }
    return Situation(**usual | more)


def rung(one, setting=FULL, now=START):
    return decide(one, setting, BUDGET, now).rung


def expected(symptom, cause, setting):
    """The ladder in words: nothing, unless one of three things holds."""
    if setting is not OFF and symptom in VAGUE and cause in PASSING:
        return RECONNECT
    if setting is FULL and symptom is Symptom.REVOKED and cause in REVOKED:
        return RESET
    explained = REVOKED | ACCOUNT | {Cause.REPLACED, Cause.STOPPED_THERE}
    if setting is FULL and symptom is Symptom.CREDS_DAMAGED and cause not in explained:
        return MEND
    return NOTHING


@pytest.mark.parametrize("setting", AutoRecovery)
@pytest.mark.parametrize("symptom", Symptom)
def test_what_follows_from_each_symptom_cause_and_setting(symptom, setting):
    causes = (None, *Cause)
    found = {cause: rung(situation(symptom, cause), setting) for cause in causes}
    assert found == {cause: expected(symptom, cause, setting) for cause in causes}


ANYTHING = [
    situation(),
    situation(Symptom.REVOKED, Cause.DEVICE_REMOVED),
    situation(Symptom.CREDS_DAMAGED),
]


@pytest.mark.parametrize("one", ANYTHING)
@pytest.mark.parametrize(
    "obstacle",
    [
        pytest.param({"busy": True}, id="a person works on it"),
        pytest.param({"silent": True}, id="its gateway does not answer"),
        pytest.param({"just_back": True}, id="its gateway may be starting its sessions"),
        pytest.param({"mass_drop": True}, id="it is rather the network"),
        pytest.param({"state": State.CONNECTED}, id="it is open again"),
    ],
)
def test_nothing_is_done_while(one, obstacle):
    assert rung(one) is not NOTHING
    assert rung(replace(one, **obstacle)) is NOTHING


@pytest.mark.parametrize("trouble", [one for one in Trouble if one is not Trouble.SESSION_DOWN])
def test_no_other_trouble_is_the_ladders(trouble):
    assert rung(situation(incident=replace(lost(), trouble=trouble))) is NOTHING


def test_what_is_over_is_left_alone():
    assert rung(situation(incident=lost(closed_at=START))) is NOTHING


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        pytest.param({"state": State.STOPPED}, RECONNECT, id="a stopped session is started"),
        pytest.param({"state": State.DISCONNECTED}, RECONNECT, id="a closed one is reconnected"),
        pytest.param({"state": State.CONNECTING}, RECONNECT, id="a stuck one gets a new socket"),
        pytest.param({"state": State.FAILED}, RECONNECT, id="one given up is tried again"),
        pytest.param({"state": State.LOGGED_OUT}, NOTHING, id="a revoked one is not"),
        pytest.param({"state": State.AWAITING_SCAN}, NOTHING, id="nor one that shows a code"),
        pytest.param({"state": State.AWAITING_PASSKEY}, NOTHING, id="nor one in its passkey step"),
        pytest.param({"state": State.UNKNOWN}, NOTHING, id="nor one that is not understood"),
        pytest.param({"state": None}, NOTHING, id="nor one never seen"),
        pytest.param({"cause": Cause.REPLACED}, NOTHING, id="the present cause counts as well"),
        pytest.param({"cause": Cause.UNKNOWN}, NOTHING, id="an unknown one triggers nothing"),
        pytest.param({"creds": None}, RECONNECT, id="files nobody sees are no obstacle"),
        pytest.param({"creds": CredsState.UNREADABLE}, RECONNECT, id="nor files we may not read"),
        pytest.param({"creds": CredsState.MISSING}, NOTHING, id="without files there is no way"),
        pytest.param({"creds": CredsState.UNLINKED}, NOTHING, id="nor before the first scan"),
        pytest.param({"creds": CredsState.DAMAGED}, NOTHING, id="nor with damaged ones"),
        pytest.param({"today": BUDGET - 1}, RECONNECT, id="the budget is used to its last"),
        pytest.param({"today": BUDGET}, NOTHING, id="and not beyond"),
    ],
)
def test_reconnecting_takes_something_to_reconnect(changes, found):
    assert rung(situation(**changes), CAREFUL) is found


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"can_set_aside": False}, id="its directory is out of reach"),
        pytest.param({"state": State.AWAITING_SCAN}, id="it shows a code already"),
        pytest.param({"state": State.AWAITING_PASSKEY}, id="it wants a passkey"),
        pytest.param({"state": State.UNKNOWN}, id="nobody knows how it is"),
        pytest.param({"creds": CredsState.MISSING}, id="there is nothing to set aside"),
        pytest.param({"creds": CredsState.UNLINKED}, id="a reset was there before"),
        pytest.param({"cause": Cause.ACCOUNT_LOCKED}, id="the account is locked by now"),
        pytest.param({"cause": Cause.REPLACED}, id="a second process has it by now"),
        pytest.param({"cause": Cause.PASSKEY_REQUIRED}, id="it wants a passkey by now"),
        pytest.param({"attempts": (Attempt(rung=RESET, at=START),)}, id="it was reset already"),
    ],
)
def test_a_proven_revocation_is_left_to_a_person_when(changes):
    proven = situation(Symptom.REVOKED, Cause.DEVICE_REMOVED)
    assert rung(proven) is RESET
    assert rung(replace(proven, **changes)) is NOTHING


def test_a_login_refused_after_the_removal_takes_nothing_from_the_proof():
    proven = situation(Symptom.REVOKED, Cause.DEVICE_REMOVED)
    assert rung(replace(proven, cause=Cause.LOGIN_REFUSED)) is RESET


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"has_copy": False}, id="there is no good copy"),
        pytest.param({"can_set_aside": False}, id="its directory is out of reach"),
        pytest.param({"attempts": (Attempt(rung=MEND, at=START),)}, id="it was mended already"),
    ],
)
def test_damaged_credentials_are_left_to_a_person_when(changes):
    assert rung(replace(situation(Symptom.CREDS_DAMAGED), **changes)) is NOTHING


def tape(seconds, **outcome):
    """The seconds at which an outage is reconnected, looked at every second until then."""
    tries = ()
    for second in range(seconds):
        now = START + timedelta(seconds=second)
        if rung(situation(attempts=tries, today=len(tries)), CAREFUL, now) is RECONNECT:
            tries = (*tries, Attempt(rung=RECONNECT, at=now, **outcome))
    return [(one.at - START).total_seconds() for one in tries]


def test_the_pauses_grow_to_a_quarter_of_an_hour_and_stay_so():
    at = tape(3600)
    assert at[0] == 0
    assert [later - one for one, later in pairwise(at)] == [
        30,
        120,
        300,
        900,
        900,
        900,
    ]


def test_a_day_of_attempts_ends_with_the_budget():
    assert len(tape(6 * 3600)) == BUDGET


def test_credentials_that_were_refused_are_never_tried_again_in_that_outage():
    assert tape(6 * 3600, hopeless=True) == [0]


@pytest.mark.parametrize("before", [MEND, RESET])
def test_what_was_found_hopeless_by_another_act_is_not_reconnected(before):
    tried = Attempt(rung=before, at=START, hopeless=True)
    assert rung(situation(attempts=(tried,))) is NOTHING


def test_a_mending_takes_none_of_the_reconnects_pauses():
    tried = Attempt(rung=MEND, at=START)
    assert rung(situation(attempts=(tried,))) is RECONNECT


@pytest.mark.parametrize("setting", AutoRecovery)
@pytest.mark.parametrize("symptom", Symptom)
def test_every_decision_has_its_reason(symptom, setting):
    assert decide(situation(symptom), setting, BUDGET, START).reason


@pytest.mark.parametrize("left", ["at_rest", "muted"])
@pytest.mark.parametrize("setting", AutoRecovery)
@pytest.mark.parametrize("symptom", Symptom)
def test_what_rests_or_is_muted_is_left_to_people(symptom, setting, left):
    assert rung(replace(situation(symptom), **{left: True}), setting) is NOTHING


@pytest.mark.parametrize("setting", AutoRecovery)
@pytest.mark.parametrize("before", [None, Cause.CONNECTION_LOST, Cause.STOPPED_THERE])
@pytest.mark.parametrize("symptom", Symptom)
def test_what_somebody_has_stopped_is_left_to_people(symptom, before, setting):
    there = replace(situation(symptom, before), cause=Cause.STOPPED_THERE)
    assert rung(there, setting) is NOTHING


@pytest.mark.parametrize(
    ("state", "cause"),
    [
        (State.FAILED, None),
        (State.CONNECTING, None),
        (State.DISCONNECTED, Cause.CONNECTION_LOST),
        (State.STOPPED, None),  # the gateway no longer has it: nobody said so
    ],
)
def test_what_was_stopped_before_and_is_lost_now_is_tried(state, cause):
    stopped = situation(Symptom.FAILED, Cause.STOPPED_THERE)
    lost_now = replace(stopped, state=state, cause=cause)
    assert rung(lost_now, CAREFUL) is RECONNECT
