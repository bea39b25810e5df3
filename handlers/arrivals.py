"""Reads updates, each by itself, into what the rest of the program needs of them.

Enters: whatever Telegram sent. Leaves: an Arrival, or None for what nobody can read. Of an update
only the fields that are used are kept, so none of the others, however odd, can hold it up; the
names of all fields go with it, for `handlers.own_words` to judge.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from aiogram import Bot
from aiogram.types import Update

LARGEST_ID = 2**53  # Telegram's own promise for ids
LONGEST_TEXT = 16_384  # characters; Telegram sends 4,096 at most
_HEAD = re.compile(r'\s*\{\s*"ok"\s*:\s*true\s*,\s*"result"\s*:\s*\[')
_SIGN = re.compile(r'["\\\[\]{},]')
_ID = re.compile(r'\s*\{\s*"update_id"\s*:\s*(\d{1,16})\b')
_CHATS = {"private", "group", "supergroup", "channel"}
_AT_HOME = {"creator", "administrator", "member", "restricted"}

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """An update, and the names of all fields that its message came with."""

    update: Update
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Unparsed:
    """The JSON of one update that no parser takes."""

    text: str


class _Unreadable(ValueError):
    """What is needed of an update is not there. Whose fault: Telegram's, or its forger's."""


def read_batch(content: str) -> list[Any] | None:
    """The updates in an answer to getUpdates; None when it is no such answer."""
    try:
        body = parse(content)
    except (ValueError, RecursionError):
        return _split(content)
    if isinstance(body, dict) and body.get("ok") is True and isinstance(body.get("result"), list):
        return list(body["result"])
    return None


def parse(content: str | bytes) -> Any:
    """JSON without NaN. ValueError or RecursionError where it is none."""
    return json.loads(content, parse_constant=lambda _: None)


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
        log.warning("an update was not understood", kind=kind, size_bytes=size, reason=why)
        return None
    return Arrival(update=update, fields=fields)


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


def _split(content: str) -> list[Any] | None:
    """The updates of an answer that no parser takes as a whole."""
    head = _HEAD.match(content)
    if head is None:
        return None
    updates: list[Any] = []
    depth, start = 0, head.end()
    for place, sign in _signs(content, start):
        if depth == 0 and sign in ",]":
            if content[start:place].strip():
                updates.append(_alone(content[start:place]))
            if sign == "]":
                return updates
            start = place + 1
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(sign, 0)
    return None  # it was cut off


def _signs(content: str, start: int) -> Iterator[tuple[int, str]]:
    """Brackets and commas outside of strings, each with its place; in one pass."""
    in_string, escaped_at = False, -1
    for found in _SIGN.finditer(content, start):
        place, sign = found.start(), found[0]
        if sign == '"' and place != escaped_at:
            in_string = not in_string
        elif in_string and sign == "\\" and place != escaped_at:
            escaped_at = place + 1
        elif not in_string and sign not in '"\\':
            yield place, sign


def _alone(text: str) -> Any:
    try:
        return parse(text)
    except (ValueError, RecursionError):
        return Unparsed(text)


def _size(raw: Any) -> int | None:
    """In bytes; None where even that cannot be said."""
    if isinstance(raw, Unparsed):
        return len(raw.text.encode(errors="replace"))
    try:
        return len(json.dumps(raw))
    except (ValueError, TypeError, RecursionError):
        return None
