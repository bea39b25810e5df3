"""The outbox when things go wrong: limits, lost answers, moved and gone chats, broken parts."""

import asyncio
from itertools import pairwise

import pytest
from alerting import GROUP, OTHER, OWNER, TOPIC, Office

from bot.alerts.courier import MessageKind, Refused, RetryLater
from bot.domain.notice import ChatAddress
from bot.domain.system_notice import SystemNoticeKind
from bot.domain.timing import Timing
from bot.domain.trouble import Symptom
from storage.chats import chats


def calls_to(office, address):
    return [call for call in office.service.calls if call.message.address == address]


async def test_half_a_minute_of_429_costs_one_call_and_loses_nothing(office):
    office.service.busy_until = office.clock.now.replace(second=30)
    ids = await office.open(1000)
    await office.after(60)

    refused = [call for call in office.service.calls if call.at < office.service.busy_until]
    assert len(refused) == 1
    assert sorted(i for card in office.service.cards() for i in card.shows) == ids


async def test_retry_after_is_obeyed_to_the_second(office):
    office.service.busy_until = office.clock.now.replace(second=17)
    await office.open()
    await office.after(40)
    calls = [call.at for call in office.service.calls]
    assert len(calls) == 2
    assert calls[1] >= office.service.busy_until


async def test_retry_after_outlives_a_killed_process(office):
    office.service.busy_until = office.clock.now.replace(second=30)
    await office.open()
    await office.after(10)
    office.restart()
    await office.delivery.recall()
    await office.after(50)

    calls = [call.at for call in office.service.calls]
    assert len(calls) == 2
    assert calls[1] >= office.service.busy_until


async def test_a_pause_of_our_own_is_over_with_the_process(office):
    pause = RetryLater(after_s=300, everywhere=True, reason="token refused")
    office.service.faults.append(pause)
    await office.open()
    await office.after(10)
    office.restart()
    await office.delivery.recall()
    await office.after(1)
    assert len(office.service.cards()) == 1


async def test_telegram_away_for_hours_loses_nothing_and_is_not_hammered(office):
    (one,) = await office.open()
    office.service.faults.extend([trouble("500")] * 60)
    await office.after(3600, step_s=20)
    await office.change(one)
    await office.after(3600, step_s=20)

    assert office.service.cards()[0].shows == {one: (Symptom.REVOKED, True)}
    gaps = [b.at - a.at for a, b in pairwise(office.service.calls[8:60])]
    assert min(gaps).total_seconds() >= 60


async def test_a_lost_answer_may_repeat_a_message_but_loses_none(office):
    office.service.faults.append("answer lost")
    (one,) = await office.open()
    await office.after(10)
    await office.change(one)
    await office.after(5)

    assert [list(m.shows) for m in office.service.messages] == [[one], [one]]
    assert office.service.messages[1].shows[one][0] is Symptom.REVOKED


async def test_silence_of_the_courier_is_trouble_like_any_other(db):
    office = Office(db, timing=quick(courier_timeout_s=0.01))
    office.service.faults.append("hangs")
    await office.open()
    await office.after(5)
    assert office.service.tape() == ["new 1"]


async def test_a_group_that_moved_gets_the_same_letter_under_its_new_id(office):
    office.service.moved[GROUP.chat_id] = -100200
    (one,) = await office.open()
    await office.after(3)

    assert office.service.tape(ChatAddress(-100200)) == [f"new {one}"]
    async with office.db.reading() as tx:
        assert await chats.get(tx, GROUP.chat_id) is None


async def test_cards_of_a_moved_group_are_sent_again_in_silence(office):
    ids = await office.open(2)
    await office.after(2)
    office.service.moved[GROUP.chat_id] = -100200
    await office.change(ids[0])
    await office.after(5)

    (card,) = office.service.cards(ChatAddress(-100200))
    assert card.silent
    assert list(card.shows) == ids


async def test_a_message_of_the_new_group_with_the_same_id_is_not_touched(office):
    (one,) = await office.open()
    await office.after(2)
    async with office.db.writing() as tx:
        await chats.move(tx, GROUP.chat_id, -100200, office.clock())
    office.service.cards()[0].address = ChatAddress(-100200)
    office.service.messages[0].shows = {}
    await office.change(one, to=[ChatAddress(-100200)])
    await office.after(5)

    stranger, card = office.service.messages
    assert (stranger.shows, stranger.edits) == ({}, 0)
    assert card.shows == {one: (Symptom.REVOKED, True)}


async def test_a_chat_that_moves_to_where_it_is_does_not_spin(office):
    office.service.moved[GROUP.chat_id] = GROUP.chat_id
    await office.open()
    await office.after(60)
    assert len(office.service.calls) < 10


async def test_a_closed_topic_falls_back_to_the_group(office):
    office.service.closed_topics.add(TOPIC)
    (one,) = await office.open(to=[TOPIC])
    await office.after(5)
    assert office.service.tape(ChatAddress(TOPIC.chat_id)) == [f"new {one}"]


async def test_a_group_that_closed_its_general_topic_is_parked(office):
    office.service.closed_topics.add(GROUP)
    await office.open()
    await office.after(50)
    assert len(calls_to(office, GROUP)) == 1


