"""Makes a report out of what is stored: some companies at a time, so that thousands fit."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.freshness import LastLooks, Unsure
from bot.domain.report import Day, Figures, Piece, Report, Span, TimeShare
from bot.reports.figures import (
    JUST_PAIRED,
    Reckoned,
    compute,
    together,
)
from bot.reports.window import (
    History,
    ReportWindow,
)
from storage.alerts import mutes, rests
from storage.database import Database, Transaction
from storage.sessions import absences, gateways, history

_AT_ONCE = 100


@dataclass(frozen=True, kw_only=True)
class ReportLimits:
    """What is too much. `files_of` tells it from a company and its baseline; None: not known."""

    files_of: Callable[[Company, int | None], int | None]
    reconnects_per_day: int


class Reporter:
    """Reports. Only reads."""

    def __init__(
        self, database: Database, limits: ReportLimits, last_looks: LastLooks | None = None
    ) -> None:
        self._db = database
        self._last_looks = last_looks
        self._limits = limits

    async def of_company(
        self, company: Company, days: int, now: datetime, zone: ZoneInfo
    ) -> Report:
        """One company over the last days by a zone's clock."""
        window = ReportWindow.last(days, now, zone)
        async with self._db.reading() as tx:
            blind = await self._blind(tx, window)
            (history,) = await self._histories(tx, [company], window, blind)
        figures = compute(history, window, window.cuts)
        report = report_of(
            company, days, window, figures.figures, [figures.figures], figures.days, figures.pieces
        )
        return replace(report, unsure=blind.unsure([company]))

    async def share_of(
        self, company: Company, begin: datetime, end: datetime, zone: ZoneInfo
    ) -> TimeShare:
        """How some stretch of a company's time counts."""
        if end <= begin:
            return TimeShare()
        window = ReportWindow(begin=begin, end=end, zone=zone)
        async with self._db.reading() as tx:
            blind = await self._blind(tx, window)
            (history,) = await self._histories(tx, [company], window, blind)
        return compute(history, window, window.cuts).figures.share

    async def of_all(
        self, companies: Sequence[Company], days: int, now: datetime, zone: ZoneInfo
    ) -> Report:
        """All of these together."""
        window = ReportWindow.last(days, now, zone)
        sums = Sums(window)
        async with self._db.reading() as tx:
            blind = await self._blind(tx, window)
            for start in range(0, len(companies), _AT_ONCE):
                part = companies[start : start + _AT_ONCE]
                histories = await self._histories(tx, part, window, blind)
                await asyncio.to_thread(sums.add, histories)
        report = report_of(None, days, window, together(sums.each), sums.each, sums.days, ())
        return replace(report, unsure=blind.unsure(companies))

    async def _blind(self, tx: Transaction, window: ReportWindow) -> "_Blind":
        away = await absences.since(tx, window.begin)
        looks = [] if self._last_looks is None else await gateways.all_looks(tx)
        doubts = {
            look.name: unsure
            for look in looks
            if self._last_looks is not None
            and (unsure := self._last_looks.unsure(look.name, look.last_look_at)) is not None
        }
        silences = await history.silences(tx, window.begin, window.end)
        at = {name: [*spans] for name, spans in silences.items()}
        for name, doubt in doubts.items():
            if doubt.since < window.end:
                since = max(doubt.since, window.begin)
                at.setdefault(name, []).append(Span(begin=since, end=window.end))
        return _Blind(
            everywhere=[Span(begin=absence.from_at, end=absence.to_at) for absence in away],
            at=at,
            muted={
                company_id: [Span(begin=begin, end=end) for begin, end in spans]
                for company_id, spans in (await mutes.spans(tx, window.begin, window.end)).items()
            },
            resting={
                company_id: [Span(begin=begin, end=end) for begin, end in spans]
                for company_id, spans in (await rests.spans(tx, window.begin, window.end)).items()
            },
            doubts=doubts,
        )

    async def _histories(
        self, tx: Transaction, companies: Sequence[Company], window: ReportWindow, blind: "_Blind"
    ) -> list[History]:
        ids = [company.id for company in companies]
        begin, end = window.begin, window.end
        states = await history.states(tx, ids, begin, end)
        before = await history.connected_before(tx, ids, begin)
        incidents = await history.incidents_of(tx, ids, begin, end)
        paired = await history.paired(tx, ids, begin - JUST_PAIRED)
        counts = await history.files(tx, ids, begin, end)
        baselines = await history.baselines(tx, ids)
        return [
            History(
                company=company,
                states=states.get(company.id, ()),
                connected_before=company.id in before,
                incidents=incidents.get(company.id, ()),
                muted=[*blind.muted.get(None, ()), *blind.muted.get(company.id, ())],
                resting=blind.resting.get(company.id, ()),
                blind=[*blind.everywhere, *blind.at.get(company.gateway, ())],
                paired=paired.get(company.id, ()),
                files=counts.get(company.id, ()),
                baseline=baselines.get(company.id),
                files_limit=self._limits.files_of(company, baselines.get(company.id)),
                reconnects_limit=company.max_reconnects_per_day or self._limits.reconnects_per_day,
            )
            for company in companies
        ]


@dataclass(frozen=True, kw_only=True)
class _Blind:
    """When nothing could be seen: nowhere, or at one gateway; and when nobody wanted to hear."""

    everywhere: list[Span]
    at: Mapping[GatewayName, list[Span]]
    muted: Mapping[CompanyId | None, list[Span]]
    resting: Mapping[CompanyId, list[Span]]
    doubts: Mapping[GatewayName, Unsure]

    def unsure(self, companies: Iterable[Company]) -> Unsure | None:
        """Since when nothing is known of one of these; the longest."""
        names = {company.gateway for company in companies}
        found = [doubt for name, doubt in self.doubts.items() if name in names]
        return min(found, key=lambda doubt: doubt.since, default=None)


class Sums:
    """Adds up companies, and keeps of each its figures alone."""

    def __init__(self, window: ReportWindow) -> None:
        self._window = window
        self._cuts = window.cuts
        self.each: list[Figures] = []
        self.days = [
            Day(on=on, share=TimeShare(), down=0, reconnects=0, files=None)
            for on, _, _ in self._cuts
        ]

    def add(self, histories: Iterable[History]) -> None:
        """Reckon these and add them."""
        for past in histories:
            reckoned: Reckoned = compute(past, self._window, self._cuts)
            self.each.append(reckoned.figures)
            pairs = zip(self.days, reckoned.days, strict=True)
            self.days = [a.with_other(b) for a, b in pairs]


def report_of(
    company: Company | None,
    days: int,
    window: ReportWindow,
    total: Figures,
    each: Sequence[Figures],
    daily: Sequence[Day],
    pieces: Sequence[Piece],
) -> Report:
    """The parts, put together."""
    return Report(
        company=company,
        days=days,
        begin=window.begin,
        end=window.end,
        zone=window.zone.key,
        total=total,
        each=tuple(each),
        daily=tuple(daily),
        pieces=tuple(pieces),
    )
