"""The configuration file, read anew by order of an owner."""

from collections.abc import Awaitable, Callable

from bot.actions.errors import BadRequest
from bot.actions.journal import Journal
from bot.domain.access import Person, Right
from bot.domain.config_file import Changes, ReloadRefused
from bot.domain.notice import ChatAddress


class ReloadByPerson:
    """Takes the order. `configured` is false where there is no such file."""

    def __init__(
        self,
        journal: Journal,
        reload: Callable[[], Awaitable[Changes | ReloadRefused]],
        *,
        configured: bool,
    ) -> None:
        self._journal = journal
        self._reload = reload
        self._configured = configured

    async def reload(
        self, person: Person, address: ChatAddress, update_key: str
    ) -> Changes | ReloadRefused:
        """Go by the file as it stands now. BadRequest where there is none."""
        person.must(Right.SETTINGS)
        if not self._configured:
            raise BadRequest("reload.no_file")
        audit_id = await self._journal.begin(
            person.user_id, address.chat_id, "reload", update_key=update_key
        )
        result = await self._reload()
        await self._journal.finish(
            audit_id, "untouched" if isinstance(result, ReloadRefused) else "done"
        )
        return result
