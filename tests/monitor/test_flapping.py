"""A trouble that comes and goes: in, out, in, out, in → alert, alert, one card from then on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from doubles import START
from hypothesis import given
from hypothesis import strategies as st
from watching import KEY, ONE

from bot.domain.session import Cause, State
from bot.domain.trouble import Symptom, Trouble
from bot.monitor.flapping import CALM, marked
from bot.monitor.incidents import NOT_STORED_YET, IncidentSubject, StepKind, advance
from bot.monitor.rules import Health, Verdict

UP, LOST = State.CONNECTED, State.STOPPED
WELL, BAD = Health.WELL, Health.BAD
SUBJECT = IncidentSubject(gateway=ONE, company_id=KEY)


def verdict(health):
    return Verdict(trouble=Trouble.SESSION_DOWN, health=health, reason="as told")


def flapping_incident():
    step = advance(None, verdict(BAD), SUBJECT, START)
    return marked(step.incident, [START - timedelta(minutes=m) for m in (20, 10)])


async def test_the_third_time_it_is_one_incident_from_then_on(watch):
    heard = await watch.tape(LOST, UP, UP, LOST, UP, UP, LOST)
    assert [one for one in heard if "opened" in one] == ["opened gone"] * 3
    [incident] = await watch.open_incidents()
    assert incident.facts["flapping"]["rings"] == 3
    assert await watch.tape(UP, UP, LOST, UP, UP) == [
        "changed settling",
        "changed flapping",
        "changed gone",
        "changed settling",
        "changed flapping",
    ]
    [incident] = await watch.open_incidents()
    assert incident.facts["flapping"]["rings"] == 4


async def test_it_is_over_after_half_an_hour_of_calm(watch):
    await watch.tape(LOST, UP, UP, LOST, UP, UP, LOST, UP, UP)
    assert await watch.tape(*[UP] * 29) == ["quiet"] * 29
    assert await watch.tape(UP) == ["recovered flapping".replace(" flapping", "")]
    assert await watch.open_incidents() == []


async def test_three_times_in_a_longer_time_are_three_incidents(watch):
    for _ in range(3):
        heard = await watch.tape(LOST, UP, UP, *[UP] * 13)
        assert [one for one in heard if one != "quiet"] == [
            "opened gone",
            "changed settling",
            "recovered",
        ]
    assert await watch.open_incidents() == []


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_openings_are_no_flapping(count):
    opened = advance(None, verdict(BAD), SUBJECT, START).incident
    assert marked(opened, [START] * count) == opened


def test_a_gateway_never_flaps():
    opened = advance(None, verdict(BAD), IncidentSubject(gateway=ONE), START).incident
    assert marked(opened, [START] * 5) == opened


def test_no_calm_is_long_enough_that_was_broken():
    present, now = flapping_incident(), START
    for health in (WELL, BAD, WELL):
        now += CALM - timedelta(minutes=1)
        present = advance(present, verdict(health), SUBJECT, now).incident
    assert advance(present, verdict(WELL), SUBJECT, now + timedelta(minutes=29)) is None
    closed = advance(present, verdict(WELL), SUBJECT, now + CALM)
    assert closed.kind is StepKind.CLOSED


@given(tape=st.lists(st.tuples(st.sampled_from([WELL, BAD, Health.WAIT]), st.integers(1, 20))))
def test_it_counts_returns_and_never_opens_another(tape):
    """Whatever comes after: it stays one incident until 30 calm minutes have passed."""
    present, now, rings, calm_since = flapping_incident(), START, 3, None
    for health, minutes in tape:
        now += timedelta(minutes=minutes)
        step = advance(present, verdict(health), SUBJECT, now)
        if health is BAD and calm_since is not None:
            rings, calm_since = rings + 1, None
        elif health is WELL and calm_since is None:
            calm_since = now
        elif health is WELL and now - calm_since >= CALM:
            assert step.kind is StepKind.CLOSED
            return
        assert step is None or step.kind in (StepKind.CHANGED, StepKind.COUNTED)
        present = present if step is None else step.incident
        assert present.facts["flapping"]["rings"] == rings
        assert (present.symptom is Symptom.FLAPPING) == (calm_since is not None)
        assert present.id == NOT_STORED_YET


def test_a_return_that_names_no_cause_keeps_the_one_that_was_named():
    present = replace(flapping_incident(), cause=Cause.REPLACED)
    calm = advance(present, verdict(WELL), SUBJECT, START).incident
    assert calm.cause is Cause.REPLACED
    named = replace(verdict(BAD), cause=Cause.CONNECTION_LOST)
    assert advance(calm, named, SUBJECT, START).incident.cause is Cause.CONNECTION_LOST
