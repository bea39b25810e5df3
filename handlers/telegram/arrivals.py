"""Reads updates, each by itself, into what the rest of the program needs of them.

Enters: whatever Telegram sent. Leaves: an Arrival, or None for what nobody can read. Of an update
only the fields that are used are kept, so none of the others, however odd, can hold it up; the
names of all fields go with it, for `handlers.own_words` to judge.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from aiogram import Bot
from aiogram.types import Update

from handlers.telegram.batches import Unparsed

LARGEST_ID = 2**53  # Telegram's own promise for ids
LONGEST_TEXT = 16_384  # characters; Telegram sends 4,096 at most
_ID = re.compile(r'\s*\{\s*"update_id"\s*:\s*(\d{1,16})\b')
_CHATS = {"private", "group", "supergroup", "channel"}
_AT_HOME = {"creator", "administrator", "member", "restricted"}

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """An update, and the names of all fields that its message came with.

    `topic` is what the topic it came from is called now, `topic_once` what it was called when it
    was opened; None where the update does not say.
    """

    update: Update
    fields: frozenset[str] = frozenset()
    topic: str | None = None
    topic_once: str | None = None


class _Unreadable(ValueError):
    """What is needed of an update is not there. Whose fault: Telegram's, or its forger's."""


def update_id(raw: Any) -> int | None:
    """The number by which Telegram is told that it was taken; None when there is none to use."""
    if isinstance(raw, Unparsed):
        found = _ID.match(raw.text)
        number: Any = int(found[1]) if found else None
    else:
        number = raw.get("update_id") if isinstance(raw, dict) else None
    if isinstance(number, str) and number.isascii() and number.isdigit() and len(number) <= 16:
        number = int(number)
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    return number if _is_whole(number) and 0 <= number < LARGEST_ID else None


def read(raw: Any, bot: Bot, size_bytes: int | None = None) -> Arrival | None:
    """What can be served of an update. What cannot is logged by its kind and size alone."""
    kind = _kind(raw)
    number = update_id(raw)
    try:
        if number is None or not isinstance(raw, dict) or kind not in {*_READERS, "empty"}:
            raise _Unreadable
        body, fields = _reduced(raw, kind)
        update = Update.model_validate({"update_id": number, **body}, context={"bot": bot})
    except (ValueError, LookupError, TypeError, OverflowError, RecursionError) as error:
        size = _size(raw) if size_bytes is None else size_bytes
        why = type(error).__name__.lstrip("_")
        log.warning("update_not_understood", kind=kind, size_bytes=size, reason=why)
        return None
    topic, topic_once = _topic(raw.get("message"))
    return Arrival(update=update, fields=fields, topic=topic, topic_once=topic_once)


def _kind(raw: Any) -> str:
    """Which kind of update it is: a word of ours or of the Bot API, never of the sender's."""
    if not isinstance(raw, dict):
        return "unparsed" if isinstance(raw, Unparsed) else "none"
    kinds = [str(key) for key in raw if key != "update_id"]
    known = [kind for kind in kinds if kind in Update.model_fields]
    if len(kinds) == len(known) == 1:
        return known[0]
    return {0: "empty", 1: "unknown"}.get(len(kinds), "several")


def _reduced(raw: Mapping[str, Any], kind: str) -> tuple[dict[str, dict[str, Any]], frozenset[str]]:
    if kind not in _READERS:
        return {}, frozenset()
    body, fields = _READERS[kind](_dict(raw[kind]))
    return {kind: body}, fields


def _message(raw: Mapping[str, Any]) -> tuple[dict[str, Any], frozenset[str]]:
    """What somebody wrote, or what Telegram reports of a chat."""
    kept = _place(raw)
    kept["date"] = _whole(raw, "date")
    for person in ("from", "receiver_user"):
        if person in raw:
            kept[person] = _user(_dict(raw[person]))
    if "sender_chat" in raw:
        kept["sender_chat"] = _chat(_dict(raw["sender_chat"]))
    for text in ("text", "caption"):
        if text in raw:
            kept[text] = _text(raw, text)
    for number in ("ephemeral_message_id", "migrate_to_chat_id", "migrate_from_chat_id"):
        if number in raw:
            kept[number] = _whole(raw, number)
    return kept, frozenset(map(str, raw))


def _topic(message: Any) -> tuple[str | None, str | None]:
    """What a message says of its topic's name: by itself, and by the one that opened the topic.

    That one keeps the first name for ever, whatever the topic is called meanwhile.
    """
    if not isinstance(message, dict):
        return None, None
    names = [_name(message.get(act)) for act in ("forum_topic_edited", "forum_topic_created")]
    opening = message.get("reply_to_message")
    once = _name(opening.get("forum_topic_created")) if isinstance(opening, dict) else None
    return names[0] or names[1], once


