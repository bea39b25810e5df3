"""A session that looks connected and takes no message: a probe finds it, a new link ends it."""

from dataclasses import replace

import pytest
from doubles import START
from test_proof import down
from test_rules import KEY, ago, known, look_of, seen

from bot.domain.probe import Probe, ProbeOutcome
from bot.domain.session import State
from bot.domain.trouble import Symptom, Trouble
from bot.monitor.rules.zombie import judge_probe, judge_zombie

UP, DOWN = State.CONNECTED, State.DISCONNECTED


@pytest.mark.parametrize("outcome", ProbeOutcome)
def test_only_a_probe_that_came_to_sending_says_anything(outcome):
    verdict = judge_probe(Probe(company_id=KEY, at=START, outcome=outcome))
    says = {
        ProbeOutcome.SENT: "well",
        ProbeOutcome.ACKNOWLEDGED: "well",
        ProbeOutcome.RESTRICTED: "well",  # WhatsApp has answered
        ProbeOutcome.NOT_SENT: "bad",
    }
    assert (verdict.trouble, verdict.health) == (Trouble.ZOMBIE, says.get(outcome, "wait"))
    assert verdict.reason


def test_a_zombie_is_one_since_the_probe():
    verdict = judge_probe(Probe(company_id=KEY, at=ago(7), outcome=ProbeOutcome.NOT_SENT))
    assert (verdict.symptom, verdict.began_at) == (Symptom.ZOMBIE, ago(7))


def zombie(opened_s_ago):
    """An open incident."""
    return replace(down(Symptom.ZOMBIE), trouble=Trouble.ZOMBIE, opened_at=ago(opened_s_ago))


@pytest.mark.parametrize(
    ("was", "for_s", "look", "health"),
    [
        ("connected since before the probe", 61, seen(UP), "wait"),
        ("connected at that very moment", 60, seen(UP), "wait"),
        ("connected anew, and stable", 59, seen(UP), "well"),
        ("connected anew, for just long enough", 20, seen(UP), "well"),
        ("connected anew, not yet stable", 19, seen(UP), "wait"),
        ("lost meanwhile", 40, seen(DOWN), "wait"),
    ],
)
def test_it_is_over_when_a_new_connection_has_held(was, for_s, look, health):
    verdict = judge_zombie(look_of(known(UP, for_s, incidents=(zombie(60),)), look))
    assert (verdict.trouble, verdict.health) == (Trouble.ZOMBIE, health), was
    assert verdict.reason


def test_a_connection_of_this_moment_is_not_yet_stable():
    was = known(DOWN, 40, 40, incidents=(zombie(60),))
    assert judge_zombie(look_of(was, seen(UP))).health == "wait"


def test_who_is_no_zombie_is_left_alone():
    verdict = judge_zombie(look_of(known(UP, 900), seen(UP)))
    assert (verdict.trouble, verdict.health) == (Trouble.ZOMBIE, "wait")
