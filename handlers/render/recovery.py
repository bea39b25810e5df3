"""How what was begun goes on and ends: steps, whose turn it is, what to press then."""

from collections.abc import Iterable, Sequence

from aiogram.types import InlineKeyboardMarkup

from bot.actions.numbers import LinkedAnew
from bot.domain.access import BOT_ITSELF, UserId
from bot.domain.company import Company
from bot.domain.pairing import Means, ShownAt
from bot.domain.procedure import (
    Finished,
    ProcedureKind,
    ProcedureOutcome,
    ProcedureStep,
    UnderWay,
)
from bot.domain.trouble import Offer
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.render.screen import Screen, cut, joined

KEPT_DAYS = 14  # how long a directory that was set aside is kept

_Kind, _Outcome = ProcedureKind, ProcedureOutcome

# The ends of which each procedure has something of its own to say.
_ENDS = {
    (_Kind.RESET, _Outcome.DONE): "reset.done.told",
    (_Kind.RESET, _Outcome.UNTOUCHED): "reset.untouched",
    (_Kind.RESET, _Outcome.HALF_DONE): "reset.half_done",
    (_Kind.RESTORE, _Outcome.DONE): "restore.done",
    (_Kind.RESTORE, _Outcome.UNTOUCHED): "restore.untouched",
    (_Kind.RESTORE, _Outcome.HALF_DONE): "restore.half_done",
    (_Kind.RESTORE, _Outcome.LOOKS_REVOKED): "restore.looks_revoked",
    (_Kind.RESTORE, _Outcome.NOT_BACK): "restore.not_back",
    (_Kind.MEND, _Outcome.DONE): "mend.done",
    (_Kind.MEND, _Outcome.UNTOUCHED): "mend.untouched",
    (_Kind.MEND, _Outcome.HALF_DONE): "mend.half_done",
    (_Kind.MEND, _Outcome.LOOKS_REVOKED): "mend.looks_revoked",
    (_Kind.MEND, _Outcome.NOT_BACK): "mend.not_back",
    (_Kind.MEND, _Outcome.NOTHING_KEPT): "mend.nothing_kept",
    (_Kind.MEND, _Outcome.NO_DIRECTORY): "mend.no_directory",
    (_Kind.REVIVE, _Outcome.DONE): "revive.done",
    (_Kind.REVIVE, _Outcome.UNTOUCHED): "revive.untouched",
    (_Kind.REVIVE, _Outcome.HALF_DONE): "revive.half_done",
    (_Kind.RECONNECT, _Outcome.DONE): "reconnect.done",
    (_Kind.RECONNECT, _Outcome.UNTOUCHED): "reconnect.untouched",
}

# Why nothing was touched, where there is something to do about it.
_REASONS = {
    "elsewhere": "untouched.elsewhere",
    "still_writing": "untouched.still_writing",
    "state_changed": "untouched.state_changed",
    "stuck": "untouched.stuck",
    "unsupported": "untouched.unsupported",
    "unseen": "untouched.unseen",
}

