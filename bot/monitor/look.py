"""Takes one look at a gateway: the list first, single calls only for what the list lacks."""

import asyncio
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice

from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.incident import Symptom
from bot.domain.observation import CompanyStatus, Observation, Watched
from bot.domain.roster import Listed, Roster
from bot.domain.session import State
from bot.gateways.base import (
    GatewayAdapter,
    GatewayAuthError,
    GatewayConfused,
    GatewayError,
    GatewayUnreachable,
    SessionInfo,
    SessionNotFound,
)
from bot.monitor.rules.calm import answer_wakes, look_wakes

FEW = 64  # so many of those that a list lacks are asked for at a time
_MANY = 16  # of so few: when so many are not as they were, it concerns all of them
_AT_ONCE = 8  # single calls under way; the adapters' client holds no more connections


@dataclass(frozen=True, kw_only=True)
class Reached:
    """The gateway answered. `newcomers` are sessions nobody had told us of.

    None where they were not looked for. Of the calm ones only those are in `seen` that are not as
    they were. `unasked` are calm ones that the list lacks, to be asked for little by little.
    """

    seen: Mapping[CompanyId, Observation]
    newcomers: tuple[Listed, ...] | None = None
    unasked: tuple[Watched, ...] = ()

    @property
    def startling(self) -> bool:
        """Whether so many are not as they were that everybody has to be looked at, at once."""
        return _startling(self.seen)


@dataclass(frozen=True, kw_only=True)
class Missed:
    """The gateway did not answer, or made no sense. This says nothing of its sessions."""

    symptom: Symptom
    reason: str = field(default="")


@dataclass(frozen=True)
class _Singles:
    """What single calls brought: an observation of each that answered, in their order, and errors.

    Of the `errors` nothing follows for the sessions.
    """

    found: dict[CompanyId, Observation]
    errors: tuple[GatewayError, ...]

    def reached(self, seen: Mapping[CompanyId, Observation]) -> Reached | Missed:
        """`seen`, if anybody answered; else what the errors say of the gateway.

        A refused key is its own word: what answers "401" does answer.
        """
        if self.found:
            return Reached(seen=seen)
        return missed(min(self.errors, key=_says_less, default=GatewayUnreachable("no answer")))


