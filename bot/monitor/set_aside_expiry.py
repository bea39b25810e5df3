"""Deletes what was set aside long ago at a gateway, a day after that was told.

While a company has no session that works, the last keys it has of each device stay, however old:
one of them may be what brings it back.

Each turn may be repeated or cut off at any point: the next one finds what is still to be done. It
is the work of who watches the gateway: nobody else need see its directories.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot import authdir
from bot.authdir import AuthDirError, SessionsTemplate, SetAside
from bot.domain.access import BOT_ITSELF, UserId
from bot.domain.company import CompanyId, GatewayName
from bot.domain.files import Holding
from bot.domain.session import State
from bot.domain.system_notice import SystemNotice, SystemNoticeKind, owners
from bot.domain.trouble import Severity
from storage.alerts import system_notices
from storage.batches import parts
from storage.chats import subscriptions
from storage.chats.subscriptions import Audience
from storage.database import Database, Transaction
from storage.people import audit
from storage.sessions import gateways, states

KEEP_ASIDE = timedelta(days=14)
WARNING = timedelta(days=1)  # so long before it goes, that is told
WORKS_AFTER = timedelta(hours=1)  # connected for so long, a session needs no older keys
ACTION = "prune"

log = structlog.get_logger()


class SetAsideExpiry:
    """Looks through what was set aside, at one gateway at a time."""

    def __init__(
        self,
        database: Database,
        templates: Mapping[GatewayName, SessionsTemplate],
        owner_ids: Sequence[UserId],
        *,
        clock: Callable[[], datetime],
        on_written: Callable[[], None],
    ) -> None:
        self._db = database
        self._templates = templates
        self._owner_ids = owner_ids
        self._clock = clock
        self._on_written = on_written

    async def tick(self, gateway: GatewayName) -> None:
        """Tell what will be deleted, delete what was told of."""
        template = self._templates.get(gateway)
        if template is None:
            return
        try:
            await self._prune(gateway, template, self._clock())
        except AuthDirError as error:
            log.warning("set_aside_not_listed", reason=str(error))

    async def _prune(self, gateway: GatewayName, template: SessionsTemplate, now: datetime) -> None:
        expired = await asyncio.to_thread(authdir.expired, template, now, KEEP_ASIDE - WARNING)
        if not expired and not await asyncio.to_thread(template.set_aside_dir.exists):
            return  # it may lie on the disk of another machine
        needed = await self._needed(gateway, template, expired, now)
        going = {
            _key(set_aside): set_aside for set_aside in expired if set_aside.path not in needed
        }
        kept = {_key(set_aside) for set_aside in expired if set_aside.path in needed}
        where = {"gateway": str(gateway), "directory": str(template.set_aside_dir)}
        await self._announce(where, going, now)
        async with self._db.reading() as tx:
            announced = await audit.unfinished(tx, ACTION)
        for row in announced:
            if not where.items() <= row.details.items():
                continue
            due = going.get(row.update_key or "")
            if row.update_key in kept:
                continue  # told of, and needed again: it goes once the company works
            if due is None:
                await self._finish(row.id, "gone")  # restored meanwhile, or deleted by hand
            elif now - row.at >= WARNING and now - due.at > KEEP_ASIDE:
                await self._finish(row.id, await self._delete(template, due))

    async def _needed(
        self,
        gateway: GatewayName,
        template: SessionsTemplate,
        old: Sequence[SetAside],
        now: datetime,
    ) -> set[Path]:
        """Which of the old ones their companies may still want back. Raises AuthDirError."""
        holders = {set_aside.company_id for set_aside in old if _may_be_wanted(set_aside)}
        working = await self._working(gateway, sorted(holders), now)
        needed: set[Path] = set()
        for company_id in holders - working:
            directories = await asyncio.to_thread(authdir.list_set_aside, template, company_id)
            needed.update(set_aside.path for set_aside in _last_of_each_device(directories))
        return needed

    async def _working(
        self, gateway: GatewayName, ids: Sequence[CompanyId], now: datetime
    ) -> set[CompanyId]:
        """Those of them that are known to be connected, and have been for a while."""
        async with self._db.reading() as tx:
            looks = await gateways.all_looks(tx)
            if any(look.name == gateway and look.failures > 0 for look in looks):
                return set()  # what a silent gateway said last is not known to be so
            return {
                known.company.id
                for chunk in parts(ids)
                for known in await states.known_of(tx, gateway, now, ids=chunk)
                if known.state is State.CONNECTED
                and known.since is not None
                and now - known.since >= WORKS_AFTER
            }

    async def _announce(
        self, where: Mapping[str, str], going: Mapping[str, SetAside], now: datetime
    ) -> None:
        """A row in the audit for each that goes, and one word to people for all of them."""
        async with self._db.writing() as tx:
            fresh = [
                set_aside
                for key, set_aside in going.items()
                if await _begin(tx, where, key, set_aside, now)
            ]
            if not fresh:
                return
            audience = Audience(await subscriptions.heard(tx))
            hearers = audience.of({set_aside.company_id for set_aside in fresh}, Severity.INFO)
            goes_at = max(now + WARNING, min(set_aside.at for set_aside in fresh) + KEEP_ASIDE)
            facts = {"count": len(fresh), "goes_at": goes_at.isoformat(), "days": KEEP_ASIDE.days}
            whose = {set_aside.company_id for set_aside in fresh}
            system_notice = SystemNotice(
                kind=SystemNoticeKind.SET_ASIDE_GOES,
                facts={**facts, "named": ", ".join(sorted(whose)[:5])},
            )
            await system_notices.add(tx, [*owners(self._owner_ids), *hearers], system_notice, now)
        self._on_written()

    async def _delete(self, template: SessionsTemplate, set_aside: SetAside) -> str:
        """Delete it; how that ended."""
        try:
            await asyncio.to_thread(authdir.prune, template, set_aside)
        except AuthDirError as error:
            log.warning("set_aside_not_deleted", company=set_aside.company_id, reason=str(error))
            return type(error).__name__
        log.info("set_aside_deleted", company=set_aside.company_id, name=set_aside.path.name)
        return "done"

    async def _finish(self, audit_id: int, outcome: str) -> None:
        async with self._db.writing() as tx:
            await audit.finish(tx, audit_id, outcome, self._clock())


async def _begin(
    tx: Transaction, where: Mapping[str, str], key: str, set_aside: SetAside, now: datetime
) -> bool:
    """Write that it will go; False when that was written before."""
    row_id = await audit.begin(
        tx,
        user_id=BOT_ITSELF,
        chat_id=0,
        action=ACTION,
        company_id=set_aside.company_id,
        details={"name": set_aside.path.name, **where},
        update_key=key,
        now=now,
    )
    return row_id is not None


def _may_be_wanted(set_aside: SetAside) -> bool:
    return not set_aside.spent and set_aside.path.suffix != ".json"


def _last_of_each_device(directories: Sequence[SetAside]) -> list[SetAside]:
    """The newest directory of each linked device; where none is linked, the newest there is.

    Not of one device alone: which of them WhatsApp still knows, the files can't say.
    """
    found: dict[str | None, SetAside] = {}
    for directory in directories:
        if directory.keys.holding is Holding.LINKED:
            found.setdefault(directory.keys.device, directory)
    return list(found.values()) or list(directories[:1])


def _key(set_aside: SetAside) -> str:
    return f"prune:{hashlib.sha256(str(set_aside.path).encode()).hexdigest()[:40]}"
