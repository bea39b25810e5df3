"""Damaged credentials and other people's numbers: one sentence per row."""

from dataclasses import replace

import pytest
from doubles import START
from test_rules import COMPANY, LIMITS, TEMPO, ago, counted, known, look_of, seen

from bot.domain.files import CredsState
from bot.domain.incident import Incident, IncidentId
from bot.domain.phone import masked
from bot.domain.session import Cause, State
from bot.domain.trouble import Severity, Symptom, Trouble
from bot.monitor.rules import Health
from bot.monitor.rules.creds_at_risk import judge_creds
from bot.monitor.rules.damaged_creds import explain_by_creds
from bot.monitor.rules.session_down import judge_session, judge_with_reasons
from bot.monitor.rules.wrong_number import hold_for_number, judge_number

WHOLE, CUT = CredsState.LINKED, CredsState.DAMAGED
GONE, UNLINKED = CredsState.MISSING, CredsState.UNLINKED
UP, QR, STOPPED, DOWN = (
    State.CONNECTED,
    State.AWAITING_SCAN,
    State.STOPPED,
    State.DISCONNECTED,
)
COPIED = {"was_connected": True, "copied_at": ago(600)}


def memory(state=UP, creds=WHOLE, **more):
    return known(state, 300, None if state is UP else 300, creds=creds, **(COPIED | more))


def judge(memory, look):
    return explain_by_creds(memory, look, judge_session(memory, look, LIMITS, TEMPO))


def down(symptom, cause=None):
    return Incident(
        id=IncidentId(1),
        trouble=Trouble.SESSION_DOWN,
        symptom=symptom,
        severity=Severity.CRITICAL,
        gateway=COMPANY.gateway,
        company_id=COMPANY.id,
        opened_at=START,
        began_at=START,
        cause=cause,
    )


NO_COPY = {"copied_at": None}
DAMAGE = [
    ("a QR appeared out of nothing", memory(), seen(QR)),
    ("its window went by", memory(DOWN), seen(DOWN, Cause.QR_WINDOW_OVER)),
    ("the file is cut short", memory(creds=CUT), seen(STOPPED)),
    ("the file is cut short, and there is no copy", memory(creds=CUT, **NO_COPY), seen(STOPPED)),
    ("the file is gone", memory(creds=GONE), seen(STOPPED)),
    ("an attempt with a code wrote over it", memory(creds=UNLINKED), seen(QR)),
    ("it was lost while the network was away", memory(DOWN, CUT), seen(DOWN)),
    ("an older cause has been overcome since", memory(cause=Cause.DEVICE_REMOVED), seen(QR)),
]
OTHERWISE = [
    ("nothing speaks against the file", memory(), seen(STOPPED), Symptom.GONE),
    ("the log has proven a revocation", memory(), seen(QR, Cause.DEVICE_REMOVED), Symptom.REVOKED),
    (
        "the account is locked",
        memory(creds=CUT),
        seen(STOPPED, Cause.ACCOUNT_LOCKED),
        Symptom.REVOKED,
    ),
    (
        "a second process",
        memory(DOWN, CUT, cause=Cause.REPLACED),
        seen(DOWN, Cause.REPLACED),
        Symptom.AWAY,
    ),
    (
        "it was revoked before the QR appeared",
        memory(STOPPED, incidents=(down(Symptom.REVOKED),)),
        seen(QR),
        Symptom.AWAITING_SCAN,
    ),
    (
        "the first cause was a revocation",
        memory(STOPPED, incidents=(down(Symptom.GONE, Cause.LOGIN_REFUSED),)),
        seen(QR),
        Symptom.AWAITING_SCAN,
    ),
    (
        "a reset has set its files aside",
        memory(STOPPED, GONE, **NO_COPY),
        seen(QR),
        Symptom.AWAITING_SCAN,
    ),
    ("the file can't be read", memory(creds=CredsState.UNREADABLE), seen(STOPPED), Symptom.GONE),
]


@pytest.mark.parametrize(("was", "look"), [row[1:] for row in DAMAGE], ids=[r[0] for r in DAMAGE])
def test_it_is_the_file_and_not_the_link(was, look):
    verdict = judge(was, look)
    assert (verdict.trouble, verdict.health) == (Trouble.SESSION_DOWN, Health.BAD)
    assert (verdict.symptom, verdict.severity) == (Symptom.CREDS_DAMAGED, Severity.CRITICAL)
    assert verdict.facts == {"copy": was.copied_at is not None}


@pytest.mark.parametrize(
    ("was", "look", "symptom"), [row[1:] for row in OTHERWISE], ids=[r[0] for r in OTHERWISE]
)
def test_it_is_not_the_file(was, look, symptom):
    assert judge(was, look).symptom is symptom


