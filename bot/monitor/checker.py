"""When to look at which companies: at a tick, where something is not well, on a log or push.

What then becomes of a look is said in `pipeline.py`. The checker only reads from gateways: it never
starts, stops or repairs a session.
"""

import asyncio
from collections import defaultdict
from collections.abc import (
    AsyncGenerator,
    Callable,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.domain.company import CompanyId, GatewayName
from bot.domain.observation import CompanyStatus, Watched
from bot.domain.session import State
from bot.domain.timing import Timing
from bot.domain.trouble import Trouble
from bot.monitor.gateway_looks import Missed, Reached
from bot.monitor.hanging_sessions import Stragglers
from bot.monitor.hints import ConnectionEvent, meant_by_nameless
from bot.monitor.judge import Judge
from bot.monitor.look import FEW, Looker
from bot.monitor.pipeline import NO_NEWS, LookScope, Pipeline
from bot.monitor.rules import RuleSettings
from bot.monitor.status_repository import StatusRepository

_SWEEP_SHARE = 0.8  # of the interval: the rest is for what takes longer than usual
UNSTABLE_FOR = timedelta(minutes=10)  # after that a lost session is looked at like any other


class Checker:
    """Looks at gateways."""

    def __init__(
        self,
        statuses: StatusRepository,
        lookers: Mapping[GatewayName, Looker],
        limits: RuleSettings,
        *,
        timing: Timing,
        clock: Callable[[], datetime],
        on_written: Callable[[], None],
        interval_s: float = 0.0,
    ) -> None:
        self._statuses = statuses
        self._lookers = lookers
        self._clock = clock
        self._timing = timing
        self._sweep_s = _SWEEP_SHARE * interval_s
        # One pass at a time over a gateway: what a pass has read stays true until it has written.
        self._locks: defaultdict[GatewayName, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._judge = Judge(limits, timing, clock)
        self._pipeline = Pipeline(
            statuses, lookers, self._judge, timing=timing, clock=clock, on_written=on_written
        )
        # When everybody was seen last: what is lost now was well then. Not stored, for after an
        # absence that moment would say nothing.
        self._seen_at: dict[GatewayName, datetime] = {}
        self._stragglers = Stragglers(self._late)

    @property
    def gateways(self) -> list[GatewayName]:
        """The gateways that are looked at now."""
        return list(self._lookers)

    @asynccontextmanager
    async def at_rest(self, gateway: GatewayName) -> AsyncGenerator[None]:
        """Nobody looks at the gateway for as long as the block lasts."""
        async with self._locks[gateway]:
            yield

    async def tick(self, gateway: GatewayName) -> None:
        """Look at every company of a gateway.

        Calm ones that have to be asked for by themselves are spread over the time to the next tick.
        """
        began = self._clock()
        unasked = await self._look_at_all(gateway, spread=True)
        if unasked and await self._sweep(gateway, unasked):
            self._seen_at[gateway] = began

    async def look_again(self, gateway: GatewayName) -> None:
        """Look once more at what is not well, and at the gateway if it is silent."""
        last = await self._statuses.last_look(gateway)
        if last is not None and last.failures > 0:
            await self._look_at_all(gateway, spread=True)
        else:
            await self._look_at(gateway, self._judge.hinted, self._unstable)

    async def check(self, gateway: GatewayName, company_id: CompanyId) -> None:
        """Look at one company now, however long its own answer takes."""
        await self._look_at(gateway, [company_id])
        await self._stragglers.waited_for(gateway, company_id)

    async def stop(self) -> None:
        """Wait for no answer any more."""
        await self._stragglers.stop()

    async def hint(
        self, gateway: GatewayName, news: Mapping[CompanyId | None, ConnectionEvent]
    ) -> None:
        """A log or a push brought news: look at once. None stands for a line that named no company.

        A pushed cause is believed where the look agrees that the session is not connected; one of
        the log is told as the log's word.
        """
        for company_id, observation in news.items():
            self._judge.note(company_id, observation)
        if None in news:
            await self._look_at_all(gateway, nameless=news[None])
        else:
            named = {key: observation for key, observation in news.items() if key is not None}
            await self._look_at(gateway, named, news=named)

    async def _look_at_all(
        self, gateway: GatewayName, *, nameless: ConnectionEvent | None = None, spread: bool = False
    ) -> Sequence[Watched]:
        """Who was left unasked, which only happens with `spread`."""
        async with self._locks[gateway]:
            looker = self._lookers.get(gateway)
            if looker is None:
                return ()  # it was taken out of the settings while this look waited for its turn
            restless = await self._statuses.restless(gateway, self._clock())
            return await self._look_at_each(
                gateway, looker, restless, nameless=nameless, spread=spread
            )

    async def _look_at_each(
        self,
        gateway: GatewayName,
        looker: Looker,
        restless: list[CompanyStatus],
        *,
        nameless: ConnectionEvent | None = None,
        news: Mapping[CompanyId, ConnectionEvent] = NO_NEWS,
        spread: bool,
    ) -> Sequence[Watched]:
        """Look at the `restless` and at all who are calm; the gateway's lock is held."""
        there = {status.company.id for status in restless}
        calm = [
            watched
            for watched in await self._statuses.calm(gateway, self._clock())
            if watched.id not in there
        ]
        look = await looker.everyone(restless, calm, spread=spread)
        if isinstance(look, Reached):
            restless += await self._startled(gateway, restless, look.seen)
            if nameless is not None:
                ids = there | {watched.id for watched in calm}
                only = next(iter(ids)) if len(ids) == 1 else None
                meant = meant_by_nameless(nameless, restless, look.seen, only=only)
                self._judge.note(meant, nameless)
        scope = LookScope(statuses=restless, known=restless, calm=[watched.id for watched in calm])
        await self._run(gateway, look, scope, news)
        if isinstance(look, Missed):
            return ()
        if not look.unasked:
            self._seen_at[gateway] = self._clock()
        return look.unasked

    async def _sweep(self, gateway: GatewayName, unasked: Sequence[Watched]) -> bool:
        """Ask for these, a few at a time, between which others have their turn; True at the end."""
        loop = asyncio.get_running_loop()
        began, pause_s = loop.time(), self._sweep_s * FEW / len(unasked)
        for turn, start in enumerate(range(0, len(unasked), FEW)):
            await asyncio.sleep(max(0.0, began + turn * pause_s - loop.time()))
            if not await self._look_at_few(gateway, unasked[start : start + FEW]):
                return False
        return True

    async def _look_at_few(self, gateway: GatewayName, few: Sequence[Watched]) -> bool:
        """False when there is no sense in going on to the next ones."""
        async with self._locks[gateway]:
            looker = self._lookers.get(gateway)
            look = None if looker is None else await looker.few(few)
            if not isinstance(look, Reached):
                return False  # the next look finds out what there is to say of the gateway
            if look.seen and not look.startling:
                restless = await self._statuses.restless(gateway, self._clock())
                restless += await self._startled(gateway, restless, look.seen)
                known = [status for status in restless if status.company.id in look.seen]
                await self._judge_some(gateway, restless, known, look)
        if look.startling:
            await self._look_at_all(gateway)
        return not look.startling

    async def _look_at(
        self,
        gateway: GatewayName,
        ids: Collection[CompanyId],
        wanted: Callable[[CompanyStatus], bool] = lambda _: False,
        news: Mapping[CompanyId, ConnectionEvent] = NO_NEWS,
    ) -> None:
        """Look at these, and at the restless ones that are `wanted`."""
        async with self._locks[gateway]:
            looker = self._lookers.get(gateway)
            restless = await self._statuses.restless(gateway, self._clock())
            restless += await self._startled(gateway, restless, ids)
            known = [status for status in restless if status.company.id in ids or wanted(status)]
            if not known or looker is None:
                return
            if looker.takes_the_list(len(known)):  # which tells of the others as well
                await self._look_at_each(gateway, looker, restless, news=news, spread=True)
            else:
                look = await looker.some([status.company for status in known])
                if isinstance(look, Missed) or look.seen:
                    await self._judge_some(gateway, restless, known, look, news)
                else:
                    self._follow(gateway)

    async def _judge_some(
        self,
        gateway: GatewayName,
        restless: Sequence[CompanyStatus],
        known: Sequence[CompanyStatus],
        look: Reached | Missed,
        news: Mapping[CompanyId, ConnectionEvent] = NO_NEWS,
    ) -> None:
        calm = await self._statuses.calm(gateway, self._clock())
        scope = LookScope(statuses=restless, known=known, calm=[watched.id for watched in calm])
        await self._run(gateway, look, scope, news)

    async def _run(
        self,
        gateway: GatewayName,
        look: Reached | Missed,
        scope: LookScope,
        news: Mapping[CompanyId, ConnectionEvent],
    ) -> None:
        well_at = self._seen_at.get(gateway)
        await self._pipeline.run(gateway, look, scope, news=news, well_at=well_at)
        self._follow(gateway)

    def _follow(self, gateway: GatewayName) -> None:
        """Wait for those who hang, each by itself, while everything else goes on."""
        looker = self._lookers.get(gateway)
        for watched in () if looker is None else looker.take_owing():
            self._stragglers.wait_for(gateway, watched)

    async def _late(self, gateway: GatewayName, watched: Watched) -> None:
        """Judge the answer of one that hung; what would raise an alarm it has to say twice."""
        looker = self._lookers.get(gateway)
        seen = None if looker is None else await looker.patiently(watched)
        if looker is None or seen is None:
            return
        if seen.state is not State.CONNECTED:
            await asyncio.sleep(self._timing.confirm_after_s)
            seen = await looker.patiently(watched)
            if seen is None:
                return
        async with self._locks[gateway]:
            restless = await self._statuses.restless(gateway, self._clock())
            restless += await self._startled(gateway, restless, [watched.id])
            known = [status for status in restless if status.company.id == watched.id]
            calm = await self._statuses.calm(gateway, self._clock())
            scope = LookScope(statuses=restless, known=known, calm=[watched.id for watched in calm])
            look, well_at = Reached(seen={watched.id: seen}), self._seen_at.get(gateway)
            await self._pipeline.run(gateway, look, scope, well_at=well_at, twice=True)

    async def _startled(
        self, gateway: GatewayName, restless: Sequence[CompanyStatus], seen: Iterable[CompanyId]
    ) -> list[CompanyStatus]:
        """What is remembered of the calm ones that are not as they were."""
        known = {status.company.id for status in restless}
        ids = [company_id for company_id in seen if company_id not in known]
        return await self._statuses.known_ones(gateway, ids, self._clock())

    def _unstable(self, known: CompanyStatus) -> bool:
        """Whether it changed lately, or is connected while its incident is open."""
        if known.pairing:
            return True
        if known.state is State.CONNECTED:
            return known.incident(Trouble.SESSION_DOWN) is not None
        return known.since is None or self._clock() - known.since < UNSTABLE_FOR
