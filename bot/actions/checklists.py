"""The checklist of one company, kept current for everybody in a chat."""

import asyncio
from collections.abc import AsyncGenerator, Container
from datetime import datetime, timedelta

from bot.actions.journal import Journal
from bot.actions.status import Status
from bot.domain.access import Person, Right
from bot.domain.checklist import Checklist, ChecklistRow, ListEnding
from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.files import FilesLook
from bot.domain.notice import ChatAddress
from bot.domain.observation import CompanyStatus
from bot.domain.probe import ProbeOutcome
from bot.domain.procedure import ProcedureKind, ProcedureOutcome
from bot.domain.timing import Timing
from bot.monitor.status_repository import StatusRepository
from bot.recovery.checklist import ChecklistFacts, draw_up, is_green
from bot.recovery.restart import RestartCommand
from storage.chats import subscriptions
from storage.logs import log_counts
from storage.recovery import checklists, procedures, restarts
from storage.sessions import gateways, probes


class Checklists:
    """Opens checklists, and says how they stand."""

    def __init__(
        self,
        journal: Journal,
        looking: Status,
        statuses: StatusRepository,
        restart: RestartCommand,
        *,
        follows_log: Container[GatewayName],
        has_directory: Container[GatewayName],
        timing: Timing,
    ) -> None:
        self._db = journal.database
        self._journal = journal
        self._status = looking
        self._statuses = statuses
        self._restart = restart
        self._follows_log = follows_log
        self._has_directory = has_directory
        self._timing = timing
        self._clock = journal.clock

    async def open(
        self, person: Person, company: Company, address: ChatAddress, update_key: str
    ) -> ChecklistRow:
        """Open one here; one that is open in this chat moves to this place.

        It counts from the beginning of the trouble, so that what was done before it was opened is
        ticked as well.
        """
        person.must(Right.RECOVER, company.id)
        audit_id = await self._journal.begin(
            person.user_id, address.chat_id, "recover", company.id, update_key=update_key
        )
        now = self._clock()
        known = await self._known(company)
        since = min([now, *(incident.began_at for incident in known.incidents)])
        async with self._db.writing() as tx:
            row = await checklists.begin(tx, company.id, address, since, now)
        await self._journal.finish(audit_id, "done")
        return row

    async def shown(
        self, row: ChecklistRow, message_id: int, address: ChatAddress | None = None
    ) -> None:
        """Remember which message shows it, and where that is not where it was opened."""
        async with self._db.writing() as tx:
            if address is None or address == row.address:
                await checklists.set_message(tx, row.id, message_id)
            else:
                await checklists.move(tx, row, address, message_id, self._clock())

    async def unseen(self, row: ChecklistRow) -> None:
        """Nobody could be shown it: it is kept no longer."""
        async with self._db.writing() as tx:
            await checklists.close(tx, row.id, self._clock())

    async def left_open(self) -> list[ChecklistRow]:
        """Those that a stop or a crash has left open."""
        async with self._db.reading() as tx:
            return await checklists.open_ones(tx)

    async def steps(self, row: ChecklistRow) -> AsyncGenerator[Checklist]:
        """The list, each time it has changed; the last one says why it ends."""
        company = await self._status.stored(row.company_id)
        shown: Checklist | None = None
        while shown is None or shown.ending is None:
            now = await self._drawn_up(company, row)
            if now != shown:
                yield now
            shown = now
            if shown.ending is None:
                await asyncio.sleep(self._timing.checklist_s)
        async with self._db.writing() as tx:
            await checklists.close(tx, row.id, self._clock())

    async def _drawn_up(self, company: Company, row: ChecklistRow) -> Checklist:
        lines = draw_up(await self._facts(company, row.since_at))
        async with self._db.reading() as tx:
            still_open = await checklists.is_open(tx, row.id)
        ending = None
        if not still_open:
            ending = ListEnding.MOVED
        elif is_green(lines):
            ending = ListEnding.ALL_GREEN
        elif self._clock() - row.opened_at > timedelta(seconds=self._timing.checklist_life_s):
            ending = ListEnding.TOO_OLD
        return Checklist(lines=lines, ending=ending)

    async def _facts(self, company: Company, since: datetime) -> ChecklistFacts:
        known = await self._known(company)
        files = await self._status.count(company)
        async with self._db.reading() as tx:
            look = await gateways.get(tx, company.gateway)
            done = await procedures.since(tx, company.id, since)
            probe = (await probes.last_ones(tx)).get(company.id)
            heard = await subscriptions.heard(tx)
            counts = await log_counts.lately(tx, self._clock(), gateway=company.gateway)
            restarted = await restarts.done_since(tx, company.gateway, since)
        followed = company.gateway in self._follows_log
        running = any(procedure.finished_at is None for procedure in done)
        well = [procedure for procedure in done if procedure.outcome == ProcedureOutcome.DONE]
        sent = probe is not None and probe.outcome in (ProbeOutcome.SENT, ProbeOutcome.ACKNOWLEDGED)
        return ChecklistFacts(
            known=known,
            since=since,
            gateway_silent=look is not None and look.failures > 1,
            has_directory=company.gateway in self._has_directory,
            files=files.total if isinstance(files, FilesLook) else None,
            log_lines=_lines_of(company.id, counts) if followed else None,
            was_set_aside=any(
                procedure.facts.get("kept") or procedure.facts.get("which") for procedure in well
            ),
            was_restarted=restarted,
            restart_possible=self._restart.possible(company.gateway),
            procedure_running=running,
            procedure_done=bool(well),
            was_reset=any(procedure.kind == ProcedureKind.RESET for procedure in well),
            code_shown=known.pairing and not running,
            was_paired=known.paired_at is not None and known.paired_at >= since,
            probed_at=probe.at if probe is not None and sent else None,
            listeners=sum(
                1 for subscription in heard if subscription.company_id in (None, company.id)
            ),
        )

    async def _known(self, company: Company) -> CompanyStatus:
        (known,) = await self._statuses.known_ones(None, [company.id], self._clock())
        return known


def _lines_of(company_id: CompanyId, counts: list[log_counts.LogCount]) -> int:
    return sum(count.hour for count in counts if count.company_id == company_id)
