"""Looks at a gateway's auth directories: learns what is normal, copies what works, judges."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot import authdir
from bot.authdir import AuthDirError, GoodCopy, SessionsTemplate
from bot.domain.company import CompanyId, GatewayName
from bot.domain.files import CredsState, FilesLook
from bot.domain.observation import CompanyStatus
from bot.domain.session import State
from bot.monitor.announce import write_steps
from bot.monitor.incidents import IncidentStep, IncidentSubject, advance
from bot.monitor.journal import log_steps
from bot.monitor.rules import DirectoryLook, RuleSettings
from bot.monitor.rules.files_above_limit import BASELINE_SETTLES, file_limit
from bot.monitor.rules.table import DIRECTORY_RULES
from bot.monitor.status_repository import StatusRepository
from storage.database import Database, Transaction
from storage.sessions import companies, files

COPIES_APART = timedelta(hours=1)
COPIES_AT_ONCE = 200  # each waits for the disk; what is left has its turn at the next look

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
    """Counts key files and copies the credentials that work. Only reads the directories."""

    def __init__(
        self,
        database: Database,
        gateway: GatewayName,
        statuses: StatusRepository,
        template: SessionsTemplate,
        limits: RuleSettings,
        *,
        clock: Callable[[], datetime],
        on_written: Callable[[], None],
        stable_for_s: float = 20.0,
    ) -> None:
        self._db = database
        self._gateway = gateway
        self._stable_for = timedelta(seconds=stable_for_s)
        self._statuses = statuses
        self._template = template
        self._limits = limits
        self._clock = clock
        self._on_written = on_written
        self._unreadable: dict[CompanyId, str] = {}  # logged already
        self._not_copied: dict[CompanyId, str] = {}  # the same

    async def look(self) -> None:
        """Count each directory of the gateway; write what changed and what that means."""
        now = self._clock()
        known = await self._statuses.known(self._gateway, now)
        self._template = self._template.knowing(status.company for status in known)
        ids = [status.company.id for status in known if self._template.reaches(status.company)]
        looks = await asyncio.to_thread(self._count_all, ids, now)
        creds = {
            status.company.id: self._creds(status, looks.get(status.company.id)) for status in known
        }
        copied = await asyncio.to_thread(self._copy_all, self._due(known, creds, now), now)
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
            for status in known
            for step in self._steps(
                status,
                looks.get(status.company.id),
                creds[status.company.id],
                memory.hour_ago.get(status.company.id),
                baselines.get(status.company.id),
                now,
            )
        ]
        async with self._db.writing() as tx:
            await files.put(tx, _changed(looks, memory.last))
            await _write_creds(tx, known, creds)
            for company_id, copy in copied.items():
                await companies.set_copied(tx, company_id, now, copy.device)
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

    def _creds(self, known: CompanyStatus, look: FilesLook | None) -> CredsState | None:
        """How the credentials look; None where nothing was ever seen of them."""
        if look is not None:
            return look.creds
        if known.company.id in self._unreadable:
            return CredsState.UNREADABLE
        return None if known.creds is None else CredsState.MISSING

    def _due(
        self,
        known: list[CompanyStatus],
        creds: Mapping[CompanyId, CredsState | None],
        now: datetime,
    ) -> list[CompanyId]:
        """Whose copy is to be made or looked at again: what works, and has for a while."""
        due = [
            status
            for status in known
            if status.state is State.CONNECTED
            and not status.pairing
            and creds[status.company.id] is CredsState.LINKED
            and status.since is not None
            and now - status.since >= self._stable_for
            and (status.copied_at is None or _is_old(status.copied_at, status.since, now))
        ]
        due.sort(
            key=lambda candidate: (candidate.copied_at is not None, candidate.copied_at or now)
        )
        return [status.company.id for status in due[:COPIES_AT_ONCE]]

    def _copy_all(self, ids: list[CompanyId], now: datetime) -> dict[CompanyId, GoodCopy]:
        """Those of which there is a good copy now."""
        copies = ((company_id, self._copy(company_id, now)) for company_id in ids)
        return {company_id: copy for company_id, copy in copies if copy is not None}

    def _copy(self, company_id: CompanyId, now: datetime) -> GoodCopy | None:
        try:
            copied = authdir.copy_good(self._template, company_id, now)
        except AuthDirError as error:
            if self._not_copied.get(company_id) != str(error):
                log.warning("credentials not copied", company=company_id, reason=str(error))
            self._not_copied[company_id] = str(error)
            return None
        self._not_copied.pop(company_id, None)
        return copied

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
        known: CompanyStatus,
        look: FilesLook | None,
        creds: CredsState | None,
        hour_ago: FilesLook | None,
        baseline: int | None,
        now: datetime,
    ) -> list[IncidentStep]:
        directory = DirectoryLook(
            known=known,
            creds=creds,
            total=None if look is None else look.total,
            hour_ago=None if hour_ago is None else hour_ago.total,
            limit=file_limit(baseline, self._limits, known.company.max_files),
            settling=_settling(known, now),
        )
        subject = IncidentSubject(gateway=known.company.gateway, company_id=known.company.id)
        verdicts = (rule.judge(directory) for rule in DIRECTORY_RULES)
        steps = (
            advance(known.incident(verdict.trouble), verdict, subject, now) for verdict in verdicts
        )
        return [step for step in steps if step is not None]


def _is_old(copied_at: datetime, since: datetime, now: datetime) -> bool:
    """Whether an hour has passed, or a new connection may be another device's."""
    return now - copied_at >= COPIES_APART or copied_at < since


async def _write_creds(
    tx: Transaction, known: list[CompanyStatus], creds: Mapping[CompanyId, CredsState | None]
) -> None:
    for status in known:
        found = creds[status.company.id]
        if found is not None and found is not status.creds:
            await companies.set_creds(tx, status.company.id, found)


def _settling(known: CompanyStatus, now: datetime) -> bool:
    """Whether a pairing is so fresh, or under way, that its files still come."""
    if known.pairing:
        return True
    return known.paired_at is not None and now - known.paired_at < BASELINE_SETTLES


def _learnt(
    known: list[CompanyStatus], looks: dict[CompanyId, FilesLook], memory: _Memory, now: datetime
) -> dict[CompanyId, int]:
    """The baselines that follow from this look: of connected sessions, fresh or never counted."""
    return {
        status.company.id: look.total
        for status in known
        if (look := looks.get(status.company.id)) is not None
        and status.state is State.CONNECTED
        and (status.company.id not in memory.baselines or _settling(status, now))
        and memory.baselines.get(status.company.id) != look.total
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
