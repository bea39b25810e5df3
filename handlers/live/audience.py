"""The request that a live message answers."""

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