async def test_a_chat_that_is_gone_is_tried_ever_more_seldom_and_told_on_its_return(office):
    office.service.gone.add(GROUP.chat_id)
    (one,) = await office.open()
    began = office.clock()
    await office.after(3 * 3600, step_s=10)
    minutes = [round((call.at - began).total_seconds() / 60) for call in calls_to(office, GROUP)]
    assert minutes == [0, 1, 6, 21, 81, 141]

    office.service.gone.clear()
    await office.after(3600, step_s=10)
    assert office.service.tape(GROUP) == [f"new {one}"]
    async with office.db.reading() as tx:
        assert (await chats.get(tx, GROUP.chat_id)).parked_at is None


async def test_owners_are_told_once_that_a_chat_takes_nothing_and_once_that_it_does(office):
    await office.subscribe(GROUP)
    office.service.gone.add(GROUP.chat_id)
    await office.open()
    await office.after(3600, step_s=10)
    office.service.gone.clear()
    await office.after(3700, step_s=10)
    kinds = [
        system_entry.system_notice.kind
        for call in calls_to(office, OWNER)
        for system_entry in call.message.system_notices
    ]
    assert kinds == [SystemNoticeKind.CHAT_REMOVED, SystemNoticeKind.CHAT_BACK]


async def test_a_chat_whose_rights_come_back_is_told_at_once(office):
    office.service.gone.add(GROUP.chat_id)
    (one,) = await office.open()
    await office.after(1800, step_s=10)
    office.service.gone.clear()
    async with office.db.writing() as tx:
        await chats.unpark(tx, GROUP.chat_id)
    await office.after(5)
    assert office.service.tape(GROUP) == [f"new {one}"]


async def test_what_waited_for_a_chat_leaves_together_when_it_is_back(office):
    office.service.gone.add(GROUP.chat_id)
    first = await office.open()
    await office.after(100, step_s=5)
    office.service.gone.clear()
    ids = [*first, *await office.open(3)]
    await office.after(400, step_s=5)
    assert office.service.tape(GROUP) == ["new " + " ".join(str(one) for one in ids)]


async def test_a_gone_chat_that_was_never_stored_is_left_alone_too(db):
    office = Office(db)
    office.service.gone.add(GROUP.chat_id)
    await office.open()
    await office.after(50)
    assert len(office.service.calls) == 1


async def test_a_deleted_card_is_replaced_in_silence_while_something_is_open(office):
    ids = await office.open(2)
    await office.after(2)
    office.service.forget(office.service.cards()[0])
    await office.change(ids[0])
    await office.after(5)
    await office.change(ids[1])
    await office.after(5)

    (card,) = office.service.messages
    assert card.silent
    assert card.shows == dict.fromkeys(ids, (Symptom.REVOKED, True))
    assert card.edits == 1


async def test_a_deleted_card_of_what_is_over_is_let_go(office):
    (one,) = await office.open()
    await office.after(12)
    office.service.forget(office.service.cards()[0])
    await office.recover(one)
    await office.after(30)

    (back,) = office.service.messages
    assert back.kind is MessageKind.BACK
    assert await office.pending() == 0


async def test_a_refused_letter_is_kept_and_tried_again_slowly(office):
    office.service.faults.append(Refused("nobody knows why"))
    (one,) = await office.open()
    await office.after(30)
    assert len(calls_to(office, GROUP)) == 1
    await office.after(60)
    assert office.service.tape(GROUP) == [f"new {one}"]


async def test_a_bug_in_one_letter_does_not_keep_back_the_others(office):
    office.service.faults.extend(["crashes"] * 3)
    await office.open(to=[GROUP])
    await office.open(to=[OTHER])
    await office.after(30)
    assert sorted(office.service.tape()) == ["new 1", "new 2"]


async def test_a_receipt_that_could_not_be_written_is_written_before_anything_else(office):
    (one,) = await office.open()
    office.clock.push(1)
    async with office.db.writing() as tx:  # nobody else may write now
        sending = asyncio.ensure_future(office.delivery.drain_once())
        await asyncio.wait_for(office.service.called.wait(), 5)
        assert not sending.done()
        del tx
    await sending
    await office.after(10)
    assert office.service.tape() == [f"new {one}"]


async def test_a_stop_waits_until_what_was_sent_is_written_down(office):
    await office.open()
    office.clock.push(1)
    async with office.db.writing():
        running = asyncio.ensure_future(office.delivery.run())
        await asyncio.wait_for(office.service.called.wait(), 5)
        running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await office.pending() == 0


async def test_the_loop_sends_when_it_is_rung_and_survives_a_broken_database(office):
    office.delivery = None
    broken = Office(Breaking(office.db), timing=quick())
    running = asyncio.ensure_future(broken.delivery.run())
    broken.clock.push(5)
    await office.open()
    broken.wake.set()
    await asyncio.wait_for(broken.service.called.wait(), 5)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert broken.service.tape() == ["new 1"]


class Breaking:
    """A database that fails the first three times it is read."""

    def __init__(self, db):
        self._db = db
        self._left = 3

    def reading(self):
        if self._left:
            self._left -= 1
            raise OSError("disk on fire")
        return self._db.reading()

    def writing(self):
        return self._db.writing()


def quick(**changes):
    return Timing(outbox_poll_s=0.01, **changes)


def trouble(reason):
    return RetryLater(after_s=None, everywhere=True, reason=reason)
