"""Remembers what chats and topics are called, whoever happens to show it."""

from collections.abc import Mapping
from types import MappingProxyType

import structlog

from bot.domain.notice import ChatAddress
from storage.chats import place_names
from storage.database import Database

log = structlog.get_logger()


class Naming:
    """Writes a name only when it has changed; nothing fails for want of one."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._known: dict[ChatAddress, str] | None = None
        self._unwritten: dict[ChatAddress, str] = {}

    async def seen(
        self,
        names: Mapping[ChatAddress, str],
        *,
        hints: Mapping[ChatAddress, str] = MappingProxyType({}),
        ours_only: bool = False,
    ) -> None:
        """These places are called so now; `hints` count where nothing newer is known.

        With `ours_only` strangers' chats are left out.

        A stranger may take the bot into any number of chats: only where something hangs on a chat,
        or somebody we know speaks there, does its name matter.
        """
        try:
            known = await self._all_known()
            new = {place: name for place, name in hints.items() if place not in known}
            new |= {place: name for place, name in names.items() if known.get(place) != name}
            if new and ours_only:
                ours = await self._of_ours(new, known)
                # A name that came meanwhile is newer than any hint.
                new = {
                    place: name
                    for place, name in ours.items()
                    if place in names or place not in known
                }
            known |= new
            self._unwritten |= new
            await self._write()
        except Exception as error:
            log.exception("place_name_not_stored", error=type(error).__name__)

    async def _all_known(self) -> dict[ChatAddress, str]:
        if self._known is None:
            async with self._db.reading() as tx:
                self._known = await place_names.every(tx)
        return self._known

    async def _of_ours(
        self, new: Mapping[ChatAddress, str], known: Mapping[ChatAddress, str]
    ) -> dict[ChatAddress, str]:
        seen_before = {place.chat_id for place in known}
        async with self._db.reading() as tx:
            ours = await place_names.are_known(tx, {place.chat_id for place in new}) | seen_before
        return {place: name for place, name in new.items() if place.chat_id in ours}

    async def _write(self) -> None:
        if self._unwritten:
            names, self._unwritten = self._unwritten, {}
            try:
                async with self._db.writing() as tx:
                    await place_names.note(tx, names)
            except BaseException:
                self._unwritten = names | self._unwritten
                raise
