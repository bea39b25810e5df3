"""Reckons how a company fared. PURE: intervals and incidents go in, figures come out.

Each moment counts as exactly one kind, and the first of these that fits decides:

    unwatched   the bot was off, its gateway did not answer, or it answered something unknown
    muted       somebody had muted the company
    down        not connected, or connected while nothing could be sent
    up          connected
    unwatched   no state was ever stored for it

Uptime is up / (up + down): what nobody saw, and what nobody wanted to hear of, is in neither.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.domain.company import Company
from bot.domain.incident import Incident, Severity, Trouble
from bot.domain.report import (
    Day,
    Figures,
    FilesFigures,
    Kind,
    Piece,
    Share,
    Span,
    StateSpan,
    lengths,
)
from bot.domain.session import State
from bot.reports.targets import judged, judged_together

OUTAGES = frozenset({Trouble.SESSION_DOWN, Trouble.ZOMBIE})
JUST_PAIRED = timedelta(minutes=2)  # a connection so soon after a pairing is no reconnect

Cut = tuple[date, datetime, datetime]  # a day, from when, up to when

_KINDS = tuple(Kind)
_UP, _DOWN, _MUTED, _BLIND = range(4)
_LAYER_OF = {State.CONNECTED: _UP, State.UNKNOWN: _BLIND}


@dataclass(frozen=True, kw_only=True)
class Window:
    """What a report covers, divided into days by somebody's clock."""

    begin: datetime
    end: datetime
    zone: ZoneInfo

    @classmethod
    def last(cls, days: int, now: datetime, zone: ZoneInfo) -> "Window":
        """The days until now: it begins at the same time of day by that clock."""
        begin = now.astimezone(zone) - timedelta(days=days)
        return cls(begin=begin.astimezone(now.tzinfo), end=now, zone=zone)

    @property
    def cuts(self) -> list[Cut]:
        """Its days, the first and the last as far as they belong to it."""
        found, begin = [], self.begin
        while begin < self.end:
            on = begin.astimezone(self.zone).date()
            end = min(self._midnight(on + timedelta(days=1)), self.end)
            found.append((on, begin, end))
            begin = end
        return found

    def _midnight(self, on: date) -> datetime:
        return datetime.combine(on, time(), self.zone).astimezone(self.begin.tzinfo)


@dataclass(frozen=True, kw_only=True)
class History:
    """All that is remembered of a company that bears on a window.

    `states` lie in the order of their beginnings, with the one before the window's first.
    `blind` is when the bot was off or the gateway silent. `connected_before` says that it was
    connected once before the window; a company counts from its first connection.
    `files` are counts at moments, each of which holds until the next.
    """

    company: Company
    states: Sequence[StateSpan]
    connected_before: bool
    incidents: Sequence[Incident] = ()
    muted: Sequence[Span] = ()
    blind: Sequence[Span] = ()
    paired: Sequence[datetime] = ()
    files: Sequence[tuple[datetime, int]] = ()
    baseline: int | None = None
    files_limit: int | None = None
    reconnects_limit: int = 10


@dataclass(frozen=True, kw_only=True)
class Reckoned:
    """The figures of one company, and how its days and its hours went."""

    figures: Figures
    days: tuple[Day, ...]
    pieces: tuple[Piece, ...]


def reckon(history: History, window: Window, cuts: Sequence[Cut]) -> Reckoned:
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


def _figures(history: History, window: Window, days: Sequence[Day]) -> Figures:
    outages = [one for one in history.incidents if _is_outage(one, window)]
    share = sum((day.share for day in days), Share())
    worst_day = max((day.reconnects for day in days), default=0)
    whole = [one for one in outages if "flapping" not in one.facts]  # what flaps has no length
    recoveries = [_length(one, one.closed_at) for one in whole if one.closed_at is not None]
    lasting = [_length(one, window.end) for one in whole if one.open]
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
        incidents=sum(window.begin <= one.opened_at < window.end for one in history.incidents),
        detections=tuple(_length(one, one.opened_at) for one in outages),
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