# After the other ends there is only to look, and after a reset comes the live QR by itself.
_MENDS: dict[tuple[ProcedureKind, ProcedureOutcome], tuple[Offer, ...]] = {
    (_Kind.RESET, _Outcome.DONE): (),
    (_Kind.RESET, _Outcome.BUSY): (Offer.RESET, Offer.CHECK),
    (_Kind.RECONNECT, _Outcome.BUSY): (Offer.RECONNECT, Offer.CHECK),
    (_Kind.MEND, _Outcome.BUSY): (Offer.MEND, Offer.CHECK),
    (_Kind.REVIVE, _Outcome.BUSY): (Offer.REVIVE, Offer.CHECK),
    (_Kind.RESET, _Outcome.UNTOUCHED): (Offer.RESET, Offer.CHECK),
    (_Kind.RESET, _Outcome.UNCLEAR): (Offer.CHECK, Offer.QR),
    (_Kind.RESET, _Outcome.HALF_DONE): (Offer.QR, Offer.CHECK),
    (_Kind.RESTORE, _Outcome.HALF_DONE): (Offer.RECONNECT, Offer.CHECK),
    (_Kind.RESTORE, _Outcome.AWAITS_SCAN): (Offer.QR, Offer.CHECK),
    (_Kind.RESTORE, _Outcome.LOOKS_REVOKED): (Offer.RESET, Offer.CHECK),
    (_Kind.RESTORE, _Outcome.NOT_BACK): (Offer.CHECK, Offer.RECONNECT),
    (_Kind.MEND, _Outcome.UNTOUCHED): (Offer.MEND, Offer.CHECK),
    (_Kind.MEND, _Outcome.HALF_DONE): (Offer.RECONNECT, Offer.CHECK),
    (_Kind.MEND, _Outcome.AWAITS_SCAN): (Offer.QR, Offer.CHECK),
    (_Kind.MEND, _Outcome.LOOKS_REVOKED): (Offer.RESET, Offer.CHECK),
    (_Kind.MEND, _Outcome.NOT_BACK): (Offer.CHECK, Offer.RESET),
    (_Kind.MEND, _Outcome.NOTHING_KEPT): (Offer.RESET, Offer.CHECK),
    (_Kind.MEND, _Outcome.NO_DIRECTORY): (Offer.RESET, Offer.CHECK),
    (_Kind.REVIVE, _Outcome.UNTOUCHED): (Offer.REVIVE, Offer.CHECK),
    (_Kind.REVIVE, _Outcome.HALF_DONE): (Offer.RECONNECT, Offer.CHECK),
    (_Kind.REVIVE, _Outcome.AWAITS_SCAN): (Offer.QR, Offer.CHECK),
    (_Kind.REVIVE, _Outcome.LOOKS_REVOKED): (Offer.RESET, Offer.CHECK),
    (_Kind.REVIVE, _Outcome.NOT_BACK): (Offer.CHECK, Offer.RECONNECT, Offer.RESTART),
    (_Kind.RECONNECT, _Outcome.UNTOUCHED): (Offer.RECONNECT, Offer.CHECK),
    (_Kind.RECONNECT, _Outcome.AWAITS_SCAN): (Offer.QR, Offer.CHECK),
    (_Kind.RECONNECT, _Outcome.LOOKS_REVOKED): (Offer.RESET, Offer.CHECK),
    (_Kind.RECONNECT, _Outcome.NOT_BACK): (Offer.CHECK, Offer.RECONNECT, Offer.RESET),
}
_RESTORABLE = {
    (_Kind.RESET, _Outcome.HALF_DONE),
    (_Kind.RESTORE, _Outcome.HALF_DONE),
    (_Kind.RESTORE, _Outcome.UNTOUCHED),
    (_Kind.RESTORE, _Outcome.BUSY),
}
_GOOD = (_Outcome.DONE, _Outcome.ALREADY_CONNECTED)


def doer(t: Texts, user_id: UserId | None, name: str) -> str:
    """Whoever did it: by name, the bot itself, or somebody."""
    if user_id == BOT_ITSELF:
        return t.say("better.bot")
    return t.foreign(name) if name else t.say("better.somebody")


def waiting(t: Texts, kind: ProcedureKind, company: Company, doing: UnderWay) -> Screen:
    """Whose act is waited for; the wish is kept."""
    head = t.say(f"progress.{kind}", who=t.name(company))
    return Screen(joined(head, _doing(t, "better.waiting", doing)))


def _doing(t: Texts, key: str, doing: UnderWay) -> Markup:
    name = doer(t, doing.by, doing.name)
    return t.say(key, name=name, act=t.say(f"act.{doing.kind}"), ago=t.moment(doing.since))


def number_accepted(t: Texts, company: Company, number: str) -> Screen:
    """From now on the company is expected to have this number, masked here."""
    rows = keyboards.offers(t, (Offer.CHECK,), company.id)
    text = t.say("number.accepted", who=t.name(company), number=number)
    return Screen(text, keyboards.keyboard(rows))


