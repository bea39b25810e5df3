"""What leaves together, when, and in which order."""

from dataclasses import replace
from datetime import timedelta

import pytest
from alerting import GROUP, OTHER, START, TOPIC

from bot.alerts.courier import READABLE, MessageKind
from bot.alerts.grouping import INCIDENTS_IN_MESSAGE, CardRef, Group, plan
from bot.domain.notice import Notice, NoticeKind
from bot.domain.system_notice import PendingSystemNotice, SystemNotice, SystemNoticeKind
from bot.domain.timing import Timing
from bot.domain.urgency import Urgency

OPEN, CHANGE, END = NoticeKind.OPENED, NoticeKind.CHANGED, NoticeKind.RECOVERED
REPEAT = NoticeKind.REPEATED
NEW, EDIT, BACK = MessageKind.NEW, MessageKind.EDIT, MessageKind.BACK


def at(seconds):
    return START + timedelta(seconds=seconds)


def notices(*rows, address=GROUP):
    """Rows of (kind, incident, second)."""
    return [
        Notice(id=n, address=address, incident_id=i, kind=kind, created_at=at(second))
        for n, (kind, i, second) in enumerate(rows, 1)
    ]


def agenda(pending, now, cards=(), groups=None):
    refs = {(GROUP, incident): ref for incident, ref in dict(cards).items()}
    return plan(pending, (), refs, groups or {}, at(now), Timing(group_window_s=1))


def send_plans(pending, now, cards=(), groups=None):
    return [(j.kind, *j.incident_ids) for j in agenda(pending, now, cards, groups).send_plans]


CARD = CardRef(7)
SHOWN = CardRef(7, shows_end=True)
LOST = CardRef(7, lost=True)
BOTH = {1: CARD, 2: CARD}
AFTER_NEW = {GROUP: Group(NEW, at(0), 0)}
AFTER_BACK = {GROUP: Group(BACK, at(0), 0)}


@pytest.mark.parametrize(
    ("rows", "now", "cards", "groups", "expected"),
    [
        # an alert waits for its window, then takes along what opened meanwhile
        ([(OPEN, 1, 0)], 0.9, {}, {}, []),
        ([(OPEN, 1, 0), (OPEN, 2, 0.9)], 1, {}, {}, [(NEW, 1, 2)]),
        # the next group keeps its distance
        ([(OPEN, 1, 3)], 9.9, {}, AFTER_NEW, []),
        ([(OPEN, 1, 3), (OPEN, 2, 9)], 10, {}, AFTER_NEW, [(NEW, 1, 2)]),
        ([(OPEN, 1, 3)], 9.9, {}, AFTER_BACK, []),
        # alarms go first, recoveries take the next turn
        ([(END, 1, 0), (OPEN, 2, 0)], 1, {}, {}, [(NEW, 2)]),
        ([(END, 1, 0), (OPEN, 2, 0.5)], 1, {}, {}, []),
        ([(END, 1, 0)], 9, {}, AFTER_NEW, []),
        ([(END, 1, 0), (END, 2, 0.5)], 10, {}, AFTER_NEW, [(BACK, 1, 2)]),
        # recoveries that alarms have pushed aside for a minute take turns with them
        ([(END, 1, -59), (OPEN, 2, 5)], 10, {}, AFTER_NEW, [(BACK, 1)]),
        ([(END, 1, -59), (OPEN, 2, 5)], 10, {}, AFTER_BACK, [(NEW, 2)]),
        # opened, changed and over before anybody heard of it: one message
        ([(OPEN, 1, 0), (CHANGE, 1, 0.2), (END, 1, 0.5)], 1, {}, {}, [(NEW, 1)]),
        # changes of one card are one edit, at once
        (
            [(CHANGE, 1, 0), (CHANGE, 2, 0), (CHANGE, 1, 0)],
            0,
            {1: CARD, 2: CARD},
            {},
            [(EDIT, 1, 2)],
        ),
        ([(CHANGE, 1, 0), (CHANGE, 2, 0)], 0, {1: CARD, 2: CardRef(8)}, {}, [(EDIT, 1), (EDIT, 2)]),
        # an edit lets alerts of its chat go first
        ([(CHANGE, 1, 0), (OPEN, 2, 0)], 0.1, {1: CARD}, {}, []),
        ([(CHANGE, 1, 0), (OPEN, 2, 0)], 1, {1: CARD}, {}, [(NEW, 2)]),
        ([(CHANGE, 1, 3), (OPEN, 2, 3)], 4, {1: CARD}, AFTER_NEW, [(EDIT, 1)]),
        # a recovery that has to wait shows on its card already
        ([(END, 1, 3)], 4, {1: CARD}, AFTER_NEW, [(EDIT, 1)]),
        ([(END, 1, 3)], 4, {1: SHOWN}, AFTER_NEW, []),
        # a card that cannot be edited is sent again
        ([(CHANGE, 1, 0)], 0, {1: LOST}, {}, [(NEW, 1)]),
    ],
)
def test_what_leaves_when(rows, now, cards, groups, expected):
    assert send_plans(notices(*rows), now, cards, groups) == expected


