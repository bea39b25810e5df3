"""Bot API methods that put a new message into a chat."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.telegram.access import check_thread, find_message, find_open_chat
from bot.sandbox.telegram.chats import Chat
from bot.sandbox.telegram.content import read_document, read_photo, read_text
from bot.sandbox.telegram.ephemeral import read_receiver
from bot.sandbox.telegram.keyboards import read_keyboard
from bot.sandbox.telegram.messages import Content, Message
from bot.sandbox.telegram.params import Params
from bot.sandbox.telegram.refusals import Refusal, number
from bot.sandbox.telegram.rights import check_may_send
from bot.sandbox.telegram.world import World


@dataclass(frozen=True, kw_only=True)
class MessagePlace:
    """Where a new message goes, and how."""

    chat: Chat
    more: dict[str, Any]


def send_message(world: World, params: Params) -> dict[str, Any]:
    """Telegram's sendMessage."""
    place = _read_place(world, params, "can_send_messages")
    text = read_text(params, "text", "entities", needed=True)
    return _send(world, place, Content(text=text, keyboard=_keyboard(params)))


def send_photo(world: World, params: Params) -> dict[str, Any]:
    """Telegram's sendPhoto."""
    place = _read_place(world, params, "can_send_photos")
    content = Content(
        text=read_text(params, "caption", "caption_entities"),
        photo=read_photo(world, params, params.text("photo"), "photo"),
        spoiler=params.flag("has_spoiler"),
        caption_above=params.flag("show_caption_above_media"),
        keyboard=_keyboard(params),
    )
    return _send(world, place, content)


def send_document(world: World, params: Params) -> dict[str, Any]:
    """Telegram's sendDocument."""
    place = _read_place(world, params, "can_send_documents")
    content = Content(
        text=read_text(params, "caption", "caption_entities"),
        document=read_document(world, params, params.text("document"), "document"),
        keyboard=_keyboard(params),
    )
    return _send(world, place, content)


def _keyboard(params: Params) -> tuple[tuple[dict[str, Any], ...], ...]:
    return read_keyboard(params.obj("reply_markup"))


def _send(world: World, place: MessagePlace, content: Content) -> dict[str, Any]:
    return world.post(place.chat, world.bot, content, **place.more).to_api()


def _read_place(world: World, params: Params, right: str) -> MessagePlace:
    chat = find_open_chat(world, params)
    thread_id = params.integer("message_thread_id")
    check_thread(world, chat, thread_id)
    check_may_send(world, chat, right)
    receiver = read_receiver(world, chat, params)
    more: dict[str, Any] = {
        "thread_id": thread_id,
        "protected": params.flag("protect_content"),
        "silent": params.flag("disable_notification"),
        **_answered(world, chat, params),
    }
    if receiver is not None:
        more |= {"receiver": receiver.person, "replaces": receiver.replaces}
    return MessagePlace(chat=chat, more=more)


def _answered(world: World, chat: Chat, params: Params) -> dict[str, Any]:
    """The message this one replies to."""
    wish = params.obj("reply_parameters") or {
        "message_id": params.integer("reply_to_message_id"),
        "allow_sending_without_reply": params.flag("allow_sending_without_reply"),
    }
    if not wish.get("message_id"):
        return {}
    try:
        message: Message = find_message(
            world, chat, number(wish["message_id"], "message_id"), "message to be replied not found"
        )
    except Refusal:
        if wish.get("allow_sending_without_reply"):
            return {}
        raise
    return {"reply_to": message, "quote": wish.get("quote")}
