"""Incidents, the outbox, cards and chats: what alerts are made of."""

from datetime import timedelta

import pytest
from rows import NOW, incident
from sqlalchemy.exc import IntegrityError

from bot.domain.company import CompanyId
from bot.domain.notice import ChatAddress, NoticeKind
from bot.domain.trouble import Severity, Symptom
from storage.alerts import cards, incidents, outbox
from storage.alerts.incidents import IncidentEvent
from storage.chats import chats, pauses, subscriptions
from storage.chats.pauses import Pause
from storage.chats.subscriptions import Subscription

GROUP, TOPIC = ChatAddress(-1001), ChatAddress(-1001, 45)
NEW_GROUP = ChatAddress(-100200)
COMPANY = CompanyId("962302")


async def opened(tx, *keys, **values):
    return await incidents.add(tx, [incident(key, **values) for key in keys])


async def noticed(tx, *kinds, address=GROUP, key="962302"):
    (one,) = await opened(tx, key)
    await outbox.add(tx, [(address, one, kind) for kind in kinds], NOW)
    return one


def subscription(address=GROUP, company_id=None, severity=Severity.WARNING):
    return Subscription(address=address, company_id=company_id, severity=severity)


async def test_an_incident_comes_back_as_it_went_in(tx):
    (one,) = await opened(tx, "962302", closed_at=None)
    assert await incidents.get_many(tx, [one, 999]) == {one: incident(id=one)}


async def test_ids_come_in_the_order_of_the_incidents(tx):
    ids = await opened(tx, *[str(n) for n in range(1200)])
    found = await incidents.get_many(tx, ids)
    assert [found[one].company_id for one in ids] == [str(n) for n in range(1200)]


async def test_a_company_has_one_open_incident_of_each_trouble(tx):
    await opened(tx, "962302")
    with pytest.raises(IntegrityError):
        await opened(tx, "962302")


async def test_a_gateway_has_one_open_incident_of_each_trouble(tx):
    await opened(tx, None)
    with pytest.raises(IntegrityError):
        await opened(tx, None)


async def test_after_the_end_the_same_trouble_may_begin_again(tx):
    (first,) = await opened(tx, "962302")
    await incidents.put(tx, incident(id=first, closed_at=NOW), was=1)
    (second,) = await opened(tx, "962302")
    assert [one.id for one in await incidents.open_ones(tx, company_id=COMPANY)] == [second]


async def test_open_incidents_can_be_asked_by_gateway(tx):
    await opened(tx, "962302")
    (other,) = await opened(tx, "962302", gateway="second")
    assert [one.id for one in await incidents.open_ones(tx, gateway="second")] == [other]


async def test_a_timeline_keeps_its_order(tx):
    (one,) = await opened(tx, "962302")
    events = [
        IncidentEvent(incident_id=one, at=NOW, event=name, facts={"n": n})
        for n, name in enumerate(["opened", "told", "closed"])
    ]
    await incidents.add_events(tx, events)
    assert await incidents.events_of(tx, one) == events


async def test_notices_wait_in_order_until_they_are_settled(tx):
    await noticed(tx, NoticeKind.OPENED, NoticeKind.CHANGED, NoticeKind.RECOVERED)
    first, *rest = await outbox.pending(tx)
    await outbox.settle(tx, [first.id], "delivered", NOW)
    assert await outbox.pending(tx) == rest
    assert [one.kind for one in rest] == [NoticeKind.CHANGED, NoticeKind.RECOVERED]


async def test_notices_of_a_parked_chat_wait_for_its_return(tx):
    await noticed(tx, NoticeKind.OPENED)
    await chats.park(tx, GROUP.chat_id, "kicked", NOW)
    assert await outbox.pending(tx) == []
    assert await chats.unpark(tx, GROUP.chat_id)
    assert len(await outbox.pending(tx)) == 1


async def test_the_extent_is_that_of_what_is_pending(tx):
    assert await outbox.extent(tx) == (0, 0)
    await noticed(tx, NoticeKind.OPENED, NoticeKind.CHANGED)
    assert await outbox.extent(tx) == (2, (await outbox.pending(tx))[-1].id)
    await chats.park(tx, GROUP.chat_id, "kicked", NOW)
    assert await outbox.extent(tx) == (0, 0)


async def test_failed_attempts_are_counted(tx):
    await noticed(tx, NoticeKind.OPENED)
    (one,) = await outbox.pending(tx)
    await outbox.count_attempt(tx, [one.id])
    assert (await outbox.pending(tx))[0].attempts == 1


