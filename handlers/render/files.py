"""The key files of a company: how many of what, how that changes, whether it is too much."""

from collections.abc import Iterable, Sequence

from bot.actions.results import FilesCard, NoFiles
from bot.domain.files import CredsState, FilesLook
from bot.domain.phone import masked
from bot.domain.trouble import Offer
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.callbacks import Do
from handlers.render.screen import Screen, cut, joined

_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 20

# Why a directory could not be counted, by the name of the error.
_NOT_COUNTED = {
    "NotReadable": "files.not_readable",
    "NotADirectory": "files.not_a_directory",
    "SymlinkRefused": "files.symlink",
}


def files(t: Texts, card: FilesCard | NoFiles) -> Screen:
    """The key files as they are now, or why they could not be counted."""
    again = keyboards.button(
        t.say("button.count_again"), Do(what=Offer.FILES, company=card.company.id)
    )
    back = keyboards.offer(t, Offer.STATUS, card.company.id)
    text = _not_counted(t, card) if isinstance(card, NoFiles) else _counted(t, card)
    return Screen(text, keyboards.keyboard([[again, back]]))


def _not_counted(t: Texts, card: NoFiles) -> Markup:
    if not card.configured:
        sentence = t.say("files.not_configured")
    elif not card.reason:
        sentence = t.say("files.no_directory")
    else:
        sentence = t.say(_NOT_COUNTED.get(card.reason, "files.not_counted"))
    return joined(t.say("files.head", who=t.name(card.company)), sentence)


def _counted(t: Texts, card: FilesCard) -> Markup:
    look = card.look
    lines: list[str] = [t.say("files.head", who=t.name(card.company)), _verdict(t, card)]
    lines += _creds(t, look)
    lines += ["", t.plural("files.total", look.total, size=t.size(look.size_bytes))]
    kinds = sorted(look.by_kind.items(), key=lambda pair: -pair[1])
    lines += [
        t.say("files.kind", kind=t.say(f"file_kind.{kind}"), n=t.number(count))
        for kind, count in kinds
        if count
    ]
    lines += ["", *_history(t, card)]
    return cut(t, lines)


def _verdict(t: Texts, card: FilesCard) -> Markup:
    if card.limit is None:
        return t.say("files.learning")
    if card.look.total > card.limit:
        return t.say("files.above", limit=t.number(card.limit))
    return t.say("files.within", limit=t.number(card.limit))


def _creds(t: Texts, look: FilesLook) -> Iterable[Markup]:
    """What `creds.json` says, unless it says that all is well."""
    if look.total == 0:
        yield t.say("files.empty")
    elif look.creds is not CredsState.LINKED:
        yield t.say(f"creds.{look.creds}")


def _history(t: Texts, card: FilesCard) -> Iterable[Markup]:
    look = card.look
    if look.oldest_at is not None:
        yield t.say("files.oldest", moment=t.moment(look.oldest_at, now=look.at))
    if card.day_ago is not None:
        yield t.say("files.day", change=_change(t, look.total - card.day_ago))
    if card.hour_ago is not None and card.hour_ago != look.total:
        yield t.say("files.hour", change=_change(t, look.total - card.hour_ago))
    if card.baseline is not None:
        yield t.say("files.baseline", n=t.number(card.baseline))
    if look.phone is not None:
        yield t.say("files.phone", phone=masked(look.phone))
    if card.copied_at is not None:
        yield t.say("files.copied", moment=t.moment(card.copied_at))
    drawn = sparkline(card.history)
    if drawn:
        yield t.say("files.week", drawn=drawn)


def _change(t: Texts, n: int) -> str:
    sign = "+" if n > 0 else "−" if n < 0 else ""
    return f"{sign}{t.number(abs(n))}"


def sparkline(history: Sequence[FilesLook]) -> str:
    """The counts over time as one line of bars, empty where there is nothing to compare."""
    counts = [look.total for look in history]
    if len(counts) < 2 or min(counts) == max(counts):
        return ""
    low, high = min(counts), max(counts)
    steps = len(_BARS) - 1
    return "".join(_BARS[(n - low) * steps // (high - low)] for n in _sampled(history))


def _sampled(history: Sequence[FilesLook]) -> Iterable[int]:
    """The count at evenly spaced moments: a row is stored only when something changed."""
    first, last = history[0].at, history[-1].at
    for step in range(_WIDTH):
        moment = first + (last - first) * step / (_WIDTH - 1)
        yield next(look.total for look in reversed(history) if look.at <= moment)
