"""Who did what: the audit as owners read it. Nothing in it is ever changed."""

from bot.actions.results import AuditPage
from bot.domain.access import Person, Right
from bot.domain.audit import AuditRow
from bot.domain.paging import which_page
from bot.reports.lines import act_lines
from storage.chats import place_names
from storage.database import Database
from storage.people import audit
from storage.people import names as people

PAGE = 10
FILE_ROWS = 50_000  # about 15 MB; `repair-bot export` gives all
_AT_ONCE = 1_000


class Audit:
    """The audit, for owners. It outlives the grants of those it names."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def page(self, person: Person, page: int) -> AuditPage:
        """A page of rows, the newest first."""
        person.must(Right.AUDIT)
        async with self._db.reading() as tx:
            total = await audit.count(tx)
            page, pages = which_page(page, total, PAGE)
            acts = await audit.page(tx, PAGE, page * PAGE)
            names = await people.names(tx)
            titles = await place_names.of_chats(tx, (act.chat_id for act in acts))
        return AuditPage(
            acts=tuple(acts), names=names, chats=titles, page=page, pages=pages, total=total
        )

    async def file(self, person: Person) -> bytes:
        """The newest rows as JSON lines, the oldest of them first."""
        person.must(Right.AUDIT)
        acts: list[AuditRow] = []
        async with self._db.reading() as tx:
            while len(acts) < FILE_ROWS:
                part = await audit.page(tx, _AT_ONCE, len(acts))
                acts += part
                if len(part) < _AT_ONCE:
                    break
            names = await people.names(tx)
            titles = await place_names.of_chats(tx, (act.chat_id for act in acts))
        return act_lines(reversed(acts), names, titles)
