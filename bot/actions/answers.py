"""Requests that could not be answered: nobody's ends in silence."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.domain.access import Person
from bot.domain.hindrance import Hindrance
from bot.domain.notice import ChatAddress
from bot.domain.system_notice import SystemNotice, SystemNoticeKind, owners
from storage.alerts import system_notices
from storage.chats import chats
from storage.database import Database

# Owners hear of the same hindrance in the same chat once in so long.
TOLD_FOR = timedelta(hours=24)


class Answers:
    """Lets the outbox say what could not be said at once."""

    def __init__(
        self,
        database: Database,
        owner_ids: Sequence[int],
        *,
        clock: Callable[[], datetime],
        on_written: Callable[[], None],
    ) -> None:
        self._db = database
        self._owner_ids = owner_ids
        self._clock = clock
        self._on_written = on_written

    async def lost(self, person: Person, address: ChatAddress) -> None:
        """The bot stopped, or Telegram was away: who asked is told to ask again, once."""
        now = self._clock()
        system_notice = SystemNotice(kind=SystemNoticeKind.ANSWER_LOST, facts={"name": person.name})
        async with self._db.writing() as tx:
            waiting = await system_notices.of_kind(tx, SystemNoticeKind.ANSWER_LOST)
            if not any(
                (it.address, it.system_notice) == (address, system_notice) for it in waiting
            ):
                await system_notices.add(tx, [address], system_notice, now)
        self._on_written()

    async def refused(
        self, person: Person, address: ChatAddress, title: str, hindrance: Hindrance
    ) -> None:
        """Neither the chat nor the asker's private chat takes an answer: the owners are told.

        Once a day for each chat and hindrance. Other owners than the asker where there are any.
        """
        now = self._clock()
        async with self._db.writing() as tx:
            chat = await chats.get(tx, address.chat_id)
            name = title or (chat and chat.title) or str(address.chat_id)
            since = now - TOLD_FOR
            lately = await system_notices.of_kind(tx, SystemNoticeKind.UNANSWERED, since)
            same = (str(address.chat_id), hindrance)
            if any(
                (it.system_notice.facts["place"], it.system_notice.facts["hindrance"]) == same
                for it in lately
            ):
                return
            facts = {"chat": name, "name": person.name, "hindrance": hindrance, "place": same[0]}
            all_owners = owners(self._owner_ids)
            others = [it for it in all_owners if it.chat_id != person.user_id]
            system_notice = SystemNotice(kind=SystemNoticeKind.UNANSWERED, facts=facts)
            await system_notices.add(tx, others or all_owners, system_notice, now)
        self._on_written()
