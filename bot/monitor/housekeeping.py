"""Keeps what grows with time from growing for ever: old rows, and what was set aside long ago.

Each turn may be repeated or cut off at any point: the next one finds what is still to be done.
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
from storage import audit, companies, files, outbox, remarks, states, subscriptions
from storage.database import Database, Transaction
from storage.subscriptions import Audience

KEEP_ASIDE = timedelta(days=14)
WARNING = timedelta(days=1)  # so long before it goes, that is told
KEEP_HOURLY = timedelta(days=14)  # counts of files; then what a day needs is kept
KEEP_STATES = timedelta(days=400)  # a year, and what one compares it with
KEEP_SETTLED = timedelta(days=90)  # the longest report
ACTION = "prune"
_TURN_S = 3600.0
_COMPANIES_AT_ONCE = 50  # a write that lasts keeps alerts waiting

log = structlog.get_logger()


class Housekeeping:
    """Tidies once an hour."""

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

    async def run(self) -> None:
        """Tidy now and every hour from then on."""
        while True:
            try:
                await self.turn()
            except Exception:  # a loop's edge: the next turn comes at its time
                log.exception("housekeeping failed")
            await asyncio.sleep(_TURN_S)

    async def turn(self) -> None:
        """Forget old rows, tell what will be deleted, delete what was told of."""
        now = self._clock()
        await self._forget(now)
        for template in {str(one): one for one in self._templates.values()}.values():
            try:
                await self._prune(template, now)
            except AuthDirError as error:
                log.warning("set-aside directories not looked at", reason=str(error))

    async def _forget(self, now: datetime) -> None:
        async with self._db.writing() as tx:
            await outbox.forget_settled(tx, now - KEEP_SETTLED)
            await remarks.forget_settled(tx, now - KEEP_SETTLED)
            await states.forget(tx, now - KEEP_STATES)
            every = [one.id for one in await companies.every(tx)]
        for start in range(0, len(every), _COMPANIES_AT_ONCE):
            async with self._db.writing() as tx:
                part = every[start : start + _COMPANIES_AT_ONCE]
                await files.thin_out(tx, part, now - KEEP_HOURLY)
                await files.forget(tx, part, now - KEEP_STATES)

    async def _prune(self, template: SessionsTemplate, now: datetime) -> None:
        every = await asyncio.to_thread(authdir.expired, template, now, KEEP_ASIDE - WARNING)
        going = {_key(one): one for one in every}
        await self._announce(template, going, now)
        async with self._db.reading() as tx:
            told = await audit.unfinished(tx, ACTION)
        for row in told:
            if row.details.get("directory") != str(template.set_aside_dir):
                continue
            one = going.get(row.update_key or "")
            if one is None:
                await self._finish(row.id, "gone")  # restored meanwhile, or deleted by hand
            elif now - row.at >= WARNING and now - one.at > KEEP_ASIDE:
                await self._finish(row.id, await self._delete(template, one))

    async def _announce(
        self, template: SessionsTemplate, going: Mapping[str, SetAside], now: datetime
    ) -> None:
        """A row in the audit for each that goes, and one word to people for all of them."""
        async with self._db.writing() as tx:
            fresh = [one for key, one in going.items() if await _begin(tx, template, key, one, now)]
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
    tx: Transaction, template: SessionsTemplate, key: str, one: SetAside, now: datetime
) -> bool:
    """Write that it will go; False when that was written before."""
    row_id = await audit.begin(
        tx,
        user_id=BOT_ITSELF,
        chat_id=0,
        action=ACTION,
        company_id=one.company_id,
        details={"name": one.path.name, "directory": str(template.set_aside_dir)},
        update_key=key,
        now=now,
    )
    return row_id is not None


def _key(one: SetAside) -> str:
    return f"prune:{hashlib.sha256(str(one.path).encode()).hexdigest()[:40]}"