def test_a_large_group_leaves_in_parts_that_need_no_distance():
    pending = notices(*[(OPEN, n, 0) for n in range(400)])
    first = agenda(pending, 1).send_plans[0]
    later = notices(*[(OPEN, n, 0) for n in range(400)], (OPEN, 400, 1.5))[INCIDENTS_IN_MESSAGE:]

    (second,) = agenda(later, 2, groups={GROUP: first.starts}).send_plans

    assert len(first.incident_ids) == len(second.incident_ids) == INCIDENTS_IN_MESSAGE
    assert second.starts is None


def test_what_opens_after_a_group_began_does_not_join_its_parts():
    begun = Group(NEW, at(1), up_to_id=2)
    pending = notices((OPEN, 1, 0), (OPEN, 2, 0), (OPEN, 3, 2))
    assert send_plans(pending, 3, groups={GROUP: begun}) == [(NEW, 1, 2)]
    assert send_plans(pending[2:], 3, groups={GROUP: begun}) == []


def test_a_change_that_no_message_shows_is_let_go():
    assert agenda(notices((CHANGE, 1, 0)), 0).cardless == (1,)
    assert agenda(notices((OPEN, 1, 0), (CHANGE, 1, 0)), 0).cardless == ()


def test_it_says_when_something_becomes_due():
    pending = notices((OPEN, 1, 0))
    assert agenda(pending, 0.5).next_at == at(1)
    assert agenda([], 0.5).next_at is None


def test_topics_are_told_separately():
    pending = notices((OPEN, 1, 0)) + notices((OPEN, 2, 0), address=TOPIC)
    assert sorted(send_plans(pending, 1)) == [(NEW, 1), (NEW, 2)]


def test_alerts_of_every_chat_go_before_edits_of_any():
    edits = notices((CHANGE, 1, 0), (CHANGE, 2, 0))
    alert = notices((OPEN, 3, 0), address=OTHER)
    assert send_plans([*edits, *alert], 1, {1: CARD, 2: CARD}) == [(NEW, 3), (EDIT, 1, 2)]


def test_a_letter_that_keeps_failing_lets_others_pass():
    (stuck,), (fresh,) = notices((OPEN, 1, 0)), notices((OPEN, 2, 0), address=OTHER)
    assert send_plans([replace(stuck, attempts=3), fresh], 1) == [(NEW, 2), (NEW, 1)]


def test_a_clock_set_back_does_not_hold_alerts_back():
    from_the_future = {GROUP: Group(NEW, at(3600), 0)}
    assert send_plans(notices((OPEN, 1, 3600)), 0, groups=from_the_future) == [(NEW, 1)]


def system_notices(*seconds, address=GROUP):
    said = SystemNotice(kind=SystemNoticeKind.COMPANY_TWICE, facts={})
    return [
        PendingSystemNotice(id=100 + n, address=address, system_notice=said, created_at=at(second))
        for n, second in enumerate(seconds)
    ]


def planned(pending, said, now, groups=None):
    return plan(pending, said, {}, groups or {}, at(now), Timing(group_window_s=1)).send_plans


def test_remarks_leave_together_after_every_alarm():
    (first,) = planned(notices((OPEN, 1, 0)), system_notices(0, 0.5), 1)
    assert (first.kind, first.incident_ids, first.system_notice_ids) == (NEW, (1,), ())
    (second,) = planned([], system_notices(0, 0.5), 1)
    assert (second.kind, second.system_notice_ids, second.oldest_id) == (
        MessageKind.SYSTEM_NOTICE,
        (100, 101),
        100,
    )


