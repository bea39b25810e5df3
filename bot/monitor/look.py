"""Takes one look at a gateway: the list first, single calls only for what the list lacks."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.incident import Symptom
from bot.domain.observation import Known, Observation
from bot.domain.roster import Roster
from bot.domain.session import State
from bot.gateways.base import (
    GatewayAdapter,
    GatewayAuthError,
    GatewayConfused,
    GatewayError,
    SessionInfo,
    SessionNotFound,
)

_AT_ONCE = 8  # single calls under way; the adapters' client holds no more connections


@dataclass(frozen=True, kw_only=True)
class Reached:
    """The gateway answered. `newcomers` are sessions nobody had told us of."""

    seen: Mapping[CompanyId, Observation]
    newcomers: tuple[Company, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Missed:
    """The gateway did not answer, or made no sense. This says nothing of its sessions."""

    symptom: Symptom
    reason: str = field(default="")


_NO_ANSWER = Missed(symptom=Symptom.UNREACHABLE, reason="no answer")


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

    async def everyone(self, known: Iterable[Known]) -> Reached | Missed:
        """Look at every company of the gateway."""
        by_key = {one.company.session_key: one for one in known}
        try:
            listed = {info.key: info for info in await self._adapter.list_sessions()}
            lacking = [one for key, one in by_key.items() if key not in listed]
            asked = [one.company for one in lacking if _worth_asking(one)]
            singles = await self._singles(asked + self._numberless(by_key, listed))
        except GatewayError as error:
            return missed(error)
        seen = {
            one.company.id: self._observed(one.company.id, listed[key])
            for key, one in by_key.items()
            if key in listed
        }
        still = {one.company.id: self._still(one) for one in lacking if not _worth_asking(one)}
        return Reached(seen={**still, **seen, **singles}, newcomers=self._newcomers(listed, by_key))

    async def some(self, companies: list[Company]) -> Reached | Missed:
        """Look at these once more: one by one while they are few, else by the list."""
        if len(companies) <= _AT_ONCE or not self._adapter.caps.bulk_list:
            seen = await self._singles(companies)
            return Reached(seen=seen) if seen else _NO_ANSWER
        try:
            listed = {info.key: info for info in await self._adapter.list_sessions()}
        except GatewayError as error:
            return missed(error)
        lacking = [one for one in companies if one.session_key not in listed]
        seen = {
            one.id: self._observed(one.id, listed[one.session_key])
            for one in companies
            if one.session_key in listed
        }
        absent = {one.id: self._absent(one.id) for one in lacking}
        return Reached(seen={**seen, **absent})

    def _numberless(
        self, by_key: Mapping[str, Known], listed: Mapping[str, SessionInfo]
    ) -> list[Company]:
        """A few of the connected sessions whose number is not known yet."""
        if not self._adapter.caps.owner:
            return []
        found = (
            one.company
            for key, one in by_key.items()
            if key in listed
            and listed[key].state is State.CONNECTED
            and listed[key].owner_phone is None
            and one.linked_phone is None
        )
        return list(islice(found, _AT_ONCE))

    async def _singles(self, companies: list[Company]) -> dict[CompanyId, Observation]:
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(company: Company) -> Observation | None:
            async with gate:
                return await self._single(company)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(company)) for company in companies]
        answers = (task.result() for task in tasks)
        return {answer.company_id: answer for answer in answers if answer is not None}

    async def _single(self, company: Company) -> Observation | None:
        try:
            info = await self._adapter.get_session(company.session_key)
        except SessionNotFound:
            return self._absent(company.id)
        except GatewayError:
            return None  # nothing is known of this session, and nothing must follow from that
        return self._observed(company.id, info)

    def _observed(self, company_id: CompanyId, info: SessionInfo) -> Observation:
        return Observation(
            company_id=company_id,
            at=self._clock(),
            state=info.state,
            cause=info.cause,
            phone=info.owner_phone,
        )

    def _absent(self, company_id: CompanyId) -> Observation:
        return Observation(company_id=company_id, at=self._clock(), state=State.STOPPED)

    def _still(self, known: Known) -> Observation:
        absent = self._absent(known.company.id)
        return replace(absent, cause=known.cause)

    def _newcomers(
        self, listed: Mapping[str, SessionInfo], by_key: Mapping[str, Known]
    ) -> tuple[Company, ...]:
        if self._roster is None:
            return ()
        found = (self._roster.company_of(key) for key in listed if key not in by_key)
        return tuple(one for one in found if one is not None)


def _worth_asking(known: Known) -> bool:
    """What was gone at the last look, and still is not listed, is gone still."""
    return known.state is not State.STOPPED


def missed(error: GatewayError) -> Missed:
    """What a gateway's error says about the gateway."""
    if isinstance(error, GatewayAuthError):
        return Missed(symptom=Symptom.REFUSED_KEY, reason=str(error))
    if isinstance(error, GatewayConfused):
        return Missed(symptom=Symptom.CONFUSED, reason=str(error))
    return Missed(symptom=Symptom.UNREACHABLE, reason=str(error))
