"""What a look means: one sentence per row."""

from datetime import timedelta

import pytest
from doubles import START

from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.observation import CompanyStatus, Observation
from bot.domain.session import Cause, State
from bot.domain.timing import Timing
from bot.domain.trouble import Severity, Symptom, Trouble
from bot.monitor.rules import DirectoryLook, Health, RuleSettings, SessionLook
from bot.monitor.rules.files_above_limit import file_limit, judge_files
from bot.monitor.rules.files_jumped import judge_growth
from bot.monitor.rules.gateway_unreachable import judge_gateway
from bot.monitor.rules.reconnects_above_target import judge_reconnects
from bot.monitor.rules.session_down import judge_session
from bot.monitor.rules.table import wants_second_look

KEY = CompanyId("962302")
COMPANY = Company(id=KEY, gateway=GatewayName("one"), session_key=KEY, name="")
LIMITS = RuleSettings(grace_s=90, max_files=None, max_reconnects_per_day=10)
TEMPO = Timing()


def ago(seconds):
    return START - timedelta(seconds=seconds)


def known(state=None, for_s=0, down_s=None, **more):
    """Remembered: in `state` for so long, not connected for so long."""
    return CompanyStatus(
        company=COMPANY,
        state=state,
        since=None if state is None else ago(for_s),
        down_since=None if down_s is None else ago(down_s),
        **more,
    )


def seen(state, cause=None):
    return Observation(company_id=KEY, at=START, state=state, cause=cause)


def look_of(memory, look):
    """What a rule of sessions is given."""
    return SessionLook(known=memory, seen=look, limits=LIMITS, timing=TEMPO)


def counted(total=None, creds=None, memory=None, **more):
    """What a rule of directories is given."""
    return DirectoryLook(known=memory or known(UP, 900), creds=creds, total=total, **more)


def judge(memory, look):
    return judge_session(memory, look, LIMITS, TEMPO)


UP, DOWN, GOING = State.CONNECTED, State.DISCONNECTED, State.CONNECTING
WORKED = {"was_connected": True}
STAYS_QUIET = [
    ("connected long ago: it works", known(UP, 900), seen(UP), Health.WELL),
    ("connected for exactly 20 s: it works", known(UP, 20), seen(UP), Health.WELL),
    ("connected for 19 s: not yet stable", known(UP, 19), seen(UP), Health.SETTLING),
    ("connected just now: not yet stable", known(DOWN, 5, 5), seen(UP), Health.SETTLING),
    ("never looked at, connected: not yet stable", known(), seen(UP), Health.SETTLING),
    ("away for the first time", known(UP, 900, **WORKED), seen(DOWN), Health.WAIT),
    ("away for just the grace", known(DOWN, 90, 90, **WORKED), seen(DOWN), Health.WAIT),
    ("connecting for 60 s", known(GOING, 60, 60, **WORKED), seen(GOING), Health.WAIT),
    ("connecting, and before that away", known(DOWN, 80, 80), seen(GOING), Health.WAIT),
    ("not understood, within the grace", known(UP, 900), seen(State.UNKNOWN), Health.WAIT),
    ("never connected, no session, first look", known(), seen(State.STOPPED), Health.WAIT),
    ("never connected, awaits its scan", known(), seen(State.AWAITING_SCAN), Health.WAIT),
    ("a 515 for a minute", known(GOING, 50, 50), seen(GOING, Cause.RESTART_REQUIRED), Health.WAIT),
]


@pytest.mark.parametrize(
    ("memory", "look", "health"),
    [row[1:] for row in STAYS_QUIET],
    ids=[row[0] for row in STAYS_QUIET],
)
def test_nothing_is_lost_yet(memory, look, health):
    assert judge(memory, look).health is health


