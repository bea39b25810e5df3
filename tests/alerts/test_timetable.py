"""A chat is planned anew where something about it has changed, and then only."""

from datetime import timedelta

import pytest
from alerting import GROUP, OTHER, START, TOPIC
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.grouping import CardRef, plan
from bot.alerts.pending import Pending, PendingOfChat
from bot.alerts.timetable import Timetable
from bot.domain.notice import ChatAddress, Notice, NoticeKind
from bot.domain.timing import Timing

TEMPO = Timing(group_window_s=1)
PRIVATE = ChatAddress(1001)


def at(seconds):
    return START + timedelta(seconds=seconds)


def notice(number, address, kind=NoticeKind.OPENED, second=0, incident=None):
    return Notice(
        id=number,
        address=address,
        incident_id=incident or number,
        kind=kind,
        created_at=at(second),
    )


def book(*notices, cards=None):
    pages = {}
    for one in sorted(notices, key=lambda notice: notice.id):
        known = pages.get(one.address.chat_id, PendingOfChat())
        pages[one.address.chat_id] = PendingOfChat(notices=(*known.notices, one))
    return Pending(pages=pages, cards=cards or {})


def chats(agenda):
    return [send_plan.address.chat_id for send_plan in agenda.send_plans]


@pytest.fixture
def timetable():
    return Timetable(TEMPO)


def test_nothing_new_is_nothing_to_plan(timetable):
    both = book(notice(1, GROUP), notice(2, OTHER))
    assert chats(timetable.due(both, 1, {}, at(2))) == [GROUP.chat_id, OTHER.chat_id]
    assert chats(timetable.due(both, 1, {}, at(2))) == []


def test_a_chat_that_was_told_something_is_planned_again(timetable):
    both = book(notice(1, GROUP), notice(2, OTHER))
    timetable.due(both, 1, {}, at(2))
    timetable.change(OTHER.chat_id)
    assert chats(timetable.due(both, 1, {}, at(2))) == [OTHER.chat_id]


def test_a_chat_whose_moment_comes_is_planned_then(timetable):
    later = book(notice(1, GROUP, second=5), notice(2, OTHER))
    first = timetable.due(later, 1, {}, at(5.5))
    assert (chats(first), first.next_at) == ([OTHER.chat_id], at(6))
    assert chats(timetable.due(later, 1, {}, at(5.9))) == []
    assert chats(timetable.due(later, 1, {}, at(6))) == [GROUP.chat_id]


def test_a_further_reading_is_planned_as_a_whole(timetable):
    both = book(notice(1, GROUP), notice(2, OTHER))
    timetable.due(both, 1, {}, at(2))
    assert chats(timetable.due(both, 2, {}, at(2))) == [GROUP.chat_id, OTHER.chat_id]


def test_a_clock_that_is_set_back_keeps_nobody_waiting_beyond_the_next_reading(timetable):
    ahead = book(notice(1, GROUP, second=3600))
    assert timetable.due(ahead, 1, {}, at(3600)).next_at == at(3601)
    assert chats(timetable.due(ahead, 2, {}, at(0))) == [GROUP.chat_id]


rows = st.lists(
    st.tuples(
        st.sampled_from([GROUP, OTHER, TOPIC, PRIVATE]),
        st.sampled_from(NoticeKind),
        st.integers(1, 6),
        st.integers(0, 8),
    ),
    max_size=30,
)


@given(rows, st.sets(st.integers(1, 6)), st.floats(0, 12))
def test_chat_by_chat_the_same_is_due_in_the_same_order_as_planned_at_once(told, carded, now):
    notices = [
        notice(number, address, kind, second, incident)
        for number, (address, kind, incident, second) in enumerate(told, 1)
    ]
    refs = {(address, one): CardRef(one) for address in (GROUP, OTHER, TOPIC) for one in carded}
    whole = plan(notices, (), refs, {}, at(now), TEMPO)
    parts = Timetable(TEMPO).due(book(*notices, cards=refs), 1, {}, at(now))
    assert parts.send_plans == whole.send_plans
    assert parts.next_at == whole.next_at
    assert sorted(parts.cardless) == sorted(whole.cardless)
