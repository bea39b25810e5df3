"""First contact: the stations from the gateway to this chat, each with its next step."""

import contextlib

from aiogram import F
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, ChatMemberAdministrator, Message

from bot.actions import Actions
from bot.domain.access import Right
from bot.domain.trouble import Severity
from handlers.answer import answer, replace
from handlers.callbacks import OnboardingButton
from handlers.context import RequestContext
from handlers.live.tasks import Live
from handlers.render import onboarding as render
from handlers.render.screen import Screen
from handlers.routes import Routes


async def begin(message: Message, context: RequestContext, actions: Actions, live: Live) -> None:
    """Show the stations as a new message."""
    await answer(message, await _stations(context, actions, live))


async def again(
    query: CallbackQuery, context: RequestContext, actions: Actions, live: Live
) -> None:
    """The same, looked at anew."""
    context.person.must(Right.SETTINGS)
    await replace(query, await _stations(context, actions, live))


async def subscribe(
    query: CallbackQuery, context: RequestContext, actions: Actions, live: Live
) -> None:
    """Subscribe this chat to everything."""
    await actions.chats.subscribe(
        context.person, context.address, context.title, [], Severity.INFO, context.key
    )
    await replace(query, await _stations(context, actions, live))


async def test(query: CallbackQuery, context: RequestContext, actions: Actions, live: Live) -> None:
    """Send what looks and sounds like an alert, and says that it is none."""
    test_id = await actions.onboarding.begin_test(context.person, context.address, context.key)
    sent = await answer(query, render.test_alert(context.texts))
    if sent is not None and sent.chat.id == context.address.chat_id:  # elsewhere it proves nothing
        await actions.onboarding.sent(test_id)
    await replace(query, await _stations(context, actions, live))


async def _stations(context: RequestContext, actions: Actions, live: Live) -> Screen:
    seen = await actions.onboarding.seen(context.person, context.address)
    pins = True if context.private else await _may_pin(context.address.chat_id, live)
    return render.tour(context.texts, seen, context.now, may_pin=pins)


async def _may_pin(chat_id: int, live: Live) -> bool:
    """What is not known is not complained of."""
    with contextlib.suppress(TelegramAPIError):
        member = await live.bot.get_chat_member(chat_id, live.bot.id)
        return isinstance(member, ChatMemberAdministrator) and member.can_pin_messages is not False
    return True


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="onboarding")
    router.button(again, OnboardingButton.filter(F.do == "look"), changes=False)
    router.button(subscribe, OnboardingButton.filter(F.do == "subscribe"), changes=True)
    router.button(test, OnboardingButton.filter(F.do == "test"), changes=True)
    return router
