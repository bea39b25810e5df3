"""What a digest tells, and what it leaves out."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from telling import ONE, T0, company, history, incident, span, spell

from bot.domain.company import CompanyId
from bot.domain.digest import from_facts
from bot.domain.session import State
from bot.reports.digest import compose
from bot.reports.figures import (
    compute,
)
from bot.reports.window import (
    ReportWindow,
)

DAY = ReportWindow.last(1, T0 + timedelta(days=1), ZoneInfo("UTC"))


def figures(key=ONE, **told):
    told = {
        "company": company(key, name="Север"),
        "states": [spell(T0 - timedelta(days=9), None, State.CONNECTED)],
        **told,
    }
    return compute(history(**told), DAY, DAY.cuts).figures


def down(key, minutes, *, still=False):
    at = DAY.end - timedelta(minutes=minutes)
    states = [spell(T0 - timedelta(days=9), at, State.CONNECTED)]
    states.append(spell(at, None if still else DAY.end, State.LOGGED_OUT))
    return figures(key, states=states, incidents=[incident(at, None if still else DAY.end)])


def digest(*every, before=(), muted=(), unheard=()):
    return compose(
        every, files_before=dict(before), muted=set(muted), linked={ONE}, unheard=unheard
    )


def test_a_day_without_trouble_is_a_good_day():
    told = digest(figures("1"), figures("2"))
    assert told.well
    assert told.total == 2


def test_who_still_is_down_comes_first_then_who_was_longest():
    told = digest(down("1", 10), down("2", 90), down("3", 5, still=True))
    assert [(one.id, one.down_s) for one in told.down] == [("3", 300), ("2", 5400), ("1", 600)]
    assert not told.well


def test_a_short_break_is_not_told_of_as_an_outage():
    assert digest(down("1", 0.5)).well


def test_what_lasts_for_days_is_told_in_full():
    (told,) = digest(down("1", 3 * 24 * 60, still=True)).down
    assert told.down_s == timedelta(days=3).total_seconds()


def test_of_many_the_worst_are_named_and_the_others_counted():
    told = digest(*(down(str(n), n) for n in range(1, 21)))
    assert [one.id for one in told.down] == [str(n) for n in range(20, 12, -1)]
    assert told.more_down == 12


def test_files_are_named_when_they_grow_or_are_too_many():
    now = DAY.end - timedelta(minutes=1)
    steady, growing = figures("1", files=[(now, 824)]), figures("2", files=[(now, 850)])
    too_many = figures("3", files=[(now, 950)], files_limit=916)
    before = {CompanyId("1"): 800, CompanyId("2"): 825, CompanyId("3"): 950}
    told = digest(steady, growing, too_many, before=before)
    assert [one.id for one in told.files] == ["2", "3"]


def test_a_company_whose_files_were_never_counted_before_does_not_grow():
    assert digest(figures("1", files=[(DAY.end - timedelta(minutes=1), 850)])).well


def test_reconnects_are_told_past_half_of_the_limit():
    drops = [T0 + timedelta(hours=n) for n in (1, 2, 3)]
    states, at = [], T0 - timedelta(days=9)
    for drop in drops:
        states.append(spell(at, drop, State.CONNECTED))
        at = drop + timedelta(seconds=30)
        states.append(spell(drop, at, State.DISCONNECTED))
    states.append(spell(at, None, State.CONNECTED))
    often = figures("1", states=states, reconnects_limit=5)
    seldom = figures("2", states=states, reconnects_limit=6)
    assert [(reconnect.id, reconnect.count) for reconnect in digest(often, seldom).reconnects] == [
        ("1", 3)
    ]


def test_the_muted_are_counted_and_not_told_of():
    told = digest(down("1", 10), figures("2"), muted=[CompanyId("1")])
    assert (told.total, told.muted, told.well) == (1, 1, True)


def test_of_whom_nobody_hears_is_trouble_enough():
    told = digest(figures("1"), unheard=[company("7")])
    assert told.unheard == ("7",)
    assert not told.well


def test_a_day_that_nobody_saw_is_not_called_a_good_one():
    night = span(T0 + timedelta(hours=1), T0 + timedelta(hours=4))
    told = digest(figures(ONE, blind=[night]))
    assert told.unseen_s == timedelta(hours=3).total_seconds()
    assert not told.well


def test_a_company_that_was_never_connected_is_not_unseen():
    assert digest(figures("2", states=[], connected_before=False)).well


def test_it_comes_out_of_the_outbox_as_it_went_in():
    told = digest(down("1", 10), unheard=[company("7")])
    assert from_facts(told.facts) == told
