"""Every route there is, read from the routers themselves: no test has to remember them."""

from dataclasses import dataclass

from aiogram.dispatcher.event.handler import HandlerObject
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData, CallbackQueryFilter

from handlers import dispatcher


@dataclass(frozen=True, kw_only=True)
class Route:
    """One handler: what leads to it, and whether it says that it changes something."""

    name: str
    changes: bool
    commands: tuple[str, ...] = ()
    data: type[CallbackData] | None = None
    rule: object = None

    def takes(self, pressed: CallbackData) -> bool:
        """Whether a press with this data leads here."""
        fits = self.data is not None and isinstance(pressed, self.data)
        return fits and (self.rule is None or bool(self.rule.resolve(pressed)))


def message_routes() -> list[Route]:
    """What leads to a command."""
    return [
        _route(room, handler)
        for room in dispatcher._ROOMS
        for handler in room.build().message.handlers
    ]


def press_routes() -> list[Route]:
    """What leads to a button."""
    return [
        _route(room, handler)
        for room in dispatcher._ROOMS
        for handler in room.build().callback_query.handlers
    ]


def commands() -> set[str]:
    """The name of every command."""
    return {name for route in message_routes() for name in route.commands}


def _route(room: object, handler: HandlerObject) -> Route:
    filters = [one.callback for one in handler.filters or ()]
    pressed = next((it for it in filters if isinstance(it, CallbackQueryFilter)), None)
    names = [str(it) for one in filters if isinstance(one, Command) for it in one.commands]
    is_press = pressed is not None
    return Route(
        name=f"{room.__name__}.{handler.callback.__name__}",
        changes=bool(handler.flags.get("changes", is_press)),
        commands=tuple(names),
        data=None if pressed is None else pressed.callback_data,
        rule=None if pressed is None else pressed.rule,
    )
