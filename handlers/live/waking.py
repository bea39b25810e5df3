"""Wakes what is at rest, where a person is about to mend it."""

from bot.domain.company import Company
from handlers.answer import say
from handlers.live.audience import LiveRequest
from handlers.render.rests import woken_by_act


async def wake_first(audience: LiveRequest, company: Company) -> None:
    """Wake it if it is at rest, and say so: else nobody would be told of its next loss."""
    actions, context = audience.actions, audience.context
    if await actions.rests.wake_by_act(context.person, company, context.address.chat_id):
        await say(woken_by_act(context.texts, company))
