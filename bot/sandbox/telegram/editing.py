"""Bot API methods that change or remove messages of the bot."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.sandbox.telegram.access import find_message, find_open_chat
from bot.sandbox.telegram.content import (
    CAPTION_LIMIT,
    formatted,
    read_document,
    read_photo,
    read_text,
)
from bot.sandbox.telegram.ephemeral import find_ephemeral
from bot.sandbox.telegram.keyboards import Keyboard, read_keyboard
from bot.sandbox.telegram.messages import Content, Message
from bot.sandbox.telegram.params import Params
from bot.sandbox.telegram.refusals import Refusal, bad, number
from bot.sandbox.telegram.rights import check_may_edit
from bot.sandbox.telegram.world import World

DELETABLE_FOR_S = 48 * 3600
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
Rewrite = Callable[[World, Params, Message], Content]


def edit_message_text(world: World, params: Params) -> dict[str, Any]:
    """Telegram's editMessageText."""
    return _edit(world, params, new_text).to_api()


def edit_message_caption(world: World, params: Params) -> dict[str, Any]:
    """Telegram's editMessageCaption."""
    return _edit(world, params, new_caption).to_api()


def edit_message_media(world: World, params: Params) -> dict[str, Any]:
    """Telegram's editMessageMedia."""
    return _edit(world, params, new_media).to_api()


def edit_message_reply_markup(world: World, params: Params) -> dict[str, Any]:
    """Telegram's editMessageReplyMarkup."""
    return _edit(world, params, new_keyboard).to_api()


def edit_ephemeral(rewrite: Rewrite) -> Callable[[World, Params], bool]:
    """The method that edits an ephemeral message in this way."""

    def method(world: World, params: Params) -> bool:
        message = find_ephemeral(world, params, "message to edit not found")
        _change(world, message, rewrite(world, params, message))
        return True

    return method


def delete_ephemeral(world: World, params: Params) -> bool:
    """Telegram's deleteEphemeralMessage."""
    world.delete(find_ephemeral(world, params, "message to delete not found"))
    return True


def delete_message(world: World, params: Params) -> bool:
    """Telegram's deleteMessage."""
    chat = find_open_chat(world, params)
    message_id = params.integer("message_id")
    message = find_message(world, chat, message_id, "message to delete not found")
    _check_deletable(world, message)
    world.delete(message)
    return True


def delete_messages(world: World, params: Params) -> bool:
    """Telegram's deleteMessages: those that can't be found are skipped."""
    chat = find_open_chat(world, params)
    ids = [number(value, "message_ids") for value in params.array("message_ids") or []]
    if not 1 <= len(ids) <= 100:
        raise bad("message identifiers are not specified" if not ids else "too many messages")
    for message_id in ids:
        try:
            message = find_message(world, chat, message_id, "not found")
            _check_deletable(world, message)
        except Refusal:
            continue
        world.delete(message)
    return True


def new_text(world: World, params: Params, message: Message) -> Content:  # noqa: ARG001 a Rewrite
    """The message with another text."""
    text = read_text(params, "text", "entities", needed=True)
    if message.content.has_media:
        raise bad("there is no text in the message to edit")
    return Content(text=text, keyboard=_keyboard(params))


def new_caption(world: World, params: Params, message: Message) -> Content:  # noqa: ARG001 a Rewrite
    """The message with another caption."""
    text = read_text(params, "caption", "caption_entities")
    if not message.content.has_media:
        raise bad("there is no caption in the message to edit")
    return replace(
        message.content,
        text=text,
        caption_above=params.flag("show_caption_above_media"),
        keyboard=_keyboard(params),
    )


def new_media(world: World, params: Params, message: Message) -> Content:  # noqa: ARG001 a Rewrite
    """The message with another photo or document, a text message turned into one as well."""
    media = params.obj("media") or {}
    source = str(media.get("media") or "")
    if media.get("type") not in {"photo", "document"} or not source:
        raise bad("can't parse InputMedia: the sandbox knows photos and documents")
    text = formatted(
        str(media.get("caption") or ""), media.get("parse_mode"), media.get("caption_entities")
    )
    if text.units > CAPTION_LIMIT:
        raise bad("message caption is too long")
    content = Content(text=text, keyboard=_keyboard(params))
    if media["type"] == "document":
        return replace(content, document=read_document(world, params, source, "media"))
    return replace(
        content,
        photo=read_photo(world, params, source, "media"),
        spoiler=bool(media.get("has_spoiler")),
        caption_above=bool(media.get("show_caption_above_media")),
    )


def new_keyboard(world: World, params: Params, message: Message) -> Content:  # noqa: ARG001 a Rewrite
    """The message with other buttons."""
    return replace(message.content, keyboard=_keyboard(params))


def _edit(world: World, params: Params, rewrite: Rewrite) -> Message:
    if params.text("inline_message_id"):
        raise bad("MESSAGE_ID_INVALID")
    chat = find_open_chat(world, params)
    message = find_message(world, chat, params.integer("message_id"), "message to edit not found")
    if message.sender.id != world.bot.id or message.service:
        raise bad("message can't be edited")
    _change(world, message, rewrite(world, params, message))
    return message


def _change(world: World, message: Message, content: Content) -> None:
    right = "can_send_messages"
    if content.photo is not message.content.photo:
        right = "can_send_photos"
    elif content.document is not message.content.document:
        right = "can_send_documents"
    check_may_edit(world, message.chat, right)
    _apply(world, message, content)


def _apply(world: World, message: Message, content: Content) -> None:
    if content == message.content:
        raise bad(_SAME)
    world.change(message, content)


def _keyboard(params: Params) -> Keyboard:
    return read_keyboard(params.obj("reply_markup"))


def _check_deletable(world: World, message: Message) -> None:
    own = message.sender.id == world.bot.id
    may_delete = message.chat.is_private or message.chat.member(world.bot).can_delete
    if not own and not may_delete:
        raise bad("message can't be deleted")
    if (
        world.clock() - message.date > DELETABLE_FOR_S
        and not message.chat.member(world.bot).can_delete
    ):
        raise bad("message can't be deleted for everyone")
