"""A digest: how a day went for the companies that a chat is subscribed to."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

OFFERED_HOURS = (7, 8, 9, 10, 18, 21)


@dataclass(frozen=True, kw_only=True)
class DigestWish:
    """At which full hour of the chat's own clock it comes, and whether also when all is well."""

    hour: int
    when_well: bool = True

    def next_after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """When it is due next. In a night that has not that hour, at the moment that stands for it.

        An hour that comes twice counts once: only the first time it strikes.
        """
        today = moment.astimezone(zone).replace(hour=self.hour, minute=0, second=0, microsecond=0)
        today = today.replace(fold=0)
        due = today.astimezone(moment.tzinfo)
        return due if due > moment else (today + timedelta(days=1)).astimezone(moment.tzinfo)


@dataclass(frozen=True, kw_only=True)
class WasDown:
    """A company that was down for so long that day; in all, where it `still` is."""

    id: str
    name: str
    down_s: float
    still: bool


@dataclass(frozen=True, kw_only=True)
class MoreFiles:
    """A company whose key files grow, or are more than its `limit` (None while not known)."""

    id: str
    name: str
    before: int | None
    now: int
    limit: int | None


@dataclass(frozen=True, kw_only=True)
class Reconnected:
    """A company that reconnected often, on the way to its `limit` for a day."""

    id: str
    name: str
    count: int
    limit: int


@dataclass(frozen=True, kw_only=True)
class Digest:
    """The worst comes first. Each list holds as many as are read; `more_…` counts the others.

    `unheard` are the companies without a subscriber, `unseen_s` is how long the company that was
    watched least was not watched; `late_s` how long ago the last look at one of them was, 0 while
    all are looked at in time. Those that are muted are `muted` in number, and nowhere else; those
    at rest are named as `resting`, and nowhere else.
    """

    total: int
    muted: int = 0
    resting: tuple[str, ...] = ()
    more_resting: int = 0
    unseen_s: float = 0
    late_s: float = 0
    down: tuple[WasDown, ...] = ()
    more_down: int = 0
    files: tuple[MoreFiles, ...] = ()
    more_files: int = 0
    reconnects: tuple[Reconnected, ...] = ()
    more_reconnects: int = 0
    unheard: tuple[str, ...] = ()
    more_unheard: int = 0

    @property
    def well(self) -> bool:
        """Whether there is nothing to tell."""
        troubles = (
            self.down,
            self.files,
            self.reconnects,
            self.unheard,
            self.unseen_s,
            self.late_s,
        )
        return not any(troubles)

    @property
    def facts(self) -> dict[str, Any]:
        """As it is kept in the outbox."""
        return asdict(self)


def from_facts(facts: Mapping[str, Any]) -> Digest:
    """As it was before it was kept."""
    return Digest(
        **{
            **facts,
            "down": tuple(WasDown(**fact) for fact in facts["down"]),
            "files": tuple(MoreFiles(**fact) for fact in facts["files"]),
            "reconnects": tuple(Reconnected(**fact) for fact in facts["reconnects"]),
            "unheard": tuple(facts["unheard"]),
            "resting": tuple(facts.get("resting", ())),
        }
    )


def parse_hour(text: str) -> int | None:
    """`9`, `09`, `9:00`; None for what is no full hour."""
    found = re.fullmatch(r"(\d{1,2})(?:[:.]00)?", text.strip())
    hour = -1 if found is None else int(found[1])
    return hour % 24 if 0 <= hour <= 24 else None
