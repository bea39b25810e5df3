"""Makes what people talk to: the dispatcher, live messages, and how updates come in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiogram import Bot, Dispatcher

from bot.actions import Actions
from bot.actions.place_names import Naming
from bot.domain.telegram_trouble import TelegramTrouble
from bot.recovery.control import SessionControl
from bot.settings import Settings, secret_of
from bot.texts import Catalogs
from handlers.dispatcher import build_dispatcher
from handlers.live.resume import Resuming
from handlers.live.tasks import Live
from handlers.menu import publish
from handlers.place_names import see_names
from handlers.serving import Serving
from handlers.telegram.clock import TelegramClock
from handlers.telegram.polling import Polling
from handlers.telegram.webhook import Webhook


@dataclass(frozen=True, kw_only=True)
class Chat:
    """The parts of it that begin and end."""

    live: Live
    resuming: Resuming
    updates: Polling | Webhook


def build_chat(
    settings: Settings,
    actions: Actions,
    catalogs: Catalogs,
    control: SessionControl,
    bot: Bot,
    telegram_clock: TelegramClock,
    on_heard: Callable[[], None],
    on_refused: Callable[[TelegramTrouble | None], None],
) -> Chat:
    """`on_heard` is called whenever Telegram was certainly reached, `on_refused` when not."""
    live, serving = Live(bot, control.timing.progress_after_s), Serving()
    language, clock, naming = settings.language, control.clock, Naming(control.database)
    see_names(bot, naming)
    dispatcher = build_dispatcher(
        actions,
        live,
        serving,
        catalogs,
        language,
        timing=control.timing,
        clock=clock,
        telegram_clock=telegram_clock,
        naming=naming,
    )
    resuming = Resuming(actions, live, catalogs, language, clock)

    async def on_reached() -> None:
        await publish(bot, catalogs, language, settings.owner_ids)
        await resuming.once()

    updates = _build_updates(
        settings, bot, dispatcher, serving, telegram_clock, on_reached, on_heard, on_refused
    )
    return Chat(live=live, resuming=resuming, updates=updates)


def _build_updates(
    settings: Settings,
    bot: Bot,
    dispatcher: Dispatcher,
    serving: Serving,
    telegram_clock: TelegramClock,
    on_reached: Callable[[], Awaitable[None]],
    on_heard: Callable[[], None],
    on_refused: Callable[[TelegramTrouble | None], None],
) -> Polling | Webhook:
    """Who gets the updates: we ask for them, or Telegram calls us."""
    url, secret = settings.telegram_webhook_url, secret_of(settings.telegram_webhook_secret)
    if url is None or secret is None:
        return Polling(
            bot,
            dispatcher,
            serving,
            on_reached,
            on_heard=on_heard,
            on_refused=on_refused,
            clock=telegram_clock,
        )
    return Webhook(
        bot,
        dispatcher,
        serving,
        on_reached,
        url=url,
        secret=secret,
        on_heard=on_heard,
        on_refused=on_refused,
    )
