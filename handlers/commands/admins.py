"""Who is let in, by owners."""

import contextlib
import re

from aiogram.exceptions import TelegramAPIError
from aiogram.filters import CommandObject
from aiogram.types import Message

from bot.actions import Actions
from bot.actions.errors import BadRequest
from bot.actions.results import Leaving
from bot.domain.access import Role, UserId
from handlers.answer import answer
from handlers.context import RequestContext
from handlers.live.tasks import Live
from handlers.render import people as render
from handlers.render.boards import taken_away
from handlers.routes import Routes

_USER_ID = re.compile(r"[1-9]\d{0,15}")


async def grant(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions, live: Live
) -> None:
    """`/grant 123456 operator [company…]`: let somebody in."""
    words = (command.args or "").split()
    if len(words) < 2 or words[1].lower() not in list(Role):
        raise BadRequest("grant.usage")
    user_id, role = _user_id(words[0], "grant.usage"), Role(words[1].lower())
    companies = [await actions.status.find(context.person, word) for word in words[2:]]
    ids = [company.id for company in companies]
    done = await actions.people.grant(
        context.person, user_id, role, ids, context.address.chat_id, context.key
    )
    await answer(message, render.granted(context.texts, user_id, role, companies, done))
    await _take_boards_away(live, context, done.leaving)


async def revoke(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions, live: Live
) -> None:
    """`/revoke 123456`: take back everything somebody was granted."""
    user_id = _user_id((command.args or "").strip(), "revoke.usage")
    leaving = await actions.people.revoke(
        context.person, user_id, context.address.chat_id, context.key
    )
    await answer(message, render.revoked(context.texts, user_id, leaving))
    await _take_boards_away(live, context, leaving)


async def _take_boards_away(live: Live, context: RequestContext, leaving: Leaving | None) -> None:
    """What a board showed last must not stay where nobody may see it."""
    for chat_id, message_id in () if leaving is None else leaving.left.boards:
        if message_id:
            await live.put(chat_id, message_id, taken_away(context.texts))
            with contextlib.suppress(TelegramAPIError):  # where it could not be pinned
                await live.bot.unpin_chat_message(chat_id=chat_id, message_id=message_id)


async def admins(message: Message, context: RequestContext, actions: Actions) -> None:
    """Everybody who was let in."""
    await answer(message, render.admins(context.texts, await actions.people.admins(context.person)))


def _user_id(word: str, usage: str) -> UserId:
    if _USER_ID.fullmatch(word) is None:
        raise BadRequest(usage)
    return UserId(int(word))


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="admins")
    router.command(grant, "grant", changes=True)
    router.command(revoke, "revoke", changes=True)
    router.command(admins, "admins")
    return router
