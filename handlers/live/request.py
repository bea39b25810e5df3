"""The request that a live message answers."""

from dataclasses import dataclass

from bot.actions import Actions
from bot.domain.company import Company
from handlers.answer import say
from handlers.context import RequestContext
from handlers.live.tasks import Live
from handlers.render.rests import woken_by_act


@dataclass(frozen=True)
class LiveRequest:
    """Who asked for it: their request, what they may do, and the live messages it joins."""

    live: Live
    actions: Actions
    context: RequestContext

    async def wake_first(self, company: Company) -> None:
        """Wake a company at rest, and say so: else nobody would be told of its next loss."""
        context = self.context
        if await self.actions.rests.wake_by_act(context.person, company, context.address.chat_id):
            await say(woken_by_act(context.texts, company))
