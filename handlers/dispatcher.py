"""Puts the routers together, in the order in which they are asked."""

from collections.abc import Callable
from datetime import datetime

from aiogram import Dispatcher

from bot.actions import Actions
from bot.actions.place_names import Naming
from bot.domain.timing import Timing
from bot.texts import Catalogs
from handlers import membership
from handlers.commands import (
    acks,
    admins,
    audit,
    boards,
    companies,
    digests,
    gateways,
    incidents,
    logs,
    mend,
    mutes,
    onboarding,
    pairing,
    place,
    probe,
    quiet_hours,
    recover,
    reload,
    report,
    reset,
    restart,
    rests,
    start,
    status,
    subscriptions,
    timezones,
    unknown,
)
from handlers.live.tasks import Live
from handlers.memory_lost import MemoryLost
from handlers.middlewares import StillMeant, WhoIsIt
from handlers.place_names import NamesInUpdates
from handlers.refusals import ToldPeople
from handlers.updates_in_flight import UpdatesInFlight

# edited_message is not asked for: a command edited into place is not obeyed.
UPDATES = ["message", "callback_query", "my_chat_member"]

_ROOMS = (
    membership,
    pairing,  # before the greeting: a button in a group leads here by /start
    start,
    onboarding,
    status,
    logs,
    gateways,
    report,
    incidents,
    reset,
    mend,
    restart,
    probe,
    recover,
    acks,
    mutes,
    rests,
    place,
    timezones,
    quiet_hours,
    subscriptions,
    boards,
    digests,
    admins,
    audit,
    companies,
    reload,
    unknown,
)


def build_dispatcher(
    actions: Actions,
    live: Live,
    serving: UpdatesInFlight,
    catalogs: Catalogs,
    default_language: str,
    *,
    timing: Timing,
    clock: Callable[[], datetime],
    telegram_clock: Callable[[], datetime],
    naming: Naming,
) -> Dispatcher:
    """A dispatcher that knows every command. What people say is judged by Telegram's clock."""
    dispatcher = Dispatcher(actions=actions, live=live, catalogs=catalogs)
    dispatcher.update.outer_middleware(serving)  # the outermost: it sees all that an update begins
    dispatcher.update.outer_middleware(NamesInUpdates(naming))
    told = ToldPeople()
    # On the update, not on the message: so the error handler knows the person too.
    dispatcher.update.outer_middleware(MemoryLost(actions, catalogs, default_language, clock))
    dispatcher.update.outer_middleware(
        WhoIsIt(actions, catalogs, default_language, clock, told=told)
    )
    still_meant = StillMeant(timing.stale_command_s, telegram_clock, told=told)
    dispatcher.message.middleware(still_meant)
    dispatcher.callback_query.middleware(still_meant)
    for room in _ROOMS:
        dispatcher.include_router(room.build())
    return dispatcher
