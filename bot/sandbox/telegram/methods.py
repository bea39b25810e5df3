"""The Bot API methods the sandbox knows, by name."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.telegram import bot_methods, chat_methods, editing, sending
from bot.sandbox.telegram.params import Params
from bot.sandbox.telegram.world import World

Method = Callable[[World, Params], Any]

# Telegram does not mind the case of a method's name; the keys are lower case for that.
METHODS: dict[str, Method] = {
    "getme": bot_methods.get_me,
    "answercallbackquery": bot_methods.answer_callback_query,
    "setmycommands": bot_methods.set_my_commands,
    "getmycommands": bot_methods.get_my_commands,
    "deletemycommands": bot_methods.delete_my_commands,
    "getfile": bot_methods.get_file,
    "sendmessage": sending.send_message,
    "sendphoto": sending.send_photo,
    "senddocument": sending.send_document,
    "editmessagetext": editing.edit_message_text,
    "editmessagecaption": editing.edit_message_caption,
    "editmessagemedia": editing.edit_message_media,
    "editmessagereplymarkup": editing.edit_message_reply_markup,
    "editephemeralmessagetext": editing.edit_ephemeral(editing.new_text),
    "editephemeralmessagecaption": editing.edit_ephemeral(editing.new_caption),
    "editephemeralmessagemedia": editing.edit_ephemeral(editing.new_media),
    "editephemeralmessagereplymarkup": editing.edit_ephemeral(editing.new_keyboard),
    "deleteephemeralmessage": editing.delete_ephemeral,
    "deletemessage": editing.delete_message,
    "deletemessages": editing.delete_messages,
    "getchat": chat_methods.get_chat,
    "getchatmember": chat_methods.get_chat_member,
    "getchatadministrators": chat_methods.get_chat_administrators,
    "getchatmembercount": chat_methods.get_chat_member_count,
    "leavechat": chat_methods.leave_chat,
    "sendchataction": chat_methods.send_chat_action,
    "pinchatmessage": chat_methods.pin_chat_message,
    "unpinchatmessage": chat_methods.unpin_chat_message,
}