async def test_what_waits_for_some_chats_is_found_by_incident(tx):
    one = await noticed(tx, NoticeKind.OPENED, NoticeKind.CHANGED)
    await outbox.add(tx, [(TOPIC, one, NoticeKind.OPENED)], NOW)
    found = await outbox.pending_of(tx, [GROUP], [one])
    assert [notice.kind for notice in found] == [NoticeKind.OPENED, NoticeKind.CHANGED]
    assert len(await outbox.pending_of(tx, [TOPIC], [one])) == 1
    assert len(await outbox.pending_of(tx, [TOPIC, GROUP], [one])) == 3
    assert await outbox.pending_of(tx, [GROUP], [404]) == []


async def test_old_settled_notices_are_forgotten_and_waiting_ones_never(tx):
    await noticed(tx, NoticeKind.OPENED, NoticeKind.CHANGED)
    settled, waiting = await outbox.pending(tx)
    await outbox.settle(tx, [settled.id], "delivered", NOW)
    await outbox.forget_settled(tx, NOW + timedelta(days=365))
    assert await outbox.pending(tx) == [waiting]


async def test_a_notice_without_its_incident_cannot_be_stored(tx):
    with pytest.raises(IntegrityError):
        await outbox.add(tx, [(GROUP, 404, NoticeKind.OPENED)], NOW)


async def test_a_card_knows_its_incidents_and_can_be_replaced(tx):
    ids = await opened(tx, "962303", "962302")
    await cards.add(tx, GROUP, 7, ids, NOW)
    (card,) = await cards.of_incidents(tx, ids[:1])
    await cards.mark_lost(tx, card.id)
    assert (await cards.get(tx, card.id)).lost
    await cards.replace(tx, card.id, 8, NOW)
    assert await cards.get(tx, card.id) == card.__class__(**{**vars(card), "message_id": 8})
    assert card.incident_ids == tuple(ids)


async def test_cards_of_several_chats_are_remembered_at_once(tx):
    ids = await opened(tx, "962303", "962302")
    sent = [
        cards.SentCard(address=GROUP, message_id=7, incident_ids=(ids[0],)),
        cards.SentCard(address=TOPIC, message_id=8, incident_ids=tuple(ids), ended={ids[1]}),
        cards.SentCard(address=TOPIC, message_id=9, incident_ids=()),
    ]
    await cards.add_all(tx, sent, NOW)
    places = await cards.places_of(tx, [GROUP, TOPIC], ids)
    assert sorted((str(it.address), it.incident_id, it.shows_end) for it in places) == sorted(
        [(str(GROUP), ids[0], False), (str(TOPIC), ids[0], False), (str(TOPIC), ids[1], True)]
    )
    known = await cards.get_many(tx, {it.card_id for it in places} | {404})
    assert sorted(card.message_id for card in known.values()) == [7, 8]


async def test_a_card_remembers_which_ends_it_shows(tx):
    ids = await opened(tx, "962302", "962303")
    await cards.add(tx, GROUP, 7, ids, NOW, ended=ids[:1])
    await cards.add(tx, TOPIC, 8, ids, NOW)
    shown = [place.shows_end for place in await cards.places_of(tx, [GROUP], ids)]
    assert shown == [True, False]
    (card, *_) = await cards.places_of(tx, [GROUP], ids)
    await cards.show_end(tx, [(card.card_id, it) for it in ids])
    assert all(place.shows_end for place in await cards.places_of(tx, [GROUP], ids))
    assert not any(place.shows_end for place in await cards.places_of(tx, [TOPIC], ids))


async def test_only_places_with_something_to_show_are_pending(tx):
    one = await noticed(tx, NoticeKind.OPENED)
    await cards.add(tx, GROUP, 7, [one], NOW)
    assert await cards.places_pending(tx) == []
    await outbox.add(tx, [(GROUP, one, NoticeKind.CHANGED)], NOW)
    assert [place.incident_id for place in await cards.places_pending(tx)] == [one]


async def test_a_chat_is_added_once_keeps_its_language_and_learns_its_title(tx):
    assert await chats.add(tx, 5, "first", NOW)
    await chats.set_language(tx, 5, "en")
    assert not await chats.add(tx, 5, "second", NOW)
    assert not await chats.add(tx, 5, "", NOW)
    assert (await chats.get(tx, 5)).title == "second"
    assert (await chats.titles(tx))[5] == "second"
    assert await chats.languages(tx) == {5: "en"}


async def test_a_chat_parked_twice_keeps_the_first_reason(tx):
    await chats.park(tx, -1001, "kicked", NOW)
    await chats.park(tx, -1001, "blocked", NOW + timedelta(hours=1))
    chat = await chats.get(tx, -1001)
    assert (chat.parked_reason, chat.parked_at) == ("kicked", NOW)
    assert await chats.unpark(tx, -1001)
    assert not await chats.unpark(tx, -1001)


