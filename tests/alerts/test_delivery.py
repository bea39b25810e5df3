"""The outbox, emptied: tapes of what chats saw."""

from itertools import pairwise

from alerting import GROUP, OTHER, TOPIC

from bot.alerts.courier import MessageKind
from bot.alerts.grouping import SendPlan
from bot.alerts.message_reader import read_messages
from bot.domain.trouble import Symptom
from storage.alerts import incidents
from storage.chats import chats


async def test_one_incident_is_one_message_from_beginning_to_end(office):
    (one,) = await office.open()
    await office.after(1)
    await office.change(one)
    await office.after(15)
    await office.recover(one)
    await office.after(5)

    (card,) = office.service.cards()
    assert office.service.tape() == [f"new {one}", f"edit {one}", f"back {one}", f"edit {one}"]
    assert card.shows == {one: (Symptom.REVOKED, False)}


async def test_the_recovery_replies_to_its_card_and_makes_a_sound(office):
    (one,) = await office.open()
    await office.after(15)
    await office.recover(one)
    await office.after(5)

    card, back = office.service.messages
    assert back.reply_to == card.id
    assert not back.silent


async def test_a_recovery_shows_on_its_card_although_nobody_said_that_it_changed(office):
    (one,) = await office.open()
    await office.after(15)
    await office.recover(one, changed=False)
    await office.after(5)
    assert office.service.tape() == [f"new {one}", f"back {one}", f"edit {one}"]


async def test_a_recovery_that_has_to_wait_shows_on_its_card_at_once_and_only_once(office):
    (one,) = await office.open()
    await office.after(3)
    await office.recover(one, changed=False)
    await office.after(2)
    assert office.service.tape() == [f"new {one}", f"edit {one}"]
    await office.after(15)
    assert office.service.tape() == [f"new {one}", f"edit {one}", f"back {one}"]


async def test_recoveries_of_several_cards_reply_to_none(office):
    first = await office.open()
    await office.after(12)
    second = await office.open()
    await office.after(15)
    await office.recover(*first, *second)
    await office.after(5)

    back = office.service.messages[2]
    assert (back.kind, back.reply_to) == (MessageKind.BACK, None)
    assert all(not shown for card in office.service.cards() for _, shown in card.shows.values())


async def test_no_recovery_is_called_after_the_alert_of_the_next_loss(office):
    """Found on 29 November 2026: "back online" was the last word about a company that was lost."""
    (one,) = await office.open()
    await office.after(4)
    await office.recover(one)  # has to wait: the chat got a new message a moment ago
    (again,) = await office.lose_again(one)
    await office.after(60)

    assert office.service.tape() == [f"new {one}", f"edit {one}", f"new {again}"]
    before, now = office.service.cards()
    assert (before.shows[one][1], now.shows[again][1]) == (False, True)


async def test_of_recoveries_only_those_that_hold_are_called(office):
    first, second = await office.open(2)
    await office.after(4)
    await office.recover(first, second)
    (again,) = await office.lose_again(second)
    await office.after(60)

    aloud = [line for line in office.service.tape() if not line.startswith("edit")]
    assert aloud == [f"new {first} {second}", f"new {again}", f"back {first}"]
    assert [shown for card in office.service.cards() for _, shown in card.shows.values()] == [
        False,
        False,
        True,
    ]


async def test_two_outages_that_are_over_are_called_in_one_message(office):
    (one,) = await office.open()
    await office.after(4)
    await office.recover(one)
    (again,) = await office.lose_again(one)
    await office.after(12)
    await office.recover(again)
    await office.after(60)

    assert [line for line in office.service.tape() if not line.startswith("edit")] == [
        f"new {one}",
        f"new {again}",
        f"back {one} {again}",
    ]


async def test_what_opens_together_leaves_together(office):
    await office.open(2)
    await office.after(0.2, step_s=0.1)
    await office.open(1)
    await office.after(5)
    assert office.service.tape() == ["new 1 2 3"]


async def test_new_messages_to_a_chat_keep_ten_seconds_distance(office):
    for _ in range(40):
        await office.open()
        await office.after(1)
    moments = [call.at for call in office.service.calls]
    gaps = [(b - a).total_seconds() for a, b in pairwise(moments)]
    assert min(gaps) >= 10
    assert len(moments) == 4


