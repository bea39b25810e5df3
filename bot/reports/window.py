"""What is reckoned with: a window, and what is remembered of a company that bears on it. PURE."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.company import Company
from bot.domain.incident import Incident
from bot.domain.report import Span, StateSpan

Cut = tuple[date, datetime, datetime]  # a day, from when, up to when


@dataclass(frozen=True, kw_only=True)
class ReportWindow:
    """What a report covers, divided into days by somebody's clock."""

    begin: datetime
    end: datetime
    zone: ZoneInfo

    @classmethod
    def last(cls, days: int, now: datetime, zone: ZoneInfo) -> "ReportWindow":
        """The days until now: it begins at the same time of day by that clock."""
        begin = now.astimezone(zone) - timedelta(days=days)
        return cls(begin=begin.astimezone(now.tzinfo), end=now, zone=zone)

    @property
    def cuts(self) -> list[Cut]:
        """Its days, the first and the last as far as they belong to it."""
        found, begin = [], self.begin
        while begin < self.end:
            on = begin.astimezone(self.zone).date()
            end = min(self._midnight(on + timedelta(days=1)), self.end)
            found.append((on, begin, end))
            begin = end
        return found

    def _midnight(self, on: date) -> datetime:
        return datetime.combine(on, time(), self.zone).astimezone(self.begin.tzinfo)


@dataclass(frozen=True, kw_only=True)
class History:
    """All that is remembered of a company that bears on a window.

    `states` lie in the order of their beginnings, with the one before the window's first.
    `blind` is when the bot was off or the gateway silent. `connected_before` says that it was
    connected once before the window; a company counts from its first connection.
    `files` are counts at moments, each of which holds until the next.
    """

    company: Company
    states: Sequence[StateSpan]
    connected_before: bool
    incidents: Sequence[Incident] = ()
    muted: Sequence[Span] = ()
    resting: Sequence[Span] = ()
    blind: Sequence[Span] = ()
    paired: Sequence[datetime] = ()
    files: Sequence[tuple[datetime, int]] = ()
    baseline: int | None = None
    files_limit: int | None = None
    reconnects_limit: int = 10
