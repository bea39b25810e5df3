"""A chat's quiet hours."""

from bot.actions.journal import Journal
from bot.actions.results import QuietCard
from bot.actions.timezones import Zones
from bot.domain.access import Person, Right
from bot.domain.quiet_hours import QuietHours
from storage.chats import chats


class QuietHoursOfChats:
    """When a chat receives critical alerts only, by its own clock."""

    def __init__(self, journal: Journal, zones: Zones) -> None:
        self._db = journal.database
        self._journal = journal
        self._timezones = zones
        self._clock = journal.clock

    async def of(self, chat_id: int) -> QuietCard:
        """The present hours of a chat, and its zone."""
        async with self._db.reading() as tx:
            chat = await chats.get(tx, chat_id)
        hours = None if chat is None else chat.quiet
        return QuietCard(hours=hours, zone=await self._timezones.of(chat_id))

    async def choose(
        self,
        person: Person,
        chat_id: int,
        title: str,
        hours: QuietHours | None,
        update_key: str,
        *,
        private: bool,
    ) -> QuietCard:
        """Choose a chat's quiet hours (None: none at all); in a group that takes an owner."""
        if not private:
            person.must(Right.SETTINGS)
        choice = "off" if hours is None else f"{hours.start}-{hours.end}"
        audit_id = await self._journal.begin(
            person.user_id, chat_id, "quiet", update_key=update_key, hours=choice
        )
        zone = await self._timezones.of(chat_id)
        async with self._db.writing() as tx:
            await chats.add(tx, chat_id, title, self._clock())
            await chats.set_quiet(tx, chat_id, hours, zone)
        await self._journal.finish(audit_id, "done")
        return await self.of(chat_id)
