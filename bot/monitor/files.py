"""Looks at the auth directories on this disk, learns what is normal, judges growth."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot import authdir
from bot.authdir import AuthDirError, SessionsTemplate
from bot.domain.company import CompanyId
from bot.domain.files import FilesLook
from bot.domain.observation import Known
from bot.domain.session import State
from bot.monitor.announce import write_steps
from bot.monitor.incidents import Step, Subject, advance
from bot.monitor.ledger import Ledger, log_steps
from bot.monitor.rules import (
    BASELINE_SETTLES,
    Limits,
    Verdict,
    file_limit,
    judge_files,
    judge_growth,
)
from storage import companies, files
from storage.database import Database

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Uncounted:
    """A directory that is there and could not be counted. `reason` is the error's name."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class _Memory:
    last: dict[CompanyId, FilesLook]
    hour_ago: dict[CompanyId, FilesLook]
    baselines: dict[CompanyId, int]


class FilesChecker:
    """Counts key files. Only reads directories."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        template: SessionsTemplate,
        limits: Limits,
        *,
        clock: Callable[[], datetime],
        on_written: Callable[[], None],
    ) -> None:
        self._db = database
        self._ledger = ledger
        self._template = template
        self._limits = limits
        self._clock = clock
        self._on_written = on_written
        self._unreadable: dict[CompanyId, str] = {}  # logged already

    async def look(self) -> None:
        """Count every company's directory; write what changed and what that means."""
        now = self._clock()
        known = await self._ledger.known(None, now)
        looks = await asyncio.to_thread(self._count_all, [one.company.id for one in known], now)
        async with self._db.reading() as tx:
            memory = _Memory(
                last=await files.last_ones(tx),
                hour_ago=await files.as_of(tx, now - timedelta(hours=1)),
                baselines=await files.baselines(tx),
            )
        learnt = _learnt(known, looks, memory, now)
        baselines = memory.baselines | learnt
        steps = [
            step
            for one in known
            if (look := looks.get(one.company.id)) is not None
            for step in self._steps(one, look, memory, baselines.get(one.company.id), now)
        ]
        async with self._db.writing() as tx:
            await files.put(tx, _changed(looks, memory.last))
            for company_id, total in learnt.items():
                await companies.set_baseline(tx, company_id, total, now)
            await write_steps(tx, steps, [], now)
        log_steps(steps)
        if steps:
            self._on_written()

    async def count(self, company_id: CompanyId) -> FilesLook | Uncounted | None:
        """One directory now, nothing written; None when the company has none."""
        try:
            return await asyncio.to_thread(authdir.count, self._template, company_id, self._clock())
        except AuthDirError as error:
            return Uncounted(reason=type(error).__name__)

    def _count_all(self, ids: list[CompanyId], now: datetime) -> dict[CompanyId, FilesLook]:
        found = {}
        for company_id in ids:
            look = self._count(company_id, now)
            if look is not None:
                found[company_id] = look
        return found

    def _count(self, company_id: CompanyId, now: datetime) -> FilesLook | None:
        try:
            look = authdir.count(self._template, company_id, now)
        except AuthDirError as error:
            if self._unreadable.get(company_id) != str(error):
                log.warning("directory not counted", company=company_id, reason=str(error))
            self._unreadable[company_id] = str(error)
            return None
        self._unreadable.pop(company_id, None)
        return look

    def _steps(
        self,
        known: Known,
        look: FilesLook,
        memory: _Memory,
        baseline: int | None,
        now: datetime,
    ) -> list[Step]:
        settling = _settling(known, now)
        limit = file_limit(baseline, self._limits, known.company.max_files)
        hour_ago = memory.hour_ago.get(known.company.id)
        verdicts: tuple[Verdict, ...] = (
            judge_files(look.total, limit, settling=settling),
            judge_growth(look.total, hour_ago.total if hour_ago else None, settling=settling),
        )
        subject = Subject(gateway=known.company.gateway, company_id=known.company.id)
        steps = (advance(known.incident(one.trouble), one, subject, now) for one in verdicts)
        return [step for step in steps if step is not None]


def _settling(known: Known, now: datetime) -> bool:
    """Whether a pairing is so fresh, or under way, that its files still come."""
    if known.pairing:
        return True
    return known.paired_at is not None and now - known.paired_at < BASELINE_SETTLES


def _learnt(
    known: list[Known], looks: dict[CompanyId, FilesLook], memory: _Memory, now: datetime
) -> dict[CompanyId, int]:
    """The baselines that follow from this look: of connected sessions, fresh or never counted."""
    return {
        one.company.id: look.total
        for one in known
        if (look := looks.get(one.company.id)) is not None
        and one.state is State.CONNECTED
        and (one.company.id not in memory.baselines or _settling(one, now))
        and memory.baselines.get(one.company.id) != look.total
    }


def _changed(
    looks: dict[CompanyId, FilesLook], last: dict[CompanyId, FilesLook]
) -> list[FilesLook]:
    """What differs from the row stored last: an unchanged directory costs no row."""
    return [
        look
        for company_id, look in looks.items()
        if (before := last.get(company_id)) is None
        or (look.total, look.size_bytes, look.creds, look.by_kind)
        != (before.total, before.size_bytes, before.creds, before.by_kind)
    ]
