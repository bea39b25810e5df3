"""Opens and closes incidents about bursts in a gateway's log."""

from collections.abc import Callable, Container, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.company import CompanyId, GatewayName
from bot.domain.incident import Incident
from bot.domain.log_pattern import LogPattern
from bot.domain.observation import DetectedBy, Detection
from bot.domain.trouble import Trouble
from bot.monitor.announce import write_steps
from bot.monitor.incidents import IncidentStep, IncidentSubject, advance
from bot.monitor.journal import log_steps
from bot.monitor.rules.log_burst import judge_bursts
from storage.alerts import incidents
from storage.database import Database
from storage.logs import log_counts
from storage.logs.log_counts import LogCount
from storage.sessions import companies

# What each login of somebody else brings: that one incident says it.
_OF_A_FIGHT = frozenset({LogPattern.STREAM_ERROR, LogPattern.REPLACED})


def _told_already(count: LogCount, shared: Container[CompanyId | None]) -> bool:
    return count.pattern in _OF_A_FIGHT and count.company_id in shared


class BurstAlarm:
    """Judges what was counted; one incident for each company, one for lines without a name."""

    def __init__(
        self,
        database: Database,
        gateway: GatewayName,
        *,
        clock: Callable[[], datetime],
        on_written: Callable[[], None],
    ) -> None:
        self._db = database
        self._gateway = gateway
        self._clock = clock
        self._on_written = on_written

    async def judge(self) -> None:
        """Look at the last hour's counts; write what that changes."""
        now = self._clock()
        async with self._db.reading() as tx:
            counts = await log_counts.lately(tx, now, gateway=self._gateway)
            open_ones = await incidents.open_ones(tx, gateway=self._gateway)
            shared = await incidents.with_trouble_since(
                tx, self._gateway, Trouble.SHARED, now - timedelta(hours=1)
            )
        counts = [count for count in counts if not _told_already(count, shared)]
        bursts = [incident for incident in open_ones if incident.trouble is Trouble.LOG_BURST]
        steps = self._steps(counts, bursts, now)
        if not steps:
            return
        async with self._db.writing() as tx:
            everyone = [company.id for company in await companies.all_of(tx, self._gateway)]
            await write_steps(tx, steps, everyone, now)
        log_steps(steps)
        self._on_written()

    def _steps(
        self, counts: Iterable[LogCount], bursts: Iterable[Incident], now: datetime
    ) -> list[IncidentStep]:
        in_an_hour: dict[CompanyId | None, dict[LogPattern, int]] = {}
        for count in counts:
            in_an_hour.setdefault(count.company_id, {})[count.pattern] = count.hour
        present = {burst.company_id: burst for burst in bursts}
        steps = []
        for company_id in in_an_hour.keys() | present.keys():
            verdict = judge_bursts(in_an_hour.get(company_id, {}))
            subject = IncidentSubject(gateway=self._gateway, company_id=company_id)
            step = advance(present.get(company_id), verdict, subject, now)
            if step is not None:
                steps.append(replace(step, noticed=Detection(sign=DetectedBy.LOG)))
        return steps
