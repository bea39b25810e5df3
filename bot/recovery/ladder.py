"""Which rung comes next. PURE: how a lost session stands goes in, a decision comes out.

rung 1   look again            the checker, always
rung 2   reconnect             where it keeps credentials: from AUTO_RECOVERY=reconnect
rung 3   mend                  a good copy of damaged credentials: from AUTO_RECOVERY=full
rung 4   restart the gateway   a person
rung 5   reset                 a person; or full, when the revocation is proven: by the gateway's
                               own word, or by a structured line and a login refused after it
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.auto_recovery import AutoRecovery
from bot.domain.files import CredsState
from bot.domain.incident import Incident
from bot.domain.session import CAUSES, Cause, State, ends_link
from bot.domain.trouble import Symptom, Trouble

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
    """One automatic act.

    `hopeless` when it showed that there is nothing to reconnect with: the session vanished again,
    or asked for a scan. `refused` in the first of these cases: its login was.
    """

    rung: Rung
    at: datetime
    hopeless: bool = False
    refused: bool = False


@dataclass(frozen=True, kw_only=True)
class Situation:
    """A lost session as it stands.

    `state` and `cause` are those of the last look; the incident has the cause that says most of the
    outage. `attempts` are the automatic ones of this outage, oldest first; `today` counts the
    reconnects of the last 24 hours, of any outage. `busy` while a person or a procedure works on
    it, `silent` while its gateway does not answer, `just_back` when it has only begun to again,
    `mass_drop` while half of the gateway's sessions are away. `creds` is None where nobody looks at
    directories. `has_copy` when a good copy of the credentials is kept, `can_set_aside` when its
    directory is in reach. `at_rest` until somebody wakes it, `muted` while somebody has its alerts,
    or all, kept away. `shared` while somebody else uses the session as well.
    """

    incident: Incident
    state: State | None
    cause: Cause | None
    attempts: tuple[Attempt, ...]
    today: int
    busy: bool
    silent: bool
    just_back: bool
    mass_drop: bool
    creds: CredsState | None
    has_copy: bool
    can_set_aside: bool
    at_rest: bool = False
    muted: bool = False
    shared: bool = False

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Every cause that is named, of the outage or of the present state."""
        named = dict.fromkeys((self.incident.cause, self.cause))
        return tuple(cause for cause in named if cause is not None)

    @property
    def log_names_removal(self) -> bool:
        """Whether a structured line of the log says that the link is gone, this very link."""
        log_says = self.log_says
        return log_says is not None and CAUSES[log_says].revoked

    @property
    def log_says(self) -> Cause | None:
        """What the log named, for as long as it can be about the link of now."""
        return None if self.incident.log_said_at is None else self.incident.log_says

    @property
    def refused_since_the_log(self) -> bool:
        """Whether, after that line, a login was refused: the second witness, and not a line."""
        said_at = self.incident.log_said_at
        if said_at is None or not self.log_names_removal:
            return False
        tries = (
            attempt
            for attempt in self.attempts
            if attempt.rung is Rung.RECONNECT and attempt.refused
        )
        return any(attempt.at >= said_at for attempt in tries)


def decide(
    situation: Situation, setting: AutoRecovery, max_reconnects_per_day: int, now: datetime
) -> Decision:
    """The next act of the bot for one open incident."""
    obstacle = _obstacle(situation, setting)
    if obstacle is not None:
        return Decision(rung=Rung.NOTHING, reason=obstacle)
    incident = situation.incident
    if incident.symptom is Symptom.REVOKED:
        return _decide_revoked(situation, setting, max_reconnects_per_day, now)
    if incident.symptom is Symptom.CREDS_DAMAGED:
        return _decide_damaged(situation, setting)
    return _decide_reconnect(situation, max_reconnects_per_day, now)


def _obstacle(situation: Situation, setting: AutoRecovery) -> str | None:
    incident = situation.incident
    obstacles = {
        "not a lost session": not _is_lost(incident),
        "AUTO_RECOVERY=off": setting is AutoRecovery.OFF,
        "it is at rest: a person has to wake it": situation.at_rest,
        "it is muted: somebody may be at work on it": situation.muted,
        "it is connected": situation.state is State.CONNECTED,
        "a person or a procedure works on it": situation.busy,
        "its gateway does not answer": situation.silent,
        "its gateway has just come back, and may start its sessions": situation.just_back,
        "it was stopped on purpose: a person has to start it": _is_left_alone(situation),
        "half of its gateway's sessions are away: rather the network": situation.mass_drop,
    }
    return _first(obstacles)


def _is_lost(incident: Incident) -> bool:
    """Whether it tells of a lost session, or of many that a restart of their gateway has ended."""
    forgotten = incident.symptom is Symptom.FORGOTTEN
    return incident.open and (incident.trouble is Trouble.SESSION_DOWN or forgotten)


def _is_left_alone(situation: Situation) -> bool:
    """Whether somebody has stopped it at the gateway, and it is stopped still."""
    stopped = situation.state is State.STOPPED
    return stopped and situation.cause is not None and CAUSES[situation.cause].deliberate


def _decide_revoked(
    situation: Situation, setting: AutoRecovery, budget: int, now: datetime
) -> Decision:
    """A reset only on proof, and only where it can be undone. Never a reconnect, but for proof."""
    if setting is not AutoRecovery.FULL:
        return Decision(rung=Rung.NOTHING, reason="revoked: a person has to pair it")
    if _lacks_a_witness(situation):
        return _decide_reconnect(situation, budget, now)
    forbidden = _no_reset(situation)
    if forbidden is not None:
        return Decision(rung=Rung.NOTHING, reason=forbidden)
    return Decision(rung=Rung.RESET, reason=f"revoked: {situation.incident.cause}")


