"""Remembers how often each session was thrown out by another user of it, by a push or a log."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.company import CompanyId
from bot.domain.observation import DetectedBy, Observation
from bot.domain.session import State
from bot.monitor.hints import ConnectionEvent
from bot.monitor.rules.shared import WINDOW

_APART = timedelta(seconds=1)  # several lines tell of one and the same
_KEPT = 100


@dataclass(frozen=True, kw_only=True)
class _Times:
    """When it was told, oldest first. `pushed`: by the gateway itself, at least once.

    `away_at` is when a look last saw the session not connected: a line of a log is borne out by it.
    """

    at: tuple[datetime, ...] = ()
    pushed: bool = False
    away_at: datetime | None = None


class Throwings:
    """Not stored: who goes on being thrown out is soon told of again."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._times: dict[CompanyId, _Times] = {}

    def note(self, company_id: CompanyId, news: ConnectionEvent) -> None:
        """A log or a push told this."""
        if not news.replaced:
            return
        now = self._clock()
        before = self._times.get(company_id, _Times())
        at = tuple(moment for moment in before.at if now - moment < WINDOW)
        if not at:
            before = _Times()
        if not at or now - at[-1] >= _APART:
            at = (*at, now)[-_KEPT:]
        pushed = before.pushed or news.by is DetectedBy.PUSH
        self._times[company_id] = replace(before, at=at, pushed=pushed)

    def borne_out(self, seen: Observation) -> Observation:
        """What was seen, with how often it was thrown out, where anything but a log says so."""
        times = self._times.get(seen.company_id)
        if times is None:
            return seen
        if seen.state is not State.CONNECTED:
            times = self._times[seen.company_id] = replace(times, away_at=seen.at)
        at = [moment for moment in times.at if seen.at - moment < WINDOW]
        if not at:
            del self._times[seen.company_id]
            return seen
        away = times.away_at is not None and times.away_at >= at[0] - _APART
        if not (times.pushed or away):
            return seen
        return replace(seen, thrown_out=len(at), thrown_out_at=at[-1])
