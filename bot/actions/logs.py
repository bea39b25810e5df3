"""`/logs`: counts of known lines of a gateway's log, never the lines."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from bot.actions.followed_logs import followed_logs
from bot.actions.results import LogsCard, PatternCount
from bot.domain.access import Person, Right
from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.log_pattern import WORRYING, LogPattern
from storage.database import Database
from storage.logs import log_counts, log_positions
from storage.logs.log_counts import LogCount
from storage.sessions import companies

_MOST_NAMED = 6


class Logs:
    """Counts of known lines. Changes nothing."""

    def __init__(
        self,
        database: Database,
        *,
        followed: Collection[GatewayName],
        clock: Callable[[], datetime],
    ) -> None:
        self._db = database
        self._followed = followed
        self._clock = clock

    async def of_company(self, person: Person, company: Company) -> LogsCard:
        """The counts of one company."""
        person.must(Right.LOOK, company.id)
        return await self._card(company)

    async def of_everyone(self, person: Person) -> LogsCard:
        """The counts of all companies together, and of lines that name none."""
        person.must(Right.LOOK)
        return await self._card(None)

    async def _card(self, company: Company | None) -> LogsCard:
        now = self._clock()
        async with self._db.reading() as tx:
            counts = await log_counts.lately(tx, now)
            since = await log_positions.followed_since(tx)
            positions = await log_positions.all_of(tx)
            worst = await companies.get_many(tx, _worst(counts)) if company is None else {}
        gateways = self._followed if company is None else {company.gateway}
        meant = [count for count in counts if company is None or count.company_id == company.id]
        nameless = [count.day for count in counts if count.company_id is None]
        return LogsCard(
            company=company,
            configured=company.gateway in self._followed if company else bool(self._followed),
            since=since,
            counts=tuple(_summed(meant)),
            nameless=sum(nameless),
            worst=tuple(worst.values()),
            now=now,
            files=tuple(followed_logs(positions, gateways, now)),
        )


def _summed(counts: Iterable[LogCount]) -> Iterable[PatternCount]:
    """A count for each pattern that was seen, in the order of the patterns."""
    by_pattern: dict[LogPattern, list[LogCount]] = {}
    for count in counts:
        by_pattern.setdefault(count.pattern, []).append(count)
    for pattern in LogPattern:
        if pattern in by_pattern:
            found = by_pattern[pattern]
            yield PatternCount(
                pattern=pattern,
                hour=sum(log_count.hour for log_count in found),
                day=sum(log_count.day for log_count in found),
                last_at=max(log_count.last_at for log_count in found),
            )


def _worst(counts: Iterable[LogCount]) -> list[CompanyId]:
    """The companies with the most worrying log lines of a day."""
    sums: dict[CompanyId, int] = {}
    for count in counts:
        if count.company_id is not None and count.pattern in WORRYING:
            sums[count.company_id] = sums.get(count.company_id, 0) + count.day
    return sorted(sums, key=lambda key: -sums[key])[:_MOST_NAMED]
