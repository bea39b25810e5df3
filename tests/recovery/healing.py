"""A healer with everything it works with: a checker that looks, procedures that act."""

import asyncio
from collections import Counter

from places import ONE, ending
from sqlalchemy import select

from bot.domain.access import BOT_ITSELF
from bot.domain.auto_recovery import AutoRecovery
from bot.domain.notice import ChatAddress
from bot.domain.observation import DetectedBy
from bot.domain.procedure import Progress
from bot.domain.trouble import Severity
from bot.monitor.checker import Checker
from bot.monitor.hints import ConnectionEvent
from bot.monitor.look import Looker
from bot.monitor.rules import RuleSettings
from bot.monitor.status_repository import StatusRepository
from bot.recovery.auto_actions import NO_CHAT
from bot.recovery.healer import Climbing, Healer
from bot.recovery.ladder import Rung
from storage.alerts import incidents
from storage.chats import chats, subscriptions
from storage.chats.subscriptions import Subscription
from storage.tables import attempts, audit, incident_events, outbox
from storage.tables import incidents as incident_rows

GROUP = ChatAddress(-1001)
LIMITS = RuleSettings(grace_s=90, max_files=None, max_reconnects_per_day=10)


class Healing:
    """What becomes of a place when the bot looks after it by itself."""

    def __init__(self, place, setting=AutoRecovery.RECONNECT, *, budget=10, runs=None):
        self.place, self.db = place, place.db
        self.checker = Checker(
            StatusRepository(place.db),
            {ONE: Looker(ONE, place.adapter, roster=None, clock=place.clock)},
            LIMITS,
            timing=place.timing,
            clock=place.clock,
            on_written=lambda: None,
        )
        self.runs = {
            Rung.RECONNECT: lambda one: place.reconnect.run(one, BOT_ITSELF, NO_CHAT),
            Rung.RESET: lambda one: place.reset.run(one, BOT_ITSELF, NO_CHAT),
        } | (runs or {})
        self.setting, self.budget = setting, budget
        self.born_again()

    def born_again(self):
        """A new start: what was only remembered is forgotten."""
        self.wake = asyncio.Event()
        self.healer = Healer(
            self.place.control,
            Climbing(runs=self.runs, setting=self.setting, max_reconnects_per_day=self.budget),
            look=self.checker.check,
            on_written=lambda: None,
            wake=self.wake,
        )

    async def look(self, *, hours=0, seconds=0):
        """Let time pass, and look at everybody."""
        self.place.clock.push(seconds=seconds, hours=hours)
        await self.checker.tick(ONE)

    async def hears(self, cause, key, by=DetectedBy.LOG):
        """A line of the gateway's log, or a push, names a cause."""
        await self.checker.hint(ONE, {key: ConnectionEvent(cause=cause, by=by)})

    async def heal(self, times=1):
        """What is due now, to its end."""
        for _ in range(times):
            await self.healer.heal_once()
            await self.healer.settled()

    async def subscribe(self):
        wanted = Subscription(address=GROUP, company_id=None, severity=Severity.INFO)
        async with self.db.writing() as tx:
            await chats.add(tx, GROUP.chat_id, "", self.place.clock())
            await subscriptions.put(tx, wanted, None, self.place.clock())

    # What an outsider can see of it.

    async def rows(self, table):
        async with self.db.reading() as tx:
            return (await tx.execute(select(table).order_by(table.c.id))).all()

    async def incident(self):
        """The only one there was."""
        [row] = await self.rows(incident_rows)
        async with self.db.reading() as tx:
            return (await incidents.get_many(tx, [row.id]))[row.id]

    async def attempts(self):
        return [(row.rung, row.outcome) for row in await self.rows(attempts)]

    async def audited(self):
        """What the bot did, and how it ended."""
        rows = await self.rows(audit)
        return [(row.action, row.outcome) for row in rows if row.user_id == BOT_ITSELF]

    async def timeline(self):
        return [row.event for row in await self.rows(incident_events)]

    async def told(self):
        """How often the group is told what."""
        return Counter(row.kind for row in await self.rows(outbox))


def held_at(step, run, reached):
    """A rung that stops for ever after this step has begun."""

    async def course(company):
        async for one in run(company):
            yield one
            if one == Progress(step=step):
                reached.set()
                await asyncio.Event().wait()

    return course


async def cut_off(healing, reached):
    """Let the healer begin, and end the program as soon as it has come so far."""
    living = asyncio.create_task(healing.healer.run())
    await asyncio.wait_for(reached.wait(), 10)
    living.cancel()
    await asyncio.gather(living, return_exceptions=True)


async def taken_up(place):
    """What the next start does with the one procedure that was cut off."""
    place.born_again()
    [row] = await place.runner.unfinished()
    return await ending(place.reset.resume(place.company, row))