LOST = [
    ("no session after having been connected", known(UP, 900, **WORKED), State.STOPPED, "gone"),
    ("logged out, whether it ever worked", known(), State.LOGGED_OUT, "revoked"),
    ("a code after having worked", known(UP, 900, **WORKED), State.AWAITING_SCAN, "awaiting_scan"),
    ("a passkey is wanted", known(UP, 9, **WORKED), State.AWAITING_PASSKEY, "awaiting_passkey"),
    ("the gateway gave up", known(UP, 900, **WORKED), State.FAILED, "failed"),
    ("away for longer than the grace", known(DOWN, 91, 91, **WORKED), DOWN, "away"),
    ("away under two names together", known(GOING, 5, 95, **WORKED), DOWN, "away"),
    ("connecting for 61 s", known(GOING, 61, 61, **WORKED), GOING, "stuck"),
    ("connecting at last, after the grace", known(DOWN, 95, 95, **WORKED), GOING, "away"),
    ("not understood beyond the grace", known(State.UNKNOWN, 91, 91), State.UNKNOWN, "not_under"),
    ("never connected, no session, 90 s", known(State.STOPPED, 90, 90), State.STOPPED, "gone"),
]


@pytest.mark.parametrize(
    ("memory", "state", "symptom"), [row[1:] for row in LOST], ids=[row[0] for row in LOST]
)
def test_it_is_lost(memory, state, symptom):
    verdict = judge(memory, seen(state))
    assert verdict.health is Health.BAD
    assert verdict.symptom.startswith(symptom)


@pytest.mark.parametrize("state", [one for one in State if one is not UP])
def test_whatever_happens_while_a_person_pairs_it_is_waited_for(state):
    memory = known(DOWN, 9000, 9000, pairing=True, **WORKED)
    assert judge(memory, seen(state)).health is Health.WAIT


def test_a_session_that_connects_while_a_person_pairs_it_waits_for_the_proof():
    assert judge(known(UP, 60, pairing=True), seen(UP)).health is Health.WAIT
    assert judge(known(UP, 60, pairing=False), seen(UP)).health is Health.WELL


def test_not_initialized_alone_never_proves_a_revocation():
    verdict = judge(known(UP, 900, **WORKED), seen(State.STOPPED))
    assert verdict.symptom is Symptom.GONE


@pytest.mark.parametrize("cause", [Cause.DEVICE_REMOVED, Cause.LOGIN_REFUSED])
def test_no_session_and_a_401_is_a_revocation(cause):
    verdict = judge(known(UP, 900, **WORKED), seen(State.STOPPED, cause))
    assert (verdict.symptom, verdict.cause) == (Symptom.REVOKED, cause)


@pytest.mark.parametrize(("down_s", "health"), [(0, "wait"), (14, "wait"), (15, "bad")])
def test_a_401_within_a_minute_of_a_pairing_waits_15_seconds(down_s, health):
    memory = known(State.LOGGED_OUT, down_s, down_s, paired_at=ago(30), **WORKED)
    assert judge(memory, seen(State.LOGGED_OUT, Cause.DEVICE_REMOVED)).health == health


@pytest.mark.parametrize(("ago_s", "health"), [(59, "wait"), (60, "bad")])
def test_a_401_after_a_restart_waits_only_while_that_is_fresh(ago_s, health):
    memory = known(GOING, ago_s, 0, cause=Cause.RESTART_REQUIRED, **WORKED)
    assert judge(memory, seen(State.LOGGED_OUT, Cause.DEVICE_REMOVED)).health == health


def test_a_401_a_minute_after_the_pairing_is_lost_at_once():
    memory = known(UP, 60, paired_at=ago(60), **WORKED)
    assert judge(memory, seen(State.LOGGED_OUT, Cause.DEVICE_REMOVED)).health is Health.BAD


@pytest.mark.parametrize(
    ("worked", "state", "severity"),
    [
        (True, State.STOPPED, Severity.CRITICAL),
        (False, State.STOPPED, Severity.WARNING),
        (False, State.LOGGED_OUT, Severity.CRITICAL),
    ],
)
def test_what_worked_before_is_critical_and_a_revocation_always(worked, state, severity):
    assert judge(known(state, 99, 99, was_connected=worked), seen(state)).severity is severity


def test_trouble_begins_when_the_connection_was_lost():
    verdict = judge(known(DOWN, 200, 300, **WORKED), seen(DOWN))
    assert verdict.began_at == ago(300)


@pytest.mark.parametrize("memory", [row[1] for row in LOST])
@pytest.mark.parametrize("state", State)
def test_every_verdict_gives_its_reason(memory, state):
    assert judge(memory, seen(state)).reason


