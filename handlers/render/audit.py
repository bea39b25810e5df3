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


def _line(t: Texts, found: AuditPage, one: AuditRow, now: datetime) -> Markup:
    if one.user_id == BOT_ITSELF:
        who: str = t.say("audit.itself")
    else:
        who = t.foreign(found.names.get(one.user_id, "")) or str(one.user_id)
    what: str = act(t, one.action)
    if one.company_id is not None:
        what = t.say("audit.of", what=what, company=one.company_id)
    moment, result = t.moment(one.at, now=now), came_to(t, one.outcome)
    line = t.say("audit.line", moment=moment, who=who, what=what, result=result)
    if one.chat_id == one.user_id or not one.chat_id:
        return line
    return t.say("audit.in_chat", line=line, chat=chat(t, one.chat_id, found.chats))
