"""One outage is one length: on its card, in `/incident` and in `/report`, or the gap is told."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shown import EN, RU, company, entry, words

from bot.domain.incident_timeline import IncidentTimeline
from bot.domain.observation import DetectedBy
from bot.domain.report import Report, Span, StateSpan
from bot.domain.session import State
from bot.reports.figures import compute
from bot.reports.timeline import Sources, times_of
from bot.reports.window import History, ReportWindow
from handlers.render import incident_card, reports
from handlers.render.over import over
from handlers.render.screen import Screen, joined
from storage.alerts.incidents import IncidentEvent

ZONE = ZoneInfo("Europe/Berlin")
NIGHT = datetime(2025, 10, 25, 20, tzinfo=UTC)  # the clock of Berlin is set back in it
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3_600, 86_400))
# How long it was away, and how long after it came back that was proven.
ODD = [
    (SECOND, SECOND),
    (MINUTE - SECOND, timedelta(0)),
    (2 * HOUR - SECOND, 20 * SECOND),
    (8 * HOUR + 29 * SECOND, 2 * SECOND),  # over the hour that is there twice
    (DAY - SECOND, 1 * SECOND),
    (3 * DAY + 29 * MINUTE, 31 * MINUTE),
    (6 * DAY + 23 * HOUR + 59 * MINUTE, MINUTE),
]


def shown_in_all(t, took, proven, *, muted=(), well_before=None):
    """The card, `/incident` and `/report` of one outage, as a reader sees them."""
    back, end = NIGHT + took, NIGHT + took + proven
    one = entry(began_at=NIGHT, opened_at=NIGHT, closed_at=end)
    window = ReportWindow(begin=NIGHT - 20 * DAY, end=end + HOUR, zone=ZONE)
    states = (
        StateSpan(begin=window.begin, end=NIGHT, state=State.CONNECTED),
        StateSpan(begin=NIGHT, end=back, state=State.LOGGED_OUT),
        StateSpan(begin=back, end=None, state=State.CONNECTED),
    )
    told = History(
        company=company(),
        connected_before=True,
        states=states,
        incidents=(one.incident,),
        muted=muted,
    )
    total = compute(told, window, window.cuts).figures
    stretch = ReportWindow(begin=NIGHT, end=end, zone=ZONE)
    facts = {} if well_before is None else {"well_at": (NIGHT - well_before).isoformat()}
    opened = IncidentEvent(
        incident_id=one.incident.id, at=NIGHT, event="opened", facts={"sign": "poll", **facts}
    )
    timeline = IncidentTimeline(
        incident=one.incident,
        company=company(),
        sign=DetectedBy.POLL,
        times=times_of(Sources(incident=one.incident, until=end, events=[opened])),
        moments=(),
        names={},
        chats={},
        earlier=(),
        month=None,
        now=end + HOUR,
        apart=compute(told, stretch, stretch.cuts).figures.share,
    )
    made = Report(
        company=company(), days=20, begin=window.begin, end=window.end, zone=ZONE.key,
        total=total, each=(total,), daily=(), pieces=(),
    )  # fmt: skip
    return (
        words(Screen(over(t, one))),
        words(Screen(joined(*incident_card.times(t, timeline)))),
        words(reports.report(t, made, drawn=True)),
    )


@pytest.mark.parametrize("t", [RU, EN])
@pytest.mark.parametrize(("took", "proven"), ODD)
def test_an_odd_outage_is_of_one_length_in_all_three(t, took, proven):
    length = t.duration(took + proven)
    for shown in shown_in_all(t, took, proven):
        assert length in shown


@given(st.integers(1, 10_000_000), st.integers(0, 3_600))
def test_any_outage_is_of_one_length_in_all_three(took_s, proven_s):
    took, proven = timedelta(seconds=took_s), timedelta(seconds=proven_s)
    length = EN.duration(took + proven)
    assert all(length in shown for shown in shown_in_all(EN, took, proven))


def test_a_report_that_counts_less_says_from_where_to_where_each_counts():
    _, _, report = shown_in_all(EN, 10 * SECOND, 22 * SECOND)
    assert "Did not work: 10 s." in report
    assert words(Screen(EN.say("report.outages", length="32 s"))).strip() in report


def test_a_report_that_counts_the_same_says_it_once():
    _, _, report = shown_in_all(EN, HOUR, timedelta(0))
    assert "Incidents together" not in report


def test_muted_time_within_it_is_told_apart_in_both():
    quiet = (Span(begin=NIGHT + HOUR, end=NIGHT + 2 * HOUR),)
    _, incident, report = shown_in_all(EN, 3 * HOUR, timedelta(0), muted=quiet)
    assert EN.say("incident.muted", length="1 h") in incident
    assert "Muted: 1 h, not counted." in report
    assert "Incidents together: 3 h" in report


def test_what_nobody_could_have_seen_is_told_beside_the_length():
    _, incident, _ = shown_in_all(EN, HOUR, timedelta(0), well_before=58 * SECOND)
    assert EN.say("incident.recover", took="1 h") in incident
    assert EN.say("incident.unseen", length="58 s") in incident


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (7_199, "2 h"),
        (7_229, "2 h"),
        (7_230, "2 h 1 min"),
        (86_399, "1 day"),
        (129_600, "1 day 12 h"),
    ],
)
def test_a_length_is_rounded_to_what_it_shows(seconds, said):
    assert EN.duration(timedelta(seconds=seconds)) == said
