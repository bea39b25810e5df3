"""Questions before something is destroyed: what would happen, and whether it can be undone."""

import hashlib
from collections.abc import Iterable, Sequence

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.actions.results import KeptCard, NothingKept, Overtaken, Question, label_of
from bot.domain.company import Company
from bot.domain.files import Kept
from bot.domain.pairing import Means
from bot.domain.phone import masked, masked_apart
from bot.domain.procedure import (
    ProcedureKind,
)
from bot.domain.standing import Better, Improvement
from bot.domain.trouble import Offer
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.callbacks import ALL, Answer, AnswerByCode, Old
from handlers.render.recovery import KEPT_DAYS, doer
from handlers.render.screen import Screen, cut, joined

_MOST_KEPT = 10  # in one list; whoever has more has the newest here


def question(
    t: Texts,
    asked: Question,
    *,
    codes: bool = False,
    means: Means | None = None,
    number: str | None = None,
    reconnects: bool = False,
) -> Screen:
    """What would happen, what could go wrong, whether it can be undone; yes and no.

    Yes to a reset goes on to a QR or, where there are `codes`, to a code to be typed in. `means` is
    what was asked for and takes a reset; `number` is what a code was asked for. With `reconnects`
    keys may still be good: that harmless way is shown first.
    """
    restoring = asked.action == ProcedureKind.RESTORE
    lines = list(_about_restore(t, asked) if restoring else _about_reset(t, asked))
    if means is not None:
        lines[0] = t.say(f"question.needs_reset.{means}", who=t.name(asked.company))
    yes = keyboards.button(
        t.say("button.yes_restore" if restoring else "button.yes_reset"),
        Answer(yes=True, nonce=asked.nonce),
        "danger",
    )
    if reconnects:
        lines.insert(1, t.say("question.reconnect_first"))  # short: all of it fits one screen
    ways = [[yes], *([[_code_button(t, asked.nonce, number)]] if codes else [])]
    if means is Means.CODE:
        ways.reverse()
    if reconnects:
        ways.insert(0, [keyboards.offer(t, Offer.RECONNECT, asked.company.id)])
    rows = [*ways, [_no(t, asked.nonce)]]
    if asked.others:
        words = t.plural("button.others_kept", asked.others)
        rows.append([keyboards.button(words, Old(label=ALL, company=asked.company.id))])
    seconds = round(asked.expires_in.total_seconds())
    text = cut(t, [*_news(t, asked), *lines, "", t.plural("question.for_you", seconds)])
    return Screen(text, keyboards.keyboard(rows))


def number_choice(t: Texts, nonce: str, numbers: Sequence[str]) -> InlineKeyboardMarkup | None:
    """The buttons of a reset's question, where a code may be for more than one number."""
    rows = [
        [_code_button(t, nonce, number, shown)]
        for number, shown in zip(numbers, masked_apart(numbers), strict=True)
    ]
    return keyboards.keyboard([*rows, [_no(t, nonce)]])


def _code_button(
    t: Texts, nonce: str, number: str | None, shown: str | None = None
) -> InlineKeyboardButton:
    """Yes to a reset and a code: for this number, or for the only one there is."""
    if number is None:
        words, tag = t.say("button.yes_reset_code"), ""
    else:
        words = t.say("button.code_for", number=shown or masked(number))
        tag = number_tag(nonce, number)
    return keyboards.button(words, AnswerByCode(nonce=nonce, number=tag), "danger")


def number_tag(nonce: str, number: str) -> str:
    """Tells a number from others in a button, which must not hold it."""
    return hashlib.sha256(f"{nonce}:{number}".encode()).hexdigest()[:12]


def _no(t: Texts, nonce: str) -> InlineKeyboardButton:
    return keyboards.button(t.say("button.no"), Answer(yes=False, nonce=nonce))


def kept_keys(t: Texts, card: KeptCard) -> Screen:
    """All keys that could be brought back, each with a button that asks first."""
    shown = card.kept[:_MOST_KEPT]
    lines: list[str] = [t.say("kept.head", who=t.name(card.company))]
    rows = []
    for number, kept in enumerate(shown, 1):
        lines += ["", joined(t.say("kept.number", n=number), *_about_kept(t, kept))]
        data = Old(label=label_of(kept), company=card.company.id)
        rows.append([keyboards.button(t.say("button.kept", n=number), data)])
    return Screen(cut(t, lines), keyboards.keyboard(rows))


