"""One tick: look, judge, look again at what would raise an alarm, write.

The checker only reads from gateways: it never starts, stops or repairs a session.
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
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.domain.company import CompanyId, GatewayName
from bot.domain.incident import Trouble
from bot.domain.observation import Known, Noticed, Observation, Sign
from bot.domain.session import State, ends_link
from bot.domain.tempo import Tempo
from bot.monitor.hints import Hint, News, better, explained, meant_by_nameless
from bot.monitor.journal import log_steps
from bot.monitor.ledger import Judged, Ledger
from bot.monitor.look import Looker, Missed, Reached
from bot.monitor.proof import explain_by_creds, hold_for_number, judge_number
from bot.monitor.rules import Limits, Verdict, judge_reconnects, judge_session, wants_second_look
from bot.monitor.zombie import judge_zombie

NO_NEWS: Mapping[CompanyId, News] = MappingProxyType({})
UNSTABLE_FOR = timedelta(minutes=10)  # after that a lost session is looked at like any other


class Checker:
    """Looks at gateways and writes down what that means."""

    def __init__(
        self,
        ledger: Ledger,
        lookers: Mapping[GatewayName, Looker],
        limits: Limits,
        *,
        tempo: Tempo,
        clock: Callable[[], datetime],
        on_written: Callable[[], None],
    ) -> None:
        self._ledger = ledger
        self._lookers = lookers
        self._limits = limits
        self._tempo = tempo
        self._clock = clock
        self._on_written = on_written
        # One pass at a time over a gateway: what a pass has read stays true until it has written.
        self._locks: defaultdict[GatewayName, asyncio.Lock] = defaultdict(asyncio.Lock)
        # What the log said lately. Not stored: who restarts within its two minutes looks anyway.
        self._hints: dict[CompanyId, Hint] = {}
        # When everybody was seen last: what is lost now was well then. Not stored, for after an
        # absence that moment would say nothing.
        self._seen_at: dict[GatewayName, datetime] = {}

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
        """Look at every company of a gateway."""
        await self._look_at_all(gateway, None)

    async def look_again(self, gateway: GatewayName) -> None:
        """Look once more at what is not well, and at the gateway if it is silent."""
        last = await self._ledger.last_look(gateway)
        if last is not None and last.failures > 0:
            await self.tick(gateway)
        else:
            now = self._clock()
            hinted = [key for key, one in self._hints.items() if one.fresh(now)]
            await self._look_at(gateway, hinted, self._unstable)

    async def check(self, gateway: GatewayName, company_id: CompanyId) -> None:
        """Look at one company now."""
        await self._look_at(gateway, [company_id])

    async def hint(self, gateway: GatewayName, news: Mapping[CompanyId | None, News]) -> None:
        """A log or a push told these news: look at once; None is whom a line did not name.

        A cause is believed where the look agrees that the session is not connected.
        """
        for company_id, one in news.items():
            self._note(company_id, one)
        if None in news:
            await self._look_at_all(gateway, news[None])
        else:
            named = {key: one for key, one in news.items() if key is not None}
            await self._look_at(gateway, named, news=named)

    def _note(self, company_id: CompanyId | None, news: News) -> None:
        now = self._clock()
        self._hints = {key: one for key, one in self._hints.items() if one.fresh(now)}
        if company_id is None:
            return
        if news.opened:
            self._hints.pop(company_id, None)
        if news.cause is not None:
            hint = Hint(cause=news.cause, at=now, by=news.by)
            self._hints[company_id] = better(self._hints.get(company_id), hint)

    async def _look_at_all(self, gateway: GatewayName, nameless: News | None) -> None:
        async with self._locks[gateway]:
            looker = self._lookers.get(gateway)
            if looker is None:
                return  # it was taken out of the settings while this look waited for its turn
            restless = await self._ledger.restless(gateway, self._clock())
            calm = await self._ledger.calm(gateway, self._clock())
            look = await looker.everyone(restless, calm)
            if isinstance(look, Reached):
                restless += await self._startled(gateway, restless, look.seen)
                if nameless is not None:
                    ids = {one.company.id for one in restless} | {one.id for one in calm}
                    only = next(iter(ids)) if len(ids) == 1 else None
                    meant = meant_by_nameless(nameless, restless, look.seen, only=only)
                    self._note(meant, nameless)
            await self._judge_look(gateway, restless, restless, look, [one.id for one in calm])
            if isinstance(look, Reached):
                self._seen_at[gateway] = self._clock()

    async def _look_at(
        self,
        gateway: GatewayName,
        ids: Collection[CompanyId],
        wanted: Callable[[Known], bool] = lambda _: False,
        news: Mapping[CompanyId, News] = NO_NEWS,
    ) -> None:
        """Look at these, and at the restless ones that are `wanted`."""
        async with self._locks[gateway]:
            looker = self._lookers.get(gateway)
            every = await self._ledger.restless(gateway, self._clock())
            there = {one.company.id for one in every}
            others = [one for one in ids if one not in there]
            every += await self._ledger.known_ones(gateway, others, self._clock())
            known = [one for one in every if one.company.id in ids or wanted(one)]
            if known and looker is not None:
                look = await looker.some([one.company for one in known])
                calm = await self._ledger.calm(gateway, self._clock())
                await self._judge_look(gateway, every, known, look, [one.id for one in calm], news)

    async def _startled(
        self, gateway: GatewayName, restless: Sequence[Known], seen: Iterable[CompanyId]
    ) -> list[Known]:
        """What is remembered of the calm ones that are not as they were."""
        known = {one.company.id for one in restless}
        ids = [one for one in seen if one not in known]
        return await self._ledger.known_ones(gateway, ids, self._clock())

    async def _judge_look(
        self,
        gateway: GatewayName,
        every: Sequence[Known],
        known: Sequence[Known],
        look: Reached | Missed,
        calm: Iterable[CompanyId],
        news: Mapping[CompanyId, News] = NO_NEWS,
    ) -> None:
        # A gateway's incident concerns all its companies, however few of them were looked at.
        thought_of = {one.company.id for one in every}
        others = [one for one in calm if one not in thought_of]
        if isinstance(look, Missed):
            everyone = [*thought_of, *others]
            steps = await self._ledger.write_missed(
                gateway, look.symptom, look.reason, everyone=everyone, now=self._clock()
            )
        else:
            judged = await self._confirmed(gateway, self._judge(known, look.seen))
            judged = [self._noticed(gateway, one, news) for one in judged]
            steps = await self._ledger.write_reached(
                gateway,
                judged,
                newcomers=look.newcomers,
                every=every,
                calm=others,
                now=self._clock(),
            )
        log_steps(steps)
        if steps:
            self._on_written()

    def _judge(self, known: Sequence[Known], seen: Mapping[CompanyId, Observation]) -> list[Judged]:
        return [
            self._judged(one, look)
            for one in known
            if (look := seen.get(one.company.id)) is not None
        ]

    def _judged(self, known: Known, seen: Observation) -> Judged:
        seen = explained(known, seen, self._hints.get(known.company.id))
        return Judged(known=known, seen=seen, verdicts=self._verdicts(known, seen))

    def _verdicts(self, known: Known, seen: Observation) -> tuple[Verdict, ...]:
        number = judge_number(known, seen)
        session = judge_session(known, seen, self._limits, self._tempo)
        return (
            hold_for_number(explain_by_creds(known, seen, session), number),
            judge_reconnects(known, self._limits),
            judge_zombie(known, seen, self._tempo),
            number,
        )

    def _noticed(self, gateway: GatewayName, one: Judged, news: Mapping[CompanyId, News]) -> Judged:
        told = news.get(one.known.company.id)
        sign = one.seen.told_by or (Sign.POLL if told is None else told.by)
        was_well = one.known.state is State.CONNECTED
        well_at = self._seen_at.get(gateway) if was_well else None
        return replace(one, noticed=Noticed(sign=sign, well_at=well_at))

    async def _confirmed(self, gateway: GatewayName, judged: list[Judged]) -> list[Judged]:
        """Look a second time at whatever would raise an alarm; the second look counts.

        Where the log has told of the end of the link, and the look agrees, two have said it.
        """
        doubtful = {
            one.known.company.id: one.known
            for one in judged
            if wants_second_look(one.known, one.verdicts[0])
            and not (one.seen.told_by and ends_link(one.seen.cause))
        }
        if not doubtful:
            return judged
        await asyncio.sleep(self._tempo.confirm_after_s)
        again = await self._lookers[gateway].some([one.company for one in doubtful.values()])
        settled = [one for one in judged if one.known.company.id not in doubtful]
        if isinstance(again, Missed):
            return settled  # the gateway went silent in between: nothing is known of these
        seen = {key: replace(one, confirmed=True) for key, one in again.seen.items()}
        # What is known is read anew: meanwhile a person may have begun to reset or to pair it.
        anew = await self._ledger.known_ones(gateway, list(doubtful), self._clock())
        return settled + self._judge(anew, seen)

    def _unstable(self, known: Known) -> bool:
        """Whether it changed lately, or is connected while its incident is open."""
        if known.pairing:
            return True
        if known.state is State.CONNECTED:
            return known.incident(Trouble.SESSION_DOWN) is not None
        return known.since is None or self._clock() - known.since < UNSTABLE_FOR
