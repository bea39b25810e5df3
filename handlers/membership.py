"""Chats that take the bot in, turn it away, or become another."""

from aiogram import F, Router
from aiogram.enums import ChatMemberStatus
from aiogram.types import ChatMemberUnion, ChatMemberUpdated, Message

from bot.actions import Actions

_AWAY = {ChatMemberStatus.KICKED, ChatMemberStatus.LEFT}


async def membership(update: ChatMemberUpdated, actions: Actions) -> None:
    """Park what the chat is subscribed to, or take it up again."""
    member = update.new_chat_member
    if member.status in _AWAY:
        await actions.chats.turned_away(update.chat.id, member.status)
    elif not may_write(member, update.chat.type):
        await actions.chats.turned_away(update.chat.id, "may not write")
    else:
        await actions.chats.taken_back(update.chat.id)


def may_write(member: ChatMemberUnion, chat_type: str) -> bool:
    """Whether these rights let the bot post: in a channel that is a right of its own."""
    if chat_type == "channel":
        return getattr(member, "can_post_messages", None) is not False
    return getattr(member, "can_send_messages", None) is not False


async def migrated(message: Message, actions: Actions) -> None:
    """The group became a supergroup with another id."""
    if message.migrate_to_chat_id is not None:
        await actions.chats.moved(message.chat.id, message.migrate_to_chat_id)


def build() -> Router:
    """The routes of this file."""
    router = Router(name="membership")
    router.my_chat_member.register(membership)
    router.message.register(migrated, F.migrate_to_chat_id)
    return router
