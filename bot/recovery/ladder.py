"""Which rung comes next. PURE: how a lost session stands goes in, a decision comes out.

rung 1   look again            the checker, always
rung 2   reconnect             where it keeps credentials: from AUTO_RECOVERY=reconnect
rung 3   mend                  a good copy of damaged credentials: from AUTO_RECOVERY=full
rung 4   restart the gateway   a person
rung 5   reset                 a person; or full, when the revocation is proven
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.auto_recovery import AutoRecovery
from bot.domain.incident import Incident, Symptom, Trouble
from bot.domain.session import CAUSES, Cause, State

# The pause before each automatic reconnect of one outage; the last one repeats.
BACKOFF = tuple(timedelta(seconds=s) for s in (0, 30, 120, 300, 900))


class Rung(StrEnum):
    """What the bot may do by itself."""

    NOTHING = "nothing"
    RECONNECT = "reconnect"
    MEND = "mend"
    RESET = "reset"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The next act. The reason is stored, logged and shown."""

    rung: Rung
    reason: str


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One automatic act. `refused` when the session vanished again: its credentials are dead."""

    rung: Rung
    at: datetime
    refused: bool = False


@dataclass(frozen=True, kw_only=True)
class Situation:
    """A lost session as it stands.

    `attempts` are the automatic ones of this outage, oldest first; `today` counts those of the last
    24 hours, of any outage. `busy` while a person or a procedure works on it, `silent` while its
    gateway does not answer, `mass_drop` while half of the gateway's sessions are away. `has_copy`
    when a good copy of the credentials is kept, `can_set_aside` when its directory is in reach.
    """

    incident: Incident
    state: State | None
    attempts: tuple[Attempt, ...]
    today: int
    busy: bool
    silent: bool
    mass_drop: bool
    has_copy: bool
    can_set_aside: bool


def decide(
    situation: Situation, setting: AutoRecovery, max_reconnects_per_day: int, now: datetime
) -> Decision:
    """The next act of the bot for one open incident."""
    obstacle = _obstacle(situation, setting)
    if obstacle is not None:
        return Decision(rung=Rung.NOTHING, reason=obstacle)
    incident = situation.incident
    if incident.symptom is Symptom.REVOKED:
        return _decide_revoked(situation, setting)
    if incident.symptom is Symptom.CREDS_DAMAGED:
        return _decide_damaged(situation, setting)
    return _decide_reconnect(situation, max_reconnects_per_day, now)


def _obstacle(situation: Situation, setting: AutoRecovery) -> str | None:
    incident = situation.incident
    obstacles = {
        "not a lost session": incident.trouble is not Trouble.SESSION_DOWN or not incident.open,
        "AUTO_RECOVERY=off": setting is AutoRecovery.OFF,
        "it is connected": situation.state is State.CONNECTED,
        "a person or a procedure works on it": situation.busy,
        "its gateway does not answer": situation.silent,
        "half of its gateway's sessions are away: rather the network": situation.mass_drop,
    }
    return next((reason for reason, stands in obstacles.items() if stands), None)


def _decide_revoked(situation: Situation, setting: AutoRecovery) -> Decision:
    """Never a reconnect. A reset only on proof, and only where it can be undone."""
    cause = situation.incident.cause
    if setting is not AutoRecovery.FULL:
        return Decision(rung=Rung.NOTHING, reason="revoked: a person has to pair it")
    if cause is None or not CAUSES[cause].revoked:
        return Decision(rung=Rung.NOTHING, reason="the revocation is not proven")
    if not situation.can_set_aside:
        return Decision(rung=Rung.NOTHING, reason="nothing could be set aside")
    if any(attempt.rung is Rung.RESET for attempt in situation.attempts):
        return Decision(rung=Rung.NOTHING, reason="it was reset already")
    return Decision(rung=Rung.RESET, reason=f"revoked: {cause}")


def _decide_damaged(situation: Situation, setting: AutoRecovery) -> Decision:
    if setting is not AutoRecovery.FULL:
        return Decision(rung=Rung.NOTHING, reason="mending takes a person's button")
    if not situation.has_copy:
        return Decision(rung=Rung.NOTHING, reason="no good copy is kept")
    if any(attempt.rung is Rung.MEND for attempt in situation.attempts):
        return Decision(rung=Rung.NOTHING, reason="it was mended already")
    return Decision(rung=Rung.MEND, reason="damaged credentials, and a good copy is kept")


def _decide_reconnect(situation: Situation, budget: int, now: datetime) -> Decision:
    forbidden = _no_reconnect(situation, budget)
    if forbidden is not None:
        return Decision(rung=Rung.NOTHING, reason=forbidden)
    tries = [one for one in situation.attempts if one.rung is Rung.RECONNECT]
    pause = BACKOFF[min(len(tries), len(BACKOFF) - 1)]
    if tries and now - tries[-1].at < pause:
        return Decision(rung=Rung.NOTHING, reason=f"waiting {pause.total_seconds():g} s")
    return Decision(rung=Rung.RECONNECT, reason=f"attempt {len(tries) + 1}")


def _no_reconnect(situation: Situation, budget: int) -> str | None:
    incident = situation.incident
    if incident.symptom not in _RECONNECTABLE:
        return f"{incident.symptom}: reconnecting does not help"
    if not may_reconnect(incident.cause):
        return f"{incident.cause}: reconnecting does not help"
    if any(attempt.refused for attempt in situation.attempts):
        return "its credentials were refused"
    if situation.today >= budget:
        return f"{situation.today} automatic reconnects today, the limit is {budget}"
    return None


def may_reconnect(cause: Cause | None) -> bool:
    """Whether a cause allows it. Many gateways name none; an unknown one triggers nothing."""
    return cause is None or CAUSES[cause].may_reconnect


_RECONNECTABLE = (Symptom.GONE, Symptom.AWAY, Symptom.STUCK, Symptom.FAILED)