def _about_kept(t: Texts, kept: Kept) -> Iterable[Markup]:
    """When, how many files, which number, and what is the matter with them."""
    yield t.say("question.restore_kept", moment=t.moment(kept.at, "f"))
    if kept.files is not None:
        yield t.plural("question.restore_files", kept.files)
    if kept.phone is not None:
        yield t.say("kept.phone", number=masked(kept.phone))
    yield t.say(f"kept.kind.{kept.kind}")


def _news(t: Texts, asked: Question) -> Iterable[str]:
    """What has become better, before everything else."""
    if not asked.news:
        return
    for improvement in asked.news:
        yield _better(t, asked.company, improvement)
    yield ""


def outdated(t: Texts, overtaken: Overtaken, now: Screen) -> Screen:
    """The button was about a past; who has changed it, and how it is `now`."""
    news = (_since_shown(t, overtaken.company, improvement) for improvement in overtaken.news)
    return Screen(cut(t, [t.say("outdated.head"), *news, "", now.text]), now.keyboard)


def _since_shown(t: Texts, company: Company, improvement: Improvement) -> Markup:
    if improvement.what is Better.DONE and improvement.kind is not None:
        ago = "" if improvement.at is None else t.moment(improvement.at)
        act = t.say(f"act.{improvement.kind}")
        return t.say(
            "outdated.done", name=doer(t, improvement.by, improvement.name), act=act, ago=ago
        )
    return _better(t, company, improvement)


def _better(t: Texts, company: Company, improvement: Improvement) -> Markup:
    ago = "" if improvement.at is None else t.moment(improvement.at)
    name = doer(t, improvement.by, improvement.name)
    match improvement.what:
        case Better.DONE if improvement.kind is not None:
            return t.say("better.done", name=name, act=t.say(f"act.{improvement.kind}"), ago=ago)
        case Better.PAIRED if improvement.phone is not None:
            return t.say("better.paired_phone", name=name, phone=improvement.phone, ago=ago)
        case Better.CONNECTED if improvement.at is not None:
            return t.say("better.connected_since", who=t.name(company), ago=ago)
    return t.say(f"better.{improvement.what}", who=t.name(company), name=name, ago=ago)


def _about_reset(t: Texts, asked: Question) -> Iterable[str]:
    yield t.say(
        "question.reset_anyway" if asked.news else "question.reset", who=t.name(asked.company)
    )
    if asked.connected:
        yield ""
        yield t.say("question.reset_connected")
    if asked.restricted:
        yield ""
        yield t.say("question.restricted")
    yield ""
    yield t.say("question.reset_means")
    yield t.say("question.passkey")
    yield ""
    if not asked.can_be_undone:
        yield t.say("question.no_undo")
        return
    if asked.files:
        yield t.plural("question.files", asked.files)
    company, days = asked.company.id, KEPT_DAYS
    yield t.plural("question.undo", days, company=company)


def _about_restore(t: Texts, asked: Question) -> Iterable[str]:
    yield t.say(
        "question.restore_anyway" if asked.news else "question.restore", who=t.name(asked.company)
    )
    if asked.connected:
        yield ""
        yield t.say("question.restore_connected")
    yield ""
    if asked.kept is not None:
        yield from _about_kept(t, asked.kept)
    elif asked.kept_at is not None:
        yield t.say("question.restore_kept", moment=t.moment(asked.kept_at))
    if asked.kept is None and asked.files is not None:
        yield t.plural("question.restore_files", asked.files)
    yield t.say("question.restore_means")


def nothing_kept(t: Texts, found: NothingKept) -> Screen:
    """There is nothing to restore, and what helps instead."""
    key = "restore.nothing_kept" if found.configured else "restore.not_configured"
    rows = list(keyboards.offers(t, (Offer.CHECK,), found.company.id))
    if found.gone:
        key = "restore.gone"
        rows.append([keyboards.restore(t, found.company.id)])
    return Screen(t.say(key, who=t.name(found.company)), keyboards.keyboard(rows))


def declined(t: Texts, company: Company) -> Screen:
    """Nothing was done."""
    return Screen(t.say("question.declined", who=t.name(company)))
