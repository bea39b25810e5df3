"""The picture: drawn by a child process, whatever people call their companies."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from PIL import Image
from telling import T0, company, history, spell

from bot.domain.session import State
from bot.reports.chart_process import ChartProcess
from bot.reports.figures import (
    compute,
)
from bot.reports.reporter import report_of
from bot.reports.window import (
    ReportWindow,
)
from bot.texts import Catalogs
from handlers.render.reports import words

RU = Catalogs().speaking("ru")


def made(name="Салон «Север»"):
    window = ReportWindow.last(7, T0, ZoneInfo("Europe/Moscow"))
    states = [spell(T0 - timedelta(days=5), None, State.CONNECTED)]
    told = history(company=company(name=name), states=states, files=[(T0 - timedelta(days=9), 31)])
    one = compute(told, window, window.cuts)
    figures = one.figures
    return report_of(figures.company, 7, window, figures, [figures], one.days, one.pieces)


async def test_it_is_a_picture_a_phone_shows_whole():
    report = made("سالون 💇 $x^2$ \n<b>")
    png = await ChartProcess(patience_s=60).draw(report, words(RU, report))
    picture = Image.open(BytesIO(png))
    assert (picture.format, picture.size) == ("PNG", (1080, 1140))
    assert len(picture.convert("RGB").getcolors(100_000)) > 100


async def test_a_picture_that_takes_too_long_is_done_without():
    report = made()
    assert await ChartProcess(patience_s=0.001).draw(report, words(RU, report)) is None


async def test_an_order_that_cannot_be_drawn_is_done_without():
    strange = SimpleNamespace(kind=SimpleNamespace(value="strange"), begin=T0, end=T0)
    report = replace(made(), pieces=(strange,))
    assert await ChartProcess(patience_s=60).draw(report, words(RU, report)) is None


def test_the_title_holds_what_the_font_can_write():
    report = made("سالون 💇 South\u202e")
    assert words(RU, report).title == "962302 South: 7 дней"
