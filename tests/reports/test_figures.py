"""Figures: each is what a second way of reckoning finds as well."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telling import T0, history, incident, minutes, span, spell

from bot.domain.report import Kind, Reason, Target, TargetVerdict, TimeShare
from bot.domain.session import State
from bot.domain.trouble import Severity, Trouble
from bot.reports.figures import (
    compute,
    reconnected,
    together,
)
from bot.reports.pieces import (
    pieces,
    shares,
)
from bot.reports.window import (
    ReportWindow,
)

BERLIN, HAVANA, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Havana"), ZoneInfo("UTC")
# Around the clock's changes of 2025 in either zone, and an ordinary day.
BEGINS = [
    datetime(2025, 3, 29, 20, tzinfo=UTC),
    datetime(2025, 10, 25, 20, tzinfo=UTC),
    datetime(2025, 3, 9, 1, tzinfo=UTC),
    datetime(2025, 11, 2, 1, tzinfo=UTC),
    datetime(2025, 9, 18, 15, tzinfo=UTC),
]
HOURS = 12
MINUTE = timedelta(minutes=1)


def judge(told, window):
    return compute(told, window, window.cuts)


# Uptime, by minutes.


@st.composite
def lives(draw):
    """A random history in whole minutes: gaps, overlaps, and spans that end before they begin."""
    begin = draw(st.sampled_from(BEGINS))
    minute = st.integers(-120, HOURS * 60 + 120).map(lambda n: begin + n * MINUTE)

    def spans(of, most):
        return st.lists(of, max_size=most)

    def some(make, **more):
        return st.builds(make, begin=minute, end=st.none() | minute, **more)

    states = draw(spans(some(spell, state=st.sampled_from(State)), 12))
    troubles = st.sampled_from([Trouble.ZOMBIE, Trouble.SESSION_DOWN])
    incidents = draw(
        spans(
            st.builds(incident, began_at=minute, closed_at=st.none() | minute, trouble=troubles), 3
        )
    )
    told = history(
        states=sorted(states, key=lambda state: state.begin),
        connected_before=draw(st.booleans()),
        incidents=incidents,
        muted=draw(spans(some(span), 3)),
        blind=draw(spans(some(span), 3)),
    )
    zone = draw(st.sampled_from([BERLIN, HAVANA, UTC_ZONE]))
    return told, ReportWindow(begin=begin, end=begin + timedelta(hours=HOURS), zone=zone)


def holds(one, at):
    return one.begin <= at and (one.end is None or at < one.end)


def kind_at(told, at):
    """What a moment counts as, read off the words of the rule."""
    present = {state.state for state in told.states if holds(state, at)}
    broken = any(
        one.trouble is Trouble.ZOMBIE
        and one.began_at <= at
        and (one.closed_at is None or at < one.closed_at)
        for one in told.incidents
    )
    if State.UNKNOWN in present or any(holds(one, at) for one in told.blind):
        return Kind.UNWATCHED
    if any(holds(one, at) for one in told.muted):
        return Kind.MUTED
    if broken or present - {State.CONNECTED}:
        return Kind.DOWN
    return Kind.UP if present else Kind.UNWATCHED


def minute_by_minute(told, window):
    """Each minute of the window in which the company counts, with its day by that clock."""
    connected = [state.begin for state in told.states if state.state is State.CONNECTED]
    first = window.begin if told.connected_before else min(connected, default=window.end)
    at = window.begin
    while at < window.end:
        if at >= first:
            yield at, at.astimezone(window.zone).date(), kind_at(told, at)
        at += MINUTE


@settings(max_examples=150, deadline=None)
@given(lives())
def test_every_minute_of_a_random_life_counts_as_the_rule_says(life):
    told, window = life
    expected = Counter((on, kind) for _, on, kind in minute_by_minute(told, window))
    found = Counter()
    for day in judge(told, window).days:
        for kind in Kind:
            found[day.on, kind] += getattr(day.share, kind) // MINUTE
    assert +found == expected


@settings(max_examples=100, deadline=None)
@given(lives())
def test_the_strip_shows_the_same_minutes_without_gap_or_overlap(life):
    told, window = life
    strip = pieces(told, window)
    assert all(a.end == b.begin and a.kind is not b.kind for a, b in pairwise(strip))
    for at, _, kind in minute_by_minute(told, window):
        assert [one.kind for one in strip if one.begin <= at < one.end] == [kind]


@given(lives())
def test_the_days_add_up_to_the_whole(life):
    told, window = life
    found = judge(told, window)
    assert sum((day.share for day in found.days), TimeShare()) == found.figures.share
    assert shares(pieces(told, window), [window.begin, window.end]) == [found.figures.share]


# Days by a clock that is changed.


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        (datetime(2025, 3, 30, 22, tzinfo=UTC), 23),
        (datetime(2025, 10, 26, 23, tzinfo=UTC), 25),
        (datetime(2025, 9, 18, 22, tzinfo=UTC), 24),
    ],
)
def test_a_day_is_as_long_as_its_clock_says(now, hours):
    ((_, begin, end),) = ReportWindow.last(1, now, BERLIN).cuts
    assert end - begin == timedelta(hours=hours)


def test_a_window_begins_at_the_same_time_of_day():
    now = datetime(2025, 10, 28, 9, 30, tzinfo=UTC)
    window = ReportWindow.last(7, now, BERLIN)
    assert window.begin == datetime(2025, 10, 21, 8, 30, tzinfo=UTC)
    assert [on.day for on, _, _ in window.cuts] == [21, 22, 23, 24, 25, 26, 27, 28]


# Reconnects.


def test_a_first_connection_and_a_pairing_are_no_reconnects():
    told = history(
        states=[
            spell(minutes(10), minutes(20), State.CONNECTED),
            spell(minutes(20), minutes(30), State.LOGGED_OUT),
            spell(minutes(30), minutes(40), State.CONNECTED),
            spell(minutes(40), minutes(41), State.CONNECTING),
            spell(minutes(41), None, State.CONNECTED),
        ],
        connected_before=False,
        paired=[minutes(31)],
    )
    window = ReportWindow(begin=T0, end=minutes(60), zone=UTC_ZONE)
    assert reconnected(told, window) == [minutes(41)]


def test_what_was_connected_already_did_not_reconnect():
    told = history(
        states=[
            spell(minutes(-5), minutes(3), State.CONNECTED),
            spell(minutes(3), None, State.CONNECTED),
        ],
    )
    assert reconnected(told, ReportWindow(begin=T0, end=minutes(60), zone=UTC_ZONE)) == []


# Incidents, and the targets.


def week(**told):
    """Connected for a week, but for what is told."""
    made = {"states": [spell(T0 - timedelta(days=30), None, State.CONNECTED)], **told}
    end = T0 + timedelta(days=7)
    return judge(history(**made), ReportWindow(begin=T0, end=end, zone=UTC_ZONE)).figures


def test_the_incident_of_18_september_took_two_hours_and_thirty_six_minutes():
    lost, back = (
        datetime(2025, 9, 18, 15, 5, 17, tzinfo=UTC),
        datetime(2025, 9, 18, 17, 41, tzinfo=UTC),
    )
    found = week(incidents=[incident(lost, back, opened_at=lost + timedelta(seconds=40))])
    assert found.recover.worst == back - lost == timedelta(hours=2, minutes=35, seconds=43)
    assert found.detect.median == timedelta(seconds=40)
    assert found.judgement(Target.RECOVERY).verdict is TargetVerdict.MISSED


def test_median_and_worst_are_of_outages_that_are_over():
    every = [incident(minutes(n * 60), minutes(n * 60 + n)) for n in (1, 2, 4)]
    found = week(incidents=every)
    assert found.recover.median == timedelta(minutes=2)
    assert found.recover.worst == timedelta(minutes=4)
    assert found.judgement(Target.RECOVERY).verdict is TargetVerdict.MET


def test_an_outage_that_still_lasts_counts_as_far_as_it_has_come():
    found = week(incidents=[incident(minutes(0), None)])
    assert found.lasting
    assert found.recover.median is None
    assert found.recover.worst == timedelta(days=7)


def test_a_company_that_never_worked_has_no_outages():
    first = incident(minutes(0), minutes(9), severity=Severity.WARNING)
    assert week(incidents=[first]).recover.worst is None


@pytest.mark.parametrize(
    ("told", "target", "verdict", "reason"),
    [
        ({}, Target.UPTIME, TargetVerdict.MET, Reason.WITHIN),
        ({}, Target.RECOVERY, TargetVerdict.MET, Reason.NO_OUTAGE),
        ({}, Target.FILES, TargetVerdict.OPEN, Reason.NOT_COUNTED),
        ({"states": []}, Target.UPTIME, TargetVerdict.OPEN, Reason.NEVER_JUDGED),
        ({"states": []}, Target.RECOVERY, TargetVerdict.OPEN, Reason.NEVER_JUDGED),
        ({"muted": [span(T0, None)]}, Target.UPTIME, TargetVerdict.OPEN, Reason.NEVER_JUDGED),
        (
            {"blind": [span(T0, minutes(6000))]},
            Target.UPTIME,
            TargetVerdict.OPEN,
            Reason.HARDLY_WATCHED,
        ),
        ({"blind": [span(T0, minutes(60))]}, Target.UPTIME, TargetVerdict.MET, Reason.WITHIN),
        (
            {"files": [(T0, 120)], "files_limit": 100},
            Target.FILES,
            TargetVerdict.MISSED,
            Reason.BEYOND,
        ),
        (
            {"files": [(T0, 100)], "files_limit": 100},
            Target.FILES,
            TargetVerdict.MET,
            Reason.WITHIN,
        ),
        ({"files": [(T0, 100)]}, Target.FILES, TargetVerdict.OPEN, Reason.LEARNING),
    ],
)
def test_each_target_has_a_plain_verdict(told, target, verdict, reason):
    found = week(**told).judgement(target)
    assert (found.verdict, found.reason) == (verdict, reason)


def test_an_outage_from_before_the_window_that_still_lasts_is_told():
    found = week(incidents=[incident(minutes(-60), None)])
    assert found.recover.worst == timedelta(days=7, hours=1)
    assert found.incidents == 0


def test_together_one_who_missed_a_target_is_enough():
    well = week(files=[(T0, 31)], files_limit=100)
    slow = week(incidents=[incident(minutes(0), minutes(60))])
    found = together([well, slow])
    verdicts = {judgement.target: judgement.verdict for judgement in found.judgements}
    assert verdicts == {
        Target.UPTIME: TargetVerdict.MET,
        Target.RECONNECTS: TargetVerdict.MET,
        Target.RECOVERY: TargetVerdict.MISSED,
        Target.FILES: TargetVerdict.MET,
    }
    assert found.share == well.share + slow.share


def test_ten_reconnects_a_day_are_well_and_eleven_are_not():
    for often, verdict in ((10, TargetVerdict.MET), (11, TargetVerdict.MISSED)):
        states = [
            one
            for n in range(often)
            for one in (
                spell(minutes(n * 10), minutes(n * 10 + 0.1), State.CONNECTING),
                spell(minutes(n * 10 + 0.1), minutes(n * 10 + 10), State.CONNECTED),
            )
        ]
        steady = spell(minutes(often * 10), None, State.CONNECTED)
        found = week(states=[*states, steady])
        assert found.reconnects_worst_day == often
        assert found.judgement(Target.RECONNECTS).verdict is verdict


def test_a_count_of_files_holds_until_the_next():
    told = history(states=[], files=[(T0 - timedelta(days=3), 40), (minutes(3 * 1440 + 5), 31)])
    window = ReportWindow(begin=T0, end=T0 + timedelta(days=7), zone=UTC_ZONE)
    found = judge(told, window)
    assert [day.files for day in found.days[:5]] == [40, 40, 40, 40, 31]
    assert (found.figures.files.now, found.figures.files.most) == (31, 40)


def test_a_clock_set_back_makes_nothing_last_less_than_no_time():
    found = week(incidents=[incident(minutes(9), minutes(3), opened_at=minutes(8))])
    assert (found.detect.worst, found.recover.worst) == (timedelta(), timedelta())


def test_together_sums_are_summed_and_of_the_rest_the_worst_counts():
    window = ReportWindow(begin=T0, end=minutes(24 * 60), zone=UTC_ZONE)
    lost = incident(minutes(10), minutes(20), opened_at=minutes(11))
    lasting = incident(minutes(100), None, opened_at=minutes(101))
    bouncing = [
        spell(minutes(n), minutes(n + 1), State.CONNECTED if n % 2 else State.STOPPED)
        for n in range(300, 306)
    ]
    one = judge(history(incidents=[lost], files=[(T0, 40)], states=bouncing), window).figures
    two = judge(history(incidents=[lost, lasting], files=[(T0, 900)]), window).figures
    both = together([one, two])
    assert (both.reconnects, both.reconnects_worst_day) == (3, 3)
    assert (both.incidents, both.files.most, both.company) == (3, 900, None)
    assert both.recoveries == one.recoveries + two.recoveries
    assert both.detections == one.detections + two.detections
    assert both.lasting == two.lasting
    assert together([one]).files.most == 40


def test_of_nobody_nothing_is_told():
    nobody = together([])
    assert (nobody.reconnects_worst_day, nobody.files.most, nobody.incidents) == (0, None, 0)


@pytest.mark.parametrize(("opened", "counted"), [(-1, 0), (0, 1), (59, 1), (60, 0)])
def test_an_incident_counts_in_the_window_in_which_it_opened(opened, counted):
    window = ReportWindow(begin=T0, end=minutes(60), zone=UTC_ZONE)
    told = history(incidents=[incident(minutes(opened), None, opened_at=minutes(opened))])
    assert judge(told, window).figures.incidents == counted


@pytest.mark.parametrize(("at", "counted"), [(0, 1), (30, 1), (60, 0)])
def test_a_reconnect_counts_in_the_window_in_which_it_came(at, counted):
    window = ReportWindow(begin=T0, end=minutes(60), zone=UTC_ZONE)
    told = history(
        states=[
            spell(minutes(-10), minutes(at), State.STOPPED),
            spell(minutes(at), None, State.CONNECTED),
        ]
    )
    assert len(reconnected(told, window)) == counted


def test_what_flaps_has_no_length():
    window = ReportWindow(begin=T0, end=minutes(60), zone=UTC_ZONE)
    facts = {"flapping": True}
    flapping = incident(minutes(5), minutes(9), opened_at=minutes(5), facts=facts)
    found = judge(history(incidents=[flapping]), window).figures
    assert (found.recoveries, found.incidents) == ((), 1)


def test_each_day_says_whether_it_was_down():
    window = ReportWindow(begin=T0, end=minutes(48 * 60), zone=UTC_ZONE)
    lost = [spell(T0, minutes(10), State.STOPPED), spell(minutes(10), None, State.CONNECTED)]
    found = judge(history(states=lost, baseline=31), window)
    assert [day.down for day in found.days] == [1, 0]
    assert found.figures.files.baseline == 31
