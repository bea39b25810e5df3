"""Looks how a company stands, for a question and for its answer. Only reads."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot import authdir
from bot.authdir import AuthDirError
from bot.domain.access import UserId
from bot.domain.company import Company
from bot.domain.files import Holding
from bot.domain.observation import CompanyStatus
from bot.domain.phone import masked
from bot.domain.procedure import ProcedureKind
from bot.domain.session import State
from bot.domain.standing import (
    Better,
    Doing,
    Improvement,
    Standing,
    StandingSight,
    improvements,
    objections,
)
from bot.gateways.base import GatewayError, GatewayUnreachable
from bot.recovery.control import SessionControl
from bot.recovery.kept_keys import KeptKeys
from storage.people import names as people
from storage.recovery import pairings, procedures
from storage.recovery.pairings import PairingSight
from storage.sessions.states import LONGEST_WORK

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Since:
    """What has become better, and the last procedure that was counted in."""

    news: tuple[Improvement, ...]
    ended: int


class Standings:
    """What was true when a question was asked, and what is true at the yes."""

    def __init__(self, control: SessionControl, keys: KeptKeys) -> None:
        self._control = control
        self.keys = keys

    async def asked(
        self, known: CompanyStatus, *, silent: bool, kept: str | None = None
    ) -> Standing:
        """How a company stands as the question says it; `silent` where its gateway is.

        One that was not looked at yet is looked at now, or nobody could tell what is better later.
        """
        state = known.state
        if state is None and not silent:
            with suppress(GatewayError, TimeoutError):
                async with asyncio.timeout(self._control.timing.ping_s):
                    state = (await self._control.look(known.company)).state
        unsaid = state is None or silent
        standing = await self._standing(known.company, kept)
        connected = None if unsaid else state is State.CONNECTED
        return replace(standing, connected=connected, phone=known.linked_phone)

    async def since(
        self, then: Standing, known: CompanyStatus, asked: UserId, *, restoring: bool
    ) -> Since | None:
        """What has become better since the question that `asked` was put.

        None where the gateway does not answer: nobody knows then whether the session works, and
        nothing may be done to it.
        """
        company = known.company
        connected, phone = None, None
        try:
            info = await self._control.look(company)
            connected, phone = info.state is State.CONNECTED, info.owner_phone
        except GatewayUnreachable:
            return None
        except GatewayError as error:
            # It answers, and makes no sense: whether the session works is not known.
            log.warning("state_unknown", company=company.id, error=type(error).__name__)
        kept = await self._kept(company, then.kept) if restoring else None
        stands = await self._standing(company, kept)
        standing = replace(stands, connected=connected, phone=phone)
        news = improvements(then, await self._sight(then, standing, known), asked)
        return Since(news=news, ended=standing.ended)

    async def against(
        self, kind: ProcedureKind, known: CompanyStatus, asked: UserId, shown_at: datetime | None
    ) -> tuple[Improvement, ...]:
        """What speaks against an act by one press, offered by a button of `shown_at`.

        None where it was asked for by a command: then only what goes on now can.
        """
        moment = self._control.clock() if shown_at is None else shown_at
        standing = await self._standing(known.company, None)
        async with self._control.database.reading() as tx:
            begun = await procedures.since(tx, known.company.id, moment - LONGEST_WORK)
        before = begun[0].id - 1 if begun else standing.ended
        sight = await self._sight(replace(standing, ended=before), standing, known)
        paired = sight.paired
        since = replace(
            sight,
            done=tuple(doing for doing in sight.done if doing.at > moment),
            paired=paired if paired is not None and (paired.at or moment) > moment else None,
        )
        return objections(kind, since, asked)

    async def live_of_others(self, company: Company, asked: UserId) -> tuple[Improvement, ...]:
        """The code that somebody else shows just now, for the question to tell of."""
        async with self._control.database.reading() as tx:
            live = await pairings.live(tx, company.id)
            names = await people.names(tx)
        if live is None or (live.asked_by == asked and not live.used):
            return ()
        what = Better.SCANNED if live.used else Better.ON_SHOW
        return (_by(live, what, names),)

    async def _standing(self, company: Company, kept: str | None) -> Standing:
        async with self._control.database.reading() as tx:
            live = await pairings.live(tx, company.id)
            paired = await pairings.last_paired(tx, company.id)
            running = await procedures.running(tx, company.id)
            ended = await procedures.last_id(tx, company.id)
        return Standing(
            gateway=company.gateway,
            connected=None,
            # One that is running now has yet to end: what it does is news then.
            ended=ended if running is None else running.id - 1,
            paired=0 if paired is None else paired.id,
            live=0 if live is None else live.id,
            scanned=live is not None and live.used,
            keys=await self._keys(company),
            kept=kept,
        )

    async def _sight(
        self, then: Standing, standing: Standing, known: CompanyStatus
    ) -> StandingSight:
        company = known.company
        async with self._control.database.reading() as tx:
            ended = await procedures.ended_after(tx, company.id, then.ended)
            live = await pairings.live(tx, company.id)
            paired = await pairings.last_paired(tx, company.id)
            names = await people.names(tx)
        phone = None if known.linked_phone is None else masked(known.linked_phone)
        return StandingSight(
            standing=standing,
            since=known.since if known.state is State.CONNECTED else None,
            done=tuple(
                Doing(
                    kind=ProcedureKind(row.kind),
                    by=row.asked_by,
                    name=names.get(row.asked_by, ""),
                    at=row.finished_at or row.step_at,
                    outcome=row.outcome or "",
                )
                for row in ended
            ),
            paired=None
            if paired is None
            else replace(_by(paired, Better.PAIRED, names), at=paired.ended_at, phone=phone),
            live=None if live is None else _by(live, Better.ON_SHOW, names),
        )

    async def _kept(self, company: Company, chosen: str | None) -> str | None:
        """What a restore would bring back now: the chosen keys, for as long as they are there."""
        try:
            names = [kept.name for kept in await self.keys.of(company)]
        except AuthDirError:
            return None  # the restore will meet the same error, and say so
        return chosen if chosen in names else next(iter(names), None)

    async def _keys(self, company: Company) -> str | None:
        template = self._control.template(company)
        if template is None:
            return None
        try:
            keys = await asyncio.to_thread(authdir.keys_of, template, company.id)
        except AuthDirError:
            return None
        return keys.device if keys is not None and keys.holding is Holding.LINKED else None


def _by(pairing: PairingSight, what: Better, names: dict[UserId, str]) -> Improvement:
    by = pairing.asked_by
    return Improvement(what=what, at=pairing.started_at, by=by, name=names.get(by, ""))
