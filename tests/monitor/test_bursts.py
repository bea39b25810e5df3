"""How many lines of one kind in an hour are too many."""

import pytest

from bot.domain.log_pattern import LogPattern
from bot.domain.trouble import Severity, Symptom, Trouble
from bot.monitor.rules.log_burst import judge_bursts

BAD_MAC, BAD_PRE_KEY = LogPattern.BAD_MAC, LogPattern.BAD_PRE_KEY


@pytest.mark.parametrize(
    ("in_an_hour", "health"),
    [
        ({}, "well"),
        ({BAD_MAC: 24}, "well"),
        ({BAD_MAC: 25}, "wait"),
        ({BAD_MAC: 49}, "wait"),
        ({BAD_MAC: 50}, "bad"),
        ({BAD_PRE_KEY: 20}, "bad"),
        ({BAD_MAC: 49, BAD_PRE_KEY: 19}, "wait"),
        ({LogPattern.UPLOADED_PRE_KEYS: 1000}, "well"),
    ],
)
def test_a_burst_begins_at_its_limit_and_is_over_below_half_of_it(in_an_hour, health):
    verdict = judge_bursts(in_an_hour)
    assert (verdict.trouble, verdict.health) == (Trouble.LOG_BURST, health)
    assert verdict.reason


def test_the_pattern_that_is_furthest_above_its_limit_is_named():
    verdict = judge_bursts({BAD_MAC: 70, BAD_PRE_KEY: 40})
    assert (verdict.symptom, verdict.severity) == (Symptom.ABOVE, Severity.WARNING)
    assert verdict.facts == {"count": 40, "limit": 20, "pattern": BAD_PRE_KEY.value}