def _lacks_a_witness(situation: Situation) -> bool:
    """Whether a line said "removed" only after the last login was refused.

    That refusal may have been written down as this very line: one more login tells.
    """
    removal_named = situation.log_names_removal and not _proven_with_the_log(situation)
    return (
        removal_named
        and situation.cause is None
        and any(attempt.refused for attempt in situation.attempts)
    )


def _no_reset(situation: Situation) -> str | None:
    # The present state's cause, not the incident's: where a code was shown since the proof, the
    # session may just be linking another device.
    cause, state = situation.cause, situation.state
    proven = (cause is not None and CAUSES[cause].revoked) or _proven_with_the_log(situation)
    denied = any(map(_denies_revocation, situation.causes)) or _forbids_a_login(situation.log_says)
    before = any(attempt.rung is Rung.RESET for attempt in situation.attempts)
    obstacles = {
        "the revocation is not proven": denied or not proven,
        f"it is {state}: a person has to look": state not in (*_CLOSED, State.LOGGED_OUT),
        "nothing could be set aside": not situation.can_set_aside,
        "nothing is left to be set aside": situation.creds in _EMPTY,
        "it was reset already": before,
    }
    return _first(obstacles)


def _proven_with_the_log(situation: Situation) -> bool:
    """A structured line, and afterwards a refused login or the gateway's own "logged out".

    Never a line alone: texts that a gateway prints can hold whole lines that look like its own.
    """
    if situation.refused_since_the_log:
        return True
    return situation.log_names_removal and situation.state is State.LOGGED_OUT


def _decide_damaged(situation: Situation, setting: AutoRecovery) -> Decision:
    if setting is not AutoRecovery.FULL:
        return Decision(rung=Rung.NOTHING, reason="mending takes a person's button")
    if any(ends_link(cause) or CAUSES[cause].second_process for cause in situation.causes):
        return Decision(rung=Rung.NOTHING, reason="whole credentials would not help either")
    if not situation.has_copy or not situation.can_set_aside:
        return Decision(rung=Rung.NOTHING, reason="no good copy is kept")
    if any(attempt.rung is Rung.MEND for attempt in situation.attempts):
        return Decision(rung=Rung.NOTHING, reason="it was mended already")
    return Decision(rung=Rung.MEND, reason="damaged credentials, and a good copy is kept")


def _decide_reconnect(situation: Situation, budget: int, now: datetime) -> Decision:
    forbidden = _no_reconnect(situation, budget)
    if forbidden is not None:
        return Decision(rung=Rung.NOTHING, reason=forbidden)
    tries = [attempt for attempt in situation.attempts if attempt.rung is Rung.RECONNECT]
    pause = BACKOFF[min(len(tries), len(BACKOFF) - 1)]
    if tries and now - tries[-1].at < pause:
        return Decision(rung=Rung.NOTHING, reason=f"waiting {pause.total_seconds():g} s")
    return Decision(rung=Rung.RECONNECT, reason=f"attempt {len(tries) + 1}")


def _no_reconnect(situation: Situation, budget: int) -> str | None:
    symptom, state, creds = situation.incident.symptom, situation.state, situation.creds
    vain = [cause for cause in situation.causes if not CAUSES[cause].may_reconnect]
    hopeless = any(attempt.hopeless for attempt in situation.attempts)
    witness = _lacks_a_witness(situation)
    log_says = situation.log_says
    obstacles = {
        f"{symptom}: reconnecting does not help": symptom not in (*RECONNECTABLE, Symptom.FORGOTTEN)
        and not witness,
        "somebody else uses it: a login more would join the fight": situation.shared,
        f"the log says {log_says}: a reconnect would do harm": _forbids_a_login(log_says),
        f"it is {state}: there is nothing to reconnect": state not in _CLOSED,
        f"{', '.join(vain)}: reconnecting does not help": bool(vain),
        f"creds.json is {creds}: there is nothing to reconnect with": creds in _UNUSABLE,
        "an attempt has shown that it has no credentials of use": hopeless and not witness,
        f"{situation.today} automatic reconnects today of {budget}": situation.today >= budget,
    }
    return _first(obstacles)


def _first(obstacles: Mapping[str, bool]) -> str | None:
    """The first reason that stands."""
    return next((reason for reason, stands in obstacles.items() if stands), None)


def _forbids_a_login(log_says: Cause | None) -> bool:
    """What restrains may be believed on the log's word: waiting harms less than a vain login.

    A removal does not restrain: the login that it foretells to fail is what proves it.
    """
    return log_says is not None and (CAUSES[log_says].account or CAUSES[log_says].second_process)


def _denies_revocation(cause: Cause) -> bool:
    """Whether it explains the outage otherwise, and for good: the account, a second process."""
    facts = CAUSES[cause]
    return not facts.revoked and not facts.may_reconnect and cause is not Cause.UNKNOWN


RECONNECTABLE = (Symptom.GONE, Symptom.AWAY, Symptom.STUCK, Symptom.FAILED)
_CLOSED = (State.STOPPED, State.DISCONNECTED, State.CONNECTING, State.FAILED)
_EMPTY = (CredsState.MISSING, CredsState.UNLINKED)
_UNUSABLE = (*_EMPTY, CredsState.DAMAGED)
