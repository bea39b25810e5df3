"""A pairing's words: how to scan, how long the code lasts, and how it ended."""

from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from aiogram.types import InlineKeyboardMarkup

from bot import qr
from bot.domain.company import Company
from bot.domain.pairing import (
    Ended,
    Ending,
    Means,
    Paired,
    Proving,
    Scanned,
    Show,
    ShowCode,
    Step,
    Tidying,
    Waiting,
    WrongNumber,
)
from bot.domain.phone import masked, masked_apart
from bot.domain.probe import ProbeOutcome
from bot.domain.session import State
from bot.domain.timing import Timing
from bot.domain.trouble import Offer
from bot.texts import Texts
from handlers import keyboards
from handlers.render import code
from handlers.render.screen import Screen, joined

_MENDS: dict[Ending, tuple[Offer, ...]] = {
    Ending.REFUSED: (Offer.CHECK,),
    Ending.CLOSED: (Offer.CHECK,),
    Ending.ALREADY_CONNECTED: (Offer.CHECK,),
    Ending.NEEDS_RESET: (Offer.RESET, Offer.CHECK),
    Ending.STILL_TRYING: (Offer.RECONNECT, Offer.CHECK),
    Ending.NO_CODE: (Offer.CHECK,),
    Ending.UNSUPPORTED: (Offer.CHECK,),
    Ending.UNREACHABLE: (Offer.CHECK,),
    Ending.REFUSED_KEY: (Offer.CHECK,),
    Ending.STUCK: (Offer.RESTART, Offer.CHECK),
    Ending.BUSY: (Offer.STATUS,),
    Ending.NOT_ALLOWED: (Offer.STATUS,),
}
_AGAIN = {
    Ending.EXPIRED: "button.qr_again",
    Ending.REFUSED: "button.qr_again",
    Ending.CLOSED: "button.qr_again",
    Ending.NO_CODE: "button.qr_again",
    Ending.UNREACHABLE: "button.qr_again",
    Ending.REFUSED_KEY: "button.qr_again",
    Ending.INTERRUPTED: "button.qr_again",
    Ending.MOVED: "button.qr_here",
}
_PROBED = {
    ProbeOutcome.SENT: "qr.probe.sent",
    ProbeOutcome.ACKNOWLEDGED: "qr.probe.acknowledged",
    ProbeOutcome.NOT_SENT: "qr.probe.not_sent",
    ProbeOutcome.RESTRICTED: "qr.probe.restricted",
}
# These two come before any code was shown; whatever else ends may have one to cover.
_PICTURES: dict[Ending, qr.Sign | None] = {
    Ending.ALREADY_CONNECTED: None,
    Ending.STILL_TRYING: None,
    Ending.REFUSED: "refused",
    Ending.NEEDS_RESET: "refused",
}


@dataclass(frozen=True, kw_only=True)
class PairingView:
    """`caption` fits under a picture. `picture` takes the place of the QR.

    None where there is nothing to take away: a Show brings its own picture, the code, and what is
    refused before any code was shown needs words alone.
    """

    caption: str
    picture: qr.Sign | None
    keyboard: InlineKeyboardMarkup | None = None


def pairing(t: Texts, company: Company, step: Step, means: Means = Means.QR) -> PairingView:
    """What one step of a pairing looks like."""
    if isinstance(step, ShowCode | Tidying) or (
        means is Means.CODE and isinstance(step, Waiting | Ended)
    ):
        words = _of_code(t, company, step)
        return PairingView(caption=words.text, picture=None, keyboard=words.keyboard)
    match step:
        case Show():
            return _show(t, company, step)
        case Paired():
            return _paired(t, company, step)
        case WrongNumber():
            return _wrong_number(t, company, step)
        case Ended():
            return _ended(t, company, step)
        case Waiting() | Scanned() | Proving():
            return _under_way(t, company, step)
        case _:
            assert_never(step)


