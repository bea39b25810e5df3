"""Reads all companies at once, to be seen by each chat as far as it hears of them."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.board import Board, arrange
from bot.domain.company import CompanyId, GatewayName
from bot.domain.incident import Incident
from bot.domain.notice import ChatAddress
from bot.domain.observation import Known
from storage import chats, gateways, incidents, mutes, states, subscriptions
from storage.database import Transaction


@dataclass(frozen=True, kw_only=True)
class Panorama:
    """Every company, and which chat or topic hears of which.

    None in `heard` and in `muted` stands for all.
    """

    every: tuple[Known, ...]
    heard: dict[ChatAddress, set[CompanyId | None]]
    heard_at: dict[GatewayName, datetime | None]
    silent: frozenset[GatewayName]
    muted: frozenset[CompanyId | None]
    languages: dict[int, str]

    def of(self, address: ChatAddress) -> list[Known]:
        """The companies that a place hears of."""
        heard = self.heard.get(address, set())
        if None in heard:
            return list(self.every)
        return [one for one in self.every if one.company.id in heard]

    def board_of(self, address: ChatAddress) -> Board:
        """How they are."""
        return arrange(self.of(address), self.heard_at, self.silent, self.muted)

    def language(self, chat_id: int) -> str | None:
        """What the chat has chosen."""
        return self.languages.get(chat_id)


async def read_panorama(tx: Transaction, now: datetime) -> Panorama:
    """Everything as it is stored now."""
    open_ones: defaultdict[CompanyId, list[Incident]] = defaultdict(list)
    for incident in await incidents.open_ones(tx):
        if incident.company_id is not None:
            open_ones[incident.company_id].append(incident)
    heard: defaultdict[ChatAddress, set[CompanyId | None]] = defaultdict(set)
    for one in await subscriptions.all_ones(tx):
        heard[one.address].add(one.company_id)
    looks = await gateways.all_looks(tx)
    return Panorama(
        every=tuple(
            replace(known, incidents=tuple(open_ones.get(known.company.id, ())))
            for known in await states.known_of(tx, None, now)
        ),
        heard=dict(heard),
        heard_at={look.name: look.last_ok_at for look in looks},
        silent=frozenset(look.name for look in looks if look.failures > 1),
        muted=frozenset(one.company_id for one in await mutes.active(tx, now)),
        languages=await chats.languages(tx),
    )
