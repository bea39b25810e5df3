"""Bot API methods about chats: who is there, what is pinned, who is typing."""

from typing import Any

from bot.sandbox.telegram.access import check_thread, find_chat, find_message, find_open_chat
from bot.sandbox.telegram.chats import Chat
from bot.sandbox.telegram.membership import announce, bot_leaves
from bot.sandbox.telegram.params import Params
from bot.sandbox.telegram.people import Member
from bot.sandbox.telegram.refusals import bad
from bot.sandbox.telegram.world import Event, World

ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
}


def get_chat(world: World, params: Params) -> dict[str, Any]:
    """Telegram's getChat."""
    chat = find_chat(world, params)
    if not chat.is_private:
        find_open_chat(world, params)
    full = chat.to_api() | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(
            (
                "unlimited_gifts",
                "limited_gifts",
                "unique_gifts",
                "premium_subscription",
                "gifts_from_channels",
            ),
            False,
        ),
    }
    if chat.pinned:
        full["pinned_message"] = chat.pinned[-1].to_api(nested=True)
    return full


def get_chat_member(world: World, params: Params) -> dict[str, Any]:
    """Telegram's getChatMember."""
    chat = find_open_chat(world, params)
    user_id = params.needed_integer("user_id")
    person = world.bot if user_id == world.bot.id else world.people.get(user_id)
    if person is None:
        raise bad("PARTICIPANT_ID_INVALID")
    return chat.member(person).to_api()


def get_chat_administrators(world: World, params: Params) -> list[dict[str, Any]]:
    """Telegram's getChatAdministrators: other bots are left out, this one is not."""
    chat = find_open_chat(world, params)
    if chat.is_private:
        raise bad("there are no administrators in the private chat")
    return [member.to_api() for member in chat.members.values() if member.is_admin]


def get_chat_member_count(world: World, params: Params) -> int:
    """Telegram's getChatMemberCount."""
    chat = find_open_chat(world, params)
    return 2 if chat.is_private else sum(member.is_here for member in chat.members.values())


def leave_chat(world: World, params: Params) -> bool:
    """Telegram's leaveChat."""
    chat = find_open_chat(world, params)
    if chat.is_private:
        raise bad("chat member status can't be changed in private chats")
    bot_leaves(world, chat)
    return True


def send_chat_action(world: World, params: Params) -> bool:
    """Telegram's sendChatAction: shown for five seconds or until the bot writes."""
    chat = find_open_chat(world, params)
    check_thread(world, chat, params.integer("message_thread_id"))
    action = params.text("action")
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    world.emit(Event(kind="typing", chat=chat, details={"action": action}))
    return True


def pin_chat_message(world: World, params: Params) -> bool:
    """Telegram's pinChatMessage."""
    chat = _pinnable(world, params)
    message = find_message(world, chat, params.integer("message_id"), "message to pin not found")
    if message not in chat.pinned:
        chat.pinned.append(message)
        world.emit(Event(kind="pin", chat=chat, message=message))
        announce(world, chat, world.bot, pinned_message=message.to_api(nested=True))
    return True


def unpin_chat_message(world: World, params: Params) -> bool:
    """Telegram's unpinChatMessage: the newest pin where no message is named."""
    chat = _pinnable(world, params)
    message_id = params.integer("message_id")
    pinned = [m for m in chat.pinned if message_id in {None, m.id}]
    if not pinned:
        raise bad("message to unpin not found")
    chat.pinned.remove(pinned[-1])
    world.emit(Event(kind="pin", chat=chat, message=pinned[-1]))
    return True


def _pinnable(world: World, params: Params) -> Chat:
    chat = find_open_chat(world, params)
    me: Member = chat.member(world.bot)
    if not chat.is_private and not me.can_pin:
        raise bad("not enough rights to manage pinned messages in the chat")
    return chat
