"""How companies fared: figures, a picture, a table."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.actions.status import Status
from bot.domain.access import Person, Right
from bot.domain.company import Company
from bot.domain.report import PictureWords, Report
from bot.reports.chart_process import ChartProcess
from bot.reports.reporter import Reporter
from bot.reports.table import table


class Reports:
    """Reports for people who may look. Changes nothing."""

    def __init__(
        self,
        looking: Status,
        reporter: Reporter,
        drawing: ChartProcess,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._status = looking
        self._reporter = reporter
        self._drawing = drawing
        self._clock = clock

    async def of_company(
        self, person: Person, company: Company, days: int, zone: ZoneInfo
    ) -> Report:
        """One company over the last days."""
        person.must(Right.LOOK, company.id)
        return await self._reporter.of_company(company, days, self._clock(), zone)

    async def of_everyone(self, person: Person, days: int, zone: ZoneInfo) -> Report:
        """All companies that the person may see. NotAllowed when there are none."""
        companies = await self._status.choices(person, Right.LOOK)
        if not companies:
            person.must(Right.LOOK)
        return await self._reporter.of_all(companies, days, self._clock(), zone)

    async def picture(self, report: Report, words: PictureWords) -> bytes | None:
        """A PNG; None when it could not be drawn, which the log explains."""
        return await self._drawing.draw(report, words)

    def table(self, report: Report) -> bytes:
        """CSV, as a spreadsheet opens it."""
        return table(report)
