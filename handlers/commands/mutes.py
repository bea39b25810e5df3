"""Keeping alerts away for a while."""

from datetime import timedelta

from aiogram import F
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.actions.errors import BadRequest
from bot.domain.access import Right
from bot.domain.company import Company
from bot.domain.mute import LONGEST, SHORTEST, parse_length
from bot.domain.words import EVERY
from handlers.answer import answer, replace
from handlers.callbacks import ALL, Do, MuteButton, Unmute
from handlers.context import RequestContext
from handlers.render import mutes as render
from handlers.render.company_choice import choose
from handlers.render.screen import Screen
from handlers.routes import Routes


async def mute(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """Mute by name and length, or offer what is missing."""
    words = (command.args or "").split()
    if not words:
        companies = await actions.status.choices(context.person, Right.MUTE)
        if not companies:
            context.person.must(Right.MUTE)
        await answer(message, choose(context.texts, companies, "mute", 0))
        return
    company = await _typed(words[0], context, actions)
    context.person.must(Right.MUTE, None if company is None else company.id)
    if len(words) == 1:
        await answer(message, render.how_long(context.texts, company))
        return
    length = parse_length("".join(words[1:]))
    if length is None:
        raise BadRequest("mute.how")
    await answer(message, await _mute(company, length, context, actions))


async def chosen(
    query: CallbackQuery, callback_data: Do, context: RequestContext, actions: Actions
) -> None:
    """A company was chosen; the length is still to be."""
    company = await _company(callback_data.company, context, actions)
    context.person.must(Right.MUTE, None if company is None else company.id)
    await replace(query, render.how_long(context.texts, company))


async def mute_pressed(
    query: CallbackQuery, callback_data: MuteButton, context: RequestContext, actions: Actions
) -> None:
    """Mute by a button."""
    company = await _company(callback_data.company, context, actions)
    length = timedelta(minutes=callback_data.minutes)
    await replace(query, await _mute(company, length, context, actions))


async def unmute(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """End a mute by name, or show what is muted."""
    if not command.args:
        rows = await actions.status.mutes(context.person)
        await answer(message, render.mutes(context.texts, rows, context.now))
        return
    company = await _typed(command.args.strip(), context, actions)
    await answer(message, await _unmute(company, context, actions))


async def unmute_pressed(
    query: CallbackQuery, callback_data: Unmute, context: RequestContext, actions: Actions
) -> None:
    """End a mute by a button."""
    company = await _company(callback_data.company, context, actions)
    await replace(query, await _unmute(company, context, actions))


async def _mute(
    company: Company | None, length: timedelta, context: RequestContext, actions: Actions
) -> Screen:
    company_id = None if company is None else company.id
    done = await actions.mutes.mute(
        context.person, company_id, length, context.address.chat_id, context.key
    )
    return render.muted(context.texts, company, done, context.now)


async def _unmute(company: Company | None, context: RequestContext, actions: Actions) -> Screen:
    company_id = None if company is None else company.id
    count = await actions.mutes.unmute(
        context.person, company_id, context.address.chat_id, context.key
    )
    return render.unmuted(context.texts, company, count)


async def _typed(word: str, context: RequestContext, actions: Actions) -> Company | None:
    """The company that is named; None for all."""
    is_all = word.casefold() in (*EVERY, ALL)
    return None if is_all else await actions.status.find(context.person, word)


async def _company(carried: str, context: RequestContext, actions: Actions) -> Company | None:
    """The company that a button carries; None for all."""
    return None if carried == ALL else await actions.status.find(context.person, carried)


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="mutes")
    lengths = F.minutes.func(lambda n: SHORTEST <= timedelta(minutes=n) <= LONGEST)
    router.command(mute, "mute", changes=True)
    router.button(chosen, Do.filter(F.what == "mute"), changes=False)
    router.button(mute_pressed, MuteButton.filter(lengths), changes=True)
    router.command(unmute, "unmute", changes=True)
    router.button(unmute_pressed, Unmute.filter(), changes=True)
    return router
