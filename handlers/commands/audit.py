"""Who did what, in pages and as a file. For owners."""

from aiogram import F
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from handlers.answer import answer, replace, send_file
from handlers.callbacks import AuditOf
from handlers.context import RequestContext
from handlers.render import audit as render
from handlers.routes import Routes


async def audit(message: Message, context: RequestContext, actions: Actions) -> None:
    """`/audit`: the newest rows first."""
    page = await actions.audit.page(context.person, 0)
    await answer(message, render.page(context.texts, page, context.now))


async def another(
    query: CallbackQuery, callback_data: AuditOf, context: RequestContext, actions: Actions
) -> None:
    """Another page."""
    page = await actions.audit.page(context.person, callback_data.page)
    await replace(query, render.page(context.texts, page, context.now))


async def file(query: CallbackQuery, context: RequestContext, actions: Actions) -> None:
    """All of it, as JSON lines."""
    content = await actions.audit.file(context.person)
    await send_file(query, content, f"repair-audit-{context.now.date().isoformat()}.jsonl")


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="audit")
    router.command(audit, "audit")
    router.button(file, AuditOf.filter(F.how == "file"), changes=False)
    router.button(another, AuditOf.filter(), changes=False)
    return router
