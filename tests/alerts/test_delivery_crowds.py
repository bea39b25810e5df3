"""Storms, and long silences: many troubles, few messages."""

from datetime import timedelta

from alerting import GROUP, Office

from bot.alerts.compose import NAMES_ROOM
from bot.alerts.courier import Delivered, MessageKind, RetryLater
from bot.domain.timing import Timing
from bot.domain.trouble import Symptom
from storage.alerts import outbox
from storage.chats import chats

HOUR_S = 3600


def new_messages(office):
    return [m for m in office.service.messages if m.address == GROUP and not m.silent]


async def test_a_thousand_at_once_are_all_named_in_six_messages_within_seconds(office):
    ids = await office.open(1000)
    began = office.clock()
    await office.after(30)
    assert len(office.service.messages) == 6
    assert (office.service.calls[-1].at - began).total_seconds() <= 10
    assert sorted(show for card in office.service.cards() for show in card.shows) == ids


async def test_more_than_a_phone_can_read_is_one_message_with_a_file(office):
    await office.open(1021)
    await office.after(30)
    (call,) = office.service.calls
    assert call.message.in_file
    assert len(call.message.entries) == 1021


async def test_the_card_of_a_crowd_is_edited_as_its_companies_return(office):
    ids = await office.open(1021)
    await office.after(5)
    await office.recover(*ids[:2])
    await office.after(30)
    (card,) = office.service.cards()
    assert [card.shows[one][1] for one in ids[:3]] == [False, False, True]


async def test_a_crowd_that_returns_is_one_message_with_a_file(office):
    ids = await office.open(1021)
    await office.after(15)
    await office.recover(*ids)
    await office.after(30)
    back = office.service.calls[1]
    assert (back.message.kind, back.message.in_file) == (MessageKind.BACK, True)


async def test_a_message_ends_between_two_companies_however_long_their_ids_are(office):
    ids = await office.open(170, width=50)
    await office.after(30)
    sizes = [
        sum(len(entry.incident.company_id) + 2 for entry in call.message.entries)
        for call in office.service.calls
    ]
    assert max(sizes) <= NAMES_ROOM
    assert sorted(show for card in office.service.cards() for show in card.shows) == ids
    assert len(office.service.messages) == 3


async def test_a_day_without_telegram_is_one_message(office):
    office.service.busy_until = office.clock() + timedelta(days=1)
    seen = []
    for _ in range(6):
        ids = await office.open(2)
        seen += ids
        await office.after(HOUR_S, step_s=120)
        await office.recover(ids[0])
        await office.after(HOUR_S * 3, step_s=600)
    office.service.busy_until = None
    await office.after(HOUR_S, step_s=5)

    (call,) = [call for call in office.service.calls if isinstance(call.outcome, Delivered)]
    assert call.message.kind is MessageKind.SUMMARY
    assert [e.incident.id for e in call.message.entries] == seen
    assert [e.incident.open for e in call.message.entries] == [False, True] * 6


async def test_what_the_summary_shows_as_open_is_followed_up_on_it(office):
    office.service.busy_until = office.clock() + timedelta(hours=2)
    ids = await office.open(2)
    await office.after(HOUR_S * 3, step_s=300)
    await office.recover(ids[0])
    await office.after(30)

    (card,) = office.service.cards()
    assert card.kind is MessageKind.SUMMARY
    assert card.shows == {ids[0]: (Symptom.REVOKED, False), ids[1]: (Symptom.GONE, True)}
    assert office.service.messages[-1].reply_to == card.id


async def test_what_was_told_before_the_silence_ends_on_its_own_card(office):
    (before,) = await office.open()
    await office.after(30)
    office.service.busy_until = office.clock() + timedelta(hours=2)
    await office.recover(before, changed=False)
    (during,) = await office.open()
    await office.after(HOUR_S * 3, step_s=300)

    old, new = office.service.cards()
    assert old.shows == {before: (Symptom.REVOKED, False)}
    assert set(new.shows) == {before, during}
    assert len(new_messages(office)) == 2
    await office.change(during)
    await office.after(30)
    assert set(new.shows) == {during}


async def test_one_trouble_of_a_long_silence_is_told_like_any_other(office):
    office.service.busy_until = office.clock() + timedelta(hours=2)
    await office.open()
    await office.after(HOUR_S * 3, step_s=300)
    assert office.service.messages[0].kind is MessageKind.NEW


async def test_a_summary_with_a_file_is_no_card(office):
    office.service.busy_until = office.clock() + timedelta(hours=2)
    ids = await office.open(100, width=50)
    await office.after(HOUR_S * 3, step_s=300)
    await office.recover(ids[0])
    await office.after(30)
    assert [m.kind for m in office.service.messages] == [MessageKind.SUMMARY, MessageKind.BACK]
    assert await office.pending() == 0


async def test_a_chat_that_returns_after_hours_gets_a_summary(db):
    office = Office(db, Timing(summary_after_s=100))
    await office.subscribe(GROUP)
    async with db.writing() as tx:
        await chats.park(tx, GROUP.chat_id, "kicked", office.clock())
    office.service.gone.add(GROUP.chat_id)
    await office.open(3)
    await office.after(200, step_s=20)
    office.service.gone.discard(GROUP.chat_id)
    async with db.writing() as tx:
        await chats.unpark(tx, GROUP.chat_id)
    await office.after(10)
    assert office.service.tape() == ["summary 1 2 3"]


async def test_half_a_minute_of_429_in_a_storm_costs_one_call(office):
    office.service.faults.append(RetryLater(after_s=30, everywhere=False, reason="429"))
    ids = await office.open(1000)
    await office.after(60)
    first, second, *_ = office.service.calls
    assert (second.at - first.at).total_seconds() >= 30
    assert sorted(show for card in office.service.cards() for show in card.shows) == ids
    async with office.db.reading() as tx:
        assert await outbox.pending(tx) == []
