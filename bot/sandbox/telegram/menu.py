"""The menu of commands, one list per scope in each language."""

import re
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.telegram.chats import Chat
from bot.sandbox.telegram.people import Person
from bot.sandbox.telegram.refusals import bad, number

Command = dict[str, Any]
Scope = tuple[str, int, int]  # type, chat, user; 0 where the scope has none

MAX_COMMANDS = 100
_NEEDS_CHAT = {"chat", "chat_administrators", "chat_member"}
_PLAIN = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}


@dataclass
class Menus:
    """Every list of commands the bot has published."""

    lists: dict[tuple[Scope, str], list[Command]] = field(default_factory=dict)

    def seen_by(self, person: Person, chat: Chat) -> list[Command]:
        """The list this person's menu shows in this chat."""
        for scope in _order(person, chat):
            for language in (person.language_code or "", ""):
                if commands := self.lists.get((scope, language)):
                    return commands
        return []


def _order(person: Person, chat: Chat) -> list[Scope]:
    """The scopes Telegram looks through, the first list found counts."""
    here = chat.id
    if chat.is_private:
        return [("chat", here, 0), ("all_private_chats", 0, 0), ("default", 0, 0)]
    is_admin = chat.member(person).is_admin
    scopes: list[Scope | None] = [
        ("chat_member", here, person.id),
        ("chat_administrators", here, 0) if is_admin else None,
        ("chat", here, 0),
        ("all_chat_administrators", 0, 0) if is_admin else None,
        ("all_group_chats", 0, 0),
        ("default", 0, 0),
    ]
    return [scope for scope in scopes if scope is not None]


def read_scope(scope: dict[str, Any] | None) -> Scope:
    """The scope a call names, default where it names none."""
    kind = str((scope or {}).get("type", "default"))
    if scope is None or kind in _PLAIN:
        return (kind, 0, 0)
    if kind not in _NEEDS_CHAT:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    user = number(scope.get("user_id", 0), "user_id") if kind == "chat_member" else 0
    return (kind, number(scope.get("chat_id", 0), "chat_id"), user)


def read_commands(commands: list[Any] | None) -> list[Command]:
    """The commands a call publishes, or Telegram's refusal."""
    if commands is None or len(commands) > MAX_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH" if commands else "parameter 'commands' is required")
    for command in commands:
        if not isinstance(command, dict):
            raise bad("can't parse BotCommand: expected an Object")
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", ""))):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return commands