def test_a_person_who_is_pairing_is_not_disturbed():
    assert judge(memory(QR, pairing=True), seen(QR)).health is Health.WAIT


def test_within_the_grace_it_is_not_called_damaged_either():
    was = replace(memory(DOWN, CUT), down_since=ago(30))
    assert judge(was, seen(DOWN)).health is Health.WAIT


@pytest.mark.parametrize(
    ("was", "now", "health"),
    [
        (memory(creds=WHOLE), WHOLE, Health.WELL),
        (memory(creds=WHOLE), CUT, Health.WAIT),
        (memory(creds=CUT), CUT, Health.BAD),
        (memory(creds=GONE), GONE, Health.BAD),
        (memory(creds=GONE, **NO_COPY), GONE, Health.WAIT),
        (memory(creds=UNLINKED), UNLINKED, Health.WAIT),
        (memory(STOPPED, CUT), CUT, Health.WAIT),
        (memory(creds=CUT, pairing=True), CUT, Health.WAIT),
        (memory(creds=CUT), CredsState.UNREADABLE, Health.WAIT),
    ],
)
def test_a_working_session_is_at_risk_when_two_looks_find_its_file_broken(was, now, health):
    verdict = judge_creds(counted(creds=now, memory=was))
    assert (verdict.trouble, verdict.health) == (Trouble.CREDS_AT_RISK, health)
    assert verdict.reason


@pytest.mark.parametrize("copied", [True, False])
def test_the_card_of_a_session_at_risk_says_whether_there_is_a_copy(copied):
    was = memory(creds=CUT, **({} if copied else NO_COPY))
    verdict = judge_creds(counted(creds=CUT, memory=was))
    assert (verdict.symptom, verdict.severity) == (Symptom.CREDS_AT_RISK, Severity.WARNING)
    assert verdict.facts == {"copy": copied}


RIGHT, WRONG = "79000962302", "79000962303"


def expecting(phone=RIGHT, linked=None, state=UP, **more):
    one = known(state, 300, None if state is UP else 300, linked_phone=linked, **more)
    return replace(one, company=replace(COMPANY, expected_phone=phone))


def linked_to(phone, state=UP):
    return replace(seen(state), phone=phone)


@pytest.mark.parametrize(
    ("was", "look", "health"),
    [
        (expecting(), linked_to(RIGHT), Health.WELL),
        (expecting(), linked_to(WRONG), Health.BAD),
        (expecting(linked=WRONG), linked_to(None), Health.BAD),
        (expecting(linked=WRONG), linked_to(RIGHT), Health.WELL),
        (expecting(linked=WRONG, state=STOPPED), linked_to(None), Health.WAIT),
        (expecting(linked=WRONG), linked_to(None, STOPPED), Health.WAIT),
        (expecting(), linked_to(None), Health.WAIT),
        (expecting(pairing=True), linked_to(WRONG), Health.WAIT),
        (expecting(phone=None), linked_to(WRONG), Health.WELL),
    ],
)
def test_the_number_of_the_present_connection_counts(was, look, health):
    verdict = judge_number(look_of(was, look))
    assert (verdict.trouble, verdict.health) == (Trouble.WRONG_NUMBER, health)
    assert verdict.reason


def test_a_wrong_number_is_named_by_its_last_digits_alone():
    facts = judge_number(look_of(expecting(kept=True), linked_to(WRONG))).facts
    assert facts == {"linked": "•••2303", "expected": "•••2302", "kept": True}


def test_an_outage_is_not_over_while_another_number_is_linked():
    was, look = expecting(), linked_to(WRONG)
    session, number = judge_session(was, look, LIMITS, TEMPO), judge_number(look_of(was, look))
    assert session.health is Health.WELL
    held = hold_for_number(session, number)
    assert (held.health, held.symptom) == (Health.SETTLING, Symptom.ELSEWHERE)
    assert held.facts == {"linked": masked(WRONG), "expected": masked(RIGHT)}
    assert (
        hold_for_number(session, judge_number(look_of(was, linked_to(RIGHT)))).health is Health.WELL
    )


def test_the_rule_itself_holds_an_open_outage_for_the_number():
    was = expecting(incidents=(down(Symptom.GONE),))
    held = judge_with_reasons(look_of(was, linked_to(WRONG)))
    assert (held.health, held.symptom) == (Health.SETTLING, Symptom.ELSEWHERE)
    assert judge_with_reasons(look_of(was, linked_to(RIGHT))).health is Health.WELL


def test_the_rule_itself_names_damaged_credentials():
    look = look_of(memory(QR, CUT), seen(QR))
    assert judge_with_reasons(look).symptom is Symptom.CREDS_DAMAGED