def _name(act: Any) -> str | None:
    name = act.get("name") if isinstance(act, dict) else None
    return name[:256] if isinstance(name, str) and name.strip() else None


def _press(raw: Mapping[str, Any]) -> tuple[dict[str, Any], frozenset[str]]:
    """A button that somebody pressed, with that button alone of the message it hangs on."""
    kept: dict[str, Any] = {"id": _text(raw, "id"), "from": _user(_dict(raw["from"]))}
    kept["chat_instance"] = str(raw.get("chat_instance", ""))[:64]
    for text in ("data", "inline_message_id"):
        if text in raw:
            kept[text] = _text(raw, text)
    if "message" not in raw:
        return kept, frozenset()
    message = _dict(raw["message"])
    kept["message"] = _place(message)
    kept["message"]["date"] = _whole(message, "date")
    if "from" in message:
        kept["message"]["from"] = _user(_dict(message["from"]))
    for number in {"ephemeral_message_id", "edit_date"} & set(message):
        if message["date"] != 0:
            kept["message"][number] = _whole(message, number)
    label = _label(message.get("reply_markup"), kept.get("data"))
    if message["date"] != 0 and label is not None:
        button = {"text": label, "callback_data": kept["data"]}
        kept["message"]["reply_markup"] = {"inline_keyboard": [[button]]}
    return kept, frozenset(map(str, message))


def _membership(raw: Mapping[str, Any]) -> tuple[dict[str, Any], frozenset[str]]:
    """What became of the bot in a chat; of a state in new clothes only what it amounts to."""
    kept: dict[str, Any] = {
        "chat": _chat(_dict(raw["chat"])),
        "from": _user(_dict(raw["from"])),
        "date": _whole(raw, "date"),
    }
    for when in ("old_chat_member", "new_chat_member"):
        member = _dict(raw[when])
        both = {"old_chat_member": member, "new_chat_member": member}
        try:
            Update.model_validate({"update_id": 0, "my_chat_member": {**kept, **both}})
        except ValueError:
            member = _plain_member(member)
        kept[when] = member
    return kept, frozenset()


_READERS = {"message": _message, "callback_query": _press, "my_chat_member": _membership}


def _plain_member(member: Mapping[str, Any]) -> dict[str, Any]:
    status, user = member.get("status"), _user(_dict(member["user"]))
    if status == "kicked":
        return {"status": "kicked", "user": user, "until_date": 0}
    if status == "left" or status in _AT_HOME:
        return {"status": "left" if status == "left" else "member", "user": user}
    raise _Unreadable


def _place(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Which message it is, and where."""
    kept: dict[str, Any] = {"message_id": _whole(raw, "message_id")}
    kept["chat"] = _chat(_dict(raw["chat"]))
    if "message_thread_id" in raw:
        kept["message_thread_id"] = _whole(raw, "message_thread_id")
    if raw.get("is_topic_message") is True:
        kept["is_topic_message"] = True
    return kept


def _chat(raw: Mapping[str, Any]) -> dict[str, Any]:
    if raw.get("type") not in _CHATS:
        raise _Unreadable
    return {
        "id": _whole(raw, "id"),
        "type": raw["type"],
        **_texts(raw, "title", "username", "first_name", "last_name"),
    }


def _user(raw: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(raw.get("is_bot"), bool):
        raise _Unreadable
    return {
        "id": _whole(raw, "id"),
        "is_bot": raw["is_bot"],
        "first_name": "",
        **_texts(raw, "first_name", "last_name", "username", "language_code"),
    }


def _texts(raw: Mapping[str, Any], *names: str) -> dict[str, str]:
    return {name: raw[name][:256] for name in names if isinstance(raw.get(name), str)}


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise _Unreadable
    return value


def _whole(raw: Mapping[str, Any], name: str) -> int:
    value: Any = raw.get(name)
    if not _is_whole(value) or abs(value) > LARGEST_ID:
        raise _Unreadable
    return int(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _dict(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _Unreadable
    return value


def _label(markup: Any, data: str | None) -> str | None:
    """The words on the button that carries this."""
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    for row in rows if isinstance(rows, list) else []:
        for button in row if isinstance(row, list) else []:
            if isinstance(button, dict) and data and button.get("callback_data") == data:
                return str(button.get("text", ""))[:64] or None
    return None


def _size(raw: Any) -> int | None:
    """In bytes; None where even that cannot be said."""
    if isinstance(raw, Unparsed):
        return len(raw.text.encode(errors="replace"))
    try:
        return len(json.dumps(raw))
    except (ValueError, TypeError, RecursionError):
        return None
