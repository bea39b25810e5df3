"""Counts of known log lines, the worrying ones first. No line is ever shown."""

from collections.abc import Iterable, Sequence

from aiogram.types import InlineKeyboardButton

from bot.actions.followed_logs import FollowedLog
from bot.actions.results import LogsCard, PatternCount
from bot.domain.log_pattern import BURST_PER_HOUR, WORRYING
from bot.domain.trouble import Offer
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.callbacks import ALL, Do
from handlers.render.screen import Screen, cut

_MOST_FILES, _NAME_CHARS = 3, 60
_BURST, _WORRYING, _NORMAL = "🟠", "▪️", "▫️"


def logs(t: Texts, card: LogsCard) -> Screen:
    """What the log of the last day says, or why nothing is known of it."""
    head = (
        t.say("logs.head") if card.company is None else t.say("logs.of", who=t.name(card.company))
    )
    return Screen(cut(t, [head, *_body(t, card)]), keyboards.keyboard(_buttons(t, card)))


def _body(t: Texts, card: LogsCard) -> Iterable[Markup | str]:
    if not card.configured:
        yield t.say("logs.not_configured")
        return
    if card.since is None:
        yield t.say("logs.no_file")
        return
    yield t.say("logs.since", moment=t.hour(card.since, card.now))
    dark = [file for file in card.files if file.lines and not file.understood]
    yield from _read(t, card, dark)
    worrying = [count for count in card.counts if _worries(count)]
    normal = [count for count in card.counts if not _worries(count)]
    if not card.counts and not dark:
        yield t.say("logs.nothing")
    elif card.counts and not worrying:
        yield t.say("logs.nothing_worrying")
    yield from _part(t, card, t.say("logs.worrying"), worrying)
    yield from _part(t, card, t.say("logs.normal"), normal)
    if card.nameless:
        yield ""
        key = "logs.nameless_too" if card.company is None else "logs.nameless"
        yield t.say(key, n=t.number(card.nameless))


def _read(t: Texts, card: LogsCard, dark: Sequence[FollowedLog]) -> Iterable[Markup | str]:
    """How much was read and understood, and the files of which nothing was."""
    if not card.files:
        return
    moment = t.hour(min(file.since for file in card.files), card.now)
    lines = sum(file.lines for file in card.files)
    if not lines:
        yield t.say("logs.silent", moment=moment)
        return
    understood = t.number(sum(file.understood for file in card.files))
    yield t.say("logs.read", moment=moment, lines=t.number(lines), understood=understood)
    for file in dark[:_MOST_FILES]:
        name = file.name[:_NAME_CHARS]
        yield t.say("logs.not_understood", file=name, lines=t.number(file.lines))


def _part(
    t: Texts, card: LogsCard, title: Markup, counts: Sequence[PatternCount]
) -> Iterable[Markup | str]:
    if counts:
        yield ""
        yield title
    for count in counts:
        yield t.say(
            "logs.line",
            mark=_mark(count),
            what=t.say(f"log_pattern.{count.pattern}"),
            hour=t.number(count.hour),
            day=t.number(count.day),
            moment=t.moment(count.last_at, now=card.now),
        )


def _is_burst(counted: PatternCount) -> bool:
    return counted.pattern in BURST_PER_HOUR and counted.hour >= BURST_PER_HOUR[counted.pattern]


def _worries(counted: PatternCount) -> bool:
    return counted.pattern in WORRYING or _is_burst(counted)


def _mark(counted: PatternCount) -> str:
    if _is_burst(counted):
        return _BURST
    return _WORRYING if counted.pattern in WORRYING else _NORMAL


def _buttons(t: Texts, card: LogsCard) -> keyboards.Rows:
    if card.company is None:
        again = Do(what=Offer.LOGS, company=ALL)
        named = [
            keyboards.button(t.label(company, 20), Do(what=Offer.LOGS, company=company.id))
            for company in card.worst
        ]
        back = keyboards.offer(t, Offer.STATUS, None)
    else:
        again = Do(what=Offer.LOGS, company=card.company.id)
        named = list[InlineKeyboardButton]()
        back = keyboards.offer(t, Offer.STATUS, card.company.id)
    refresh = keyboards.button(t.say("button.count_again"), again)
    return [*keyboards.in_rows(named), [refresh, back]]
