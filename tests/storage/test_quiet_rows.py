"""What keeps alerts away, and what is remembered of them meanwhile."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from rows import NOW, incident

from bot.domain.company import CompanyId
from bot.domain.incident import Ack
from bot.domain.mute import Mute
from bot.domain.notice import ChatAddress, NoticeKind
from bot.domain.quiet_hours import QuietHours
from bot.domain.trouble import Trouble
from storage.alerts import cards, deferred, incidents, mutes
from storage.alerts.deferred import DeferredNotice
from storage.chats import chats

GROUP, TOPIC = ChatAddress(-1001), ChatAddress(-1001, 45)
HOUR = timedelta(hours=1)


def a_mute(company_id, until):
    return Mute(company_id=company_id, until_at=until, by="Борис", muted_at=NOW)


async def test_a_mute_holds_until_its_time_and_gives_way_to_a_newer_one(tx):
    company, every = CompanyId("962302"), None
    await mutes.put(tx, a_mute(company, NOW + HOUR), 3)
    await mutes.put(tx, a_mute(every, NOW + HOUR), 3)
    await mutes.put(tx, a_mute(company, NOW + 2 * HOUR), 3)
    assert [one.company_id for one in await mutes.active(tx, NOW)] == [None, company]
    assert [one.company_id for one in await mutes.over(tx, NOW + HOUR)] == [None]
    assert await mutes.remove(tx, company, NOW)
    assert not await mutes.remove(tx, company, NOW)


async def test_when_what_was_muted_is_remembered(tx):
    company, later = CompanyId("962302"), NOW + HOUR / 2
    await mutes.put(tx, a_mute(company, NOW + HOUR), 3)
    newer = Mute(company_id=company, until_at=NOW + 3 * HOUR, by="Борис", muted_at=later)
    await mutes.put(tx, newer, 3)
    await mutes.remove(tx, company, NOW + HOUR)
    spans = await mutes.spans(tx, NOW, NOW + 9 * HOUR)
    assert spans == {company: [(NOW, later), (later, NOW + HOUR)]}
    assert await mutes.spans(tx, NOW + 2 * HOUR, NOW + 9 * HOUR) == {}


async def test_a_chat_is_quiet_by_its_own_clock(tx):
    await chats.set_time_zone(tx, GROUP.chat_id, ZoneInfo("Europe/Moscow"))
    await chats.set_quiet(tx, GROUP.chat_id, QuietHours(23, 7), ZoneInfo("UTC"))
    assert await chats.quiet_at(tx, NOW.replace(hour=20)) == {GROUP.chat_id}
    assert await chats.quiet_at(tx, NOW.replace(hour=5)) == frozenset()
    await chats.move(tx, GROUP.chat_id, -1009, NOW)
    assert await chats.quiet_at(tx, NOW.replace(hour=20)) == {-1009}
    await chats.set_quiet(tx, -1009, None, ZoneInfo("UTC"))
    assert await chats.quiet_at(tx, NOW.replace(hour=20)) == frozenset()


async def test_what_is_held_follows_its_chat_and_is_taken_once(tx):
    [one] = await incidents.add(tx, [incident()])
    await deferred.add(tx, [DeferredNotice(TOPIC, one, NoticeKind.OPENED)])
    await chats.leave_topic(tx, TOPIC)
    await chats.move(tx, GROUP.chat_id, -1009, NOW)
    assert await deferred.chats_with_any(tx) == {-1009}
    taken = await deferred.take(tx, {-1009})
    assert taken == [DeferredNotice(ChatAddress(-1009), one, NoticeKind.OPENED)]
    assert await deferred.chats_with_any(tx) == set()


async def test_an_incident_waits_for_its_reminder_until_it_is_told_or_taken_on(tx):
    [one] = await incidents.add(tx, [incident()])
    stored = (await incidents.get_many(tx, [one]))[one]
    before = stored.opened_at
    assert await incidents.not_told_since(tx, before - HOUR) == []
    assert [found.id for found in await incidents.not_told_since(tx, before)] == [one]
    await incidents.set_told(tx, [one], before + HOUR)
    assert await incidents.not_told_since(tx, before) == []
    ack = Ack("Борис", NOW)
    assert await incidents.put(tx, replace(stored, ack=ack, version=2), was=1)
    assert await incidents.not_told_since(tx, before + HOUR) == []
    assert (await incidents.get_many(tx, [one]))[one].ack == ack


async def test_what_opened_lately_and_is_over_is_counted_by_company_and_trouble(tx):
    [one] = await incidents.add(tx, [incident()])
    stored = (await incidents.get_many(tx, [one]))[one]
    assert await incidents.openings_since(tx, stored.opened_at) == {}
    over = replace(stored, closed_at=stored.opened_at + HOUR, version=2)
    assert await incidents.put(tx, over, was=1)
    found = await incidents.openings_since(tx, stored.opened_at)
    assert found == {(stored.company_id, Trouble.SESSION_DOWN): [stored.opened_at]}
    assert await incidents.openings_since(tx, stored.opened_at + HOUR) == {}


async def test_a_card_is_found_by_its_message(tx):
    [one] = await incidents.add(tx, [incident()])
    await cards.add(tx, GROUP, 77, [one], NOW)
    card = await cards.by_message(tx, GROUP.chat_id, 77)
    assert card is not None
    assert card.incident_ids == (one,)
    assert await cards.by_message(tx, GROUP.chat_id, 78) is None
