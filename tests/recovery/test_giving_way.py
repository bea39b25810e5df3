"""A person outranks the bot: what it does by itself ends, or is waited for."""

import asyncio

from places import ANNA, BORIS, HERE, KEY, ending, scripted_place, soon

from bot.domain.access import BOT_ITSELF
from bot.domain.procedure import ProcedureKind, ProcedureOutcome, ProcedureStep, Progress
from bot.domain.session import State
from bot.recovery.auto_actions import NO_CHAT
from storage.recovery import procedures

GAVE_WAY, DONE = ProcedureOutcome.GAVE_WAY, ProcedureOutcome.DONE


class Connecting:
    """A gateway whose restarts take for ever to connect."""

    def __init__(self, adapter):
        self._adapter = adapter

    def __getattr__(self, name):
        return getattr(self._adapter, name)

    async def restart(self, key):
        await self._adapter.restart(key)
        self._adapter.says(key, State.CONNECTING)


async def held_up(db):
    """The bot's reconnect, which the gateway lets wait before its first step."""
    place = await scripted_place(db)
    place.adapter.says(KEY, State.DISCONNECTED)
    place.adapter.hung = asyncio.Event()
    steps = place.reconnect.run(place.company, BOT_ITSELF, NO_CHAT)
    bot = asyncio.create_task(ending(steps))
    await soon(place.adapter.reached)
    return place, bot


async def wanted(place):
    """Return once the wish of a person stands in the store."""
    async with asyncio.timeout(10):
        while not any(row.wanted_at for row in await place.unfinished()):  # noqa: ASYNC110 - no bell
            await asyncio.sleep(0)


async def test_before_its_first_step_the_bot_lets_it_be(db):
    place, bot = await held_up(db)
    person = asyncio.create_task(place.done(place.reset))
    await wanted(place)
    place.adapter.hung.set()
    assert (await bot).outcome is GAVE_WAY
    assert (await person).outcome is DONE
    assert place.adapter.calls == [f"reset {KEY}"]


async def test_while_it_watches_the_bot_stops_and_the_reset_goes_on(db):
    place = await scripted_place(db)
    place.adapter.says(KEY, State.DISCONNECTED)
    place.control.gateways[place.company.gateway] = Connecting(place.adapter)
    watching = asyncio.Event()
    ends = []

    async def reconnect():
        async for step in place.reconnect.run(place.company, BOT_ITSELF, NO_CHAT):
            ends.append(step)
            if step == Progress(step=ProcedureStep.WATCHING):
                watching.set()

    bot = asyncio.create_task(reconnect())
    await soon(watching)
    assert (await place.done(place.reset)).outcome is DONE
    await bot
    assert ends[-1].outcome is GAVE_WAY
    assert await place.outcomes() == ["gave_way", "done"]


async def test_after_a_wish_the_bot_begins_nothing_of_its_own(db):
    place, bot = await held_up(db)
    async with db.writing() as tx:
        [row] = await procedures.unfinished(tx)
        await procedures.want(tx, row.id, place.clock())
    place.adapter.hung.set()
    await bot
    again = await ending(place.reconnect.run(place.company, BOT_ITSELF, NO_CHAT))
    assert again.outcome is ProcedureOutcome.BUSY


async def test_another_persons_procedure_is_named_and_left_alone(db):
    place = await scripted_place(db)
    place.adapter.hung = asyncio.Event()
    first = asyncio.create_task(ending(place.reset.run(place.company, BORIS, HERE)))
    await soon(place.adapter.reached)
    refused = await ending(place.reconnect.run(place.company, ANNA, HERE))
    doing = refused.facts["doing"]
    assert (refused.outcome, doing.kind, doing.by) == (
        ProcedureOutcome.BUSY,
        ProcedureKind.RESET,
        BORIS,
    )
    place.adapter.hung.set()
    assert (await first).outcome is DONE
