"""The table: what a spreadsheet opens."""

import csv
import io
from datetime import timedelta
from zoneinfo import ZoneInfo

from telling import T0, company, history, spell

from bot.domain.session import State
from bot.reports.figures import (
    compute,
    together,
)
from bot.reports.reporter import report_of
from bot.reports.table import table
from bot.reports.window import (
    ReportWindow,
)

WINDOW = ReportWindow(begin=T0, end=T0 + timedelta(days=7), zone=ZoneInfo("UTC"))


def rows(name, *, several):
    states = [
        spell(T0, T0 + timedelta(hours=6), State.CONNECTED),
        spell(T0 + timedelta(hours=6), None, State.LOGGED_OUT),
    ]
    one = compute(history(company=company(name=name), states=states), WINDOW, WINDOW.cuts)
    total = together([one.figures]) if several else one.figures
    who = None if several else one.figures.company
    made = report_of(who, 7, WINDOW, total, [one.figures], one.days, one.pieces)
    return list(csv.DictReader(io.StringIO(table(made).decode("utf-8-sig"))))


def test_one_company_has_a_line_for_each_day():
    found = rows("Салон, «Север»", several=False)
    assert [row["day"] for row in found][:2] == ["2025-09-15", "2025-09-16"]
    assert (found[0]["name"], found[0]["uptime_percent"]) == ("Салон, «Север»", "25.0")
    assert (found[0]["up_s"], found[0]["down_s"]) == ("21600", "64800")


def test_several_have_a_line_each():
    (row,) = rows("North", several=True)
    assert (row["company"], row["verdict_uptime"]) == ("962302", "missed")


def test_a_name_is_no_formula():
    (row,) = rows("=1+1", several=True)
    assert row["name"] == "'=1+1"
