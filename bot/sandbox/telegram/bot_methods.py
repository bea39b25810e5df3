"""Bot API methods about the bot itself: who it is, its menu, its files, its pressed buttons."""

from typing import Any

from bot.sandbox.telegram.entities import units
from bot.sandbox.telegram.menu import Command, Scope, read_commands, read_scope
from bot.sandbox.telegram.params import Params
from bot.sandbox.telegram.refusals import bad
from bot.sandbox.telegram.world import Event, World

ANSWERABLE_FOR_S = 30
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def get_me(world: World, params: Params) -> dict[str, Any]:  # noqa: ARG001 a method takes both
    """Telegram's getMe."""
    return world.bot.to_api() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def answer_callback_query(world: World, params: Params) -> bool:
    """Telegram's answerCallbackQuery."""
    query = world.queries.get(params.text("callback_query_id") or "")
    if query is None or world.clock() - query.at > ANSWERABLE_FOR_S:
        raise bad(_TOO_OLD)
    if query.answer is not None:
        raise bad(_TOO_OLD)  # a press is answered once
    text = params.text("text") or ""
    if units(text) > 200:
        raise bad("MESSAGE_TOO_LONG")
    query.answer = {"text": text, "show_alert": params.flag("show_alert")}
    details = {"person_id": query.person.id, "query_id": query.id, **query.answer}
    world.emit(Event(kind="answer", chat=query.chat, message=query.message, details=details))
    return True


def set_my_commands(world: World, params: Params) -> bool:
    """Telegram's setMyCommands."""
    commands = read_commands(params.array("commands"))
    place = _menu(world, params)
    if commands:
        world.menus.lists[place] = commands
    else:
        world.menus.lists.pop(place, None)
    world.emit(Event(kind="menu"))
    return True


def get_my_commands(world: World, params: Params) -> list[Command]:
    """Telegram's getMyCommands: of exactly this scope and language."""
    return world.menus.lists.get(_menu(world, params), [])


def delete_my_commands(world: World, params: Params) -> bool:
    """Telegram's deleteMyCommands."""
    world.menus.lists.pop(_menu(world, params), None)
    world.emit(Event(kind="menu"))
    return True


def get_file(world: World, params: Params) -> dict[str, Any]:
    """Telegram's getFile."""
    stored = world.files.get(params.text("file_id") or "")
    if stored is None:
        raise bad("invalid file_id")
    return stored.to_api()


def _menu(world: World, params: Params) -> tuple[Scope, str]:
    scope = read_scope(params.obj("scope"))
    if scope[1] and scope[1] not in world.chats:
        raise bad("chat not found")
    return scope, params.text("language_code") or ""