def _of_code(t: Texts, company: Company, step: ShowCode | Tidying | Waiting | Ended) -> Screen:
    """What a code to be typed in has to say for itself."""
    match step:
        case ShowCode():
            return code.show(t, company, step)
        case Tidying():
            return code.tidying(t, company)
        case Waiting():
            return code.waiting(t, company)
        case Ended():
            return code.ended(t, company, step)
        case _:
            assert_never(step)


def _under_way(t: Texts, company: Company, step: Waiting | Scanned | Proving) -> PairingView:
    """Something is to come that nobody can hurry."""
    match step:
        case Waiting():
            sentence = t.say("qr.waiting")
        case Scanned(sure=sure):
            sentence = t.say("qr.scanned" if sure else "qr.gone")
        case Proving(for_s=for_s):
            sentence = t.say("qr.proving", time=t.duration(timedelta(seconds=for_s)))
    head = t.say("qr.head", who=t.name(company))
    return PairingView(caption=joined(head, sentence), picture="waiting")


def _show(t: Texts, company: Company, step: Show) -> PairingView:
    # The reader's app counts down by itself: no edit is spent on it.
    late = step.left_s <= 0
    seconds = t.say("qr.changing") if late else t.say("qr.left", at=t.moment(step.until))
    caption = joined(
        t.say("qr.code", who=t.name(company), number=step.number, seconds=seconds),
        "",
        t.say("qr.how"),
        "",
        t.say("qr.renews"),
    )
    # No camera reads the screen it stands behind.
    rows = [[keyboards.code_again(t, "button.only_phone", company.id)]]
    return PairingView(caption=caption, picture=None, keyboard=keyboards.keyboard(rows))


def _paired(t: Texts, company: Company, step: Paired) -> PairingView:
    held = t.duration(timedelta(seconds=Timing().stable_for_s))
    caption = joined(
        t.say("qr.paired", who=t.name(company)),
        t.say("qr.unaided") if step.unaided else None,
        "",
        t.say("qr.proof_held", time=held),
        t.say("qr.proof_phone", phone=masked(step.phone)) if step.phone else t.say("qr.no_phone"),
        None if step.probe is None else t.say(_PROBED.get(step.probe, "qr.probe.unclear")),
        t.say("qr.took", time=t.duration(step.took)),
    )
    revive = (Offer.REVIVE, Offer.PROBE) if step.probe is ProbeOutcome.NOT_SENT else ()
    rows = keyboards.offers(t, (*revive, Offer.CHECK, Offer.STATUS), company.id)
    return PairingView(caption=caption, picture="paired", keyboard=keyboards.keyboard(rows))


def _wrong_number(t: Texts, company: Company, step: WrongNumber) -> PairingView:
    linked, expected = masked_apart([step.linked, step.expected])
    caption = t.say("qr.wrong_number", who=t.name(company), linked=linked, expected=expected)
    offered = (Offer.RESTORE, Offer.RESET, Offer.ACCEPT_NUMBER, Offer.CHECK)
    rows = keyboards.offers(t, offered, company.id, step.linked)
    return PairingView(caption=caption, picture="refused", keyboard=keyboards.keyboard(rows))


def _ended(t: Texts, company: Company, step: Ended) -> PairingView:
    ending = step.ending
    passkey = ending is Ending.REFUSED and step.state is State.AWAITING_PASSKEY
    sentence = t.say("qr.refused_passkey") if passkey else t.say(f"qr.ended.{ending}")
    rows = list(keyboards.offers(t, _MENDS.get(ending, ()), company.id))
    if ending in _AGAIN and not passkey:
        rows.insert(0, [keyboards.qr_again(t, _AGAIN[ending], company.id)])
    return PairingView(
        caption=joined(t.say("qr.head", who=t.name(company)), sentence),
        picture=_PICTURES.get(ending, "expired"),
        keyboard=keyboards.keyboard(rows),
    )