def test_only_what_would_open_an_incident_is_looked_at_twice():
    memory = known(UP, 900, **WORKED)
    assert wants_second_look(memory, judge(memory, seen(State.STOPPED)))
    assert not wants_second_look(memory, judge(memory, seen(DOWN)))
    assert not wants_second_look(memory, judge(memory, seen(UP)))


@pytest.mark.parametrize(
    ("failures", "health"), [(0, "well"), (1, "wait"), (2, "bad"), (3, "bad"), (1000, "bad")]
)
def test_a_gateway_is_unreachable_after_two_failed_looks(failures, health):
    verdict = judge_gateway(failures, Symptom.CONFUSED, ago(7))
    assert (verdict.trouble, verdict.health) == (Trouble.GATEWAY_UNREACHABLE, health)
    assert verdict.reason
    if failures > 1:
        assert (verdict.symptom, verdict.began_at) == (Symptom.CONFUSED, ago(7))


@pytest.mark.parametrize(("count", "health"), [(0, "well"), (10, "well"), (11, "bad")])
def test_more_reconnects_than_the_target_are_too_many(count, health):
    verdict = judge_reconnects(look_of(known(UP, 900, reconnects_today=count), seen(UP)))
    assert (verdict.trouble, verdict.health) == (Trouble.RECONNECTS_ABOVE_TARGET, health)
    if health == "bad":
        assert verdict.facts == {"count": 11, "limit": 10}


@pytest.mark.parametrize(
    ("baseline", "setting", "own", "limit"),
    [
        (None, None, None, None),
        (31, None, None, 131),
        (816, None, None, 916),
        (0, None, None, 100),
        (31, 500, None, 500),
        (None, 500, None, 500),
        (31, 500, 60, 60),
        (31, None, 60, 60),
    ],
)
def test_the_file_limit_is_the_companys_or_the_settings_or_above_the_baseline(
    baseline, setting, own, limit
):
    limits = RuleSettings(grace_s=90, max_files=setting, max_reconnects_per_day=10)
    assert file_limit(baseline, limits, own) == limit


@pytest.mark.parametrize(
    ("total", "limit", "settling", "health"),
    [
        (816, 916, False, "well"),
        (916, 916, False, "well"),
        (917, 916, False, "bad"),
        (917, 916, True, "wait"),
        (100_000, None, False, "wait"),
    ],
)
def test_files_are_too_many_above_a_limit_that_is_known(total, limit, settling, health):
    verdict = judge_files(counted(total, limit=limit, settling=settling))
    assert (verdict.trouble, verdict.health) == (Trouble.FILES_ABOVE_LIMIT, health)
    assert verdict.reason
    if health == "bad":
        assert (verdict.symptom, verdict.severity) == (Symptom.ABOVE, Severity.WARNING)
        assert verdict.facts == {"count": total, "limit": limit}


@pytest.mark.parametrize(
    ("total", "hour_ago", "settling", "health"),
    [
        (131, 31, False, "bad"),
        (130, 31, False, "well"),
        (20, 131, False, "well"),
        (1628, 816, True, "wait"),
        (900, None, False, "wait"),
    ],
)
def test_a_hundred_new_files_within_an_hour_are_a_jump(total, hour_ago, settling, health):
    verdict = judge_growth(counted(total, hour_ago=hour_ago, settling=settling))
    assert (verdict.trouble, verdict.health) == (Trouble.FILES_JUMPED, health)
    assert verdict.reason
    if health == "bad":
        assert (verdict.symptom, verdict.severity) == (Symptom.ABOVE, Severity.WARNING)
        assert verdict.facts == {"count": total, "grown": 100}


def test_a_directory_that_could_not_be_counted_says_nothing():
    uncounted = counted(None, limit=100, hour_ago=0)
    for judge_directory in (judge_files, judge_growth):
        verdict = judge_directory(uncounted)
        assert (verdict.health, bool(verdict.reason)) == (Health.WAIT, True)


def test_only_a_rule_that_says_so_is_confirmed_before_it_alarms():
    verdict = judge_reconnects(look_of(known(UP, 900, reconnects_today=11), seen(UP)))
    assert verdict.health is Health.BAD
    assert not wants_second_look(known(UP, 900), verdict)
