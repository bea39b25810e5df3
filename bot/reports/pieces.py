"""Divides a window into stretches of one kind each, and counts them. PURE.

Each moment counts as exactly one kind, and the first of these that fits decides:

    unwatched   the bot was off, its gateway did not answer, or it answered something unknown
    resting     somebody had put the company to rest
    muted       somebody had muted the company
    down        not connected, or connected while nothing could be sent
    up          connected
    unwatched   no state was ever stored for it

Uptime is up / (up + down): what nobody saw, and what nobody wanted to hear of, is in neither.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from bot.domain.report import Kind, Piece, Span, TimeShare
from bot.domain.session import State
from bot.domain.trouble import STOPS_MESSAGES, Trouble
from bot.reports.window import History, ReportWindow

# States tell of lost sessions themselves.
_UNSEEN = STOPS_MESSAGES - {Trouble.SESSION_DOWN}
_KINDS = tuple(Kind)
_LAYERS = 5
_UP, _DOWN, _MUTED, _RESTING, _BLIND = range(_LAYERS)
_LAYER_OF = {State.CONNECTED: _UP, State.UNKNOWN: _BLIND}


def pieces(history: History, window: ReportWindow) -> list[Piece]:
    """The window as stretches of one kind each, without gaps or overlaps, none like the next."""
    begin = _counts_from(history, window)
    if begin is None:
        return []
    depth = [0] * _LAYERS
    found: list[Piece] = []
    marks = sorted(_marks(history, begin, window.end))
    for (at, layer, step), (until, _, _) in pairwise([*marks, (window.end, 0, 0)]):
        depth[layer] += step
        if until > at:
            _append(found, _kind(depth), at, until)
    return found


def shares(found: Sequence[Piece], edges: Sequence[datetime]) -> list[TimeShare]:
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
    return [
        TimeShare(**{kind.value: length for kind, length in lengths.items()}) for lengths in sums
    ]


def _counts_from(history: History, window: ReportWindow) -> datetime | None:
    """From when a company counts in a window; None when it was never connected."""
    if history.connected_before:
        return window.begin
    connected = (state.begin for state in history.states if state.state is State.CONNECTED)
    first = min(connected, default=None)
    return None if first is None or first >= window.end else max(first, window.begin)


def _marks(history: History, begin: datetime, end: datetime) -> Iterable[tuple[datetime, int, int]]:
    """Where each layer begins and ends; a span that ends before it begins is none at all."""
    yield begin, _UP, 0
    broken = [
        Span(begin=incident.began_at, end=incident.closed_at)
        for incident in history.incidents
        if incident.trouble in _UNSEEN
    ]
    layers: list[tuple[int, Span]] = [
        *((_LAYER_OF.get(state.state, _DOWN), state) for state in history.states),
        *((_DOWN, span) for span in broken),
        *((_MUTED, span) for span in history.muted),
        *((_RESTING, span) for span in history.resting),
        *((_BLIND, span) for span in history.blind),
    ]
    for layer, span in layers:
        first, last = max(span.begin, begin), min(span.end or end, end)
        if first < last:
            yield first, layer, 1
            yield last, layer, -1


def _kind(depth: Sequence[int]) -> Kind:
    if depth[_BLIND]:
        return Kind.UNWATCHED
    if depth[_RESTING]:
        return Kind.RESTING
    if depth[_MUTED]:
        return Kind.MUTED
    if depth[_DOWN]:
        return Kind.DOWN
    return Kind.UP if depth[_UP] else Kind.UNWATCHED


def _append(found: list[Piece], kind: Kind, begin: datetime, end: datetime) -> None:
    if found and found[-1].kind is kind:
        begin = found.pop().begin
    found.append(Piece(kind=kind, begin=begin, end=end))
