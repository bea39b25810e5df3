"""Which rights the bot has in a chat, and the words in which Telegram refuses without one.

A group's permissions hold for plain members, and bots are told of no change in them. A restriction
holds for one member, who gets an update. Administrators may do all, but to post in a channel they
need that right.
"""

from bot.sandbox.telegram.chats import Chat
from bot.sandbox.telegram.people import SENDS
from bot.sandbox.telegram.refusals import bad, forbidden
from bot.sandbox.telegram.world import World

_NAMES = {
    "can_send_messages": "text messages",
    "can_send_photos": "photos",
    "can_send_documents": "documents",
    "can_send_other_messages": "games, stickers and GIFs",
}


def denied_to_bot(world: World, chat: Chat) -> frozenset[str]:
    """What the bot may not do here."""
    me = chat.member(world.bot)
    if chat.is_private or chat.type == "channel" or me.is_admin:
        return frozenset()
    denied = chat.denied | me.denied
    # Nobody who may not write may send anything else.
    return frozenset(SENDS) if "can_send_messages" in denied else frozenset(denied)


def check_may_send(world: World, chat: Chat, right: str) -> None:
    """Refuse a new message of this kind where the bot may not send it."""
    if chat.type == "channel" and not chat.member(world.bot).can_post:
        raise bad("need administrator rights in the channel chat")
    denied = denied_to_bot(world, chat)
    if right in denied:
        raise bad(f"not enough rights to send {_NAMES[right]} to the chat")
    if chat.slow_mode_s and not chat.member(world.bot).is_admin:
        last = [m.date for m in chat.history if m.sender.id == world.bot.id and not m.service]
        left_s = int(last[-1] + chat.slow_mode_s - world.clock()) if last else 0
        if left_s > 0:
            raise bad(f"SLOWMODE_WAIT_{left_s}")


def check_may_edit(world: World, chat: Chat, right: str) -> None:
    """Refuse to change a message into one that the bot may not send."""
    denied = denied_to_bot(world, chat)
    if "can_send_messages" in denied:
        raise bad("CHAT_WRITE_FORBIDDEN")
    if right in denied:
        raise bad(f"not enough rights to send {_NAMES[right]} to the chat")


def check_account(chat: Chat) -> None:
    """Refuse a private chat whose person has deleted their account."""
    if chat.deactivated:
        raise forbidden("user is deactivated")
