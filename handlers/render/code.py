"""The words of a code to be typed in: where it goes, how long it lasts, how it ended."""

from aiogram.types import CopyTextButton, InlineKeyboardButton

from bot.domain.company import Company
from bot.domain.pairing import Ended, Ending, ShowCode
from bot.domain.phone import masked, masked_apart, same_number
from bot.domain.session import State
from bot.domain.trouble import Offer
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.render.screen import Screen, joined

_MENDS: dict[Ending, tuple[Offer, ...]] = {
    Ending.ALREADY_CONNECTED: (Offer.CHECK,),
    Ending.NEEDS_RESET: (Offer.RESET, Offer.CHECK),
    Ending.STILL_TRYING: (Offer.RECONNECT, Offer.CHECK),
    Ending.BUSY: (Offer.STATUS,),
    Ending.NOT_ALLOWED: (Offer.STATUS,),
    Ending.STUCK: (Offer.RESTART, Offer.CHECK),
    Ending.MOVED: (),
}
_AGAIN = {
    Ending.EXPIRED: "button.code_again",
    Ending.REFUSED: "button.code_again",
    Ending.CLOSED: "button.code_again",
    Ending.NO_CODE: "button.code_again",
    Ending.UNREACHABLE: "button.code_again",
    Ending.REFUSED_KEY: "button.code_again",
    Ending.INTERRUPTED: "button.code_again",
    Ending.MOVED: "button.code_here",
}
# Where a QR may do what a code did not.
_QR_INSTEAD = frozenset(
    {
        Ending.EXPIRED,
        Ending.REFUSED,
        Ending.CLOSED,
        Ending.NO_CODE,
        Ending.UNSUPPORTED,
        Ending.TOO_MANY,
        Ending.INTERRUPTED,
    }
)


def waiting(t: Texts, company: Company) -> Screen:
    """A code is to come."""
    return Screen(joined(_head(t, company), t.say("code.waiting")))


def tidying(t: Texts, company: Company) -> Screen:
    """The code is gone; what it left goes too."""
    return Screen(joined(_head(t, company), t.say("code.tidying")))


def show(t: Texts, company: Company, step: ShowCode) -> Screen:
    """The code, with the steps on the phone in words."""
    late = step.left_s <= 0
    seconds = t.say("code.late") if late else t.say("code.left", at=t.moment(step.until))
    expected = company.expected_phone
    other = expected is not None and not same_number(expected, step.phone)
    masks = masked_apart([step.phone, expected]) if expected and other else [masked(step.phone)]
    text = joined(
        t.say("code.code", who=t.name(company), phone=masks[0], seconds=seconds),
        t.say("code.other_number", expected=masks[-1]) if other else None,
        "",
        t.say("code.value", code=step.code),
        "",
        t.say("code.how"),
    )
    rows = [[_copy(t, step)], [keyboards.qr_again(t, "button.show_qr", company.id)]]
    return Screen(text, keyboards.keyboard(rows))


def ended(t: Texts, company: Company, step: Ended) -> Screen:
    """How it ended, and what may be done now."""
    ending = step.ending
    passkey = ending is Ending.REFUSED and step.state is State.AWAITING_PASSKEY
    text = joined(
        _head(t, company),
        t.say("qr.refused_passkey") if passkey else t.say(f"code.ended.{ending}"),
        None if step.again_at is None else t.say("code.again", moment=t.moment(step.again_at)),
        _tidied(t, step),
    )
    return Screen(text, keyboards.keyboard(_rows(t, company, step, passkey=passkey)))


def _rows(
    t: Texts, company: Company, step: Ended, *, passkey: bool
) -> list[list[InlineKeyboardButton]]:
    ending = step.ending
    offers = _MENDS.get(ending, (Offer.CHECK,))
    if step.tidied is False:
        offers = (Offer.RESET, *offers)
    rows = [list(row) for row in keyboards.offers(t, offers, company.id)]
    if not passkey and ending in _QR_INSTEAD:
        rows.insert(0, [keyboards.qr_again(t, "button.show_qr", company.id)])
    if not passkey and ending in _AGAIN:
        rows.insert(0, [keyboards.code_again(t, _AGAIN[ending], company.id)])
    return rows


def _tidied(t: Texts, step: Ended) -> Markup | None:
    if step.tidied is None:
        return None
    return t.say("code.tidied" if step.tidied else "code.untidied")


def _copy(t: Texts, step: ShowCode) -> InlineKeyboardButton:
    return InlineKeyboardButton(
        text=t.say("button.copy_code"), copy_text=CopyTextButton(text=step.code), style="success"
    )


def _head(t: Texts, company: Company) -> Markup:
    return t.say("code.head", who=t.name(company))
