"""Greeting, help, ids, language."""

from aiogram import F
from aiogram.filters import CommandStart
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.domain.access import Right
from bot.texts import LANGUAGES, Catalogs
from handlers.answer import answer, replace
from handlers.callbacks import Lang
from handlers.commands import onboarding
from handlers.context import RequestContext
from handlers.live.tasks import Live
from handlers.render import chats as render
from handlers.render import help as words
from handlers.routes import Routes


async def start(message: Message, context: RequestContext, actions: Actions, live: Live) -> None:
    """Say what can be done here; whoever starts the bot in private takes its messages again."""
    if context.private:
        await actions.chats.taken_back(context.address.chat_id)
    if context.person.may(Right.SETTINGS):
        await onboarding.begin(message, context, actions, live)
        return
    await answer(message, words.start(context.texts, context.person))


async def help_(message: Message, context: RequestContext) -> None:
    """Every command the person may use."""
    await answer(message, words.help_(context.texts, context.person))


async def ids(message: Message, context: RequestContext) -> None:
    """The ids that settings and grants ask for."""
    address = context.address
    screen = words.whoami(context.texts, context.person.user_id, address.chat_id, address.thread_id)
    await answer(message, screen)


async def language(message: Message, context: RequestContext) -> None:
    """Offer the languages."""
    await answer(message, render.language(context.texts))


async def choose_language(
    query: CallbackQuery,
    callback_data: Lang,
    context: RequestContext,
    actions: Actions,
    catalogs: Catalogs,
) -> None:
    """Speak another language in this chat from now on."""
    await actions.chats.set_language(
        context.person,
        context.address.chat_id,
        context.title,
        callback_data.code,
        context.key,
        private=context.private,
    )
    await replace(query, render.language_set(catalogs.speaking(callback_data.code)))


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="start")
    router.message.register(start, CommandStart())
    router.command(help_, "help")
    router.command(ids, "id")
    router.command(language, "lang")
    router.button(choose_language, Lang.filter(F.code.in_(set(LANGUAGES))), changes=True)
    return router
