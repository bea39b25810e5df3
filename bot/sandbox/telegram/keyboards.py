"""Inline keyboards, checked as Telegram checks them."""

from typing import Any

from bot.sandbox.telegram.entities import units
from bot.sandbox.telegram.refusals import bad

Button = dict[str, Any]
Keyboard = tuple[tuple[Button, ...], ...]

MAX_BUTTONS = 100
_STYLES = {"danger", "success", "primary"}
_KINDS = (
    "callback_data",
    "url",
    "copy_text",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "callback_game",
    "pay",
    "disabled",
)


def read_keyboard(markup: dict[str, Any] | None) -> Keyboard:
    """The rows of an inline keyboard; empty for none at all and for other kinds of markup."""
    rows = (markup or {}).get("inline_keyboard", [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad("can't parse inline keyboard: expected an Array of Array")
    keyboard = tuple(tuple(_button(button) for button in row) for row in rows if row)
    if sum(map(len, keyboard)) > MAX_BUTTONS:
        raise bad("REPLY_MARKUP_TOO_LONG")
    return keyboard


def _button(button: Any) -> Button:
    if not isinstance(button, dict) or not button.get("text"):
        raise bad("can't parse inline keyboard button: Can't find field \"text\"")
    kinds = [kind for kind in _KINDS if button.get(kind) is not None]
    if not kinds:
        raise bad(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(kinds) > 1 or button.get("style", "danger") not in _STYLES:
        raise bad("BUTTON_TYPE_INVALID")
    _check(kinds[0], button[kinds[0]])
    return {name: value for name, value in button.items() if value is not None}


def _check(kind: str, value: Any) -> None:
    if kind == "callback_data" and not 1 <= len(str(value).encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")
    if kind == "url" and not str(value).startswith(("http://", "https://", "tg://")):
        raise bad("BUTTON_URL_INVALID")
    if kind == "copy_text":
        text = value.get("text") if isinstance(value, dict) else None
        if not isinstance(text, str) or not 1 <= units(text) <= 256:
            raise bad("BUTTON_COPY_TEXT_INVALID")
