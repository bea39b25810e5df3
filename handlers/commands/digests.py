"""The daily digest of this chat or topic: its hour, and whether it comes when all is well."""

from aiogram import F
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.actions.errors import BadRequest, NothingHeard
from bot.domain.digest import DigestWish, parse_hour
from bot.domain.words import OFF
from handlers.answer import answer, replace
from handlers.callbacks import DigestButton
from handlers.context import RequestContext
from handlers.render import digest_hours as render
from handlers.render.screen import Screen
from handlers.routes import Routes


async def digest(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """Choose by writing, or offer some hours."""
    words = (command.args or "").strip().lower()
    if not words:
        card = await actions.digests.of(context.address)
        await answer(message, render.which(context.texts, card))
        return
    if words in OFF:
        await answer(message, await _chosen(None, context, actions))
        return
    hour = parse_hour(words)
    if hour is None:
        raise BadRequest("digest.how")
    present = (await actions.digests.of(context.address)).wish
    wish = DigestWish(hour=hour, when_well=present is None or present.when_well)
    await answer(message, await _chosen(wish, context, actions))


async def choose(
    query: CallbackQuery, callback_data: DigestButton, context: RequestContext, actions: Actions
) -> None:
    """Choose by a button."""
    wish = None
    if callback_data.hour >= 0:
        wish = DigestWish(hour=callback_data.hour, when_well=callback_data.well)
    await replace(query, await _chosen(wish, context, actions))


async def _chosen(wish: DigestWish | None, context: RequestContext, actions: Actions) -> Screen:
    """What came of the choice."""
    try:
        card = await actions.digests.choose(
            context.person, context.address, context.title, wish, context.key
        )
    except NothingHeard:
        return render.nothing_to_tell(context.texts)
    return render.chosen(context.texts, card)


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="digests")
    router.command(digest, "digest", changes=True)
    router.button(choose, DigestButton.filter(F.hour.in_(set(range(-1, 24)))), changes=True)
    return router
