"""What chats are told that is not about an incident."""

from alerting import GROUP, OTHER, OWNER

from bot.alerts.courier import Delivered, MessageKind, Refused, RetryLater
from bot.domain.system_notice import SystemNotice, SystemNoticeKind
from storage.alerts import system_notices
from storage.chats import chats, parking

BACK = SystemNotice(kind=SystemNoticeKind.CHAT_BACK, facts={"chat": "Салоны"})
REMOVED = SystemNotice(kind=SystemNoticeKind.CHAT_REMOVED, facts={"chat": "Салоны"})


async def system_notice(office, *every, to=(GROUP,)):
    async with office.db.writing() as tx:
        for one in every:
            await system_notices.add(tx, to, one, office.clock())


def said(office):
    """Every remark that arrived, in order, with the chat it went to."""
    return [
        (call.message.address, system_entry.system_notice.kind)
        for call in office.service.calls
        if isinstance(call.outcome, Delivered)
        for system_entry in call.message.system_notices
    ]


async def test_what_waits_for_one_chat_leaves_as_one_message_in_order(office):
    await system_notice(office, REMOVED, BACK)
    await office.after(5)
    assert said(office) == [
        (GROUP, SystemNoticeKind.CHAT_REMOVED),
        (GROUP, SystemNoticeKind.CHAT_BACK),
    ]
    assert len(office.service.messages) == 1


async def test_an_alert_goes_before_a_remark_and_they_keep_their_distance(office):
    await system_notice(office, BACK)
    await office.open()
    await office.after(30)
    first, second = office.service.calls
    assert (first.message.kind, second.message.kind) == (MessageKind.NEW, MessageKind.SYSTEM_NOTICE)
    assert (second.at - first.at).total_seconds() >= 10


async def test_alarms_without_end_do_not_keep_a_remark_away(office):
    await system_notice(office, BACK)
    for _ in range(50):
        await office.open()
        await office.after(2)
    assert said(office) == [(GROUP, SystemNoticeKind.CHAT_BACK)]


async def test_trouble_delays_a_remark_and_loses_none(office):
    office.service.faults.extend([RetryLater(after_s=None, everywhere=True, reason="500")] * 3)
    await system_notice(office, BACK)
    await office.after(30)
    assert said(office) == [(GROUP, SystemNoticeKind.CHAT_BACK)]


async def test_a_crash_after_the_receipt_repeats_no_remark(office):
    await system_notice(office, BACK)
    await office.after(5)
    office.restart()
    await office.after(30)
    assert len(said(office)) == 1


async def test_a_refused_remark_is_kept_and_tried_again_slowly(office):
    office.service.faults.append(Refused("can't parse"))
    await system_notice(office, BACK)
    for seconds, tries in ((30, 1), (60, 2)):
        await office.after(seconds)
        tried = [call for call in office.service.calls if call.message.address == GROUP]
        assert len(tried) == tries


async def test_a_remark_follows_the_group_that_moved(office):
    await system_notice(office, BACK)
    async with office.db.writing() as tx:
        await chats.move(tx, GROUP.chat_id, -100500, office.clock())
    await office.after(5)
    assert [address.chat_id for address, _ in said(office)] == [-100500]


async def test_owners_hear_of_a_chat_that_turned_the_bot_away(office):
    office.service.gone.add(GROUP.chat_id)
    await office.open()
    await office.after(30)
    assert said(office) == [(OWNER, SystemNoticeKind.CHAT_REMOVED)]


async def test_owners_hear_when_it_is_taken_up_again_and_the_chat_gets_what_waited(office):
    office.service.gone.add(GROUP.chat_id)
    (one,) = await office.open()
    await office.after(30)
    office.service.gone.clear()
    async with office.db.writing() as tx:
        assert await parking.take_back(tx, GROUP.chat_id, [OWNER.chat_id], office.clock())
    await office.after(30)
    assert said(office)[-1] == (OWNER, SystemNoticeKind.CHAT_BACK)
    assert office.service.tape(GROUP) == [f"new {one}"]


async def test_a_chat_that_hears_of_nothing_leaves_without_a_word(office):
    async with office.db.writing() as tx:
        await parking.turn_away(tx, 555, "blocked", [OWNER.chat_id], office.clock())
    await office.after(5)
    assert said(office) == []


async def test_a_chat_that_keeps_away_is_told_of_once(office):
    async with office.db.writing() as tx:
        for reason in ("kicked", "not a member"):
            await parking.turn_away(tx, OTHER.chat_id, reason, [OWNER.chat_id], office.clock())
    await office.after(15)
    assert len(said(office)) == 1


async def test_remarks_told_long_ago_are_forgotten(office):
    await system_notice(office, BACK)
    await office.after(5)
    async with office.db.writing() as tx:
        await system_notices.forget_settled(tx, office.clock())
        assert await system_notices.pending(tx) == []