def together(every: Sequence[Figures]) -> Figures:
    """All companies as one: time and outages are pooled, of the rest the worst counts."""
    share = sum((one.share for one in every), Share())
    most = max((one.files.most for one in every if one.files.most is not None), default=None)
    return Figures(
        company=None,
        share=share,
        reconnects=sum(one.reconnects for one in every),
        reconnects_worst_day=max((one.reconnects_worst_day for one in every), default=0),
        reconnects_limit=None,
        incidents=sum(one.incidents for one in every),
        detections=tuple(length for one in every for length in one.detections),
        recoveries=tuple(length for one in every for length in one.recoveries),
        lasting=tuple(length for one in every for length in one.lasting),
        files=FilesFigures(most=most),
        judgements=judged_together(share, [one.judgements for one in every]),
    )


def pieces(history: History, window: Window) -> list[Piece]:
    """The window as stretches of one kind each, without gaps or overlaps, none like the next."""
    begin = _counts_from(history, window)
    if begin is None:
        return []
    depth = [0, 0, 0, 0]
    found: list[Piece] = []
    marks = sorted(_marks(history, begin, window.end))
    for (at, layer, step), (until, _, _) in pairwise([*marks, (window.end, 0, 0)]):
        depth[layer] += step
        if until > at:
            _append(found, _kind(depth), at, until)
    return found


def shares(found: Sequence[Piece], edges: Sequence[datetime]) -> list[Share]:
    """How much of each stretch between two neighbouring edges counts as what."""
    sums = [dict.fromkeys(_KINDS, timedelta()) for _ in edges[1:]]
    at = 0
    for piece in found:
        begin = piece.begin
        while begin < piece.end:
            while edges[at + 1] <= begin:
                at += 1
            end = min(piece.end, edges[at + 1])
            sums[at][piece.kind] += end - begin
            begin = end
    return [Share(**{kind.value: length for kind, length in one.items()}) for one in sums]


def reconnected(history: History, window: Window) -> list[datetime]:
    """When it came back by itself: neither its first connection nor the work of a pairing."""
    found, before = [], history.connected_before
    for previous, one in pairwise([None, *history.states]):
        if one is None or one.state is not State.CONNECTED:
            continue
        came_back = before and (previous is None or previous.state is not State.CONNECTED)
        before = True
        if not came_back or not window.begin <= one.begin < window.end:
            continue
        if not any(abs(one.begin - at) < JUST_PAIRED for at in history.paired):
            found.append(one.begin)
    return found


def _counts_from(history: History, window: Window) -> datetime | None:
    """From when a company counts in a window; None when it was never connected."""
    if history.connected_before:
        return window.begin
    connected = (one.begin for one in history.states if one.state is State.CONNECTED)
    first = min(connected, default=None)
    return None if first is None or first >= window.end else max(first, window.begin)


def _marks(history: History, begin: datetime, end: datetime) -> Iterable[tuple[datetime, int, int]]:
    """Where each layer begins and ends; a span that ends before it begins is none at all."""
    yield begin, _UP, 0
    broken = [
        Span(begin=one.began_at, end=one.closed_at)
        for one in history.incidents
        if one.trouble is Trouble.ZOMBIE
    ]
    layers: list[tuple[int, Span]] = [
        *((_LAYER_OF.get(one.state, _DOWN), one) for one in history.states),
        *((_DOWN, one) for one in broken),
        *((_MUTED, one) for one in history.muted),
        *((_BLIND, one) for one in history.blind),
    ]
    for layer, span in layers:
        first, last = max(span.begin, begin), min(span.end or end, end)
        if first < last:
            yield first, layer, 1
            yield last, layer, -1


def _kind(depth: Sequence[int]) -> Kind:
    if depth[_BLIND]:
        return Kind.UNWATCHED
    if depth[_MUTED]:
        return Kind.MUTED
    if depth[_DOWN]:
        return Kind.DOWN
    return Kind.UP if depth[_UP] else Kind.UNWATCHED


def _append(found: list[Piece], kind: Kind, begin: datetime, end: datetime) -> None:
    if found and found[-1].kind is kind:
        begin = found.pop().begin
    found.append(Piece(kind=kind, begin=begin, end=end))


def _is_outage(one: Incident, window: Window) -> bool:
    """Whether it tells how fast we are: something that had worked stopped, and was to be mended."""
    return (
        one.trouble in OUTAGES
        and one.severity is Severity.CRITICAL
        and not one.split
        and one.opened_at < window.end
        and (one.open or one.opened_at >= window.begin)
    )


def _length(one: Incident, until: datetime) -> timedelta:
    """Since its first sign; a clock set back in between makes nothing shorter than no time."""
    return max(until - one.began_at, timedelta())


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
