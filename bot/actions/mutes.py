"""Mutes: no alerts of a company, or of all, for a while, in every chat."""

from datetime import timedelta

from bot.actions.journal import Journal
from bot.domain.access import Person, Right
from bot.domain.company import CompanyId
from bot.domain.mute import Mute
from bot.monitor.reminders import tell_what_is_on
from storage.alerts import mutes


class Mutes:
    """Mutes and unmutes a company, or all of them."""

    def __init__(self, journal: Journal) -> None:
        self._db = journal.database
        self._journal = journal
        self._clock = journal.clock

    async def mute(
        self,
        person: Person,
        company_id: CompanyId | None,
        length: timedelta,
        chat_id: int,
        update_key: str,
    ) -> Mute:
        """Mute the company (None: all) for so long from now; it replaces an earlier one."""
        person.must(Right.MUTE, company_id)
        now = self._clock()
        mute = Mute(
            company_id=company_id,
            until_at=now + length,
            by=person.display_name,
            muted_at=now,
        )
        audit_id = await self._journal.begin(
            person.user_id,
            chat_id,
            "mute",
            company_id,
            update_key=update_key,
            seconds=int(length.total_seconds()),
        )
        async with self._db.writing() as tx:
            await mutes.put(tx, mute, person.user_id)
        await self._journal.finish(audit_id, "done")
        return mute

    async def unmute(
        self, person: Person, company_id: CompanyId | None, chat_id: int, update_key: str
    ) -> int | None:
        """End a mute: how many open incidents are told now; None when it was not muted."""
        person.must(Right.MUTE, company_id)
        now = self._clock()
        async with self._db.reading() as tx:
            active = await mutes.active(tx, now)
        present = next((mute for mute in active if mute.company_id == company_id), None)
        if present is None:
            return None
        audit_id = await self._journal.begin(
            person.user_id, chat_id, "unmute", company_id, update_key=update_key
        )
        async with self._db.writing() as tx:
            await mutes.remove(tx, company_id, now)
            count = await tell_what_is_on(tx, present, now)
        await self._journal.finish(audit_id, "done")
        return count
