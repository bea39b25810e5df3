"""The audit: who did what to which company, from which chat, with which result."""

from datetime import datetime

from bot.actions.results import AuditPage
from bot.domain.access import BOT_ITSELF
from bot.domain.audit import AuditRow
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.callbacks import AuditOf
from handlers.render.acts import act, came_to
from handlers.render.places import chat
from handlers.render.screen import Screen, cut


def page(t: Texts, found: AuditPage, now: datetime) -> Screen:
    """A page of rows, the newest first."""
    if not found.acts:
        return Screen(t.say("audit.none"))
    head = t.plural("audit.head", found.total)
    lines = [_line(t, found, row, now) for row in found.acts]
    neighbours = [AuditOf(page=found.page + by, how="page") for by in (-1, 1)]
    file = keyboards.button(t.say("audit.button.file"), AuditOf(page=0, how="file"))
    rows = [keyboards.paging(t, found.page, found.pages, neighbours), [file]]
    return Screen(cut(t, [head, "", *lines]), keyboards.keyboard(rows))


def _line(t: Texts, found: AuditPage, row: AuditRow, now: datetime) -> Markup:
    if row.user_id == BOT_ITSELF:
        who: str = t.say("audit.itself")
    else:
        who = t.foreign(found.names.get(row.user_id, "")) or str(row.user_id)
    what: str = act(t, row.action)
    if row.company_id is not None:
        what = t.say("audit.of", what=what, company=row.company_id)
    moment, result = t.moment(row.at, now=now), came_to(t, row.outcome)
    line = t.say("audit.line", moment=moment, who=who, what=what, result=result)
    if row.chat_id == row.user_id or not row.chat_id:
        return line
    return t.say("audit.in_chat", line=line, chat=chat(t, row.chat_id, found.chats))
