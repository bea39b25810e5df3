"""By whose clock a chat lives."""

from zoneinfo import ZoneInfo

from bot.actions.errors import BadRequest
from bot.actions.journal import Journal
from bot.domain.access import Person, Right
from bot.domain.timezone import find_zone
from storage.chats import chats, digests


class Zones:
    """The time zone of each chat; `default` is that of those which chose none."""

    def __init__(self, journal: Journal, default: ZoneInfo) -> None:
        self._db = journal.database
        self._journal = journal
        self._default = default
        self._clock = journal.clock

    async def of(self, chat_id: int) -> ZoneInfo:
        """The zone of a chat."""
        async with self._db.reading() as tx:
            chat = await chats.get(tx, chat_id)
        return (chat and chat.time_zone) or self._default

    async def choose(
        self,
        person: Person,
        chat_id: int,
        title: str,
        words: str,
        update_key: str,
        *,
        private: bool,
    ) -> ZoneInfo:
        """Choose a chat's zone by its name; in a group that takes an owner."""
        if not private:
            person.must(Right.SETTINGS)
        zone = find_zone(words)
        if zone is None:
            raise BadRequest("timezone.unknown")
        audit_id = await self._journal.begin(
            person.user_id, chat_id, "timezone", update_key=update_key, zone=zone.key
        )
        async with self._db.writing() as tx:
            await chats.add(tx, chat_id, title, self._clock())
            await chats.set_time_zone(tx, chat_id, zone)
            await digests.change_zone(tx, chat_id, zone, self._clock())
        await self._journal.finish(audit_id, "done")
        return zone
