"""How fast chats may be spoken to."""

from datetime import timedelta

from alerting import START

from bot.alerts.pace import Pace


def at(seconds):
    return START + timedelta(seconds=seconds)


def wait_s(pace, chat, now, **how):
    return (pace.earliest(chat, at(now), **how) - at(now)).total_seconds()


def spend(pace, chat, *moments):
    for moment in moments:
        pace.spend(chat, at(moment))


def test_a_chat_takes_one_message_a_second():
    pace = Pace()
    spend(pace, 1, 0)
    assert wait_s(pace, 1, 0.4) == 0.6
    assert wait_s(pace, 1, 1) == 0
    assert wait_s(pace, 2, 0.4) == 0


def test_a_chat_takes_twenty_messages_a_minute():
    pace = Pace()
    spend(pace, 1, *range(20))
    assert wait_s(pace, 1, 20) == 40
    assert wait_s(pace, 1, 60) == 0


def test_edits_leave_a_part_of_the_minute_to_alerts():
    pace = Pace()
    spend(pace, 1, *range(14))
    assert wait_s(pace, 1, 14, edit=True) == 46
    assert wait_s(pace, 1, 14) == 0


def test_all_chats_together_take_twenty_five_a_second():
    pace = Pace()
    for chat in range(25):
        spend(pace, chat, 0)
    assert wait_s(pace, 99, 0.5) == 0.5
    assert wait_s(pace, 99, 1) == 0


def test_retry_after_is_obeyed_for_its_chat():
    pace = Pace()
    pace.obey(1, 30, at(0), everywhere=False)
    assert wait_s(pace, 1, 10) == 20
    assert wait_s(pace, 2, 10) == 0
    assert wait_s(pace, 1, 30) == 0


def test_retry_after_everywhere_is_obeyed_for_all():
    pace = Pace()
    pace.obey(1, 30, at(0), everywhere=True)
    assert wait_s(pace, 2, 10) == 20


def test_two_chats_told_to_wait_at_once_mean_everybody():
    pace = Pace()
    pace.obey(1, 30, at(0), everywhere=False)
    pace.obey(2, 20, at(5), everywhere=False)
    assert wait_s(pace, 3, 5) == 20
    assert wait_s(pace, 1, 5) == 25


def test_trouble_makes_pauses_longer_up_to_a_minute():
    pace = Pace()
    pauses, now = [], 0
    for _ in range(8):
        pace.back_off(at(now))
        pauses.append(wait_s(pace, 1, now))
        now += pauses[-1]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]


def test_pauses_are_short_again_after_a_success():
    pace = Pace()
    pace.back_off(at(0))
    pace.back_off(at(1))
    pace.recover()
    pace.back_off(at(10))
    assert wait_s(pace, 1, 10) == 1


def test_trouble_does_not_shorten_what_was_ordered():
    pace = Pace()
    pace.obey(1, 30, at(0), everywhere=True)
    pace.back_off(at(1))
    assert wait_s(pace, 1, 1) == 29


def test_a_clock_set_back_frees_every_pause():
    pace = Pace()
    spend(pace, 1, 3600)
    pace.obey(1, 30, at(3600), everywhere=True)
    assert wait_s(pace, 1, 0) == 0
