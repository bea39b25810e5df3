"""A watch over scripted gateways: looks go in, what the chats are told comes out."""

import asyncio
from collections import defaultdict

from doubles import Clock, ScriptedGateway
from sqlalchemy import select

from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.notice import ChatAddress
from bot.domain.roster import Roster
from bot.domain.session import State
from bot.domain.timing import Timing
from bot.domain.trouble import Severity
from bot.monitor.checker import Checker
from bot.monitor.look import Looker
from bot.monitor.rules import RuleSettings
from bot.monitor.status_repository import StatusRepository
from storage.alerts import incidents
from storage.chats import chats, subscriptions
from storage.chats.subscriptions import Subscription
from storage.sessions import companies
from storage.tables import incidents as incident_rows
from storage.tables import outbox, session_states

KEY, OTHER = CompanyId("962302"), CompanyId("962303")
ONE, TWO = GatewayName("one"), GatewayName("two")
GROUP = ChatAddress(-1001)
TEMPO = Timing(confirm_after_s=0)
LIMITS = RuleSettings(grace_s=90, max_files=None, max_reconnects_per_day=10)


class Watch:
    """A checker with its database, clock and gateways. `rung` counts what it woke."""

    def __init__(
        self,
        db,
        gateways,
        *,
        discover=False,
        limits=LIMITS,
        tell=(),
        timing=TEMPO,
        by_hand=False,
    ):
        self.db = db
        self.clock = Clock()
        self.statuses = StatusRepository(db, tell, by_hand=by_hand)
        self.gateways = {name: ScriptedGateway() for name in gateways}
        self.rung = 0
        self.news = asyncio.Event()
        self.lookers = {
            name: Looker(
                name,
                gateway,
                roster=Roster(gateway=name) if discover else None,
                clock=self.clock,
            )
            for name, gateway in self.gateways.items()
        }
        self.checker = Checker(
            self.statuses,
            self.lookers,
            limits,
            timing=timing,
            clock=self.clock,
            on_written=self._ring,
        )
        self._heard = defaultdict(int)

    @property
    def gateway(self):
        return self.gateways[ONE]

    def _ring(self):
        self.rung += 1
        self.news.set()

    async def add(self, *ids, gateway=ONE):
        new = [Company(id=one, gateway=gateway, session_key=one, name="") for one in ids]
        async with self.db.writing() as tx:
            await companies.add_new(tx, new, self.clock())

    async def subscribe(self, address=GROUP, company_id=None, severity=Severity.INFO):
        wanted = Subscription(address=address, company_id=company_id, severity=severity)
        async with self.db.writing() as tx:
            await chats.add(tx, address.chat_id, "", self.clock())
            await subscriptions.put(tx, wanted, None, self.clock())

    async def settle(self, *ids, gateway=ONE):
        """These work, and have done so for a minute."""
        for one in ids or (KEY,):
            self.gateways[gateway].says(one, State.CONNECTED)
        await self.checker.tick(gateway)
        self.clock.push(60)
        await self.checker.tick(gateway)

    async def tape(self, *looks, every_s=60, key=KEY):
        """What the group is told after each look."""
        heard = []
        for look in looks:
            self.clock.push(every_s)
            self.gateway.says(key, look)
            await self.checker.tick(ONE)
            heard.append(await self.told())
        return heard

    async def tick(self, gateway=ONE, after_s=60):
        self.clock.push(after_s)
        await self.checker.tick(gateway)
        return await self.told()

    async def told(self, address=GROUP):
        """What a chat is told since it was last asked; each end is a change and a recovery."""
        query = (
            select(outbox.c.id, outbox.c.kind, incident_rows.c.symptom)
            .join(incident_rows, incident_rows.c.id == outbox.c.incident_id)
            .where(outbox.c.chat_id == address.chat_id, outbox.c.id > self._heard[address])
            .where(outbox.c.thread_id == (address.thread_id or 0))
            .order_by(outbox.c.id)
        )
        async with self.db.reading() as tx:
            rows = (await tx.execute(query)).all()
        self._heard[address] = max((row.id for row in rows), default=self._heard[address])
        words = " + ".join(f"{row.kind} {row.symptom}" for row in rows)
        for symptom in {row.symptom for row in rows}:
            words = words.replace(f"changed {symptom} + recovered {symptom}", "recovered")
        return words or "quiet"

    async def open_incidents(self):
        async with self.db.reading() as tx:
            return await incidents.open_ones(tx)

    async def closed_incidents(self):
        async with self.db.reading() as tx:
            ids = [row.id for row in await tx.execute(select(incident_rows.c.id))]
            every = await incidents.get_many(tx, ids)
        return [one for one in every.values() if not one.open]

    async def known(self, key=KEY):
        every = await self.statuses.known(None, self.clock())
        return next(one for one in every if one.company.id == key)

    async def intervals(self, key=KEY):
        query = select(session_states.c.state).where(session_states.c.company_id == key)
        async with self.db.reading() as tx:
            return [row.state for row in await tx.execute(query.order_by(session_states.c.id))]
