"""What becomes of an incident: every pair of how it looks and what is judged."""

import itertools
from dataclasses import replace

import pytest
from doubles import START

from bot.domain.company import CompanyId, GatewayName
from bot.domain.incident import Incident, IncidentId
from bot.domain.session import Cause
from bot.domain.trouble import Severity, Symptom, Trouble
from bot.monitor.incidents import IncidentSubject, StepKind, advance
from bot.monitor.rules import Health, Verdict

SUBJECT = IncidentSubject(gateway=GatewayName("one"), company_id=CompanyId("962302"))
OF_A_SESSION = [
    Symptom.GONE,
    Symptom.REVOKED,
    Symptom.AWAY,
    Symptom.STUCK,
    Symptom.AWAITING_SCAN,
    Symptom.AWAITING_PASSKEY,
    Symptom.FAILED,
    Symptom.NOT_UNDERSTOOD,
    Symptom.SETTLING,
]
BLURS = {Symptom.GONE, Symptom.AWAY, Symptom.STUCK, Symptom.FAILED}
PAIRS = list(itertools.product(OF_A_SESSION, OF_A_SESSION))


def incident(symptom, cause=None, trouble=Trouble.SESSION_DOWN, facts=None):
    return Incident(
        id=IncidentId(7),
        trouble=trouble,
        symptom=symptom,
        severity=Severity.CRITICAL,
        gateway=SUBJECT.gateway,
        company_id=SUBJECT.company_id,
        opened_at=START,
        began_at=START,
        cause=cause,
        facts=facts or {},
    )


def verdict(health, symptom=Symptom.GONE, **more):
    return Verdict(
        trouble=Trouble.SESSION_DOWN, health=health, reason="because", symptom=symptom, **more
    )


def after(present, judged):
    """The step's kind and the symptom after it."""
    step = advance(present, judged, SUBJECT, START)
    return None if step is None else (step.kind, step.incident.symptom)


@pytest.mark.parametrize("health", [Health.WELL, Health.WAIT, Health.SETTLING])
def test_without_an_incident_only_bad_news_is_news(health):
    assert after(None, verdict(health)) is None


@pytest.mark.parametrize("symptom", OF_A_SESSION)
def test_bad_news_opens_an_incident(symptom):
    assert after(None, verdict(Health.BAD, symptom)) == (StepKind.OPENED, symptom)


@pytest.mark.parametrize("symptom", OF_A_SESSION)
def test_a_session_that_works_closes_its_incident_however_it_looked(symptom):
    step = advance(incident(symptom), verdict(Health.WELL), SUBJECT, START)
    assert (step.kind, step.incident.closed_at) == (StepKind.CLOSED, START)
    assert (step.incident.symptom, step.incident.version) == (symptom, 2)


@pytest.mark.parametrize("symptom", OF_A_SESSION)
def test_waiting_changes_nothing(symptom):
    assert after(incident(symptom), verdict(Health.WAIT)) is None


@pytest.mark.parametrize("symptom", OF_A_SESSION)
def test_settling_is_told_once(symptom):
    settling = verdict(Health.SETTLING, Symptom.SETTLING)
    told = None if symptom is Symptom.SETTLING else (StepKind.CHANGED, Symptom.SETTLING)
    assert after(incident(symptom), settling) == told


@pytest.mark.parametrize(("present", "judged"), PAIRS)
def test_another_symptom_is_told_unless_it_blurs_a_revocation(present, judged):
    same = present is judged or (present is Symptom.REVOKED and judged in BLURS)
    told = None if same else (StepKind.CHANGED, judged)
    assert after(incident(present), verdict(Health.BAD, judged)) == told


@pytest.mark.parametrize("blur", sorted(BLURS))
def test_a_cause_that_proves_a_revocation_keeps_it_so(blur):
    settled = incident(Symptom.SETTLING, Cause.DEVICE_REMOVED)
    assert after(settled, verdict(Health.BAD, blur)) == (StepKind.CHANGED, Symptom.REVOKED)


def test_the_first_cause_is_kept_when_later_logins_blur_it():
    present = incident(Symptom.REVOKED, Cause.DEVICE_REMOVED)
    later = verdict(Health.BAD, Symptom.REVOKED, cause=Cause.LOGIN_REFUSED)
    assert advance(present, later, SUBJECT, START) is None


@pytest.mark.parametrize("found", [Cause.DEVICE_REMOVED, Cause.ACCOUNT_LOCKED, Cause.REPLACED])
def test_what_no_reconnect_cures_takes_the_place_of_a_passing_cause(found):
    present = incident(Symptom.AWAY, cause=Cause.CONNECTION_CLOSED)
    step = advance(present, verdict(Health.BAD, Symptom.AWAY, cause=found), SUBJECT, START)
    assert (step.kind, step.incident.cause) == (StepKind.CHANGED, found)


def test_a_cause_found_out_later_is_told():
    later = verdict(Health.BAD, Symptom.REVOKED, cause=Cause.DEVICE_REMOVED)
    step = advance(incident(Symptom.GONE), later, SUBJECT, START)
    assert (step.kind, step.incident.cause) == (StepKind.CHANGED, Cause.DEVICE_REMOVED)
    assert step.incident.version == 2


def test_numbers_that_move_are_counted_without_a_word():
    present = incident(Symptom.ABOVE, trouble=Trouble.FILES_ABOVE_LIMIT, facts={"count": 140})
    more = replace(
        verdict(Health.BAD, Symptom.ABOVE, facts={"count": 150}), trouble=Trouble.FILES_ABOVE_LIMIT
    )
    step = advance(present, more, SUBJECT, START)
    assert (step.kind, step.incident.facts, step.incident.version) == (
        StepKind.COUNTED,
        {"count": 150},
        1,
    )


def test_an_incident_begins_when_the_trouble_did():
    began = START.replace(hour=14)
    step = advance(None, verdict(Health.BAD, began_at=began), SUBJECT, START)
    assert (step.incident.began_at, step.incident.opened_at) == (began, START)
    assert (step.incident.gateway, step.incident.company_id) == ("one", "962302")


def test_every_step_carries_the_reason_of_its_verdict():
    steps = [
        advance(None, verdict(Health.BAD), SUBJECT, START),
        advance(incident(Symptom.GONE), verdict(Health.BAD, Symptom.AWAY), SUBJECT, START),
        advance(incident(Symptom.GONE), verdict(Health.WELL), SUBJECT, START),
    ]
    assert [step.reason for step in steps] == ["because"] * 3


def test_what_it_was_before_it_settled_is_kept_for_the_end():
    back = Verdict(
        trouble=Trouble.SESSION_DOWN,
        health=Health.SETTLING,
        reason="connected, not yet stable",
        symptom=Symptom.SETTLING,
    )
    step = advance(incident(Symptom.GONE), back, SUBJECT, START)
    assert (step.incident.symptom, step.incident.facts["was"]) == (Symptom.SETTLING, "gone")
