"""The board: the present state of a chat's companies, by name as far as one message holds them."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton

from bot.alerts.courier import BoardView
from bot.domain.board import FEW, Board, BoardLine
from bot.domain.session import State
from bot.domain.trouble import Offer, Severity
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.callbacks import ALL, BoardOff, Sub
from handlers.render import incidents, rests, unsure
from handlers.render.screen import Screen, and_more, fits, joined
from handlers.render.status import mark_of, state_briefly

_MOST = 60  # more does not fit into a message of 4096 characters anyway
_NAME_LIMIT = 28


def board(t: Texts, view: BoardView, now: datetime) -> Screen:
    """The companies a chat is subscribed to, the worst first, with the time of the last look."""
    shown = view.board
    head = [_title(t, shown), *([Markup(""), *_counts(t, shown)] if shown.total > FEW else [])]
    foot = [Markup(""), _looked(t, view, now)]
    if shown.unsure is not None:
        foot = [Markup(""), unsure.line(t, shown.unsure, now), *foot[1:]]
    if view.pin_refused:
        foot += [Markup(""), t.say("board.not_pinned")]
    buttons = [[keyboards.offer(t, Offer.STATUS, None)], [_off(t)]]
    return Screen(_fitted(t, head, shown.lines, foot, now), keyboards.keyboard(buttons))


def nothing_to_show(t: Texts) -> Screen:
    """The chat is subscribed to no company, so a board would be empty."""
    button = keyboards.button(
        t.say("button.subscribe_all"), Sub(company=ALL, severity=Severity.INFO)
    )
    return Screen(t.say("board.nothing"), keyboards.keyboard([[button]]))


def taken_away(t: Texts) -> Screen:
    """The text that replaces a board which was switched off."""
    return Screen(t.say("board.off"))


def none_here(t: Texts) -> Screen:
    """The answer to `/board off` where there is no board."""
    return Screen(t.say("board.none"))


def _off(t: Texts) -> InlineKeyboardButton:
    return keyboards.button(t.say("button.board_off"), BoardOff())


def _title(t: Texts, shown: Board) -> Markup:
    if not shown.total:
        return t.say("board.empty")
    bad = [line for line in shown.lines if line.troubled]
    not_well = len(bad) + shown.not_known_beside
    if not not_well:
        awake = sum(not line.resting for line in shown.lines) + shown.well_beside
        return t.plural("board.all_well", awake, mark=incidents.WELL)
    n, total = t.number(not_well), t.number(shown.total)
    if not any(line.current for line in bad):
        return t.say("board.not_known", mark=incidents.NOT_KNOWN, n=n, total=total)
    return t.say("board.troubled", mark=_mark(bad[0]), n=n, total=total)


def _counts(t: Texts, shown: Board) -> list[Markup]:
    """How many are how, the worst first."""
    alike = Counter((_mark(line), _what(t, line)) for line in shown.lines)
    if shown.well_beside:
        alike[incidents.WELL, t.say(f"state_briefly.{State.CONNECTED}")] += shown.well_beside
    if shown.not_known_beside:
        alike[incidents.NOT_KNOWN, t.say("overview.not_looked")] += shown.not_known_beside
    return [
        t.say("board.count", mark=mark, what=what, n=t.number(n))
        for (mark, what), n in alike.items()
    ]


def _fitted(
    t: Texts,
    head: Sequence[str],
    named: Sequence[BoardLine],
    foot: Sequence[str],
    now: datetime,
) -> Markup:
    """As many names as fit; the time of the last look always does."""
    shown = [_line(t, line, now) for line in named[:_MOST]]
    while True:
        left_out = len(named) - len(shown)
        more = and_more(t, left_out)
        text = joined(*head, *([""] if shown else []), *shown, *more, *foot)
        if fits(text) or not shown:
            return text
        del shown[-1]


def _line(t: Texts, line: BoardLine, now: datetime) -> Markup:
    known = line.known
    params = {
        "mark": _mark(line),
        "who": t.name(known.company, _NAME_LIMIT),
        "what": _what(t, line),
    }
    since = known.since if line.current else None
    if known.worst is not None and line.current:
        since = known.worst.began_at
    if since is None:
        shown = t.say("overview.line", **params)
    else:
        shown = t.say("alert.line", moment=t.moment(since, now=now), **params)
    return t.say("board.muted", line=shown) if line.muted else shown


def _mark(line: BoardLine) -> str:
    if not line.current:
        return incidents.NOT_KNOWN
    if line.resting:
        return rests.MARK
    worst = line.known.worst
    return mark_of(line.known) if worst is None else incidents.mark(worst)


def _what(t: Texts, line: BoardLine) -> Markup:
    if line.silent:
        return t.say("overview.not_known")
    if line.unsure:
        return t.say("overview.not_looked")
    if line.resting:
        return rests.briefly(t, line.known)
    worst = line.known.worst
    return state_briefly(t, line.known) if worst is None else incidents.what_briefly(t, worst)


def _looked(t: Texts, view: BoardView, now: datetime) -> Markup:
    at = view.board.looked_at
    if at is None:
        return t.say("card.never_looked")
    return t.say("card.looked", moment=t.moment(at, now=now))