def _says_less(error: GatewayError) -> int:
    """The lower, the more the error says of the gateway itself."""
    return 0 if isinstance(error, GatewayAuthError) else 2 - isinstance(error, GatewayConfused)


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
            listed = {info.key: info for info in await self._adapter.list_sessions()}
            lacking = [one for key, one in by_key.items() if key not in listed]
            calm_lacking = [one for key, one in calm_by_key.items() if key not in listed]
            restless = [_whom(status.company) for status in lacking if _worth_asking(status)]
            singles, unasked = await self._asked(calm_lacking, restless, spread=spread)
            numberless = self._numberless(by_key, calm_by_key, listed)
            singles |= (await self._singles(numberless)).found
        except GatewayError as error:
            return missed(error)
        seen = {
            one.company.id: self._observed(one.company.id, listed[key])
            for key, one in by_key.items()
            if key in listed
        }
        seen |= {
            one.id: self._observed(one.id, info)
            for key, one in calm_by_key.items()
            if (info := listed.get(key)) is not None and answer_wakes(one, info)
        }
        still = {
            status.company.id: self._still(status)
            for status in lacking
            if not _worth_asking(status)
        }
        return Reached(
            seen={**still, **seen, **_news(singles, calm_by_key.values())},
            newcomers=self._newcomers(listed, by_key.keys() | calm_by_key.keys()),
            unasked=tuple(unasked),
        )

    async def few(self, calm: Sequence[Watched]) -> Reached | Missed:
        """Look at some of the `unasked`; only what is new of them is in the answer."""
        singles = await self._singles(calm)
        return singles.reached(_news(singles.found, calm))

    def takes_the_list(self, many: int) -> bool:
        """Whether the list answers for so many, rather than a question for each."""
        return many > _AT_ONCE and self._adapter.caps.bulk_list

    async def some(self, companies: list[Company]) -> Reached | Missed:
        """Look at these once more: one by one while they are few, else by the list.

        Whom the list lacks is asked for, as by `everyone`.
        """
        if not self.takes_the_list(len(companies)):
            singles = await self._singles([_whom(company) for company in companies])
            return singles.reached(singles.found)
        try:
            listed = {info.key: info for info in await self._adapter.list_sessions()}
        except GatewayError as error:
            return missed(error)
        lacking = [_whom(company) for company in companies if company.session_key not in listed]
        asked, _ = await self._asked((), lacking, spread=False)
        seen = {
            company.id: self._observed(company.id, listed[company.session_key])
            for company in companies
            if company.session_key in listed
        }
        return Reached(seen={**seen, **asked})

    async def _asked(
        self, calm: Sequence[Watched], restless: Sequence[Watched], *, spread: bool
    ) -> tuple[dict[CompanyId, Observation], Sequence[Watched]]:
        """Those that the list lacks, one by one, and who of the calm ones was not asked for.

        Where thousands are lacking a few speak for all: if the gateway knows none of these by
        itself either, its list has told the truth, and asking on would hold up every alarm.
        """
        whom = [*calm, *restless]
        few = (await self._singles(whom[:FEW])).found
        believed = self._adapter.caps.bulk_list and len(few) == min(len(whom), FEW)
        if believed and all(observation.state is State.STOPPED for observation in few.values()):
            return few | {watched.id: self._absent(watched.id) for watched in whom[FEW:]}, ()
        if spread and not _startling(_news(few, calm)):
            rest = await self._singles(restless[max(0, FEW - len(calm)) :])
            return few | rest.found, calm[FEW:]
        return few | (await self._singles(whom[FEW:])).found, ()

    def _numberless(
        self,
        by_key: Mapping[str, CompanyStatus],
        calm: Mapping[str, Watched],
        listed: Mapping[str, SessionInfo],
    ) -> list[Watched]:
        """A few of the connected sessions whose number is not known yet."""
        if not self._adapter.caps.owner:
            return []
        nameless = (
            _whom(status.company) for status in by_key.values() if status.linked_phone is None
        )
        found = (
            item
            for item in chain(
                nameless, (watched for watched in calm.values() if watched.phone is None)
            )
            if (info := listed.get(item.session_key)) is not None
            and info.state is State.CONNECTED
            and info.owner_phone is None
        )
        return list(islice(found, _AT_ONCE))

    async def _singles(self, whom: Sequence[Watched]) -> _Singles:
        """What each of these answered."""
        found: dict[CompanyId, Observation] = {}
        errors: list[GatewayError] = []
        left = iter(whom)

        async def ask() -> None:
            for watched in left:  # shared: each takes the next one when it is free
                try:
                    found[watched.id] = await self._single(watched)
                except GatewayError as error:
                    errors.append(error)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(_AT_ONCE, len(whom))):
                group.create_task(ask())
        ordered = {watched.id: found[watched.id] for watched in whom if watched.id in found}
        return _Singles(ordered, tuple(errors))

    async def _single(self, whom: Watched) -> Observation:
        try:
            info = await self._adapter.get_session(whom.session_key)
        except SessionNotFound:
            return self._absent(whom.id)
        return self._observed(whom.id, info)

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

    def _still(self, known: CompanyStatus) -> Observation:
        absent = self._absent(known.company.id)
        return replace(absent, cause=known.cause)

    def _newcomers(
        self, listed: Mapping[str, SessionInfo], there: Container[str]
    ) -> tuple[Listed, ...]:
        roster = self._roster
        if roster is None:
            return ()
        found = (
            (company, info.state)
            for key, info in listed.items()
            if key not in there and (company := roster.company_of(key)) is not None
        )
        return tuple(
            Listed(company=company, state=state, fits=roster.includes(company.id))
            for company, state in found
        )


def _whom(company: Company) -> Watched:
    """Whom to ask for: a company by its key."""
    return Watched(id=company.id, session_key=company.session_key)


def _startling(news: Mapping[CompanyId, Observation]) -> bool:
    return len(news) >= _MANY


def _news(
    found: Mapping[CompanyId, Observation], calm: Iterable[Watched]
) -> dict[CompanyId, Observation]:
    """What was found, but for the calm ones that are as they were."""
    before = {watched.id: watched for watched in calm}
    return {
        key: look
        for key, look in found.items()
        if key not in before or look_wakes(before[key], look)
    }


def _worth_asking(known: CompanyStatus) -> bool:
    """What was gone at the last look, and still is not listed, is gone still."""
    return known.state is not State.STOPPED


def missed(error: GatewayError) -> Missed:
    """What a gateway's error says about the gateway."""
    if isinstance(error, GatewayAuthError):
        return Missed(symptom=Symptom.REFUSED_KEY, reason=str(error))
    if isinstance(error, GatewayConfused):
        return Missed(symptom=Symptom.CONFUSED, reason=str(error))
    return Missed(symptom=Symptom.UNREACHABLE, reason=str(error))
