"""Routes of one command family: each says whether it changes something."""

from collections.abc import Callable
from typing import Any

from aiogram import Router
from aiogram.filters import Command


class Routes(Router):
    """A router to which commands and buttons are added.

    What `changes` something is not acted on when it is stale, forwarded or of an old clock: see
    `handlers.middlewares`.
    """

    def command(self, handler: Callable[..., Any], name: str, *, changes: bool = False) -> None:
        """Let `/name` be answered by this handler."""
        self.message.register(handler, Command(name), flags={"changes": changes})

    def button(self, handler: Callable[..., Any], *filters: Any, changes: bool) -> None:
        """Let presses that pass the filters be answered by this handler."""
        self.callback_query.register(handler, *filters, flags={"changes": changes})
