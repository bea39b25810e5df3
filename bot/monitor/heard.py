"""Notes in which hours messages came in: the first of a session in each hour, and no other.

In: pushes of messages, of which nothing is read but whose session they concern. They are written
some seconds later, many at once, and never one by one: a session that is written to all the time
costs one row an hour.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from bot.domain.company import CompanyId, GatewayName
from bot.domain.habit import hour_of, place_of
from bot.domain.trouble import Trouble
from bot.gateways.events import GatewayEvent
from bot.monitor.announce import write_steps
from bot.monitor.incidents import IncidentStep, IncidentSubject, advance
from bot.monitor.journal import log_steps
from bot.monitor.rules.hears_nothing import Hearing, judge_hearing
from bot.monitor.rules.hook_silent import HookHearing, judge_hook
from storage.alerts import incidents
from storage.database import Database, Transaction
from storage.sessions import companies, heard

_MOST = 50_000  # keys a gateway and an hour: more than there are companies, and no more

log = structlog.get_logger()


class Heard:
    """Takes pushes of messages. What heard nothing, and hears again, is closed at once."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], datetime],
        on_written: Callable[[], None],
        written_after_s: float,
    ) -> None:
        self._db = database
        self._clock = clock
        self._on_written = on_written
        self._written_after_s = written_after_s
        self._noted: dict[GatewayName, tuple[int, set[str]]] = {}
        self._waiting: dict[tuple[GatewayName, int], set[str]] = {}
        self._writing: asyncio.Task[None] | None = None

    def take(self, gateway: GatewayName, events: Sequence[GatewayEvent]) -> None:
        """These came just now."""
        hour = hour_of(self._clock())
        of_hour, noted = self._noted.get(gateway, (hour, set()))
        if of_hour != hour or gateway not in self._noted:
            noted = set()
            self._noted[gateway] = (hour, noted)
        new = {event.key for event in events} - noted
        if not new or len(noted) >= _MOST:
            return
        noted |= new
        self._waiting.setdefault((gateway, hour), set()).update(new)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_later())

    async def stop(self) -> None:
        """Write what waits to be written."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)
        await self._write_all()

    async def _write_later(self) -> None:
        while self._waiting:
            await asyncio.sleep(self._written_after_s)
            await self._write_all()

    async def _write_all(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for (gateway, hour), keys in waiting.items():
            try:
                await self._write(gateway, hour, keys)
            except Exception:  # a loop's edge: an hour that is not noted makes a habit weaker
                log.exception("what came in was not noted", gateway=gateway)

    async def _write(self, gateway: GatewayName, hour: int, keys: set[str]) -> None:
        week, bit = place_of(hour)
        async with self._db.writing() as tx:
            ids = {company.id for company in await companies.by_keys(tx, gateway, sorted(keys))}
            await heard.note(tx, ids, week, 1 << bit)
            steps = await self._over(tx, gateway, ids, hour)
            if steps:
                everyone = [company.id for company in await companies.all_of(tx, gateway)]
                await write_steps(tx, steps, everyone, self._clock())
        log_steps(steps)
        if steps:
            self._on_written()

    async def _over(
        self, tx: Transaction, gateway: GatewayName, ids: set[CompanyId], hour: int
    ) -> list[IncidentStep]:
        """The incidents that are over now that these hear."""
        steps = []
        for incident in await incidents.open_ones(tx, gateway=gateway):
            if incident.trouble is Trouble.HEARS_NOTHING and incident.company_id in ids:
                hearing = Hearing(silence=None, last=hour, has_habit=True, connected=True)
                verdict = judge_hearing(hearing, incident)
            elif incident.trouble is Trouble.HOOK_SILENT and ids:
                hook = HookHearing(silence=None, last=hour, has_habit=True, connected=1)
                verdict = judge_hook(hook, incident)
            else:
                continue
            subject = IncidentSubject(gateway=gateway, company_id=incident.company_id)
            step = advance(incident, verdict, subject, self._clock())
            steps += [] if step is None else [step]
        return steps
