"""Reckons how a company fared. PURE: intervals and incidents go in, figures come out."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bot.domain.incident import Incident
from bot.domain.report import (
    Day,
    Figures,
    FilesFigures,
    Piece,
    TimeShare,
    lengths,
)
from bot.domain.session import State
from bot.domain.trouble import STOPS_MESSAGES, Severity
from bot.reports.pieces import pieces, shares
from bot.reports.targets import judged, judged_together
from bot.reports.window import Cut, History, ReportWindow

JUST_PAIRED = timedelta(minutes=2)  # a connection so soon after a pairing is no reconnect


@dataclass(frozen=True, kw_only=True)
class Reckoned:
    """The figures of one company, and how its days and its hours went."""

    figures: Figures
    days: tuple[Day, ...]
    pieces: tuple[Piece, ...]


def compute(history: History, window: ReportWindow, cuts: Sequence[Cut]) -> Reckoned:
    """Every figure of one company. `cuts` are the window's, made once for many companies."""
    strip = pieces(history, window)
    each = shares(strip, [window.begin, *(end for _, _, end in cuts)])
    reconnects = reconnected(history, window)
    days = tuple(
        Day(
            on=on,
            share=share,
            down=int(bool(share.down)),
            reconnects=bisect_left(reconnects, end) - bisect_left(reconnects, begin),
            files=most,
        )
        for (on, begin, end), share, most in zip(
            cuts, each, _most_files(history.files, cuts), strict=True
        )
    )
    return Reckoned(figures=_figures(history, window, days), days=days, pieces=tuple(strip))


def _figures(history: History, window: ReportWindow, days: Sequence[Day]) -> Figures:
    outages = [incident for incident in history.incidents if _is_outage(incident, window)]
    share = sum((day.share for day in days), TimeShare())
    worst_day = max((day.reconnects for day in days), default=0)
    whole = [
        outage for outage in outages if "flapping" not in outage.facts
    ]  # what flaps has no length
    recoveries = [
        incident.lasted(window.end) for incident in whole if incident.closed_at is not None
    ]
    lasting = [incident.lasted(window.end) for incident in whole if incident.open]
    files = FilesFigures(
        now=history.files[-1][1] if history.files else None,
        most=max((day.files for day in days if day.files is not None), default=None),
        baseline=history.baseline,
        limit=history.files_limit,
    )
    return Figures(
        company=history.company,
        share=share,
        reconnects=sum(day.reconnects for day in days),
        reconnects_worst_day=worst_day,
        reconnects_limit=history.reconnects_limit,
        incidents=sum(
            window.begin <= incident.opened_at < window.end for incident in history.incidents
        ),
        detections=tuple(_to_the_alarm(outage) for outage in outages),
        recoveries=tuple(recoveries),
        lasting=tuple(lasting),
        files=files,
        judgements=judged(
            share,
            worst_day,
            history.reconnects_limit,
            lengths([*recoveries, *lasting]).worst,
            files,
        ),
    )


def together(several: Sequence[Figures]) -> Figures:
    """All companies as one: time and outages are pooled, of the rest the worst counts."""
    share = sum((figures.share for figures in several), TimeShare())
    most = max(
        (figures.files.most for figures in several if figures.files.most is not None), default=None
    )
    return Figures(
        company=None,
        share=share,
        reconnects=sum(figures.reconnects for figures in several),
        reconnects_worst_day=max((figures.reconnects_worst_day for figures in several), default=0),
        reconnects_limit=None,
        incidents=sum(figures.incidents for figures in several),
        detections=tuple(length for figures in several for length in figures.detections),
        recoveries=tuple(length for figures in several for length in figures.recoveries),
        lasting=tuple(length for figures in several for length in figures.lasting),
        files=FilesFigures(most=most),
        judgements=judged_together(share, [figures.judgements for figures in several]),
    )


def reconnected(history: History, window: ReportWindow) -> list[datetime]:
    """When it came back by itself: neither its first connection nor the work of a pairing."""
    found, before = [], history.connected_before
    for previous, state in pairwise([None, *history.states]):
        if state is None or state.state is not State.CONNECTED:
            continue
        came_back = before and (previous is None or previous.state is not State.CONNECTED)
        before = True
        if not came_back or not window.begin <= state.begin < window.end:
            continue
        if not any(abs(state.begin - at) < JUST_PAIRED for at in history.paired):
            found.append(state.begin)
    return found


def _is_outage(incident: Incident, window: ReportWindow) -> bool:
    """Whether it tells how fast we are: something that had worked stopped, and was to be mended."""
    return (
        incident.trouble in STOPS_MESSAGES
        and incident.severity is Severity.CRITICAL
        and not incident.split
        and incident.opened_at < window.end
        and (incident.open or incident.opened_at >= window.begin)
    )


def _to_the_alarm(incident: Incident) -> timedelta:
    """From its first sign; a clock set back in between makes nothing shorter than no time."""
    return max(incident.opened_at - incident.began_at, timedelta())


def _most_files(files: Sequence[tuple[datetime, int]], cuts: Sequence[Cut]) -> list[int | None]:
    """The largest count of each day, what held at its beginning among them."""
    found: list[int | None] = []
    held: int | None = None
    at = 0
    for _, _, end in cuts:
        most = held
        while at < len(files) and files[at][0] < end:
            held = files[at][1]
            most = held if most is None else max(most, held)
            at += 1
        found.append(most)
    return found
