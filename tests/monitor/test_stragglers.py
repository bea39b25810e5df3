"""Who did not come back with its gateway: told together, the worst first."""

from dataclasses import replace

import pytest
from doubles import START
from watching import KEY, ONE, OTHER

from bot.domain.company import CompanyId
from bot.domain.incident import Incident
from bot.domain.session import Cause, State
from bot.domain.trouble import Severity, Symptom, Trouble
from bot.gateways.base import GatewayUnreachable
from bot.monitor.incidents import NOT_STORED_YET, IncidentStep, StepKind
from bot.monitor.stragglers import left_behind

THIRD = CompanyId("962304")


async def test_those_who_did_not_come_back_are_named_worst_first(pair):
    await pair.add(THIRD)
    await pair.settle(KEY, OTHER, THIRD)
    await pair.subscribe()
    pair.gateway.failure = GatewayUnreachable("refused")
    for _ in range(2):
        await pair.tick(after_s=5)
    pair.gateway.failure = None
    pair.gateway.says(KEY, State.STOPPED)
    pair.gateway.says(OTHER, (State.LOGGED_OUT, Cause.DEVICE_REMOVED))
    heard = await pair.tick(after_s=5)
    assert heard == "opened revoked + opened gone + recovered"
    first, second = await pair.open_incidents()
    assert (first.company_id, second.company_id) == (OTHER, KEY)
    assert {one.facts["after"] for one in (first, second)} == {"gateway_unreachable"}


async def test_who_is_lost_at_any_other_time_was_not_left_behind(watch):
    await watch.tape(State.STOPPED)
    [incident] = await watch.open_incidents()
    assert incident.facts.get("after") is None


async def test_after_a_mass_drop_that_lasts_they_are_told_together_as_well(pair):
    await pair.add(THIRD)
    await pair.settle(KEY, OTHER, THIRD)
    await pair.subscribe()
    for one in (KEY, OTHER, THIRD):
        pair.gateway.says(one, State.STOPPED)
    assert await pair.tick(after_s=5) == "opened mass_drop"
    await pair.tick(after_s=121)
    every = await pair.open_incidents()
    assert [one.facts.get("after") for one in every] == ["mass_drop"] * 3
    assert {one.gateway for one in every} == {ONE}


def step(kind, trouble, symptom, who=None, severity=Severity.CRITICAL):
    incident = Incident(
        id=NOT_STORED_YET,
        trouble=trouble,
        symptom=symptom,
        severity=severity,
        gateway=ONE,
        company_id=who,
        opened_at=START,
        began_at=START,
        facts={"count": 1},
    )
    return IncidentStep(kind=kind, incident=incident, reason="as told")


def lost(who, symptom, severity=Severity.CRITICAL):
    return step(StepKind.OPENED, Trouble.SESSION_DOWN, symptom, CompanyId(who), severity)


BACK = step(StepKind.CLOSED, Trouble.GATEWAY_UNREACHABLE, Symptom.UNREACHABLE)


def test_the_loud_come_before_the_quiet_and_what_needs_a_person_before_the_rest():
    steps = [
        lost("e", Symptom.REVOKED, Severity.WARNING),
        lost("d", Symptom.AWAY),
        lost("c", Symptom.GONE),
        lost("b", Symptom.AWAITING_SCAN),
        lost("a", Symptom.GONE),
        BACK,
        lost("f", Symptom.REVOKED),
    ]
    told = left_behind(steps)
    assert told[0] is BACK
    assert [one.incident.company_id for one in told[1:]] == list("fbacde")
    for one in told[1:]:
        assert one.incident.facts == {"count": 1, "after": "gateway_unreachable"}


def test_only_losses_are_left_behind():
    files = step(StepKind.OPENED, Trouble.FILES_ABOVE_LIMIT, Symptom.ABOVE, KEY)
    changed = replace(lost(KEY, Symptom.GONE), kind=StepKind.CHANGED)
    assert left_behind([files, BACK, changed]) == [files, BACK, changed]


@pytest.mark.parametrize(
    "other",
    [
        replace(BACK, kind=StepKind.OPENED),
        step(StepKind.CLOSED, Trouble.SESSION_DOWN, Symptom.GONE, OTHER),
    ],
)
def test_where_no_gateway_came_back_nobody_is_left_behind(other):
    steps = [lost(KEY, Symptom.GONE), other]
    assert left_behind(steps) == steps
