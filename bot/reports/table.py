"""A report as CSV: a line for each day of one company, or for each of several companies. PURE."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.domain.report import Day, Figures, Report, Target, TimeShare

_SHARE = ("uptime_percent", "up_s", "down_s", "muted_s", "resting_s", "unwatched_s")
_DAYS = ("company", "name", "day", *_SHARE, "reconnects", "most_files")
_EACH = (
    "company",
    "name",
    *_SHARE,
    "incidents",
    "reconnects",
    "reconnects_worst_day",
    "reconnects_limit",
    "detect_median_s",
    "detect_worst_s",
    "recover_median_s",
    "recover_worst_s",
    "lasting",
    "files",
    "most_files",
    "baseline_files",
    "files_limit",
    *(f"verdict_{target}" for target in Target),
)
# What a spreadsheet would take for a formula, in a name that came from outside.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Cell = str | int | float | None


def table(report: Report) -> bytes:
    """UTF-8 with a mark, for the spreadsheets that would guess another encoding."""
    out = io.StringIO()
    writer = csv.writer(out)
    if report.company is None:
        writer.writerow(_EACH)
        writer.writerows(_of_each(figures) for figures in report.each)
    else:
        who = (report.company.id, _harmless(report.company.name))
        writer.writerow(_DAYS)
        writer.writerows([*who, *_of_day(day)] for day in report.daily)
    return out.getvalue().encode("utf-8-sig", "replace")


def _of_day(day: Day) -> Sequence[Cell]:
    return [day.on.isoformat(), *_of_share(day.share), day.reconnects, day.files]


def _of_each(figures: Figures) -> Sequence[Cell]:
    company = figures.company
    return [
        "" if company is None else company.id,
        "" if company is None else _harmless(company.name),
        *_of_share(figures.share),
        figures.incidents,
        figures.reconnects,
        figures.reconnects_worst_day,
        figures.reconnects_limit,
        _seconds(figures.detect.median),
        _seconds(figures.detect.worst),
        _seconds(figures.recover.median),
        _seconds(figures.recover.worst),
        len(figures.lasting),
        figures.files.now,
        figures.files.most,
        figures.files.baseline,
        figures.files.limit,
        *(judgement.verdict for judgement in figures.judgements),
    ]


def _of_share(share: TimeShare) -> Iterable[Cell]:
    yield None if share.uptime is None else round(100 * share.uptime, 4)
    for length in (share.up, share.down, share.muted, share.resting, share.unwatched):
        yield round(length.total_seconds())


def _seconds(length: timedelta | None) -> Cell:
    return None if length is None else round(length.total_seconds(), 1)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
