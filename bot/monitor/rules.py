"""Judges what was seen. PURE: an observation and what is known go in, a verdict comes out.

Every verdict carries its reason; the reason is stored, logged and shown.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.incident import Severity, Symptom, Trouble
from bot.domain.observation import CompanyStatus, Observation
from bot.domain.session import Cause, State, ends_link, outweighs
from bot.domain.timing import Timing
from bot.monitor.hints import outlasts

JUMP_PER_HOUR = 100  # files; a refill of pre-keys brings 30 (Baileys 6.7), a spent pool 812 (7.0)
LEAST_FILE_LIMIT = 100
BASELINE_SLACK = 100
JUST_NOW = timedelta(minutes=1)
JUST_PAIRED_PATIENCE = timedelta(seconds=15)
BASELINE_SETTLES = timedelta(minutes=5)  # until then a fresh session still writes its first keys


class Health(StrEnum):
    """What a verdict asks for: WELL closes, BAD opens, SETTLING is told, WAIT changes nothing."""

    WELL = "well"
    SETTLING = "settling"
    BAD = "bad"
    WAIT = "wait"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a rule makes of a look. `began_at` is when the trouble began, as far as is known."""

    trouble: Trouble
    health: Health
    reason: str
    symptom: Symptom = Symptom.GONE
    severity: Severity = Severity.CRITICAL
    cause: Cause | None = None
    began_at: datetime | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The settings that rules read."""

    grace_s: float
    max_files: int | None  # None: follows the baseline
    max_reconnects_per_day: int


def judge_session(
    known: CompanyStatus, seen: Observation, limits: Limits, timing: Timing
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


def wants_second_look(known: CompanyStatus, verdict: Verdict) -> bool:
    """Whether this verdict would open an incident, and so must be confirmed first."""
    return verdict.health is Health.BAD and known.incident(verdict.trouble) is None


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
        severity=severity,
        cause=_cause(known, seen),
        began_at=known.down_since or seen.at,
        facts=_log_word(seen),
    )


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
    known: CompanyStatus, seen: Observation, away: timedelta, limits: Limits, timing: Timing
) -> Verdict:
    del away, limits, timing
    return _bad(known, seen, Symptom.REVOKED, "the gateway says it was logged out")


def _judge_at_once(
    known: CompanyStatus, seen: Observation, away: timedelta, limits: Limits, timing: Timing
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
    known: CompanyStatus, seen: Observation, away: timedelta, limits: Limits, timing: Timing
) -> Verdict:
    since = known.since if known.state is seen.state and known.since else seen.at
    if seen.at - since > timedelta(seconds=timing.stuck_after_s):
        return _bad(known, seen, Symptom.STUCK, "connecting for too long")
    return _judge_away(known, seen, away, limits, timing)


def _judge_away(
    known: CompanyStatus, seen: Observation, away: timedelta, limits: Limits, timing: Timing
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


def judge_gateway(failures: int, symptom: Symptom, began_at: datetime) -> Verdict:
    """Unreachable after two failed looks; one answer makes it well."""
    trouble = Trouble.GATEWAY_UNREACHABLE
    if failures == 0:
        return Verdict(trouble=trouble, health=Health.WELL, reason="it answers")
    if failures == 1:
        return Verdict(trouble=trouble, health=Health.WAIT, reason="one failed look")
    return Verdict(
        trouble=trouble,
        health=Health.BAD,
        reason=f"{failures} failed looks",
        symptom=symptom,
        began_at=began_at,
    )


def judge_reconnects(known: CompanyStatus, limits: Limits) -> Verdict:
    """More reconnects in a day than the target allows."""
    own = known.company.max_reconnects_per_day
    count = known.reconnects_today
    limit = limits.max_reconnects_per_day if own is None else own
    return _judge_limit(
        Trouble.RECONNECTS_ABOVE_TARGET, count, limit, {"count": count, "limit": limit}
    )


def file_limit(baseline: int | None, limits: Limits, own_limit: int | None) -> int | None:
    """The limit in force: the company's, the setting's, or what follows from the baseline.

    None while nothing has been learnt: 31 files are healthy on Baileys 6.7 and 816 on 7.0.
    """
    if own_limit is not None or limits.max_files is not None:
        return own_limit if own_limit is not None else limits.max_files
    return None if baseline is None else max(LEAST_FILE_LIMIT, baseline + BASELINE_SLACK)


def judge_files(total: int, limit: int | None, *, settling: bool) -> Verdict:
    """More key files than the limit allows. A hygiene signal, never a reason to wipe."""
    trouble = Trouble.FILES_ABOVE_LIMIT
    if limit is None or settling:
        return Verdict(trouble=trouble, health=Health.WAIT, reason="the baseline is being learnt")
    return _judge_limit(trouble, total, limit, {"count": total, "limit": limit})


def judge_growth(total: int, hour_ago: int | None, *, settling: bool) -> Verdict:
    """A jump within an hour: keys are being minted faster than they are used."""
    trouble = Trouble.FILES_JUMPED
    if hour_ago is None or settling:
        return Verdict(trouble=trouble, health=Health.WAIT, reason="nothing to compare with")
    grown = total - hour_ago
    facts = {"count": total, "grown": grown}
    return _judge_limit(trouble, grown, JUMP_PER_HOUR - 1, facts)


def _judge_limit(trouble: Trouble, count: int, limit: int, facts: dict[str, Any]) -> Verdict:
    if count <= limit:
        return Verdict(trouble=trouble, health=Health.WELL, reason=f"{count} of {limit}")
    return Verdict(
        trouble=trouble,
        health=Health.BAD,
        reason=f"{count}, above {limit}",
        symptom=Symptom.ABOVE,
        severity=Severity.WARNING,
        facts=facts,
    )
