"""The restart of a gateway: asked first, for every session of it is away meanwhile."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.actions.confirmations import taken
from bot.actions.errors import TooLate
from bot.actions.journal import Journal
from bot.domain.access import BOT_ITSELF, Person, Right, UserId
from bot.domain.company import CompanyId, GatewayName
from bot.domain.gateway_restart import (
    Calmer,
    GatewayStanding,
    Restarted,
    RestartNews,
    RestartOutcome,
    RestartStep,
    calmer,
)
from bot.domain.notice import ChatAddress
from bot.domain.session import State
from bot.domain.timing import Timing
from bot.monitor.checker import Checker
from bot.monitor.status_repository import StatusRepository
from bot.recovery.restart import RestartCommand
from storage.people import confirmations
from storage.people import names as people
from storage.people.confirmations import Confirmation
from storage.recovery import pairings, procedures, restarts

ACTION = "restart"


@dataclass(frozen=True, kw_only=True)
class RestartQuestion:
    """Asked before a gateway is restarted. The answer is taken from `asked` alone, once.

    `connected` is None while nobody knows. `news` is what is better since it was asked
    before, for which it is asked `again`, or speaks against it from the beginning.
    """

    nonce: str
    gateway: GatewayName
    companies: int
    connected: int | None
    asked: UserId
    expires_in: timedelta
    news: tuple[RestartNews, ...] = ()
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class Calmed:
    """What was confirmed is not done: it is better now, and has to be asked anew."""

    news: tuple[RestartNews, ...]


@dataclass(frozen=True, kw_only=True)
class NoCommand:
    """Nobody has said how this gateway is restarted."""

    gateway: GatewayName


class GatewayRestarts:
    """Asks, and restarts."""

    def __init__(
        self,
        journal: Journal,
        statuses: StatusRepository,
        checker: Checker,
        restart: RestartCommand,
        *,
        timing: Timing,
        clock: Callable[[], datetime],
    ) -> None:
        self._db = journal.database
        self._journal = journal
        self._statuses = statuses
        self._checker = checker
        self._restart = restart
        self._timing = timing
        self._clock = clock

    @property
    def gateways(self) -> list[GatewayName]:
        """The gateways there are."""
        return self._checker.gateways

    async def ask(
        self, person: Person, gateway: GatewayName, news: Sequence[RestartNews] = ()
    ) -> RestartQuestion | NoCommand:
        """Ask whether to restart it. Nothing happens yet. `news`: why the last yes was not taken.

        The right must be held for every company: all of them are cut off.
        """
        person.must(Right.RESTART)
        if not self._restart.possible(gateway):
            return NoCommand(gateway=gateway)
        stood, now = await self._stands(gateway), self._clock()
        lifetime = timedelta(seconds=self._timing.confirmation_s)
        confirmation = Confirmation(
            nonce=secrets.token_urlsafe(9),
            user_id=person.user_id,
            action=ACTION,
            company_id=CompanyId(""),
            gateway=gateway,
            asked_at=now,
            expires_at=now + lifetime,
            stood=stood.written(),
        )
        async with self._db.writing() as tx:
            await confirmations.add(tx, confirmation)
        in_hand = RestartNews(what=Calmer.IN_HAND, names=stood.in_hand)
        listeners = tuple(
            restart_news for restart_news in news if restart_news.what is not Calmer.IN_HAND
        )
        return RestartQuestion(
            nonce=confirmation.nonce,
            gateway=gateway,
            companies=stood.companies,
            connected=stood.connected if stood.is_known else None,
            asked=person.user_id,
            expires_in=lifetime,
            news=(*listeners, in_hand) if stood.in_hand else listeners,
            again=bool(news),
        )

    async def decline(self, person: Person, nonce: str) -> GatewayName:
        """Take the no; its gateway. NotYours, TooLate, AnsweredAlready, NotAllowed."""
        return self._gateway_of(await self._taken(person, nonce))

    async def accept(
        self, person: Person, nonce: str, address: ChatAddress
    ) -> tuple[GatewayName, AsyncGenerator[RestartStep | Restarted | Calmed]]:
        """Take the yes; the gateway, and the steps once they are asked for. As for `decline`.

        The only step is Calmed where it is better now than when it was asked about.
        """
        asked = await self._taken(person, nonce)
        if asked.stood is None:
            raise TooLate  # asked by a version that did not keep how it stood
        gateway = self._gateway_of(asked)
        audit_id = await self._journal.begin(
            person.user_id,
            address.chat_id,
            ACTION,
            update_key=f"answer:{nonce}",
            gateway=gateway,
        )
        stood = GatewayStanding.read(asked.stood)
        return gateway, self._unless_calmer(audit_id, gateway, person.user_id, stood)

    def _gateway_of(self, asked: Confirmation) -> GatewayName:
        return asked.gateway or self.gateways[0]

    async def _taken(self, person: Person, nonce: str) -> Confirmation:
        async with self._db.writing() as tx:
            return await taken(tx, person, nonce, self._clock(), {ACTION})

    async def _unless_calmer(
        self, audit_id: int, gateway: GatewayName, asked_by: UserId, stood: GatewayStanding
    ) -> AsyncGenerator[RestartStep | Restarted | Calmed]:
        with suppress(TimeoutError):  # whether it answers now is not known: it is no better
            async with asyncio.timeout(self._timing.ping_s):
                await self._checker.look_again(gateway)
        news = calmer(stood, await self._stands(gateway), await self._last(gateway))
        if news:
            await self._journal.finish(audit_id, "overtaken")
            yield Calmed(news=news)
            return
        async with aclosing(self._noted(audit_id, gateway, asked_by)) as steps:
            async for step in steps:
                yield step

    async def _stands(self, gateway: GatewayName) -> GatewayStanding:
        known = await self._statuses.known(gateway, self._clock())
        last = await self._statuses.last_look(gateway)
        async with self._db.reading() as tx:
            paired = await pairings.under_way(tx)
            rows = await procedures.unfinished(tx)
            restarted = await restarts.last_done(tx, gateway)
        repaired = {row.company_id for row in rows if row.asked_by != BOT_ITSELF}
        ids = [status.company.id for status in known]
        return GatewayStanding(
            silent=last is not None and last.failures > 0,
            looked=all(status.state is not None for status in known),
            companies=len(known),
            connected=sum(1 for status in known if status.state is State.CONNECTED),
            restarted=0 if restarted is None else restarted.id,
            in_hand=tuple(sorted(set(ids) & (paired | repaired))),
        )

    async def _last(self, gateway: GatewayName) -> RestartNews | None:
        async with self._db.reading() as tx:
            row = await restarts.last_done(tx, gateway)
            names = {} if row is None else await people.names(tx)
        if row is None:
            return None
        name = names.get(row.asked_by, "")
        return RestartNews(what=Calmer.RESTARTED, by=row.asked_by, name=name, at=row.finished_at)

    async def _noted(
        self, audit_id: int, gateway: GatewayName, asked_by: UserId
    ) -> AsyncGenerator[RestartStep | Restarted]:
        ended = False
        try:
            async with aclosing(self._restart.run(gateway, asked_by)) as steps:
                async for step in steps:
                    if isinstance(step, Restarted):
                        await self._finish(audit_id, gateway, step)
                        ended = True
                    yield step
        finally:
            if not ended:
                await self._journal.finish(audit_id, RestartOutcome.INTERRUPTED)
        await self._checker.tick(gateway)

    async def _finish(self, audit_id: int, gateway: GatewayName, end: Restarted) -> None:
        await self._journal.finish(
            audit_id,
            end.outcome,
            gateway=gateway,
            answers=end.answers,
            exit_code=end.exit_code,
            output=end.output,
        )
