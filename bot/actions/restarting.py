"""The restart of a gateway: asked first, for every session of it is away meanwhile."""

import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.actions.asking import taken
from bot.actions.journal import Journal
from bot.domain.access import Person, Right, UserId
from bot.domain.company import CompanyId, GatewayName
from bot.domain.notice import ChatAddress
from bot.domain.restarting import Restarted, RestartOutcome, RestartStep
from bot.domain.session import State
from bot.domain.tempo import Tempo
from bot.monitor.checker import Checker
from bot.monitor.ledger import Ledger
from bot.recovery.restart import Restart
from storage import confirmations
from storage.confirmations import Confirmation
from storage.database import Database

ACTION = "restart"


@dataclass(frozen=True, kw_only=True)
class RestartQuestion:
    """Asked before a gateway is restarted. The answer is taken from `asked` alone, once."""

    nonce: str
    gateway: GatewayName
    companies: int
    connected: int
    asked: UserId
    expires_in: timedelta


@dataclass(frozen=True, kw_only=True)
class NoCommand:
    """Nobody has said how this gateway is restarted."""

    gateway: GatewayName


class Restarting:
    """Asks, and restarts."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        ledger: Ledger,
        checker: Checker,
        restart: Restart,
        *,
        tempo: Tempo,
        clock: Callable[[], datetime],
    ) -> None:
        self._db = database
        self._journal = journal
        self._ledger = ledger
        self._checker = checker
        self._restart = restart
        self._tempo = tempo
        self._clock = clock

    @property
    def gateways(self) -> list[GatewayName]:
        """The gateways there are."""
        return self._checker.gateways

    async def ask(self, person: Person, gateway: GatewayName) -> RestartQuestion | NoCommand:
        """Ask whether to restart it. Nothing happens yet.

        The right must be held for every company: all of them are cut off.
        """
        person.must(Right.RESTART)
        if not self._restart.possible(gateway):
            return NoCommand(gateway=gateway)
        now = self._clock()
        lifetime = timedelta(seconds=self._tempo.confirmation_s)
        confirmation = Confirmation(
            nonce=secrets.token_urlsafe(9),
            user_id=person.user_id,
            action=ACTION,
            company_id=CompanyId(""),
            gateway=gateway,
            asked_at=now,
            expires_at=now + lifetime,
        )
        async with self._db.writing() as tx:
            await confirmations.add(tx, confirmation)
        known = await self._ledger.known(gateway, now)
        return RestartQuestion(
            nonce=confirmation.nonce,
            gateway=gateway,
            companies=len(known),
            connected=sum(1 for one in known if one.state is State.CONNECTED),
            asked=person.user_id,
            expires_in=lifetime,
        )

    async def decline(self, person: Person, nonce: str) -> GatewayName:
        """Take the no; its gateway. NotYours, TooLate, AnsweredAlready, NotAllowed."""
        return await self._taken(person, nonce)

    async def accept(
        self, person: Person, nonce: str, address: ChatAddress
    ) -> tuple[GatewayName, AsyncGenerator[RestartStep | Restarted]]:
        """Take the yes; the gateway, and the steps once they are asked for. As for `decline`."""
        gateway = await self._taken(person, nonce)
        audit_id = await self._journal.begin(
            person.user_id,
            address.chat_id,
            ACTION,
            update_key=f"answer:{nonce}",
            gateway=gateway,
        )
        return gateway, self._noted(audit_id, gateway, person.user_id)

    async def _taken(self, person: Person, nonce: str) -> GatewayName:
        async with self._db.writing() as tx:
            asked = await taken(tx, person, nonce, self._clock(), {ACTION: Right.RESTART})
        return asked.gateway or self.gateways[0]

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
