"""Starts to watch sessions that gateways list and no setting names, while there is room.

A gateway that is mistaken, or in bad hands, lists sixty thousand sessions at once. Each look takes
in so many; the next ones go on, so that an honest gateway is taken in whole within minutes and
nobody has to hear of it. What is over the limit in all is told to the owners, never left out in
silence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.domain.company import Company, GatewayName, WhyAbsent
from bot.domain.notice import ChatAddress
from bot.domain.roster import ListedSession, Listing
from bot.domain.system_notice import SystemNotice, SystemNoticeKind
from bot.monitor.company_sync import say_words, take_in, tell_twice
from bot.monitor.made_ids import as_stored
from bot.monitor.twins import see_twins
from bot.monitor.unwatchable import say_unwatchable
from storage.alerts import system_notices
from storage.database import Transaction
from storage.sessions import companies, gateways

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Room:
    """How many companies are taken in: at one look, and until there are `most` of them."""

    at_a_look: int = 2_000
    most: int = 20_000


class Newcomers:
    """`tell`: chats that are told of companies on two gateways, and of those without room."""

    def __init__(self, tell: Sequence[ChatAddress], room: Room | None = None) -> None:
        self._tell = tell
        self._room = room or Room()

    async def meet(
        self, tx: Transaction, gateway: GatewayName, listing: Listing | None, now: datetime
    ) -> list[Company]:
        """Start to watch what a gateway lists; returns the new ones. Owners are told of the rest.

        None: its list was not looked at.
        """
        if listing is None:
            return await self.take(tx, gateway, None, now)
        taken = await self.take(tx, gateway, listing.newcomers, now)
        await say_unwatchable(tx, gateway, listing, self._tell, now)
        await gateways.count(
            tx,
            gateway,
            listed=listing.listed,
            watched=listing.watched + len(taken),
            unfit=listing.unwatchable,
        )
        return taken

    async def take(
        self,
        tx: Transaction,
        gateway: GatewayName,
        sessions: Sequence[ListedSession] | None,
        now: datetime,
    ) -> list[Company]:
        """Take in as many of these as there is room for; those that were.

        For how many there is none is kept, to be shown until it is over. None: nobody was looked
        for.
        """
        if not sessions:
            if sessions is not None:
                await gateways.leave_out(tx, gateway, 0)
            return []
        by_key = {session.company.session_key: session for session in sessions}
        listed, waiting = await as_stored(
            tx, [session.company for session in sessions], self._room.at_a_look
        )
        sessions = [replace(by_key[company.session_key], company=company) for company in listed]
        known = await companies.get_many(tx, [company.id for company in listed])
        new = [company for company in listed if company.id not in known]
        room_left = max(0, self._room.most - await self._watched(tx)) if new or waiting else 0
        welcome = {company.id for company in new[: min(self._room.at_a_look, room_left)]}
        taken, elsewhere = await take_in(
            tx, [company for company in listed if company.id in known or company.id in welcome], now
        )
        moved, undecided = await see_twins(tx, gateway, sessions, elsewhere, now)
        for company in moved:
            log.warning("company_moved_to_working_gateway", company=company.id, gateway=gateway)
            left = company.gateway
            await tell_twice(tx, left, [replace(company, gateway=gateway)], self._tell, now)
        others = {company.id for company in (*moved, *undecided)}
        stay = [company for company in elsewhere if company.id not in others]
        await tell_twice(tx, gateway, stay, self._tell, now)
        await say_words(tx, gateway, [company.id for company in taken], self._tell, now)
        left_out = max(0, len(new) + waiting - room_left)
        await gateways.leave_out(tx, gateway, left_out)
        if left_out:
            await self._say_full(tx, gateway, left_out, now)
        return taken

    async def _watched(self, tx: Transaction) -> int:
        all_companies = await companies.every(tx)
        return sum(1 for company in all_companies if company.absence in (None, WhyAbsent.UNNAMED))

    async def _say_full(
        self, tx: Transaction, gateway: GatewayName, left_out: int, now: datetime
    ) -> None:
        """Say it once of each gateway: it stays so until somebody changes the settings."""
        system_notice = SystemNotice(
            kind=SystemNoticeKind.COMPANIES_TOO_MANY,
            facts={"count": left_out, "most": self._room.most},
            gateway=gateway,
        )
        if not await system_notices.was_made(tx, system_notice):
            log.warning(
                "more companies than MAX_COMPANIES: the rest is not watched",
                gateway=gateway,
                unwatched=left_out,
                most=self._room.most,
            )
            await system_notices.add(tx, self._tell, system_notice, now)
