"""Who did what, in pages and as a file. For owners."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from handlers.answering import answer, replace, send_file
from handlers.callbacks import AuditOf
from handlers.context import Turn
from handlers.render import audit as render


async def audit(message: Message, turn: Turn, actions: Actions) -> None:
    """`/audit`: the newest rows first."""
    page = await actions.auditing.page(turn.person, 0)
    await answer(message, render.page(turn.texts, page, turn.now))


async def another(
    query: CallbackQuery, callback_data: AuditOf, turn: Turn, actions: Actions
) -> None:
    """Another page."""
    page = await actions.auditing.page(turn.person, callback_data.page)
    await replace(query, render.page(turn.texts, page, turn.now))


async def file(query: CallbackQuery, turn: Turn, actions: Actions) -> None:
    """All of it, as JSON lines."""
    content = await actions.auditing.file(turn.person)
    await send_file(query, content, f"repair-audit-{turn.now.date().isoformat()}.jsonl")


def build() -> Router:
    """The routes of this file."""
    router = Router(name="auditing")
    router.message.register(audit, Command("audit"))
    router.callback_query.register(file, AuditOf.filter(F.how == "file"), flags={"changes": False})
    router.callback_query.register(another, AuditOf.filter(), flags={"changes": False})
    return router
