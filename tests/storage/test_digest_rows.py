"""Who wants a digest, and when."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from rows import NOW

from bot.domain.digest import DigestWish
from bot.domain.notice import ChatAddress
from storage.chats import chats, digests

GROUP, TOPIC = ChatAddress(-1001), ChatAddress(-1001, 45)
NINE, TEN = DigestWish(hour=9), DigestWish(hour=10, when_well=False)
DAY = timedelta(days=1)


async def addresses(tx, now=NOW):
    return [row.address for row in await digests.due(tx, now)]


async def test_a_wish_comes_back_and_gives_way_to_a_newer_one(tx):
    await digests.put(tx, TOPIC, NINE, NOW)
    await digests.put(tx, TOPIC, TEN, NOW + DAY)
    row = await digests.get(tx, TOPIC)
    assert (row.wish, row.due_at, row.zone) == (TEN, NOW + DAY, None)
    assert await digests.get(tx, GROUP) is None
    assert await digests.remove(tx, TOPIC)
    assert not await digests.remove(tx, TOPIC)


async def test_only_one_moves_a_due_time(tx):
    await digests.put(tx, GROUP, NINE, NOW)
    assert await addresses(tx, NOW - timedelta(seconds=1)) == []
    assert await addresses(tx) == [GROUP]
    assert await digests.move_due(tx, GROUP, NOW + DAY, was=NOW)
    assert not await digests.move_due(tx, GROUP, NOW + DAY, was=NOW)
    assert await addresses(tx) == []


async def test_a_parked_chat_is_not_due_until_it_is_back(tx):
    await digests.put(tx, GROUP, NINE, NOW)
    await chats.park(tx, GROUP.chat_id, "kicked", NOW)
    assert await addresses(tx) == []
    await chats.unpark(tx, GROUP.chat_id)
    assert await addresses(tx) == [GROUP]


async def test_another_time_zone_keeps_the_hour(tx):
    await digests.put(tx, GROUP, NINE, NOW)
    moscow = ZoneInfo("Europe/Moscow")
    await digests.change_zone(tx, GROUP.chat_id, moscow, NOW)
    due_at = (await digests.get(tx, GROUP)).due_at
    assert due_at > NOW
    assert due_at.astimezone(moscow).hour == 9


async def test_a_digest_follows_the_group_that_moved_and_the_topic_that_went(tx):
    await digests.put(tx, TOPIC, NINE, NOW)
    await chats.move(tx, GROUP.chat_id, -1002, NOW)
    assert await addresses(tx) == [ChatAddress(-1002, 45)]
    await digests.put(tx, ChatAddress(-1002), TEN, NOW)
    await chats.leave_topic(tx, ChatAddress(-1002, 45))
    assert [row.wish for row in await digests.due(tx, NOW)] == [TEN]
