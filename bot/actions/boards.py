"""Boards: which place wants one. What it shows, and when, is not decided here."""

from collections.abc import Callable

from bot.actions.errors import NothingHeard
from bot.actions.fewer_alerts import must_lessen
from bot.actions.journal import Journal
from bot.domain.access import Person, Right
from bot.domain.notice import ChatAddress
from storage.chats import boards, chats, subscriptions
from storage.chats.boards import BoardRow


class BoardWishes:
    """A board for a chat or topic. `on_written` is called when one is to be shown."""

    def __init__(self, journal: Journal, *, on_written: Callable[[], None]) -> None:
        self._db = journal.database
        self._journal = journal
        self._clock = journal.clock
        self._on_written = on_written

    async def open(
        self, person: Person, address: ChatAddress, title: str, update_key: str
    ) -> int | None:
        """Let this place have a board, as a new message; the message that was it before, if any.

        NothingHeard where the place is subscribed to nothing.
        """
        async with self._db.reading() as tx:
            heard = await subscriptions.of_address(tx, address)
        if not heard:
            raise NothingHeard
        for subscription in heard:
            person.must(Right.SUBSCRIBE, subscription.company_id)
        audit_id = await self._journal.begin(
            person.user_id, address.chat_id, "board", update_key=update_key
        )
        async with self._db.writing() as tx:
            before = await boards.get(tx, address)
            await chats.add(tx, address.chat_id, title, self._clock())
            await boards.put(tx, address, person.user_id, self._clock())
        await self._journal.finish(audit_id, "done")
        self._on_written()
        return None if before is None else before.message_id

    async def close(self, person: Person, address: ChatAddress, update_key: str) -> BoardRow | None:
        """Take the board away, be its message still on its way; None where there was none."""
        async with self._db.reading() as tx:
            heard = await subscriptions.of_address(tx, address)
            present = await boards.get(tx, address)
        if present is None:
            return None
        for company_id in {subscription.company_id for subscription in heard} or {None}:
            person.must(Right.SUBSCRIBE, company_id)
        async with self._db.reading() as tx:
            who = [(subscription.company_id, present.opened_by) for subscription in heard]
            await must_lessen(tx, person, address, who or [(None, present.opened_by)])
        audit_id = await self._journal.begin(
            person.user_id, address.chat_id, "board off", update_key=update_key
        )
        async with self._db.writing() as tx:
            await boards.remove(tx, address)
        await self._journal.finish(audit_id, "done")
        return present