def linked_anew(t: Texts, found: LinkedAnew) -> Screen:
    """The link has changed since the button was shown; the number of now, to be judged anew."""
    who, linked = t.name(found.company), found.linked
    offered = (Offer.RESET, Offer.ACCEPT_NUMBER, Offer.CHECK)
    rows = keyboards.offers(t, offered, found.company.id, linked)
    text = t.say("number.anew", who=who, linked=linked, expected=found.expected)
    return Screen(text, keyboards.keyboard(rows))


def progress(
    t: Texts,
    kind: ProcedureKind,
    company: Company,
    steps: Sequence[ProcedureStep],
    finished: Finished | None,
    led_to: tuple[Means, ShownAt] | None = None,
) -> Screen:
    """The steps so far, the last of them under way; at the end what stands where.

    `led_to` is what a reset went on with, and where that is shown.
    """
    head = t.say(f"progress.{kind}", who=t.name(company))
    lines: list[str] = [head, *_steps(t, steps, finished)]
    if finished is None:
        return Screen(cut(t, lines))
    lines += ["", *_end(t, kind, company, finished, led_to)]
    return Screen(cut(t, lines), _end_buttons(t, kind, company, finished, led_to))


def _steps(t: Texts, steps: Sequence[ProcedureStep], finished: Finished | None) -> Iterable[Markup]:
    shown = [step for step in steps if step is not ProcedureStep.BEGUN]
    for step in shown[:-1]:
        yield t.say("progress.step", mark="✔", step=t.say(f"step.{step}"))
    for step in shown[-1:]:
        ended = "✔" if finished is not None and finished.outcome in _GOOD else "✖"
        mark = "⏳" if finished is None else ended
        yield t.say("progress.step", mark=mark, step=t.say(f"step.{step}"))
    if not shown and finished is None:
        yield t.say("progress.step", mark="⏳", step=t.say("progress.beginning"))


def _end(
    t: Texts,
    kind: ProcedureKind,
    company: Company,
    finished: Finished,
    led_to: tuple[Means, ShownAt] | None,
) -> Iterable[Markup]:
    outcome = finished.outcome
    doing = finished.facts.get("doing")
    if outcome is ProcedureOutcome.BUSY and isinstance(doing, UnderWay):
        yield _doing(t, "procedure.busy_by", doing)
        return
    if finished.reason == "unseen":  # nothing was sent: the session stands as it stood
        yield t.say(_REASONS[finished.reason])
        return
    key = _ENDS.get((kind, outcome), f"procedure.{outcome}")
    yield t.say(key, who=t.name(company)) if led_to is None else _led_to(t, *led_to)
    if outcome is ProcedureOutcome.UNTOUCHED and finished.reason in _REASONS:
        yield t.say(_REASONS[finished.reason])
    if kind is ProcedureKind.RESET and "kept" in finished.facts:
        yield _kept(t, company, finished)


def _led_to(t: Texts, means: Means, place: ShownAt) -> Markup:
    """Where what comes after a reset is to be seen."""
    return t.say(f"reset.done.{place}", what=t.say(f"place.means.{means}"))


def _kept(t: Texts, company: Company, finished: Finished) -> Markup:
    if not finished.facts["kept"]:
        return t.say("reset.nothing_set_aside")
    return joined(
        t.plural("reset.set_aside", int(finished.facts.get("files", 0))),
        t.plural("question.undo", KEPT_DAYS, company=company.id),
    )


def _end_buttons(
    t: Texts,
    kind: ProcedureKind,
    company: Company,
    finished: Finished,
    led_to: tuple[Means, ShownAt] | None,
) -> InlineKeyboardMarkup | None:
    ended = (kind, finished.outcome)
    rows = list(keyboards.offers(t, _MENDS.get(ended, (Offer.CHECK,)), company.id))
    if led_to is not None and led_to[1] is ShownAt.NOWHERE:
        rows.append([keyboards.qr_again(t, "button.qr_again", company.id)])
    if ended in _RESTORABLE:
        rows.append([keyboards.restore(t, company.id)])
    return keyboards.keyboard(rows)
