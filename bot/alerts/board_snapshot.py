"""Reads how the companies are; each place sees those it is subscribed to.

Of very many that are well only the number is read.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.board import FEW, Board, arrange
from bot.domain.company import CompanyId, GatewayName
from bot.domain.freshness import LastLooks, Unsure
from bot.domain.incident import Incident
from bot.domain.notice import ChatAddress
from bot.domain.observation import CompanyStatus
from storage.alerts import incidents, mutes, rests
from storage.batches import parts
from storage.chats import chats, subscriptions
from storage.database import Transaction
from storage.sessions import companies, gateways, states
from storage.sessions.gateways import GatewayLook

Heard = Mapping[ChatAddress, set[CompanyId | None]]


@dataclass(frozen=True, kw_only=True)
class BoardSnapshot:
    """The companies that boards show, and which chat or topic is subscribed to which.

    None in `heard` and in `muted` stands for all. `totals` counts every company of each gateway.
    """

    known_ones: tuple[CompanyStatus, ...]
    totals: Mapping[GatewayName, int]
    heard: Heard
    heard_at: dict[GatewayName, datetime | None]
    silent: frozenset[GatewayName]
    muted: frozenset[CompanyId | None]
    languages: dict[int, str]
    unsure: Mapping[GatewayName, Unsure]

    def board_of(self, address: ChatAddress) -> Board:
        """The board of one place."""
        heard, shown, totals = self.heard.get(address, set()), self.known_ones, self.totals
        if None not in heard:
            shown = tuple(status for status in shown if status.company.id in heard)
            totals = Counter(status.company.gateway for status in shown)
        return arrange(shown, totals, self.heard_at, self.silent, self.muted, self.unsure)

    def language(self, chat_id: int) -> str | None:
        """What the chat has chosen."""
        return self.languages.get(chat_id)


async def read_board_snapshot(
    tx: Transaction, places: Collection[ChatAddress], now: datetime, last_looks: LastLooks | None
) -> BoardSnapshot:
    """All that the boards of these places show, as it is stored now."""
    looks = await gateways.all_looks(tx)
    unsure = doubts(looks, last_looks)
    totals = await companies.totals(tx)
    silent = frozenset(look.name for look in looks if look.failures > 1)
    heard: defaultdict[ChatAddress, set[CompanyId | None]] = defaultdict(set)
    for subscription in await subscriptions.heard(tx):
        if subscription.address in places:
            heard[subscription.address].add(subscription.company_id)
    few = sum(totals.values()) <= FEW
    return BoardSnapshot(
        known_ones=tuple(
            await _known_ones(tx, heard, None if few else silent | unsure.keys(), now)
        ),
        totals=totals,
        heard=heard,
        heard_at={look.name: look.last_ok_at for look in looks},
        silent=silent,
        muted=frozenset(mute.company_id for mute in await mutes.active(tx, now)),
        languages=await chats.languages(tx),
        unsure=unsure,
    )


def doubts(
    looks: Collection[GatewayLook], last_looks: LastLooks | None
) -> dict[GatewayName, Unsure]:
    """The gateways of which nothing may be claimed, since when and why."""
    if last_looks is None:
        return {}
    found = {look.name: last_looks.unsure(look.name, look.last_look_at) for look in looks}
    return {name: unsure for name, unsure in found.items() if unsure is not None}


async def _known_ones(
    tx: Transaction, heard: Heard, silent: Collection[GatewayName] | None, now: datetime
) -> list[CompanyStatus]:
    """The companies a place is subscribed to by name, and of the others those that are not well.

    Nobody is well at a `silent` gateway. None: all are read, however they are.
    """
    asked = set[CompanyId | None]().union(*heard.values())
    by_name = [company_id for company_id in asked if company_id is not None]
    by_name += [rest.company_id for rest in await rests.active(tx) if None in asked]
    read = [await states.known_of(tx, None, now, ids=ids) for ids in parts(by_name)]
    if None in asked and silent is None:
        read.append(await states.known_of(tx, None, now))
    elif None in asked and silent is not None:
        read.append(await states.unwell(tx, silent, now))
    open_ones: defaultdict[CompanyId | None, list[Incident]] = defaultdict(list)
    for incident in await incidents.open_ones(tx):
        open_ones[incident.company_id].append(incident)
    found = {status.company.id: status for some in read for status in some}
    return [replace(status, incidents=tuple(open_ones[key])) for key, status in found.items()]