def test_of_many_remarks_twenty_leave_and_the_rest_take_the_next_turn():
    said = system_notices(*[0] * 25)
    (first,) = planned([], said, 1)
    assert first.system_notice_ids == tuple(range(100, 120))
    assert planned([], said[20:], 11, {GROUP: first.starts})[0].system_notice_ids == tuple(
        range(120, 125)
    )


def test_a_reminder_is_a_letter_of_its_own_unless_the_alarm_itself_is_due():
    (again,) = planned(notices((REPEAT, 1, 0), (REPEAT, 2, 0), (REPEAT, 1, 0.5)), (), 1)
    assert (again.kind, again.incident_ids, again.oldest_id) == (MessageKind.REPEAT, (1, 2), 1)
    (both,) = planned(notices((REPEAT, 1, 0), (OPEN, 1, 0)), (), 1)
    assert (both.kind, both.incident_ids) == (NEW, (1,))


@pytest.mark.parametrize(
    ("rows", "kind", "ids"),
    [
        ([(OPEN, 1, -3600), (END, 2, -10)], MessageKind.SUMMARY, (1, 2)),
        ([(END, 2, -3601), (OPEN, 1, 0)], MessageKind.SUMMARY, (2, 1)),
        ([(OPEN, 1, -3599), (END, 2, -10)], NEW, (1,)),
        ([(OPEN, 1, -3600)], NEW, (1,)),
    ],
)
def test_what_waited_for_an_hour_is_told_in_one_summary(rows, kind, ids):
    (send_plan,) = planned(notices(*rows), (), 1)
    assert (send_plan.kind, send_plan.incident_ids, send_plan.starts.kind) == (kind, ids, kind)


def test_a_summary_keeps_the_distance_to_the_letter_before():
    late = notices((OPEN, 1, -3600), (OPEN, 2, -3600))
    assert planned(late, (), 5, AFTER_NEW) == ()
    assert planned(late, (), 10, AFTER_NEW)[0].kind is MessageKind.SUMMARY


def test_what_no_phone_can_read_leaves_whole():
    def first(many):
        return planned(notices(*[(OPEN, n, 0) for n in range(many)]), (), 1)[0].incident_ids

    assert len(first(READABLE)) == INCIDENTS_IN_MESSAGE
    assert len(first(READABLE + 1)) == READABLE + 1


def test_an_edit_names_its_card_and_is_as_old_and_as_tried_as_its_oldest():
    first, second = notices((CHANGE, 1, 0), (CHANGE, 2, 0))
    (send_plan,) = agenda([first, replace(second, attempts=2)], 0, BOTH).send_plans
    assert (send_plan.card_id, send_plan.attempts, send_plan.oldest_id) == (CARD.card_id, 2, 1)


def test_a_new_message_is_more_urgent_than_an_edit():
    (edit,) = agenda(notices((CHANGE, 1, 0)), 40, {1: CARD}).send_plans
    (alert,) = agenda(notices((OPEN, 1, 0)), 40).send_plans
    assert (edit.urgency, alert.urgency) == (Urgency.CARD, Urgency.ALERT)


def test_the_topics_of_a_chat_wake_for_the_earliest_of_them():
    pending = notices((OPEN, 1, 0.5)) + notices((OPEN, 2, 0), address=TOPIC)
    assert agenda(pending, 0.6).next_at == at(1)


def test_what_no_message_shows_is_let_go_in_every_chat():
    lost = notices((CHANGE, 1, 0)) + [
        replace(notice, id=9) for notice in notices((CHANGE, 2, 0), address=OTHER)
    ]
    assert sorted(agenda(lost, 0).cardless) == [1, 9]
    assert agenda(notices((END, 1, 0)), 0).cardless == ()


@pytest.mark.parametrize(("began", "kind"), [(-60, NEW), (-61, BACK)])
def test_recoveries_wait_for_a_minute_of_alarms_and_no_longer(began, kind):
    last = {GROUP: Group(NEW, at(-10), 0)}
    (send_plan,) = planned(notices((END, 1, began), (OPEN, 2, -1)), (), 0, last)
    assert send_plan.kind is kind