async def test_every_chat_and_topic_is_told(office):
    (one,) = await office.open(to=[GROUP, OTHER, TOPIC])
    await office.after(4)
    for address in (GROUP, OTHER, TOPIC):
        assert office.service.tape(address) == [f"new {one}"]


async def test_an_incident_over_before_it_was_told_is_told_once_as_over(office):
    (one,) = await office.open()
    await office.recover(one)
    await office.after(30)
    (card,) = office.service.messages
    assert card.shows[one][1] is False


async def test_a_thousand_companies_down_at_once_are_six_messages_in_ten_seconds(office):
    ids = await office.open(1000)
    await office.after(10)

    named = [i for card in office.service.cards() for i in card.shows]
    assert sorted(named) == ids
    assert len(office.service.calls) == 6


async def test_a_thousand_companies_back_at_once_are_six_messages_and_every_card_shows_it(office):
    ids = await office.open(1000)
    await office.after(20, step_s=1)
    await office.recover(*ids)
    await office.after(60, step_s=1)

    told = [i for m in office.service.messages if m.kind is MessageKind.BACK for i in m.shows]
    assert sorted(told) == ids
    assert len(office.service.calls) == 6 + 6 + 6
    assert not any(on for card in office.service.cards() for _, on in card.shows.values())


async def test_changes_that_pile_up_are_one_edit(office):
    ids = await office.open(3)
    await office.after(1)
    for one in ids:
        await office.change(one)
        await office.change(one, revoked=False)
    await office.after(5)
    assert office.service.tape() == ["new 1 2 3", "edit 1 2 3"]


async def test_alerts_go_out_while_edits_have_used_up_their_share(office):
    (one,) = await office.open()
    for n in range(60):
        await office.after(1)
        await office.change(one, revoked=bool(n % 2))
    await office.open()
    asked_at = office.clock.now
    await office.after(3)
    alert = next(call for call in reversed(office.service.calls) if call.message.kind == "new")
    assert (alert.at - asked_at).total_seconds() <= 2


async def test_a_change_nobody_was_told_of_is_let_go(office):
    (one,) = await office.open(to=[OTHER])
    await office.change(one, to=[GROUP])
    await office.after(5)
    assert office.service.tape(GROUP) == []
    assert await office.pending() == 0


async def test_the_chosen_language_of_a_chat_is_spoken(office):
    async with office.db.writing() as tx:
        await chats.set_language(tx, OTHER.chat_id, "en")
    await office.open(to=[GROUP, OTHER])
    await office.after(4)
    spoken = {call.message.address: call.message.language for call in office.service.calls}
    assert spoken == {GROUP: "ru", OTHER: "en"}


async def test_the_timeline_says_which_chat_was_told(office):
    (one,) = await office.open()
    await office.after(5)
    async with office.db.reading() as tx:
        events = await incidents.events_of(tx, one)
    assert [(e.event, e.facts["chat_id"]) for e in events] == [("told", GROUP.chat_id)]


async def test_a_restart_in_a_storm_goes_on_where_it_was(office):
    ids = await office.open(1000)
    await office.after(3)
    office.restart()
    await office.after(10)
    assert sorted(i for card in office.service.cards() for i in card.shows) == ids


async def read(office, send_plan):
    async with office.db.reading() as tx:
        (composed,) = await read_messages(tx, [send_plan], "ru", office.clock())
        return composed


def send_plan(kind, *incident_ids, **more):
    return SendPlan(
        kind=kind, address=GROUP, incident_ids=incident_ids, attempts=0, oldest_id=1, **more
    )


async def test_what_was_settled_meanwhile_is_no_letter_any_more(office):
    [lost] = await office.open()
    assert await read(office, send_plan(MessageKind.NEW, lost)) is not None
    await office.after(1)
    assert await read(office, send_plan(MessageKind.NEW, lost)) is None
    assert await read(office, send_plan(MessageKind.EDIT, lost, card_id=404)) is None
    assert (
        await read(office, send_plan(MessageKind.SYSTEM_NOTICE, system_notice_ids=(404,))) is None
    )
