"""Puts the digests that are due into the outbox.

Each due time is moved in the transaction that stores what is told: a crash neither loses a digest
nor repeats it. Hours that were missed are made up for by one digest.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.domain.access import UserId
from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.digest import Digest
from bot.domain.freshness import LastLooks
from bot.domain.notice import ChatAddress
from bot.domain.system_notice import SystemNotice, SystemNoticeKind
from bot.reports.digest import compose
from bot.reports.reporter import Reporter
from storage.alerts import mutes, system_notices
from storage.chats import digests, subscriptions
from storage.chats.digests import DigestRow
from storage.chats.subscriptions import Subscription
from storage.database import Database
from storage.sessions import files, gateways, states
from storage.sessions.gateways import GatewayLook

_DAY = timedelta(days=1)

log = structlog.get_logger()


class Digests:
    """Looks now and then whether a chat's hour has come."""

    def __init__(
        self,
        database: Database,
        reporter: Reporter,
        default_zone: ZoneInfo,
        owner_ids: Sequence[UserId],
        *,
        clock: Callable[[], datetime],
        on_written: Callable[[], None],
        last_looks: LastLooks | None = None,
    ) -> None:
        self._db = database
        self._reporter = reporter
        self._default_zone = default_zone
        self._owner_ids = frozenset(owner_ids)
        self._clock = clock
        self._on_written = on_written
        self._last_looks = last_looks

    async def tick(self) -> None:
        """Tell every digest that is due."""
        now = self._clock()
        async with self._db.reading() as tx:
            due = await digests.due(tx, now)
        for row in due:
            await self._tell(row, now)

    async def _tell(self, row: DigestRow, now: datetime) -> None:
        zone = row.zone or self._default_zone
        digest = await self._composed(row.address, now, zone)
        silent = not digest.total or (digest.well and not row.wish.when_well)
        next_at = row.wish.next_after(now, zone)
        async with self._db.writing() as tx:
            if not await digests.move_due(tx, row.address, next_at, was=row.due_at):
                return  # somebody has told it, or chosen another hour, meanwhile
            if not silent:
                system_notice = SystemNotice(kind=SystemNoticeKind.DIGEST, facts=digest.facts)
                await system_notices.add(tx, [row.address], system_notice, now)
        log.info("digest", chat=row.address.chat_id, silent=silent)
        self._on_written()

    async def _composed(self, address: ChatAddress, now: datetime, zone: ZoneInfo) -> Digest:
        async with self._db.reading() as tx:
            known = await states.known_of(tx, None, now)
            heard = await subscriptions.heard(tx)
            active = {mute.company_id for mute in await mutes.active(tx, now)}
            counted = await files.as_of(tx, now - _DAY)
            looks = await gateways.all_looks(tx)
        all_companies = [status.company for status in known]
        own = _heard(
            [subscription for subscription in heard if subscription.address == address],
            all_companies,
        )
        report = await self._reporter.of_all(own, 1, now, zone)
        # Whoever hears of one company alone need not know which others there are.
        watched = _heard(
            [subscription for subscription in heard if not subscription.parked], all_companies
        )
        unheard = [company for company in all_companies if company not in watched]
        late_s = self._late_s(looks, {company.gateway for company in own}, now)
        digest = compose(
            report.each,
            files_before={company_id: look.total for company_id, look in counted.items()},
            muted=_covered(own, active),
            resting={status.company.id for status in known if status.rest is not None},
            linked={status.company.id for status in known if status.was_connected},
            unheard=unheard if address.chat_id in self._owner_ids else (),
        )
        return replace(digest, late_s=late_s)

    def _late_s(
        self, looks: Sequence[GatewayLook], names: set[GatewayName], now: datetime
    ) -> float:
        """How long ago the last look was at the one of these gateways that is late most."""
        if self._last_looks is None:
            return 0
        unsure = [
            self._last_looks.unsure(look.name, look.last_look_at)
            for look in looks
            if look.name in names
        ]
        since = [(now - doubt.since).total_seconds() for doubt in unsure if doubt is not None]
        return max(since, default=0)


def _heard(all_subscriptions: Sequence[Subscription], among: Sequence[Company]) -> list[Company]:
    ids = {subscription.company_id for subscription in all_subscriptions}
    return [company for company in among if None in ids or company.id in ids]


def _covered(own: Sequence[Company], muted: set[CompanyId | None]) -> set[CompanyId]:
    return {company.id for company in own if None in muted or company.id in muted}
