"""Draws the sample pictures beside it, of an invented month: `make pictures`."""

import asyncio
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from paper import save
from PIL import Image

from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.incident import Incident, IncidentId
from bot.domain.report import Report, Span, StateSpan
from bot.domain.session import State
from bot.domain.trouble import Severity, Symptom, Trouble
from bot.reports.chart_process import ChartProcess
from bot.reports.figures import (
    compute,
    together,
)
from bot.reports.reporter import Sums, report_of
from bot.reports.window import (
    History,
    ReportWindow,
)
from bot.texts import Catalogs
from handlers.render.reports import words

HERE = Path(__file__).parent
NOW = datetime(2025, 9, 30, 9, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Moscow")
NAMES = {
    "ru": {"962302": "Салон «Север»", "962303": "سالون 💇 South"},
    "en": {"962302": "Salon North", "962303": "سالون 💇 South"},
}


def history(key: str, name: str) -> History:
    """A month with a good many drops, the outage of 18 September, a night without the bot."""
    company = Company(id=CompanyId(key), gateway=GatewayName("main"), session_key=key, name=name)
    lost, back = (
        datetime(2025, 9, 18, 15, 5, 17, tzinfo=UTC),
        datetime(2025, 9, 18, 17, 41, tzinfo=UTC),
    )
    states, at = [], NOW - timedelta(days=40)
    drops = [
        NOW - timedelta(days=day, hours=hour)
        for day in range(29, -1, -1)
        for hour in range(13 if day == 9 else day * int(key) % 4)
    ]
    for drop in drops:
        states.append(StateSpan(begin=at, end=drop, state=State.CONNECTED))
        at = drop + timedelta(minutes=1)
        states.append(StateSpan(begin=drop, end=at, state=State.DISCONNECTED))
    states.append(StateSpan(begin=at, end=None, state=State.CONNECTED))
    outage = Incident(
        id=IncidentId(1),
        trouble=Trouble.ZOMBIE,
        symptom=Symptom.ZOMBIE,
        severity=Severity.CRITICAL,
        gateway=company.gateway,
        company_id=company.id,
        began_at=lost,
        opened_at=lost + timedelta(seconds=41),
        closed_at=back,
    )
    return History(
        company=company,
        states=states,
        connected_before=True,
        incidents=[outage],
        muted=[
            Span(
                begin=datetime(2025, 9, 24, 18, tzinfo=UTC),
                end=datetime(2025, 9, 25, 6, tzinfo=UTC),
            )
        ],
        blind=[
            Span(begin=datetime(2025, 9, 6, tzinfo=UTC), end=datetime(2025, 9, 7, 9, tzinfo=UTC))
        ],
        files=[(NOW - timedelta(days=31 - n), 816 + n * n // 7) for n in range(31)],
        baseline=816,
        files_limit=916,
    )


def reports(days: int, names: dict[str, str]) -> dict[str, Report]:
    """One company's, one with a name that no font of ours can write, and both together."""
    window = ReportWindow.last(days, NOW, ZONE)
    found = {}
    for key, name in names.items():
        one = compute(history(key, name), window, window.cuts)
        found[key] = report_of(
            one.figures.company, days, window, one.figures, [one.figures], one.days, one.pieces
        )
    sums = Sums(window)
    sums.add(history(key, name) for key, name in names.items())
    found["all"] = report_of(None, days, window, together(sums.each), sums.each, sums.days, ())
    return found


async def main() -> None:
    """Draw each in both languages."""
    drawing, catalogs = ChartProcess(), Catalogs()
    for language in catalogs.languages:
        for name, made in reports(30, NAMES[language]).items():
            png = await drawing.draw(made, words(catalogs.speaking(language), made))
            if png is None:
                raise SystemExit("a picture was not drawn")
            save(Image.open(BytesIO(png)), HERE / f"report-{name}-{language}.png")


if __name__ == "__main__":
    asyncio.run(main())
