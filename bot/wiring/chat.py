"""Makes what people talk to: the dispatcher, live messages, and how updates come in."""

from dataclasses import dataclass
from functools import partial

from aiogram import Bot, Dispatcher

from bot.actions import Actions
from bot.actions.place_names import Naming
from bot.health.reports import HealthReports
from bot.runtime.signals import Signal
from bot.settings import secret_of
from bot.wiring.basics import Basics
from handlers.dispatcher import build_dispatcher
from handlers.live.resume import Resuming
from handlers.live.tasks import Live
from handlers.menu import publish
from handlers.place_names import see_names
from handlers.telegram.polling import Polling
from handlers.telegram.update_source import UpdateReports
from handlers.telegram.webhook import Webhook
from handlers.updates_in_flight import UpdatesInFlight


@dataclass(frozen=True, kw_only=True)
class ChatParts:
    """The parts of it that begin and end."""

    live: Live
    resuming: Resuming
    updates: Polling | Webhook


def build_chat(basics: Basics, actions: Actions, bot: Bot, reports: HealthReports) -> ChatParts:
    """Everything that people talk to; `reports` hears whether Telegram is reached."""
    settings, catalogs, clock = basics.settings, basics.catalogs, basics.clock
    live, serving = Live(bot, basics.timing.progress_after_s), UpdatesInFlight()
    naming = Naming(basics.database)
    see_names(bot, naming)
    dispatcher = build_dispatcher(
        actions,
        live,
        serving,
        catalogs,
        settings.language,
        timing=basics.timing,
        clock=clock,
        telegram_clock=basics.telegram_clock,
        naming=naming,
    )
    resuming = Resuming(actions, live, catalogs, settings.language, clock)
    publishing = partial(publish, bot, catalogs, settings.language, settings.owner_ids)
    on_reached = Signal()
    on_reached.connect(publishing)
    on_reached.connect(resuming.once)
    updates = _build_updates(
        basics,
        bot,
        dispatcher,
        serving,
        UpdateReports(
            on_reached=on_reached,
            on_heard=reports.telegram_reached,
            on_refused=reports.telegram_refused,
        ),
    )
    return ChatParts(live=live, resuming=resuming, updates=updates)


def _build_updates(
    basics: Basics,
    bot: Bot,
    dispatcher: Dispatcher,
    serving: UpdatesInFlight,
    reports: UpdateReports,
) -> Polling | Webhook:
    """Who gets the updates: we ask for them, or Telegram calls us."""
    settings = basics.settings
    url, secret = settings.telegram_webhook_url, secret_of(settings.telegram_webhook_secret)
    if url is None or secret is None:
        return Polling(
            bot,
            dispatcher,
            serving,
            reports,
            clock=basics.telegram_clock,
            steady_s=basics.steady_s,
        )
    return Webhook(
        bot,
        dispatcher,
        serving,
        reports,
        url=url,
        secret=secret,
    )
