"""What goes to Telegram next, and when: the pure half of the one sender."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.urgency import Urgency
from bot.sandbox.telegram.limits import Limits
from handlers.telegram.pace import Pace
from handlers.telegram.queue import Edit, Queue, Ticket

GROUP, OTHER, ANNA = -1001, -1002, 1001
WHOLE = frozenset({"text", "media", "caption", "markup"})


class Desk:
    """A queue with a clock: calls are answered in the moment they are made."""

    def __init__(self):
        self.queue, self.now, self.count, self.gone = Queue(), 0.0, 0, []

    def asks(self, urgency, chat=GROUP, message=None, parts=WHOLE):
        self.count += 1
        ticket = Ticket(
            chat_id=chat,
            urgency=urgency,
            number=self.count,
            place=self.count,
            since=self.now,
            edit=None if message is None else Edit(message, frozenset(parts)),
        )
        return ticket, self.queue.put(ticket)

    def goes(self):
        """Everything that may go at this moment."""
        gone = []
        while (following := self.queue.next(self.now)).ticket is not None:
            self.queue.begin(following.ticket, self.now)
            self.queue.end(following.ticket, self.now, made=True)
            gone.append(following.ticket)
        self.gone += [(self.now, ticket) for ticket in gone]
        return gone

    def until(self, end):
        while True:
            self.goes()
            at = self.queue.next(self.now).at
            if at > end:
                self.now = end
                return
            self.now = at


@pytest.fixture
def desk():
    return Desk()


def test_a_burst_of_three_passes_then_one_a_second(desk):
    for _ in range(6):
        desk.asks(Urgency.ANSWER)
    desk.until(10)
    assert [at for at, _ in desk.gone] == [0, 0, 0, 1, 2, 3]


def test_a_group_takes_twenty_a_minute_edits_counted(desk):
    for number in range(30):
        desk.asks(Urgency.CODE, message=number)
    desk.until(59)
    assert len(desk.gone) == 20
    desk.until(120)
    assert len(desk.gone) == 30


def test_a_private_chat_takes_one_a_second_all_minute_long(desk):
    for _ in range(63):
        desk.asks(Urgency.ANSWER, chat=ANNA)
    desk.until(60)
    assert len(desk.gone) == 63


def test_the_most_urgent_goes_first_whatever_came_first(desk):
    for urgency in reversed(Urgency):
        desk.asks(urgency)
    desk.until(20)
    assert [ticket.urgency for _, ticket in desk.gone] == list(Urgency)


@pytest.mark.parametrize("lower", [one for one in Urgency if one > Urgency.CODE])
def test_a_code_finds_room_within_two_seconds_however_much_others_say(desk, lower):
    for number in range(200):
        desk.asks(lower, message=number)
    desk.until(40)
    code, _ = desk.asks(Urgency.CODE)
    clear, _ = desk.asks(Urgency.NOW)
    desk.until(42)
    assert {code, clear} <= {ticket for _, ticket in desk.gone}


@pytest.mark.parametrize("lower", [Urgency.CARD, Urgency.PROGRESS, Urgency.BOARD])
def test_an_alert_and_an_answer_find_room_while_cards_are_kept(desk, lower):
    for number in range(200):
        desk.asks(lower, message=number)
    desk.until(40)
    alert, _ = desk.asks(Urgency.ALERT)
    answer, _ = desk.asks(Urgency.ANSWER)
    desk.until(42)
    assert {alert, answer} <= {ticket for _, ticket in desk.gone}


def test_upkeep_leaves_most_of_the_burst_to_what_is_more_urgent(desk):
    for number in range(5):
        desk.asks(Urgency.PROGRESS, message=number)
    assert len(desk.goes()) == 1
    for _ in range(3):
        desk.asks(Urgency.CODE)
    assert len(desk.goes()) == 2


def test_a_newer_edit_takes_the_place_of_an_older_one_of_the_same_message(desk):
    for _ in range(3):
        desk.asks(Urgency.CODE)
    desk.goes()
    first, _ = desk.asks(Urgency.PROGRESS, message=7)
    other, _ = desk.asks(Urgency.PROGRESS, message=8)
    newer, old = desk.asks(Urgency.PROGRESS, message=7)
    assert old == [first]
    desk.until(10)
    assert [ticket for _, ticket in desk.gone[3:]] == [newer, other]


def test_an_edit_inherits_the_urgency_of_the_one_it_replaces(desk):
    desk.asks(Urgency.CODE, message=7)
    newer, _ = desk.asks(Urgency.PROGRESS, message=7)
    assert newer.urgency is Urgency.CODE


def test_words_under_a_picture_do_not_take_the_place_of_the_picture(desk):
    desk.asks(Urgency.CODE, message=7, parts=WHOLE)
    _, old = desk.asks(Urgency.CODE, message=7, parts={"caption", "markup"})
    assert old == []


def test_an_edit_tried_again_gives_way_to_a_newer_one(desk):
    old, _ = desk.asks(Urgency.CODE, message=7)
    desk.goes()
    newer, _ = desk.asks(Urgency.CODE, message=7)
    assert desk.queue.put(old) == [old]
    assert desk.queue.waiting == [newer]


def test_one_call_is_under_way_in_each_chat(desk):
    first, _ = desk.asks(Urgency.ANSWER)
    second, _ = desk.asks(Urgency.ANSWER)
    elsewhere, _ = desk.asks(Urgency.ANSWER, chat=OTHER)
    desk.queue.begin(first, 0)
    assert desk.queue.next(0).ticket is elsewhere
    desk.queue.begin(elsewhere, 0)
    assert desk.queue.next(0).at == math.inf
    desk.queue.end(first, 0, made=True)
    assert desk.queue.next(0).ticket is second


def test_eight_alerts_are_under_way_at_most_and_a_code_passes_them(desk):
    for chat in range(10):
        desk.asks(Urgency.ALERT, chat=chat)
    for _ in range(8):
        desk.queue.begin(desk.queue.next(0).ticket, 0)
    assert desk.queue.next(0).ticket is None
    code, _ = desk.asks(Urgency.CODE, chat=99)
    assert desk.queue.next(0).ticket is code


def test_an_answered_call_is_counted_at_its_answer_and_its_chat_is_busy_until_its_end(desk):
    first, _ = desk.asks(Urgency.ALERT, chat=ANNA)
    desk.queue.begin(first, 0.0)
    desk.queue.answer(first, 0.2)
    desk.queue.answer(first, 0.3)  # said twice, counted once
    again, _ = desk.asks(Urgency.ALERT, chat=ANNA)
    assert desk.queue.next(0.3).ticket is None
    desk.queue.end(first, 5.0, made=True)
    assert desk.queue.next(5.0).ticket is again
    for chat in range(28):
        desk.asks(Urgency.ALERT, chat=chat)
    desk.now = 5.0
    assert len(desk.goes()) == 29  # the call of five seconds ago takes no room


def test_receipts_that_are_slow_to_write_do_not_slow_down_what_telegram_takes():
    """Calls take 150 ms, what follows them a second: eight at once, and their calls are over."""
    desk, under_way = Desk(), []
    for chat in range(8):
        ticket, _ = desk.asks(Urgency.ALERT, chat=chat)
        desk.queue.begin(ticket, 0.0)
        under_way.append(ticket)
    for ticket in under_way:
        desk.queue.answer(ticket, 0.15)
    assert desk.queue.pace.overall(Urgency.CODE, 1.2) == 1.2
    assert desk.queue.pace.overall(Urgency.ALERT, 1.2) == math.inf  # letters in flight: eight
    for ticket in under_way:
        desk.queue.end(ticket, 1.2, made=True)
    for chat in range(100, 140):
        desk.asks(Urgency.ALERT, chat=chat)
    desk.now = 1.2
    assert len(desk.goes()) == 29


def test_a_thousand_chats_that_may_not_go_yet_cost_what_one_costs(desk):
    desk.queue.pace = Counting()
    for chat in range(1000):
        desk.asks(Urgency.ALERT, chat=chat)
    for _ in range(8):
        desk.queue.begin(desk.queue.next(0.0).ticket, 0.0)
    desk.queue.pace.asked = 0
    waits = desk.queue.next(0.0)
    assert (waits.ticket, waits.at, desk.queue.pace.asked) == (None, math.inf, 0)
    code, _ = desk.asks(Urgency.CODE, chat=ANNA)
    assert desk.queue.next(0.0).ticket is code


class Counting(Pace):
    """Counts how many chats it is asked about."""

    asked = 0

    def earliest(self, chat_id, urgency, now):
        self.asked += 1
        return super().earliest(chat_id, urgency, now)


def test_retry_after_holds_everybody_in_its_chat_and_nobody_else(desk):
    desk.queue.pace.obey(GROUP, 30, 0, everywhere=False)
    for urgency in Urgency:
        desk.asks(urgency)
    elsewhere, _ = desk.asks(Urgency.BOARD, chat=OTHER)
    assert desk.goes() == [elsewhere]
    desk.until(29.9)
    assert len(desk.gone) == 1
    desk.until(60)
    assert len(desk.gone) == 8


def test_two_chats_told_to_wait_at_once_mean_everybody(desk):
    desk.queue.pace.obey(GROUP, 30, 0, everywhere=False)
    desk.queue.pace.obey(OTHER, 20, 5, everywhere=False)
    desk.now = 5.0
    code, _ = desk.asks(Urgency.CODE, chat=ANNA)
    desk.until(24)
    assert desk.gone == []
    desk.until(26)
    assert [ticket for _, ticket in desk.gone] == [code]


def test_while_telegram_is_away_alerts_wait_and_people_are_served():
    desk = Desk()
    desk.queue.pace.back_off(0, 0)
    desk.asks(Urgency.ALERT)
    answer, _ = desk.asks(Urgency.ANSWER, chat=ANNA)
    assert desk.goes() == [answer]
    desk.until(1)
    assert len(desk.gone) == 2


def test_pauses_grow_to_a_minute_and_calls_of_one_trouble_count_once():
    pace, now, pauses = Pace(), 0.0, []
    for _ in range(8):
        for _ in range(8):  # so many were under way when Telegram went away
            pace.back_off(now, now + 0.5)
        pauses.append(pace.overall(Urgency.ALERT, now + 0.5) - now - 0.5)
        now += 0.5 + pauses[-1]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]


def test_pauses_are_short_again_after_a_success():
    pace = Pace()
    pace.back_off(0, 0)
    pace.back_off(1, 1)
    pace.recover()
    pace.back_off(10, 10)
    assert pace.overall(Urgency.BOARD, 10) == 11


def test_who_waits_for_longer_than_five_seconds_is_shown_that_somebody_types(desk):
    for _ in range(20):
        desk.asks(Urgency.CODE)
    answer, _ = desk.asks(Urgency.ANSWER)
    desk.until(4.9)
    assert desk.queue.next(desk.now).typing == ()
    desk.now = 5.0
    desk.goes()
    assert answer in desk.queue.next(desk.now).typing


calls = st.lists(
    st.tuples(
        st.floats(0, 3), st.sampled_from(Urgency), st.sampled_from([GROUP, OTHER, ANNA, 7, 8])
    ),
    max_size=80,
)


@given(calls, st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=80, max_size=80))
def test_whatever_is_asked_and_however_long_it_takes_telegram_refuses_nothing(asked, takes):
    """A call arrives at any moment between its departure and its answer."""
    desk, arrivals = Desk(), []
    for pause, urgency, chat in asked:
        desk.asks(urgency, chat=chat)
        desk.now += pause
        _travel(desk, takes, arrivals)
    for _ in range(1000):
        if not desk.queue.waiting:
            break
        desk.now = max(desk.now, desk.queue.next(desk.now).at)
        _travel(desk, takes, arrivals)
    assert len(arrivals) == len(asked)
    clock = [0.0]
    limits = Limits(clock=lambda: clock[0])
    for clock[0], chat in sorted(arrivals):
        assert limits.admit(str(chat)) is None


def test_a_storm_over_many_chats_keeps_the_limit_of_all_chats_and_uses_most_of_it():
    """Eight at once, 150 ms each: Telegram counts at any moment of these."""
    desk, arrivals, under_way = Desk(), [], []
    for chat in range(300):
        desk.asks(Urgency.ALERT, chat=chat)
    while desk.queue.waiting or under_way:
        following = desk.queue.next(desk.now)
        if following.ticket is not None:
            desk.queue.begin(following.ticket, desk.now)
            arrivals.append((desk.now + 0.14 * (len(arrivals) % 2), following.ticket.chat_id))
            under_way.append((desk.now + 0.15, following.ticket))
            continue
        ends = [at for at, _ in under_way[:1]]
        desk.now = min([*ends, following.at])
        if ends and desk.now == ends[0]:
            desk.queue.end(under_way.pop(0)[1], desk.now, made=True)
    assert desk.now < 12
    clock = [0.0]
    limits = Limits(clock=lambda: clock[0])
    for clock[0], chat in sorted(arrivals):
        assert limits.admit(str(chat)) is None


def _travel(desk, takes, arrivals):
    """What may go does, one after the other, each as long as it takes."""
    while (ticket := desk.queue.next(desk.now).ticket) is not None:
        there, back = takes[len(arrivals) % len(takes)]
        desk.queue.begin(ticket, desk.now)
        arrivals.append((desk.now + there, ticket.chat_id))
        desk.now += there + back
        desk.queue.end(ticket, desk.now, made=True)
