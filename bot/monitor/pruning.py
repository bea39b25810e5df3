"""Deletes what was set aside long ago at a gateway, a day after that was told.

Each turn may be repeated or cut off at any point: the next one finds what is still to be done. It
is the work of who watches the gateway: nobody else need see its directories.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot import authdir
from bot.authdir import AuthDirError, SessionsTemplate, SetAside
from bot.domain.access import BOT_ITSELF, UserId
from bot.domain.company import GatewayName
from bot.domain.incident import Severity
from bot.domain.remark import Remark, RemarkKind, owners
from storage import audit, remarks, subscriptions
from storage.database import Database, Transaction
from storage.subscriptions import Audience

KEEP_ASIDE = timedelta(days=14)
WARNING = timedelta(days=1)  # so long before it goes, that is told
ACTION = "prune"

log = structlog.get_logger()


class Pruning:
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

    async def turn(self, gateway: GatewayName) -> None:
        """Tell what will be deleted, delete what was told of."""
        template = self._templates.get(gateway)
        if template is None:
            return
        try:
            await self._prune(gateway, template, self._clock())
        except AuthDirError as error:
            log.warning("set-aside directories not looked at", reason=str(error))

    async def _prune(self, gateway: GatewayName, template: SessionsTemplate, now: datetime) -> None:
        every = await asyncio.to_thread(authdir.expired, template, now, KEEP_ASIDE - WARNING)
        if not every and not await asyncio.to_thread(template.set_aside_dir.exists):
            return  # it may lie on the disk of another machine
        going = {_key(one): one for one in every}
        where = {"gateway": str(gateway), "directory": str(template.set_aside_dir)}
        await self._announce(where, going, now)
        async with self._db.reading() as tx:
            told = await audit.unfinished(tx, ACTION)
        for row in told:
            if not where.items() <= row.details.items():
                continue
            one = going.get(row.update_key or "")
            if one is None:
                await self._finish(row.id, "gone")  # restored meanwhile, or deleted by hand
            elif now - row.at >= WARNING and now - one.at > KEEP_ASIDE:
                await self._finish(row.id, await self._delete(template, one))

    async def _announce(
        self, where: Mapping[str, str], going: Mapping[str, SetAside], now: datetime
    ) -> None:
        """A row in the audit for each that goes, and one word to people for all of them."""
        async with self._db.writing() as tx:
            fresh = [one for key, one in going.items() if await _begin(tx, where, key, one, now)]
            if not fresh:
                return
            audience = Audience(await subscriptions.all_ones(tx))
            hearers = audience.of({one.company_id for one in fresh}, Severity.INFO)
            goes_at = max(now + WARNING, min(one.at for one in fresh) + KEEP_ASIDE)
            facts = {"count": len(fresh), "goes_at": goes_at.isoformat(), "days": KEEP_ASIDE.days}
            whose = {one.company_id for one in fresh}
            remark = Remark(
                kind=RemarkKind.SET_ASIDE_GOES,
                facts={**facts, "named": ", ".join(sorted(whose)[:5])},
            )
            await remarks.add(tx, [*owners(self._owner_ids), *hearers], remark, now)
        self._on_written()

    async def _delete(self, template: SessionsTemplate, one: SetAside) -> str:
        """Delete it; how that ended."""
        try:
            await asyncio.to_thread(authdir.prune, template, one)
        except AuthDirError as error:
            log.warning("not deleted", company=one.company_id, reason=str(error))
            return type(error).__name__
        log.info("deleted what was set aside", company=one.company_id, name=one.path.name)
        return "done"

    async def _finish(self, audit_id: int, outcome: str) -> None:
        async with self._db.writing() as tx:
            await audit.finish(tx, audit_id, outcome, self._clock())


async def _begin(
    tx: Transaction, where: Mapping[str, str], key: str, one: SetAside, now: datetime
) -> bool:
    """Write that it will go; False when that was written before."""
    row_id = await audit.begin(
        tx,
        user_id=BOT_ITSELF,
        chat_id=0,
        action=ACTION,
        company_id=one.company_id,
        details={"name": one.path.name, **where},
        update_key=key,
        now=now,
    )
    return row_id is not None


def _key(one: SetAside) -> str:
    return f"prune:{hashlib.sha256(str(one.path).encode()).hexdigest()[:40]}"
