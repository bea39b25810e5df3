"""What gateways say of restricted accounts, and in which words a send is refused for it.

Shapes are those of WhatsApp's own two answers, which libraries hand on with names of their own: the
reach-out timelock (`isActive`, `timeEnforcementEnds`) and the cap of new chats (`cappingStatus`,
`totalQuota`, -1 for none, `usedQuota`, `cycleEnd`). Moments are seconds since 1970; texts and
milliseconds are read as well. What is over by its own time is told as over.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from bot.domain.restriction import FREE, Restriction, RestrictionKind

_LONGEST = 2000  # of a refusal's words: what comes after that is a trace
# 463 is WhatsApp's answer; the number alone may be part of a phone's or of an id.
_NUMBERED = re.compile(
    r"(?:error|erro|err|code|status|nack|ошибка)[^\w+]{1,4}(?:code[^\w+]{1,4})?463(?!\w)"
)
_NAMED = re.compile(r"reach[ _-]?out[ _-]?time[ _-]?lock|account has been restricted")
_CAPPED = "CAPPED"
_NOT_CAPPED = ("NONE", "FIRST_WARNING", "SECOND_WARNING")


def says_restricted(said: object) -> bool:
    """Whether these words, of a send that failed, say that the account is restricted."""
    text = str(said)[:_LONGEST].lower()
    return _NUMBERED.search(text) is not None or _NAMED.search(text) is not None


def timelock_in(told: object, now: datetime) -> Restriction | None:
    """What a reach-out timelock says; None for anything that is none."""
    if not isinstance(told, Mapping) or not isinstance(told.get("isActive"), bool):
        return None
    until = moment_in(told.get("timeEnforcementEnds"))
    found = Restriction(kind=RestrictionKind.NOT_FIRST, until=until)
    return found if told["isActive"] and found.holds(now) else FREE


def capping_in(told: object, now: datetime) -> Restriction | None:
    """What a cap of new chats says; None for anything that is none. A warning keeps from nothing.

    Where its word is new to us its numbers count.
    """
    word = told.get("cappingStatus") if isinstance(told, Mapping) else None
    if not isinstance(told, Mapping) or not isinstance(word, str):
        return None
    used, quota = _count(told.get("usedQuota")), _count(told.get("totalQuota"))
    found = Restriction(
        kind=RestrictionKind.USED_UP,
        until=moment_in(told.get("cycleEnd")),
        used=used,
        quota=quota,
    )
    full = word not in _NOT_CAPPED and quota is not None and used is not None and used >= quota > 0
    return found if (word == _CAPPED or full) and found.holds(now) else FREE


def worse(one: Restriction | None, other: Restriction | None) -> Restriction | None:
    """The one that keeps an account from more; None where neither is told."""
    told = [restriction for restriction in (one, other) if restriction is not None]
    return next((found for found in told if found.kind is not RestrictionKind.NONE), None) or next(
        iter(told), None
    )


def moment_in(told: object) -> datetime | None:
    """A moment, told in seconds or milliseconds since 1970 or as text; None for anything else."""
    if isinstance(told, str) and not told.isdecimal():
        return _moment_of_text(told)
    if isinstance(told, bool) or not isinstance(told, int | float | str):
        return None
    try:
        seconds = float(told)
        seconds = seconds / 1000 if seconds >= 1e11 else seconds
        return datetime.fromtimestamp(seconds, UTC) if seconds >= 1 else None
    except (ValueError, OverflowError, OSError):
        return None


def _moment_of_text(told: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(told[:40])
    except ValueError:
        return None
    try:
        return at.astimezone(UTC) if at.tzinfo is not None else None
    except OverflowError:
        return None


def _count(told: object) -> int | None:
    """A count; -1, which stands for none, is none."""
    return told if type(told) is int and told >= 0 else None
