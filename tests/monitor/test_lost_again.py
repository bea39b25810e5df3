"""Paired and lost again at once: the third time it is said, and no code is offered any more."""

from dataclasses import replace
from datetime import timedelta

import pytest
from doubles import START

from bot.domain.company import CompanyId, GatewayName
from bot.domain.incident import Incident, IncidentId
from bot.domain.notice import offers_of
from bot.domain.trouble import Offer, Severity, Symptom, Trouble
from bot.monitor.incidents import IncidentStep, IncidentSubject, StepKind, advance
from bot.monitor.lost_again import bounced, lost_soon
from bot.monitor.rules import Health, Verdict

LOST = Incident(
    id=IncidentId(1),
    trouble=Trouble.SESSION_DOWN,
    symptom=Symptom.REVOKED,
    severity=Severity.CRITICAL,
    gateway=GatewayName("one"),
    company_id=CompanyId("962302"),
    opened_at=START,
    began_at=START,
)
SOON = replace(LOST, facts={"soon_after_pairing": True})
OPENED = IncidentStep(kind=StepKind.OPENED, incident=LOST, reason="gone")


@pytest.mark.parametrize(("ago_s", "soon"), [(20, True), (60, True), (61, False), (3600, False)])
def test_lost_within_a_minute_of_a_pairing_is_soon(ago_s, soon):
    assert lost_soon(OPENED, START - timedelta(seconds=ago_s)) is soon


def test_a_session_that_the_bot_never_paired_is_not_soon():
    assert lost_soon(OPENED, None) is False


def test_a_change_of_an_open_incident_is_no_new_loss():
    assert lost_soon(replace(OPENED, kind=StepKind.CHANGED), START) is False


@pytest.mark.parametrize(
    ("before", "symptom"),
    [
        ([], Symptom.REVOKED),
        ([SOON], Symptom.REVOKED),
        ([SOON, LOST], Symptom.REVOKED),
        ([LOST, SOON], Symptom.REVOKED),
        ([SOON, SOON], Symptom.BOUNCING),
    ],
)
def test_the_third_time_in_a_row_it_bounces(before, symptom):
    step = bounced(OPENED, before)
    assert step.incident.symptom is symptom
    assert step.incident.facts["soon_after_pairing"]


def test_a_bouncing_session_offers_no_code():
    offers = offers_of(bounced(OPENED, [SOON, SOON]).incident)
    assert not {Offer.QR, Offer.RESET, Offer.RECONNECT} & set(offers)


def test_it_stays_bouncing_while_a_code_is_due():
    present = bounced(OPENED, [SOON, SOON]).incident
    due = Verdict(
        trouble=Trouble.SESSION_DOWN,
        health=Health.BAD,
        reason="a code is due",
        symptom=Symptom.AWAITING_SCAN,
    )
    subject = IncidentSubject(gateway=LOST.gateway, company_id=LOST.company_id)
    assert advance(present, due, subject, START) is None