async def test_a_group_that_moved_takes_everything_along(tx):
    one = await noticed(tx, NoticeKind.CHANGED)
    await cards.add(tx, GROUP, 7, [one], NOW)
    await subscriptions.put(tx, subscription(TOPIC), None, NOW)
    await chats.set_language(tx, GROUP.chat_id, "en")

    await chats.move(tx, GROUP.chat_id, NEW_GROUP.chat_id, NOW)

    assert [one.address for one in await outbox.pending(tx)] == [NEW_GROUP]
    (place,) = await cards.places_of(tx, [NEW_GROUP], [one])
    assert place.lost
    assert (await subscriptions.all_ones(tx))[0].address == ChatAddress(NEW_GROUP.chat_id, 45)
    assert (await chats.get(tx, NEW_GROUP.chat_id)).language == "en"
    assert await chats.get(tx, GROUP.chat_id) is None


async def test_moving_twice_or_to_itself_changes_nothing(tx):
    await subscriptions.put(tx, subscription(), None, NOW)
    await chats.move(tx, -1001, -1001, NOW)
    await chats.move(tx, -1001, -100200, NOW)
    await chats.move(tx, -1001, -100200, NOW)
    assert [one.address for one in await subscriptions.all_ones(tx)] == [NEW_GROUP]


async def test_notices_of_a_chat_that_was_never_stored_move_too(tx):
    await noticed(tx, NoticeKind.OPENED, address=ChatAddress(-77))
    await chats.move(tx, -77, -100200, NOW)
    assert [one.address for one in await outbox.pending(tx)] == [NEW_GROUP]


async def test_where_subscriptions_meet_the_wider_stays(tx):
    await subscriptions.put(tx, subscription(TOPIC, severity=Severity.INFO), None, NOW)
    await subscriptions.put(tx, subscription(GROUP, severity=Severity.CRITICAL), None, NOW)
    await subscriptions.put(tx, subscription(TOPIC, COMPANY, Severity.CRITICAL), None, NOW)
    await chats.leave_topic(tx, TOPIC)
    assert sorted(
        (one.company_id or "", one.severity) for one in await subscriptions.of_address(tx, GROUP)
    ) == [("", Severity.INFO), (COMPANY, Severity.CRITICAL)]
    assert await subscriptions.of_address(tx, TOPIC) == []


async def test_a_gone_topic_leaves_other_topics_alone(tx):
    one = await noticed(tx, NoticeKind.OPENED, address=TOPIC)
    await outbox.add(tx, [(ChatAddress(-1001, 46), one, NoticeKind.OPENED)], NOW)
    await chats.leave_topic(tx, TOPIC)
    assert [n.address for n in await outbox.pending(tx)] == [GROUP, ChatAddress(-1001, 46)]


async def test_subscribing_again_changes_the_severity(tx):
    await subscriptions.put(tx, subscription(), 1001, NOW)
    await subscriptions.put(tx, subscription(severity=Severity.CRITICAL), 1002, NOW)
    assert await subscriptions.of_address(tx, GROUP) == [subscription(severity=Severity.CRITICAL)]


async def test_unsubscribing_says_whether_there_was_anything(tx):
    await subscriptions.put(tx, subscription(company_id=COMPANY), None, NOW)
    assert not await subscriptions.remove(tx, GROUP, None)
    assert await subscriptions.remove(tx, GROUP, COMPANY)
    assert await subscriptions.all_ones(tx) == []


async def test_subscriptions_of_a_parked_chat_are_marked(tx):
    await subscriptions.put(tx, subscription(), None, NOW)
    await chats.park(tx, -1001, "kicked", NOW)
    assert [one.parked for one in await subscriptions.all_ones(tx)] == [True]


def test_symptoms_fit_their_column():
    assert max(len(symptom) for symptom in Symptom) <= 30


async def test_of_what_a_chat_was_told_to_wait_for_the_last_word_holds(tx):
    for chat_id, since_s, after_s in ((-1, 0, 90), (-2, 1, 30), (-1, 2, 5)):
        since = NOW + timedelta(seconds=since_s)
        await pauses.put(tx, Pause(chat_id=chat_id, since=since, after_s=after_s))
    told = [(one.chat_id, one.after_s) for one in await pauses.current(tx, NOW)]
    assert told == [(-2, 30), (-1, 5)]


async def test_a_pause_that_is_over_is_forgotten(tx):
    await pauses.put(tx, Pause(chat_id=-1, since=NOW, after_s=5))
    later = NOW + timedelta(seconds=6)
    assert await pauses.current(tx, later) == []
    await pauses.forget(tx, later)
    assert await pauses.current(tx, NOW) == []
