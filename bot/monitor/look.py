"""Takes one look at a gateway: the list first, single calls only for what the list lacks.

What comes of it, in order, stands in `pipeline.py`.
"""

import asyncio
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain

from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.observation import CompanyStatus, Observation, Watched
from bot.domain.roster import Listing, Roster
from bot.domain.session import State
from bot.gateways.base import (
    GatewayAdapter,
    GatewayAuthError,
    GatewayError,
    RateLimited,
    SessionInfo,
    SessionNotFound,
)
from bot.gateways.by_name import ByName, by_name
from bot.monitor.gateway_looks import (
    WORKING_LIST,
    ListLook,
    Missed,
    Reached,
    Singles,
    fault_of,
    missed,
    news_of,
    says_less,
    startling,
    strange_word,
    without,
    worth_asking,
)
from bot.monitor.rules.calm import answer_wakes
from bot.monitor.second_opinion import SecondOpinion, whom_of

FEW = 64  # so many of those that a list lacks are asked for at a time
PATIENCE_S = 1.0  # whose answer takes longer is waited for by itself, and not by the others
_AT_ONCE = 8  # single calls under way; the adapters' client holds no more connections
_LONGER_S = 3.0  # for one that the list has failed to give


class Looker:
    """Looks at one gateway. Only reads. Without a roster nothing is discovered."""

    def __init__(
        self,
        name: GatewayName,
        adapter: GatewayAdapter,
        *,
        roster: Roster | None,
        clock: Callable[[], datetime],
    ) -> None:
        self.name = name
        self._adapter = adapter
        self._roster = roster
        self._clock = clock
        self._list_failures = 0
        self._opinion = SecondOpinion(self._singles, adapter.caps)
        # Who hung when asked last, and those of them who are still to be asked by themselves.
        self._slow: set[CompanyId] = set()
        self._owing: dict[CompanyId, Watched] = {}

    def take_owing(self) -> list[Watched]:
        """Those who were asked for since the last call, and hang: `patiently` waits for them."""
        owing, self._owing = self._owing, {}
        return list(owing.values())

    async def patiently(self, watched: Watched) -> Observation | None:
        """What one answers that hangs, however long its gateway may take; None for no answer."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            seen = await self._single(watched)
        except GatewayError:
            return None  # of the others, and of the gateway, nothing follows
        if loop.time() - began <= PATIENCE_S:
            self._slow.discard(watched.id)
        return seen

    async def everyone(
        self, known: Iterable[CompanyStatus], calm: Iterable[Watched] = (), *, spread: bool = False
    ) -> Reached | Missed:
        """Look at every company of the gateway.

        With `spread` most of the calm ones that the list lacks are left `unasked`, as long as the
        first few of them are well.
        """
        by_key = {status.company.session_key: status for status in known}
        calm_by_key = {watched.session_key: watched for watched in calm}
        try:
            every = by_name(await self._adapter.list_sessions())
        except GatewayError as error:
            return await self._around(error, by_key.values(), calm_by_key.values(), spread=spread)
        self._list_failures = 0
        listed = every.answered
        self._wait_for_silent(
            chain((whom_of(status.company) for status in by_key.values()), calm_by_key.values()),
            every,
        )
        try:
            lacking = [watched for key, watched in by_key.items() if key not in every.sessions]
            calm_lacking = [
                watched for key, watched in calm_by_key.items() if key not in every.sessions
            ]
            restless = [whom_of(status.company) for status in lacking if worth_asking(status)]
            singles, unasked = await self._asked(calm_lacking, restless, spread=spread)
            numberless = self._opinion.numberless(by_key, calm_by_key, listed, _AT_ONCE)
            singles |= await self._opinion.checked(numberless, listed)
            singles |= await self._opinion.differing(by_key, calm_by_key, listed)
            singles |= await self._opinion.checked(
                self._opinion.in_turn(by_key, calm_by_key, listed), listed
            )
        except GatewayError as error:
            return missed(error)
        seen = {
            watched.company.id: self._observed(watched.company.id, listed[key])
            for key, watched in by_key.items()
            if key in listed
        }
        seen |= {
            watched.id: self._observed(watched.id, info)
            for key, watched in calm_by_key.items()
            if (info := listed.get(key)) is not None and answer_wakes(watched, info)
        }
        still = {
            status.company.id: self._still(status) for status in lacking if not worth_asking(status)
        }
        return Reached(
            seen={**still, **without(seen, singles), **news_of(singles, calm_by_key.values())},
            listing=self._sorted_out(every, by_key.keys() | calm_by_key.keys()),
            unasked=tuple(unasked),
            of_list=WORKING_LIST,
        )

    async def _around(
        self,
        error: GatewayError,
        known: Iterable[CompanyStatus],
        calm: Iterable[Watched],
        *,
        spread: bool,
    ) -> Reached | Missed:
        """Look past a list that fails: one by one, unless the first few are silent as well."""
        all_watched, calm = [whom_of(status.company) for status in known], list(calm)
        all_watched += calm
        if isinstance(error, GatewayAuthError | RateLimited):
            return missed(error)
        first = await self._singles(all_watched[:_AT_ONCE], _LONGER_S)
        if not first.found:
            return missed(min((error, *first.errors), key=says_less))
        restless = len(all_watched) - len(calm)
        until = max(restless, FEW) if spread else len(all_watched)
        rest = await self._singles(all_watched[_AT_ONCE:until], _LONGER_S)
        self._list_failures += 1
        return Reached(
            seen=news_of(first.found | rest.found, calm),
            unasked=tuple(calm[max(0, until - restless) :]),
            of_list=ListLook(failures=self._list_failures, fault=fault_of(error)),
        )

    async def few(self, calm: Sequence[Watched]) -> Reached | Missed:
        """Look at some of the `unasked`; only what is new of them is in the answer."""
        singles = await self._singles(calm)
        return singles.reached(news_of(singles.found, calm))

    def takes_the_list(self, many: int) -> bool:
        """Whether the list answers for so many, rather than a question for each."""
        return many > _AT_ONCE and self._adapter.caps.bulk_list

    async def some(self, companies: list[Company]) -> Reached | Missed:
        """Look at these once more: one by one while they are few, else by the list.

        Whom the list lacks is asked for, as by `everyone`.
        """
        if not self.takes_the_list(len(companies)):
            singles = await self._singles([whom_of(company) for company in companies])
            return singles.reached(singles.found)
        all_watched = [whom_of(company) for company in companies]
        try:
            every = by_name(await self._adapter.list_sessions())
        except GatewayError as error:
            singles = await self._singles(all_watched[:_AT_ONCE], _LONGER_S)
            if not singles.found:
                return missed(min((error, *singles.errors), key=says_less))
            rest = await self._singles(all_watched[_AT_ONCE:], _LONGER_S)
            return Reached(seen=singles.found | rest.found)
        listed = every.answered
        self._wait_for_silent(all_watched, every)
        checked = await self._opinion.checked(
            [watched for watched in all_watched if watched.session_key in listed][:_AT_ONCE], listed
        )
        lacking = [watched for watched in all_watched if watched.session_key not in every.sessions]
        asked, _ = await self._asked((), lacking, spread=False)
        seen = {
            company.id: self._observed(company.id, listed[company.session_key])
            for company in companies
            if company.session_key in listed
        }
        return Reached(seen={**seen, **asked, **checked})

    async def _asked(
        self, calm: Sequence[Watched], restless: Sequence[Watched], *, spread: bool
    ) -> tuple[dict[CompanyId, Observation], Sequence[Watched]]:
        """Those that the list lacks, one by one, and who of the calm ones was not asked for.

        Where thousands are lacking a few speak for all: if the gateway knows none of these by
        itself either, its list has told the truth, and asking on would hold up every alarm.
        """
        all_watched = [*calm, *restless]
        few = (await self._singles(all_watched[:FEW])).found
        believed = self._adapter.caps.bulk_list and len(few) == min(len(all_watched), FEW)
        if believed and all(observation.state is State.STOPPED for observation in few.values()):
            return few | {watched.id: self._absent(watched.id) for watched in all_watched[FEW:]}, ()
        if spread and not startling(news_of(few, calm)):
            rest = await self._singles(restless[max(0, FEW - len(calm)) :])
            return few | rest.found, calm[FEW:]
        return few | (await self._singles(all_watched[FEW:])).found, ()

    async def _singles(
        self, all_watched: Sequence[Watched], patience_s: float = PATIENCE_S
    ) -> Singles:
        """What each of these answered within `patience_s`; who hangs is waited for by itself."""
        found: dict[CompanyId, Observation] = {}
        errors: list[GatewayError] = []
        hanging = {watched.id: watched for watched in all_watched if watched.id in self._slow}
        left = iter([watched for watched in all_watched if watched.id not in hanging])

        async def ask() -> None:
            for watched in left:  # shared: each takes the next one when it is free
                try:
                    async with asyncio.timeout(patience_s):
                        found[watched.id] = await self._single(watched)
                except TimeoutError:
                    hanging[watched.id] = watched
                except GatewayError as error:
                    errors.append(error)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(_AT_ONCE, len(all_watched))):
                group.create_task(ask())
        self._slow |= hanging.keys()
        self._owing |= hanging
        ordered = {watched.id: found[watched.id] for watched in all_watched if watched.id in found}
        return Singles(ordered, tuple(errors), hangs=bool(hanging))

    def _wait_for_silent(self, all_watched: Iterable[Watched], every: ByName) -> None:
        """Ask no more of those among them whose answers the list itself has missed."""
        silent = {
            watched.id: watched
            for watched in all_watched
            if (info := every.sessions.get(watched.session_key)) is not None and info.silent
        }
        self._slow |= silent.keys()
        self._owing |= silent

    async def _single(self, watched: Watched) -> Observation:
        try:
            info = await self._adapter.get_session(watched.session_key)
        except SessionNotFound:
            return self._absent(watched.id)
        return self._observed(watched.id, info)

    def _observed(self, company_id: CompanyId, info: SessionInfo) -> Observation:
        return Observation(
            company_id=company_id,
            at=self._clock(),
            state=info.state,
            cause=info.cause,
            phone=info.owner_phone,
            names_numbers=self._adapter.caps.owner,
            restriction=info.restriction,
            strange_word=strange_word(info),
        )

    def _absent(self, company_id: CompanyId) -> Observation:
        return Observation(
            company_id=company_id, at=self._clock(), state=State.STOPPED, missing=True
        )

    def _still(self, known: CompanyStatus) -> Observation:
        absent = self._absent(known.company.id)
        return replace(absent, cause=known.cause, missing=False)

    def _sorted_out(self, every: ByName, there: Container[str]) -> Listing | None:
        if self._roster is None:
            return None
        states = {key: info.state for key, info in every.sessions.items()}
        listing = self._roster.sorted_out(states, there)
        return replace(listing, listed=every.entries, nameless=every.nameless, alike=every.alike)
