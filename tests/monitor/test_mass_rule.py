"""When many drop together: the rule alone, one sentence per row."""

from dataclasses import replace

import pytest
from doubles import START
from test_proof import down
from test_rules import LIMITS, TEMPO, ago, known, seen

from bot.domain.company import CompanyId
from bot.domain.rest import Rest
from bot.domain.session import Cause, State
from bot.domain.trouble import Symptom, Trouble
from bot.monitor.rules import Health
from bot.monitor.rules.gateway_unreachable import judge_gateway
from bot.monitor.rules.mass_drop import as_seen, hushed, judge_mass
from bot.monitor.rules.session_down import judge_session

UP, AWAY, STOPPED, OUT = (
    State.CONNECTED,
    State.DISCONNECTED,
    State.STOPPED,
    State.LOGGED_OUT,
)


REST = Rest(company_id=CompanyId("c"), since_at=START, by="Boris")


def company(name, state=UP, down_s=None, **more):
    """One that has worked."""
    one = known(state, 900, down_s, **({"was_connected": True} | more))
    return replace(one, company=replace(one.company, id=CompanyId(name)))


def told_by_log(**more):
    """Its incident, of which the log names a removal."""
    said = {"log_says": Cause.DEVICE_REMOVED.value, "log_said_at": START.isoformat()}
    return replace(down(Symptom.GONE), facts=said | more)


def three(**more):
    return [company(name, **more) for name in "abc"]


def judge(every, states, calm=0, open_since=None):
    looked = {CompanyId(key): look for key, look in states.items()}
    return judge_mass(every, looked, open_since, START, calm=calm)


def all_are(state, cause=None):
    return dict.fromkeys("abc", (state, cause))


@pytest.mark.parametrize(("calm", "health"), [(0, "bad"), (3, "bad"), (4, "well")])
def test_half_of_them_are_many(calm, health):
    verdict = judge(three(), all_are(STOPPED), calm=calm)
    assert (verdict.trouble, verdict.health) == (Trouble.MASS_DROP, health)
    assert verdict.reason
    if health == "bad":
        assert verdict.symptom is Symptom.MASS_DROP
        assert verdict.facts == {"count": 3, "limit": 3 + calm}
    else:
        assert verdict.facts == {}


@pytest.mark.parametrize(
    ("why", "other"),
    [
        ("it is connected", company("c")),
        ("a person pairs it", company("c", STOPPED, pairing=True)),
        ("it is at rest", company("c", STOPPED, rest=REST)),
        ("somebody has just reset it", company("c", STOPPED, 30, acted_at=ago(25))),
        ("its code was on show until now", company("c", State.AWAITING_SCAN, acted_at=ago(1))),
        ("it fell while somebody was at it", company("c", STOPPED, 50, acted_at=ago(55))),
        ("it never worked", company("c", STOPPED, was_connected=False)),
        ("it has been away for longer", company("c", STOPPED, 61)),
        ("WhatsApp ended its link", company("c", STOPPED, cause=Cause.DEVICE_REMOVED)),
        ("it was logged out", company("c", OUT)),
        ("its socket is closed for a moment", company("c", AWAY, 14)),
        ("its socket is closed just now", company("c", AWAY)),
        ("the log told of its removal", company("c", STOPPED, 30, incidents=(told_by_log(),))),
    ],
)
def test_two_that_drop_are_not_many_where_the_third_did_not_drop_with_them(why, other):
    both = {"a": (STOPPED, None), "b": (STOPPED, None)}
    assert judge([company("a"), company("b"), other], both).health is Health.WELL, why


@pytest.mark.parametrize(
    "other",
    [
        company("c", STOPPED, 60),
        company("c", STOPPED, 0),
        company("c", AWAY, 15),
        company("c", State.UNKNOWN, 15),
        company("c", State.CONNECTING, 15),
    ],
)
def test_the_third_drops_with_them_when_it_was_there_a_minute_ago(other):
    both = {"a": (STOPPED, None), "b": (STOPPED, None)}
    assert judge([company("a"), company("b"), other], both).health is Health.BAD


def test_a_word_of_the_log_that_counts_no_more_explains_nothing():
    """A code was shown since: it may be another link now."""
    third = company("c", STOPPED, 30, incidents=(told_by_log(log_said_at=None),))
    both = {"a": (STOPPED, None), "b": (STOPPED, None)}
    assert judge([company("a"), company("b"), third], both).health is Health.BAD


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        (Cause.DEVICE_REMOVED, Cause.DEVICE_REMOVED),
        (Cause.ACCOUNT_LOCKED, Cause.ACCOUNT_LOCKED),
        (Cause.CONNECTION_LOST, Cause.CONNECTION_CLOSED),
        (Cause.REPLACED, Cause.CONNECTION_CLOSED),
        (None, Cause.CONNECTION_CLOSED),
    ],
)
def test_of_the_logs_words_only_the_end_of_a_link_is_heard(said, cause):
    look = replace(seen(AWAY, Cause.CONNECTION_CLOSED), log_says=said)
    assert as_seen(look) == (AWAY, cause)


def test_it_began_with_the_first_of_them():
    every = [company("a", STOPPED, 40), company("b", STOPPED, 50), company("c", STOPPED, 30)]
    assert judge(every, {}).began_at == ago(50)


def test_while_nobody_was_seen_to_drop_it_has_no_beginning():
    assert judge(three(), all_are(STOPPED)).began_at is None


@pytest.mark.parametrize(
    ("open_s", "health", "facts"),
    [
        (119, "bad", {"count": 3, "limit": 3}),
        (120, "well", {"lasting": True}),
    ],
)
def test_what_lasts_two_minutes_is_no_blip(open_s, health, facts):
    every = three(state=STOPPED, down_s=open_s)
    verdict = judge(every, {}, open_since=ago(open_s))
    assert (verdict.health, verdict.facts) == (health, facts)
    assert verdict.reason


def lost(look):
    return judge_session(company("a"), look, LIMITS, TEMPO)


def test_a_session_lost_in_a_mass_drop_waits():
    look = seen(STOPPED)
    verdict = lost(look)
    assert verdict.health is Health.BAD
    waits = hushed(company("a"), look, verdict)
    assert (waits.trouble, waits.health) == (Trouble.SESSION_DOWN, Health.WAIT)
    assert waits.reason != verdict.reason


BY_LOG = replace(seen(STOPPED), log_says=Cause.DEVICE_REMOVED)


@pytest.mark.parametrize("look", [seen(OUT), seen(STOPPED, Cause.DEVICE_REMOVED), BY_LOG])
def test_a_named_end_is_told_in_a_mass_drop_as_well(look):
    assert hushed(company("a"), look, lost(look)).health is Health.BAD


def test_an_incident_that_is_open_goes_on_in_a_mass_drop():
    was = company("a", incidents=(down(Symptom.GONE),))
    assert hushed(was, seen(STOPPED), lost(seen(STOPPED))).health is Health.BAD


def test_no_other_verdict_is_hushed():
    well, gateway = lost(seen(UP)), judge_gateway(2, Symptom.UNREACHABLE, START)
    assert hushed(company("a"), seen(UP), well) is well
    assert hushed(company("a"), seen(STOPPED), gateway) is gateway


def test_what_was_mended_before_drops_with_the_others():
    mended = company("c", STOPPED, 2, acted_at=ago(300))
    both = {"a": (STOPPED, None), "b": (STOPPED, None)}
    assert judge([company("a"), company("b"), mended], both).health is Health.BAD
