"""A gateway whose process was restarted, and that has forgotten its sessions. PURE.

A network drops sockets: the sessions are still known there, and are left alone. A process that
began anew knows none of them, though their keys lie on the disk as before: nothing has to be
waited for, and whoever starts them loses nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.files import CredsState
from bot.domain.incident import Incident
from bot.domain.observation import CompanyStatus
from bot.domain.session import Cause, State
from bot.domain.trouble import Symptom
from bot.monitor.rules import Health, Verdict
from bot.monitor.rules.mass_drop import PATIENCE, Seen, dropped_of, was_there

JUST_AWAY = timedelta(minutes=1)  # so long after a silence a restart explains what is missing

_KEYLESS = (CredsState.MISSING, CredsState.UNLINKED)
# What a session passes through that was started and is not connected yet.
_STARTING = (State.STOPPED, State.CONNECTING, State.DISCONNECTED, State.UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class RestartSigns:
    """What speaks for a restart beside the sessions.

    `present` is the open incident of a mass drop. `was_silent` says that the gateway did not answer
    a moment ago. `by_hand` says that the bot may start nothing by itself.
    """

    present: Incident | None
    was_silent: bool
    by_hand: bool = False

    @property
    def is_told(self) -> bool:
        """Whether this drop has been told as a restart."""
        return self.present is not None and self.present.symptom is Symptom.FORGOTTEN


def judge_forgotten(
    drop: Verdict,
    statuses: Sequence[CompanyStatus],
    seen: Seen,
    restart: RestartSigns,
    now: datetime,
) -> Verdict:
    """What the rule of mass drops has found, or a restart where it is one."""
    since = now if restart.present is None else restart.present.opened_at
    if restart.is_told:
        # What was started has to be connected to be back, whoever works on it and however shortly.
        dropped = [
            status
            for status in statuses
            if was_there(status, since) and _state_of(status, seen)[0] is not State.CONNECTED
        ]
        return _going_on(drop, dropped, seen, restart, now)
    dropped = dropped_of(statuses, seen, since, now)
    if drop.health is not Health.BAD or not _forgot(
        drop, dropped, seen, was_silent=restart.was_silent
    ):
        return drop
    facts = drop.facts | ({"by_hand": True} if restart.by_hand else {})
    return _told(drop, facts, f"restarted: it has forgotten {len(dropped)} of its sessions")


def _forgot(
    drop: Verdict, dropped: Sequence[CompanyStatus], seen: Seen, *, was_silent: bool
) -> bool:
    """Whether it knows none of them any more, and their keys are where they were."""
    if any(_state_of(status, seen) != (State.STOPPED, None) for status in dropped):
        return False
    if was_silent:  # some may have been started by it, or by people, since
        return not _emptied(dropped)
    return drop.facts["count"] == drop.facts["limit"] and keys_are_there(dropped)


def keys_are_there(statuses: Sequence[CompanyStatus]) -> bool:
    """Whether most of these have good keys on the disk: what lost them is no emptied store."""
    linked = sum(1 for status in statuses if status.creds is CredsState.LINKED)
    return linked * 2 > len(statuses)


def _emptied(dropped: Sequence[CompanyStatus]) -> bool:
    """Whether the keys of most of them are gone as well: that is no restart, or more than one."""
    keyless = sum(1 for status in dropped if status.creds in _KEYLESS)
    return keyless * 2 > len(dropped)


def _going_on(
    drop: Verdict,
    dropped: Sequence[CompanyStatus],
    seen: Seen,
    restart: RestartSigns,
    now: datetime,
) -> Verdict:
    """Until the last of them is back, or shows that it will not be: it is told for itself then."""
    present = restart.present
    if present is None or now - present.opened_at >= PATIENCE or _emptied(dropped):
        return drop
    left = [status for status in dropped if _state_of(status, seen)[0] in _STARTING]
    if not left:
        return replace(drop, health=Health.WELL, reason="all that can start again has", facts={})
    return _told(drop, {}, f"{len(left)} of its sessions are not back yet")


def _told(drop: Verdict, facts: dict[str, object], reason: str) -> Verdict:
    return replace(drop, health=Health.BAD, symptom=Symptom.FORGOTTEN, reason=reason, facts=facts)


def _state_of(status: CompanyStatus, seen: Seen) -> tuple[State | None, Cause | None]:
    return seen.get(status.company.id) or (status.state, status.cause)
