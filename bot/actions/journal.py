"""The audit row around every act that changes something."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.actions.errors import DoneAlready
from bot.domain.access import UserId
from bot.domain.company import CompanyId
from storage.database import Database
from storage.people import audit


class Journal:
    """Writes who does what before it is done, and the result after.

    Whoever changes something has a journal, and goes by its database and its clock.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self.database = database
        self.clock = clock

    async def begin(
        self,
        user_id: UserId,
        chat_id: int,
        action: str,
        company_id: CompanyId | None = None,
        *,
        update_key: str | None = None,
        **details: Any,
    ) -> int:
        """The row's id. DoneAlready when the same update has begun the same act before."""
        async with self.database.writing() as tx:
            row_id = await audit.begin(
                tx,
                user_id=user_id,
                chat_id=chat_id,
                action=action,
                company_id=company_id,
                details=details,
                update_key=update_key,
                now=self.clock(),
            )
        if row_id is None:
            raise DoneAlready
        return row_id

    async def finish(self, audit_id: int, outcome: str, **details: Any) -> None:
        """Write the result; details, if any, replace those it began with."""
        async with self.database.writing() as tx:
            await audit.finish(tx, audit_id, outcome, self.clock(), details)
