"""Whether a session is lost. PURE."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.observation import CompanyStatus, Observation
from bot.domain.session import Cause, State, ends_link, outweighs
from bot.domain.timing import Timing
from bot.domain.trouble import Severity, Symptom, Trouble
from bot.monitor.hints import outlasts
from bot.monitor.rules import Health, RuleSettings, SessionLook, Verdict
from bot.monitor.rules.damaged_creds import explain_by_creds
from bot.monitor.rules.good_news import judge_unwitnessed
from bot.monitor.rules.shared import is_fighting
from bot.monitor.rules.wrong_number import hold_for_number, judge_number

JUST_NOW = timedelta(minutes=1)
JUST_PAIRED_PATIENCE = timedelta(seconds=15)


def judge_with_reasons(look: SessionLook) -> Verdict:
    """Whether it works, with what its credentials and its number say of that."""
    known, seen = look.known, look.seen
    if seen.unbelieved:
        return judge_unwitnessed(known, seen)
    verdict = judge_session(known, seen, look.limits, look.timing)
    if verdict.symptom in (Symptom.AWAY, Symptom.STUCK) and is_fighting(known, seen):
        return _session(Health.WAIT, "thrown out by somebody else: that is told already")
    if verdict.health is Health.WELL and known.incidents:
        return hold_for_number(verdict, judge_number(look))
    return explain_by_creds(known, seen, verdict)


def judge_session(
    known: CompanyStatus, seen: Observation, limits: RuleSettings, timing: Timing
) -> Verdict:
    """Whether the session works, is on its way, or is lost."""
    if seen.state is State.CONNECTED:
        return _judge_connected(known, seen, timing)
    if known.pairing:
        return _session(Health.WAIT, "a person is pairing it")
    away = _away_for(known, seen)
    if _just_paired(known, seen) and away < JUST_PAIRED_PATIENCE:
        return _session(Health.WAIT, "just paired; the old device may be leaving")
    judge_state = _BY_STATE[seen.state]
    return judge_state(known, seen, away, limits, timing)


def _session(health: Health, reason: str, **more: Any) -> Verdict:
    return Verdict(trouble=Trouble.SESSION_DOWN, health=health, reason=reason, **more)


def _judge_connected(known: CompanyStatus, seen: Observation, timing: Timing) -> Verdict:
    since = known.since if known.state is State.CONNECTED and known.since else seen.at
    if seen.at - since >= timedelta(seconds=timing.stable_for_s):
        if known.pairing:
            return _session(Health.WAIT, "connected; what a person does with it is not over")
        return _session(Health.WELL, f"connected for {timing.stable_for_s:g} s")
    return _session(Health.SETTLING, "connected, not yet stable", symptom=Symptom.SETTLING)


def _just_paired(known: CompanyStatus, seen: Observation) -> bool:
    """A 401 soon after a pairing or a 515 may be the old device leaving (evolution-api#2498)."""
    restarted_at = known.since if known.cause is Cause.RESTART_REQUIRED else None
    moments = (known.paired_at, restarted_at)
    return any(at is not None and seen.at - at < JUST_NOW for at in moments)


def _away_for(known: CompanyStatus, seen: Observation) -> timedelta:
    """How long it has not been connected, whatever it was called meanwhile."""
    return seen.at - (known.down_since or seen.at)


def _bad(known: CompanyStatus, seen: Observation, symptom: Symptom, reason: str) -> Verdict:
    severity = Severity.CRITICAL if known.was_connected else Severity.WARNING
    if symptom is Symptom.REVOKED:
        severity = Severity.CRITICAL
    return _session(
        Health.BAD,
        reason,
        symptom=symptom,
        own_severity=severity,
        cause=_cause(known, seen),
        began_at=known.down_since or seen.at,
        facts=_log_word(seen) | _strange_word(seen),
    )


def _strange_word(seen: Observation) -> dict[str, Any]:
    """What the gateway calls the state that is not understood, for the card."""
    return {} if seen.strange_word is None else {"word": seen.strange_word}


def _log_word(seen: Observation) -> dict[str, Any]:
    """What the incident keeps of the log's word; see `Incident.log_says`."""
    if seen.log_says is None or seen.log_at is None or seen.log_says is seen.cause:
        return {}
    return {"log_says": seen.log_says.value, "log_said_at": seen.log_at.isoformat()}


def _cause(known: CompanyStatus, seen: Observation) -> Cause | None:
    """The first one of the outage: it may have been told before the outage was an incident."""
    first = known.cause
    if first is None or seen.cause is None or not outlasts(known, seen):
        return seen.cause
    return seen.cause if outweighs(seen.cause, first) else first


def _judge_logged_out(
    known: CompanyStatus, seen: Observation, away: timedelta, limits: RuleSettings, timing: Timing
) -> Verdict:
    del away, limits, timing
    return _bad(known, seen, Symptom.REVOKED, "the gateway says it was logged out")


def _judge_at_once(
    known: CompanyStatus, seen: Observation, away: timedelta, limits: RuleSettings, timing: Timing
) -> Verdict:
    """Lost at once if it ever worked; otherwise it may just be on its way for the first time."""
    del timing
    symptom = _AT_ONCE[seen.state]
    if ends_link(seen.cause):
        symptom = Symptom.REVOKED
    elif seen.cause is Cause.PASSKEY_REQUIRED:
        symptom = Symptom.AWAITING_PASSKEY
    if known.was_connected:
        return _bad(known, seen, symptom, f"{seen.state} after having been connected")
    if away >= timedelta(seconds=limits.grace_s):
        return _bad(known, seen, symptom, f"{seen.state} for longer than the grace")
    return _session(Health.WAIT, f"{seen.state}, never seen connected, within the grace")


def _judge_connecting(
    known: CompanyStatus, seen: Observation, away: timedelta, limits: RuleSettings, timing: Timing
) -> Verdict:
    since = known.since if known.state is seen.state and known.since else seen.at
    if seen.at - since > timedelta(seconds=timing.stuck_after_s):
        stuck = _bad(known, seen, Symptom.STUCK, "connecting for too long")
        can_restart = known.company.gateway in limits.restartable
        return replace(stuck, facts=stuck.facts | {"restart": True}) if can_restart else stuck
    return _judge_away(known, seen, away, limits, timing)


def _judge_away(
    known: CompanyStatus, seen: Observation, away: timedelta, limits: RuleSettings, timing: Timing
) -> Verdict:
    del timing
    if seen.state is State.DISCONNECTED and ends_link(seen.cause):
        return _bad(known, seen, Symptom.REVOKED, "disconnected, and WhatsApp ended the link")
    if seen.state is State.DISCONNECTED and ends_link(seen.log_says):
        return _bad(known, seen, Symptom.AWAY, "disconnected, and the log says why")
    symptom = Symptom.NOT_UNDERSTOOD if seen.state is State.UNKNOWN else Symptom.AWAY
    if away > timedelta(seconds=limits.grace_s):
        return _bad(known, seen, symptom, f"{seen.state} for longer than the grace")
    return _session(Health.WAIT, f"{seen.state}, within the grace")


_AT_ONCE = {
    State.STOPPED: Symptom.GONE,
    State.AWAITING_SCAN: Symptom.AWAITING_SCAN,
    State.AWAITING_PASSKEY: Symptom.AWAITING_PASSKEY,
    State.FAILED: Symptom.FAILED,
}

_BY_STATE = {
    State.LOGGED_OUT: _judge_logged_out,
    State.STOPPED: _judge_at_once,
    State.AWAITING_SCAN: _judge_at_once,
    State.AWAITING_PASSKEY: _judge_at_once,
    State.FAILED: _judge_at_once,
    State.CONNECTING: _judge_connecting,
    State.DISCONNECTED: _judge_away,
    State.UNKNOWN: _judge_away,
}
