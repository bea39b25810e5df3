"""Many sessions away at once are the network, until shown otherwise. PURE.

The team's first automatic cleaning took a network blip for lost sessions; so half of a gateway's
sessions within a minute are one trouble of the gateway, in which nobody's credentials are touched.
A session whose link is known to have ended is none of them, and is told for itself; nor is one that
is at rest, or that somebody has just reset or paired. Here the log's word is enough. Were it a lie,
a drop would be told session by session; were it left out, removals would be called the network, and
people told to reset nothing. It proves nothing more: a reset without a person still takes a refused
login.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.company import CompanyId
from bot.domain.observation import CompanyStatus, Observation
from bot.domain.session import Cause, State, ends_link
from bot.domain.trouble import Symptom, Trouble
from bot.monitor.rules import Health, Verdict

AT_ONCE = timedelta(minutes=1)
BLIP = timedelta(seconds=15)  # a socket that is closed for less is nobody's business
FEWEST = 3  # two sessions of three may well be two troubles
PATIENCE = timedelta(minutes=2)  # then each is judged by itself: it was not just the network

Seen = Mapping[CompanyId, tuple[State, Cause | None]]


def judge_mass(
    statuses: Sequence[CompanyStatus],
    seen: Seen,
    open_since: datetime | None,
    now: datetime,
    *,
    calm: int = 0,
    missing: AbstractSet[CompanyId] = frozenset(),
) -> Verdict:
    """Whether half of a gateway's sessions dropped together.

    `seen` are the states of this look, for those companies it covered. `open_since` is when the
    present mass drop was told of, None when there is none. `calm` counts the companies beside
    `statuses` that are connected as they were. `missing` are not at the gateway any more: no
    network does that.
    """
    dropped = [
        status
        for status in dropped_of(statuses, seen, open_since or now, now)
        if status.company.id not in missing
    ]
    affected = calm + sum(1 for status in statuses if was_there(status, open_since or now))
    if open_since is not None and now - open_since >= PATIENCE:
        verdict = _verdict(Health.WELL, "it lasts too long for a blip", dropped, affected)
        return replace(verdict, facts={"lasting": True})
    many = len(dropped) >= FEWEST and len(dropped) * 2 >= affected
    if not many:
        return _verdict(Health.WELL, "fewer than half are away", dropped, affected)
    return _verdict(Health.BAD, f"{len(dropped)} of {affected} within a minute", dropped, affected)


def dropped_of(
    statuses: Sequence[CompanyStatus], seen: Seen, moment: datetime, now: datetime
) -> list[CompanyStatus]:
    """Who worked a minute before `moment`, and does not now; nobody knows why."""
    return [status for status in statuses if _dropped(status, seen, moment, now)]


def as_seen(seen: Observation) -> tuple[State, Cause | None]:
    """A look as this rule reads it: where the log says that the link ended, that is its cause."""
    return seen.state, seen.log_says if ends_link(seen.log_says) else seen.cause


def hushed(known: CompanyStatus, seen: Observation, verdict: Verdict) -> Verdict:
    """A session's own verdict during a mass drop: only an end of its link counts."""
    announced = known.incident(Trouble.SESSION_DOWN) is not None
    session = verdict.trouble is Trouble.SESSION_DOWN
    if not session or verdict.health is not Health.BAD or announced or _ended(*as_seen(seen)):
        return verdict
    return replace(verdict, health=Health.WAIT, reason="many dropped at once: rather the network")


def _dropped(known: CompanyStatus, seen: Seen, moment: datetime, now: datetime) -> bool:
    state, cause = seen.get(known.company.id) or _as_known(known)
    if state is State.CONNECTED or not was_there(known, moment):
        return False
    if known.rest is not None or _is_peoples(known, now):
        return False
    closed = state in (State.CONNECTING, State.DISCONNECTED, State.UNKNOWN)
    blip = closed and now - (known.down_since or now) < BLIP
    return not blip and not _ended(state, cause)


def _is_peoples(known: CompanyStatus, now: datetime) -> bool:
    """Whether it went down under somebody's hands: what people do on purpose is no network.

    The act may be over by now, or have been cut off by a restart of the bot.
    """
    if known.pairing or known.acted_at is None:
        return known.pairing
    return known.acted_at >= (known.down_since or now) - AT_ONCE


def _as_known(known: CompanyStatus) -> tuple[State | None, Cause | None]:
    """The same of one that this look did not cover, by what was told of it."""
    down = known.incident(Trouble.SESSION_DOWN)
    log_says = None if down is None or down.log_said_at is None else down.log_says
    return known.state, log_says if ends_link(log_says) else known.cause


def _ended(state: State | None, cause: Cause | None) -> bool:
    """Whether WhatsApp is said to have ended the link: no network does that."""
    return state is State.LOGGED_OUT or ends_link(cause)


def was_there(known: CompanyStatus, moment: datetime) -> bool:
    """Whether it was connected just before, and is nobody's rest."""
    if not known.was_connected or known.rest is not None:
        return False
    return known.down_since is None or known.down_since >= moment - AT_ONCE


def _verdict(
    health: Health, reason: str, dropped: Sequence[CompanyStatus], affected: int
) -> Verdict:
    times = [status.down_since for status in dropped if status.down_since is not None]
    return Verdict(
        trouble=Trouble.MASS_DROP,
        health=health,
        reason=reason,
        symptom=Symptom.MASS_DROP,
        began_at=min(times, default=None),
        facts={"count": len(dropped), "limit": affected} if health is Health.BAD else {},
    )
