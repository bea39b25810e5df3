"""What nobody has taken on is said again: one message for a chat, a reply to its card."""

from dataclasses import replace

from alerting import GROUP, OTHER

from bot.domain.incident import Ack
from bot.domain.notice import NoticeKind
from bot.domain.trouble import Symptom
from storage.alerts import incidents, outbox


async def repeat(office, *ids, to=(GROUP,)):
    async with office.db.writing() as tx:
        rows = [(chat, one, NoticeKind.REPEATED) for one in ids for chat in to]
        await outbox.add(tx, rows, office.clock())
    office.wake.set()


async def becomes(office, one, **how):
    async with office.db.writing() as tx:
        present = (await incidents.get_many(tx, [one]))[one]
        changed = replace(present, version=present.version + 1, **how)
        await incidents.put(tx, changed, was=present.version)


async def test_a_reminder_replies_to_its_card_and_sounds(office):
    [one] = await office.open()
    await office.after(60)
    await repeat(office, one)
    await office.after(60)
    card, reminder = office.service.messages
    assert office.service.tape() == ["new 1", "repeat 1"]
    assert (reminder.reply_to, reminder.silent) == (card.id, False)
    assert await office.pending() == 0


async def test_what_is_due_together_is_one_message_for_a_chat(office):
    ids = await office.open(3, to=(GROUP, OTHER))
    await office.after(60)
    await repeat(office, *ids, to=(GROUP, OTHER))
    await office.after(60)
    assert office.service.tape(GROUP) == ["new 1 2 3", "repeat 1 2 3"]
    assert office.service.tape(OTHER) == ["new 1 2 3", "repeat 1 2 3"]


async def test_reminders_that_waited_for_telegram_are_said_once(office):
    [one] = await office.open()
    await office.after(60)
    for _ in range(24):
        await repeat(office, one)
    await office.after(60)
    assert office.service.tape() == ["new 1", "repeat 1"]
    assert await office.pending() == 0


async def test_a_chat_that_has_still_to_be_told_is_not_reminded_as_well(office):
    [one] = await office.open()
    await repeat(office, one)
    await office.after(60)
    assert office.service.tape() == ["new 1"]
    assert await office.pending() == 0


async def test_nobody_is_reminded_of_what_is_over_taken_on_or_settling(office):
    over, taken, settling, still = await office.open(4)
    await office.after(60)
    await repeat(office, over, taken, settling, still)
    await becomes(office, over, closed_at=office.clock())
    await becomes(office, taken, ack=Ack("Борис", office.clock()))
    await becomes(office, settling, symptom=Symptom.SETTLING)
    await office.after(60)
    assert office.service.tape() == ["new 1 2 3 4", f"repeat {still}"]


async def test_a_reminder_of_nothing_any_more_is_not_sent(office):
    [one] = await office.open()
    await office.after(60)
    await repeat(office, one)
    await becomes(office, one, closed_at=office.clock())
    await office.after(60)
    assert office.service.tape() == ["new 1"]
    assert await office.pending() == 0


async def test_a_reminder_whose_card_was_deleted_comes_without_a_reply(office):
    [one] = await office.open()
    await office.after(60)
    office.service.forget(office.service.messages[0])
    await repeat(office, one)
    await office.after(60)
    assert office.service.tape()[-1] == "repeat 1"
