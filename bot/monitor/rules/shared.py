"""Whether somebody else uses the session, and the two throw each other out. PURE.

WhatsApp gives a session to whoever logs in last (440, StreamReplaced). Gateways log in again by
themselves, most within a second: no look sees much of it, and it never ends by itself. Each login
more is one more reason for WhatsApp to lock the account, so the bot adds none.
"""

from datetime import datetime, timedelta
from typing import Any

from bot.domain.incident import Incident
from bot.domain.observation import CompanyStatus, Observation
from bot.domain.session import Cause
from bot.domain.trouble import Symptom, Trouble
from bot.monitor.rules import Health, SessionLook, Verdict

SEVERAL = 3  # within the window; one is what a restart of a container does
WINDOW = timedelta(minutes=10)  # and so long without one it is over
_GOES_ON = timedelta(minutes=1)


def judge_shared(look: SessionLook) -> Verdict:
    """Bad at the third time within ten minutes, well after ten minutes without."""
    known, seen = look.known, look.seen
    present = known.incident(Trouble.SHARED)
    if seen.thrown_out >= SEVERAL and not _told_as_lost(known):
        return Verdict(
            trouble=Trouble.SHARED,
            health=Health.BAD,
            reason=f"thrown out {seen.thrown_out} times within {WINDOW}",
            symptom=Symptom.SHARED,
            cause=Cause.REPLACED,
            facts=_facts(present, seen),
        )
    if present is not None and seen.at - _latest(present, seen) >= WINDOW:
        return _verdict(Health.WELL, f"not thrown out for {WINDOW}")
    return _verdict(Health.WAIT, "nobody else is known of, or it is not over yet")


def is_fighting(known: CompanyStatus, seen: Observation) -> bool:
    """Whether it is away just now because of that, which is told already."""
    present = known.incident(Trouble.SHARED)
    if present is None or seen.cause not in (None, Cause.REPLACED):
        return False
    return seen.at - _latest(present, seen) < _GOES_ON


def _facts(present: Incident | None, seen: Observation) -> dict[str, Any]:
    """How often, and when last: written down once a minute, however fast they fight."""
    at = seen.thrown_out_at or seen.at
    if present is not None and at - _last_at(present) < _GOES_ON:
        return {}
    return {"count": seen.thrown_out, "last_at": at.isoformat()}


def _told_as_lost(known: CompanyStatus) -> bool:
    """Whether it was told as a lost session, with the same cause."""
    lost = known.incident(Trouble.SESSION_DOWN)
    return lost is not None and lost.cause is Cause.REPLACED


def _latest(present: Incident, seen: Observation) -> datetime:
    """When it was thrown out last: what the incident remembers outlives a restart of the bot."""
    before = _last_at(present)
    return max(before, seen.thrown_out_at or before)


def _last_at(present: Incident) -> datetime:
    told = present.facts.get("last_at")
    return datetime.fromisoformat(told) if isinstance(told, str) else present.opened_at


def _verdict(health: Health, reason: str) -> Verdict:
    return Verdict(trouble=Trouble.SHARED, health=health, reason=reason)
