"""Reports and post-mortems in words, from the best month to one of which little is known."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from shown import EN, HOSTILE, NOW, RU, buttons, company, incident, units, words

from bot.domain.incident_timeline import IncidentTimeline, TimelineEntry, Times, What
from bot.domain.observation import DetectedBy
from bot.domain.report import (
    Figures,
    FilesFigures,
    Judgement,
    Kind,
    Reason,
    Report,
    Target,
    TargetVerdict,
    TimeShare,
)
from bot.domain.trouble import Symptom, Trouble
from handlers.render import postmortem, reports

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
UTC = ZoneInfo("UTC")


def figures(about=None, **more):
    judged = dict.fromkeys(Target, (TargetVerdict.MET, Reason.WITHIN)) | more.pop("judged", {})
    values = {
        "share": TimeShare(up=30 * 24 * HOUR),
        "reconnects": 0,
        "reconnects_worst_day": 0,
        "reconnects_limit": 10,
        "incidents": 0,
        "detections": (),
        "recoveries": (),
        "lasting": (),
        "files": FilesFigures(),
    }
    judgements = tuple(
        Judgement(target=target, verdict=verdict, reason=reason)
        for target, (verdict, reason) in judged.items()
    )
    return Figures(company=about, judgements=judgements, **(values | more))


def made(total, about=None, each=(), days=30):
    return Report(
        company=about,
        days=days,
        begin=NOW - timedelta(days=days),
        end=NOW,
        zone="UTC",
        total=total,
        each=each,
        daily=(),
        pieces=(),
    )


def told(total, about="one", each=(), drawn=True, t=EN):
    who = company() if about == "one" else None
    return words(reports.report(t, made(total, who, each), drawn=drawn))


def missing(target, reason=Reason.BEYOND):
    return {target: (TargetVerdict.MISSED, reason)}


def test_a_good_month_is_said_in_a_few_lines():
    text = told(figures())
    assert "✅ Worked 100 % of the watched time" in text
    assert "✅ No outages." in text
    assert "The files were not counted." in text
    assert "Did not work" not in text
    assert "picture" not in text


def test_a_bad_month_says_what_how_long_and_how_soon_it_was_told():
    bad = figures(
        share=TimeShare(up=90 * HOUR, down=10 * HOUR, muted=2 * HOUR, unwatched=3 * HOUR),
        reconnects=40,
        reconnects_worst_day=17,
        incidents=4,
        detections=(2 * SECOND, 5 * SECOND),
        recoveries=(2 * MINUTE, 9 * MINUTE),
        lasting=(3 * HOUR,),
        files=FilesFigures(now=181, most=812, baseline=31, limit=131),
        judged=missing(Target.UPTIME) | missing(Target.RECOVERY),
    )
    text = told(bad)
    for line in (
        "🔴 Worked 90 % of the watched time",
        "Did not work: 10 h.",
        "Muted: 2 h, not counted.",
        "Nobody watched: 3 h, not counted.",
        "on the worst day 17; the target is 10 at most.",
        "🔴 An outage still lasts: 3 h so far.",
        "Alarm",
        "Files: 181 now, 812 at most.",
        "Normal for it: 31.",
        "The limit: 131.",
        "Incidents: 4.",
    ):
        assert line in text
    assert "No outages" not in text


def test_of_what_was_never_judged_no_uptime_is_made_up():
    open_one = dict.fromkeys(Target, (TargetVerdict.OPEN, Reason.NEVER_JUDGED))
    text = told(figures(share=TimeShare(), judged=open_one))
    assert "⚪️ Nothing can be said of its uptime" in text
    assert "Reconnects a day: 0" in text


def test_what_was_hardly_watched_is_not_called_met():
    hardly = {Target.UPTIME: (TargetVerdict.OPEN, Reason.HARDLY_WATCHED)}
    assert "Less than half of the time was watched" in told(figures(judged=hardly))


def test_an_outage_that_is_the_only_one_and_lasts_has_no_usual_length():
    text = told(figures(lasting=(MINUTE,), judged=missing(Target.RECOVERY)))
    assert "An outage still lasts" in text
    assert "as a rule" not in text
    assert "No outages" not in text


def test_where_no_picture_could_be_drawn_it_is_said():
    assert "The picture could not be drawn." in told(figures(), drawn=False)


def test_files_without_a_count_of_today_show_the_most():
    text = told(figures(files=FilesFigures(most=40)))
    assert "Files: 40 now, 40 at most." in text
    assert "Normal for it" not in text


@pytest.mark.parametrize(
    ("many", "said"),
    [
        (1, "Missed by 1: c0."),
        (3, "Missed by 3: c0, c1, c2."),
        (4, "Missed by 4, among them c0, c1, c2."),
    ],
)
def test_of_all_together_it_is_said_who_missed_a_target(many, said):
    each = tuple(
        figures(company(f"c{n}", ""), judged=missing(Target.RECONNECTS)) for n in range(many)
    )
    text = told(figures(reconnects_limit=None, files=FilesFigures(most=9)), None, each)
    assert said in text
    assert "for each company" in text
    assert "9 at most in one directory" in text


@pytest.mark.parametrize("t", [RU, EN])
def test_the_longest_report_still_fits_under_a_picture(t):
    bad = figures(
        share=TimeShare(up=90 * HOUR, down=10 * HOUR, muted=2 * HOUR, unwatched=3 * HOUR),
        recoveries=(HOUR,),
        detections=(SECOND,),
        lasting=(HOUR,),
        files=FilesFigures(now=1, most=2, baseline=3, limit=4),
    )
    screen = reports.report(t, made(bad, company(name=HOSTILE)), drawn=False)
    assert units(words(screen)) <= 1024


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Салон «Север»", "962302 Салон «Север»"),
        ("🔥🔥", "962302"),
        ("962302", "962302"),
        ("Н" * 40, "962302 " + "Н" * 24 + "…"),
        ("a\u202eb\n c", "962302 ab c"),
    ],
)
def test_a_picture_writes_what_its_font_has(name, title):
    drawn = reports.words(EN, made(figures(), company(name=name)))
    assert drawn.title.startswith(f"{title}:")
    assert drawn.strip == "State"
    assert drawn.kinds[Kind.DOWN] == "does not work"


def test_a_picture_of_all_says_so():
    drawn = reports.words(RU, made(figures()))
    assert drawn.title.startswith("Все")
    assert drawn.strip != reports.words(RU, made(figures(), company())).strip


def test_a_report_leads_to_the_other_periods_and_its_table():
    screen = reports.report(EN, made(figures(), company(), days=7), drawn=True)
    assert "7 days" not in buttons(screen)
    assert "Table (CSV)" in buttons(screen)
    assert (
        reports.file_name(made(figures(), company(), days=7)) == "repair-962302-7d-2025-09-18.csv"
    )
    assert reports.file_name(made(figures())).startswith("repair-all-30d-")


def timeline(one=None, took=None, month=None, at_most=False, **more):
    one = one or incident(began_at=NOW - HOUR, closed_at=NOW)
    times = Times(
        lost_at=one.began_at, at_most=at_most, detect=SECOND, acknowledge=None, recover=took
    )
    values = {
        "company": None if one.company_id is None else company(),
        "sign": DetectedBy.POLL,
        "moments": (),
        "names": {},
        "chats": {},
        "earlier": (),
        "now": NOW,
    }
    return IncidentTimeline(incident=one, times=times, month=month, **(values | more))


def sections(one, t=EN):
    return {part.title: part.lines for part in postmortem.document(t, one, UTC).sections}


def test_a_post_mortem_of_two_hours_says_what_was_promised_and_kept():
    month = figures(
        share=TimeShare(up=700 * HOUR, down=2 * HOUR),
        reconnects_worst_day=3,
        files=FilesFigures(most=812, limit=131),
        judged=missing(Target.UPTIME) | missing(Target.FILES),
    )
    found = sections(timeline(took=2 * HOUR + 36 * MINUTE, month=month))
    targets = "\n".join(found["Times and targets"])
    assert "Recovery: 2 h 36 min, target under 5 min: missed." in targets
    assert "target 99.9 %: missed." in targets
    assert "Reconnects on the worst of 30 days: 3, target 10 at most: met." in targets
    assert "Key files in 30 days: 812 at most, limit 131: missed." in targets
    assert found["Earlier incidents of this company"] == ("There were none.",)
    assert found["What was done, and by whom"] == ("Nobody did anything.",)


def test_a_quick_recovery_is_a_target_met():
    assert "met." in "\n".join(sections(timeline(took=MINUTE))["Times and targets"])


def test_what_ended_without_getting_better_has_no_recovery_to_judge():
    found = sections(timeline())
    assert "Recovery" not in "\n".join(found["Times and targets"])
    assert any("962302" in line for line in found["Impact"])


def test_what_is_not_over_is_said_to_go_on():
    found = sections(timeline(incident(began_at=NOW - HOUR)))
    assert any("is not over" in line for line in found["Summary"])
    assert any("Recovery: 1 h" in line for line in found["Times and targets"])


def test_little_that_is_known_of_a_month_is_all_that_is_said():
    month = figures(share=TimeShare(), reconnects_limit=None, files=FilesFigures(most=9))
    targets = "\n".join(sections(timeline(took=MINUTE, month=month))["Times and targets"])
    assert "Up in 30 days" not in targets
    assert "Reconnects" not in targets
    assert "Key files" not in targets


def test_a_gateway_s_post_mortem_counts_whom_it_concerned():
    silent = incident(
        Symptom.UNREACHABLE,
        trouble=Trouble.GATEWAY_UNREACHABLE,
        company_id=None,
        facts={"companies": 3},
        began_at=NOW - HOUR,
        closed_at=NOW,
    )
    found = sections(timeline(silent, took=HOUR, at_most=True))
    assert "3 companies were concerned." in found["Impact"]
    assert "Earlier incidents of this company" not in found
    assert any("at most, counted from the last look" in line for line in found["Impact"])
    assert postmortem.file_name(timeline(silent)) == "postmortem-7-main-2025-09-18.md"


def test_earlier_incidents_are_named_with_what_became_of_them():
    earlier = (
        incident(id=5, began_at=NOW - 2 * HOUR, closed_at=NOW - HOUR),
        incident(id=4, began_at=NOW - 3 * HOUR),
    )
    lines = sections(timeline(earlier=earlier))["Earlier incidents of this company"]
    assert [line.split()[0] for line in lines] == ["#5", "#4"]
    assert lines[0].endswith("lasted 1 h")
    assert lines[1].endswith("still on")


def test_notes_stand_by_themselves_and_are_no_deeds():
    note = TimelineEntry(at=NOW, what=What.NOTE, facts={"by": "Anna", "text": "the phone was off"})
    found = sections(timeline(moments=(note,)))
    assert any("the phone was off" in line for line in found["Notes"])
    assert found["What was done, and by whom"] == ("Nobody did anything.",)
