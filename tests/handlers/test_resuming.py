"""What a crash cut off is taken up once, however often Telegram is reached anew."""

from types import SimpleNamespace

from aiogram import Bot
from shown import CATALOGS, NOW

from handlers.live.resume import Resuming
from handlers.live.tasks import Live


class Store:
    """Notes what it was asked for; nothing was left."""

    def __init__(self):
        self.asked = []

    async def cut_off(self, _whose):
        self.asked.append("collected")
        return []

    async def end_leftovers(self):
        self.asked.append("codes")
        return []

    async def left_open(self):
        self.asked.append("checklists")
        return []


async def test_once_for_every_start():
    store = Store()
    actions = SimpleNamespace(repairs=store, pairings=store, checklists=store)
    live = Live(Bot("123456:TEST-TOKEN"))
    resuming = Resuming(actions, live, CATALOGS, "en", lambda: NOW)
    start = ["collected", "codes", "checklists"]
    await resuming.collect()
    for _ in range(3):
        await resuming.once()
    assert store.asked == start
    await resuming.collect()
    await resuming.once()
    assert store.asked == start * 2
