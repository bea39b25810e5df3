"""To whom a live message goes, and by whom it is written."""

from dataclasses import dataclass

from bot.actions import Actions
from handlers.context import RequestContext
from handlers.live.tasks import Live


@dataclass(frozen=True)
class LiveRequest:
    """Who asked for it: their request, what they may do, and the live messages it joins."""

    live: Live
    actions: Actions
    context: RequestContext
