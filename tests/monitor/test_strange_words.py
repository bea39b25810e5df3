"""A state that nobody understands: told as that, with the gateway's own word, and never as lost."""

from datetime import timedelta

import pytest
from doubles import START

from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.incident import Incident
from bot.domain.observation import CompanyStatus, Observation
from bot.domain.session import State
from bot.domain.timing import Timing
from bot.domain.trouble import Severity, Symptom, Trouble
from bot.gateways.base import SessionInfo
from bot.monitor.gateway_looks import strange_word
from bot.monitor.rules import Health, RuleSettings
from bot.monitor.rules.session_down import judge_session
from bot.texts import Catalogs, plain
from handlers.render.incidents import what

KEY = CompanyId("962302")
COMPANY = Company(id=KEY, gateway=GatewayName("mine"), session_key=KEY, name="")


def incident(facts):
    return Incident(
        id=1,
        trouble=Trouble.SESSION_DOWN,
        symptom=Symptom.NOT_UNDERSTOOD,
        severity=Severity.WARNING,
        gateway=GatewayName("mine"),
        company_id=KEY,
        opened_at=START,
        began_at=START,
        facts=facts,
    )


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_card_says_the_word(language):
    t = Catalogs().speaking(language)
    assert "pulling_wa_data" in plain(what(t, incident({"word": "pulling_wa_data"})))
    assert "<b>" not in what(t, incident({"word": "<b>x"}))
    assert "None" not in plain(what(t, incident({})))


def test_the_word_comes_with_the_verdict_and_is_no_loss_within_the_grace():
    limits = RuleSettings(grace_s=90, max_files=None, max_reconnects_per_day=10)
    long_ago = START - timedelta(seconds=900)
    known = CompanyStatus(company=COMPANY, state=State.UNKNOWN, since=long_ago, was_connected=True)
    seen = Observation(company_id=KEY, at=START, state=State.UNKNOWN, strange_word="zzz")
    assert judge_session(known, seen, limits, Timing()).health is Health.WAIT
    gone_on = CompanyStatus(
        company=COMPANY, state=State.UNKNOWN, since=long_ago, down_since=long_ago
    )
    verdict = judge_session(gone_on, seen, limits, Timing())
    assert (verdict.symptom, verdict.facts) == (Symptom.NOT_UNDERSTOOD, {"word": "zzz"})


@pytest.mark.parametrize(
    ("state", "raw", "word"),
    [
        (State.UNKNOWN, "GENERATING_QR", "GENERATING_QR"),
        (State.UNKNOWN, "?", None),
        (State.UNKNOWN, "", None),
        (State.CONNECTED, "open", None),
    ],
)
def test_only_what_nobody_understands_is_told_as_strange(state, raw, word):
    assert strange_word(SessionInfo(key=KEY, state=state, raw_state=raw)) == word
