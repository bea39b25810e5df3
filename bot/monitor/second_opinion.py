"""Asks sessions for themselves, beside a list that may be wrong about them.

A list that goes on with what is past would otherwise be believed for ever. Which of the two answers
counts is said in `rules/which_answer.py`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import chain, islice

from bot.domain.company import Company, CompanyId
from bot.domain.observation import CompanyStatus, Observation, Watched
from bot.domain.session import State
from bot.gateways.base import Caps, SessionInfo
from bot.monitor.gateway_looks import MANY, Singles
from bot.monitor.rules.which_answer import AnswerSource, said_by, which_wins

_IN_TURN = 4  # are asked for at each look, though the list says nothing new of them
_CHECK_S = 0.7  # for an answer that the list has given already: nobody waits for it any longer

Ask = Callable[[Sequence[Watched], float], Awaitable[Singles]]


class SecondOpinion:
    """What sessions say for themselves. Where a list is made of such answers nobody is asked."""

    def __init__(self, ask: Ask, caps: Caps) -> None:
        self._ask = ask
        self._bulk_list = caps.bulk_list
        self._tells_owners = caps.owner
        self._turn = 0

    async def differing(
        self,
        by_key: Mapping[str, CompanyStatus],
        calm: Mapping[str, Watched],
        listed: Mapping[str, SessionInfo],
    ) -> dict[CompanyId, Observation]:
        """The own answers of sessions of which the list says something new, where they differ.

        Of many the first few speak for all, as long as they say what the list says.
        """
        if not self._bulk_list:
            return {}
        doubtful = [
            whom_of(status.company)
            for key, status in by_key.items()
            if key in listed and status.state not in (None, listed[key].state)
        ]
        doubtful += [
            watched
            for key, watched in calm.items()
            if key in listed and listed[key].state is not State.CONNECTED
        ]
        few = await self.checked(doubtful[:MANY], listed)
        return few | (await self.checked(doubtful[MANY:], listed) if few else {})

    def in_turn(
        self,
        by_key: Mapping[str, CompanyStatus],
        calm: Mapping[str, Watched],
        listed: Mapping[str, SessionInfo],
    ) -> list[Watched]:
        """A few of whom nothing new is said, others at each look: lists go on with the past."""
        if not self._bulk_list:
            return []
        there = [
            whom_of(status.company)
            for key, status in by_key.items()
            if key in listed and listed[key].state is status.state
        ]
        there += [watched for key, watched in calm.items() if key in listed]
        begin = self._turn % len(there) if there else 0
        self._turn = begin + _IN_TURN
        return (there[begin:] + there[:begin])[:_IN_TURN]

    def numberless(
        self,
        by_key: Mapping[str, CompanyStatus],
        calm: Mapping[str, Watched],
        listed: Mapping[str, SessionInfo],
        most: int,
    ) -> list[Watched]:
        """A few of the connected sessions whose number is not known yet."""
        if not self._tells_owners:
            return []
        nameless = (
            whom_of(status.company) for status in by_key.values() if status.linked_phone is None
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
        return list(islice(found, most))

    async def checked(
        self, asked: Sequence[Watched], listed: Mapping[str, SessionInfo]
    ) -> dict[CompanyId, Observation]:
        """What these answer by themselves, where that counts and is not what the list says."""
        found = (await self._ask(asked, _CHECK_S)).found
        return {
            watched.id: look
            for watched in asked
            if (look := found.get(watched.id)) is not None
            and _says_more(look, listed[watched.session_key])
        }


def whom_of(company: Company) -> Watched:
    """Whom to ask for: a company by its key."""
    return Watched(id=company.id, session_key=company.session_key)


def _says_more(look: Observation, listed: SessionInfo) -> bool:
    """Whether a single answer names a number that the list has not, or counts more than it."""
    if look.state is listed.state:
        restricted = look.restriction is not None and look.restriction.holds(look.at)
        differs = restricted and look.restriction != listed.restriction
        return differs or (look.phone is not None and listed.owner_phone is None)
    single, of_list = (
        (AnswerSource.SINGLE, said_by(look.state)),
        (AnswerSource.LIST, said_by(listed.state)),
    )
    return which_wins(single, of_list).winner is AnswerSource.SINGLE
