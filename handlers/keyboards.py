"""Buttons: what they say, what they carry, which colour warns or invites."""

from collections.abc import Iterable, Sequence
from typing import Literal

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.domain.company import CompanyId
from bot.domain.trouble import Offer, Severity
from bot.texts import Markup, Texts, plain, shortened
from handlers.callbacks import ALL, AcceptNumber, AllCompanies, Do, Sub, digits_tag

Style = Literal["danger", "success", "primary"]
Rows = Sequence[Sequence[InlineKeyboardButton]]

BUTTON_LIMIT = 40  # characters; a phone shows no more, and not always as many

_STYLES: dict[Offer, Style] = {
    Offer.RESET: "danger",
    Offer.QR: "success",
    Offer.RECONNECT: "primary",
    Offer.REVIVE: "primary",
    Offer.REPAIR: "primary",
    Offer.RESTART: "danger",
    Offer.WAKE: "primary",
    Offer.MEND: "success",
    Offer.RESTORE: "danger",
    Offer.ACCEPT_NUMBER: "primary",
}


def button(words: str, data: CallbackData, style: Style | None = None) -> InlineKeyboardButton:
    """One button. Buttons know no HTML: a sentence loses its markup here."""
    text = plain(words) if isinstance(words, Markup) else words
    return InlineKeyboardButton(
        text=shortened(text, BUTTON_LIMIT), callback_data=data.pack(), style=style
    )


def keyboard(rows: Iterable[Sequence[InlineKeyboardButton]]) -> InlineKeyboardMarkup | None:
    """The rows that hold something; None when none does."""
    filled = [list(row) for row in rows if row]
    return InlineKeyboardMarkup(inline_keyboard=filled) if filled else None


def in_rows(buttons: Sequence[InlineKeyboardButton], width: int = 2) -> Rows:
    """The buttons, `width` to a row."""
    return [buttons[start : start + width] for start in range(0, len(buttons), width)]


def offer(
    t: Texts, what: Offer, company_id: CompanyId | None, linked: str | None = None
) -> InlineKeyboardButton:
    """The button of an offer; what concerns no company leads to the overview.

    `linked` is the number that is shown with it, masked or not: only that one is taken as right.
    """
    if what is Offer.HEAR:
        wanted = ALL if company_id is None else company_id
        return button(t.say("offer.hear"), Sub(company=wanted, severity=Severity.INFO), "primary")
    if company_id is None:
        return button(t.say(f"offer.{Offer.STATUS}"), AllCompanies())
    words = t.say("button.card") if what is Offer.STATUS else t.say(f"offer.{what}")
    data: CallbackData = Do(what=what, company=company_id)
    tag = None if linked is None else digits_tag(linked)
    if what is Offer.ACCEPT_NUMBER and tag is not None:
        data = AcceptNumber(company=company_id, shown=tag)
    return button(words, data, _STYLES.get(what))


def offer_named(t: Texts, what: Offer, company_id: CompanyId, called: str) -> InlineKeyboardButton:
    """The same where several companies share a keyboard: it says whom it is for."""
    words = t.say("button.named", what=t.say(f"offer.{what}"), company=called)
    return button(words, Do(what=what, company=company_id), _STYLES.get(what))


def offers(
    t: Texts, offered: Iterable[Offer], company_id: CompanyId | None, linked: str | None = None
) -> Rows:
    """One offer to a row where it changes something, those that only look beside each other.

    `linked` as for one offer.
    """
    chosen = list(dict.fromkeys(offered))
    mending = [offer(t, choice, company_id, linked) for choice in chosen if choice in _STYLES]
    looking = [offer(t, choice, company_id) for choice in chosen if choice not in _STYLES]
    return [*([button] for button in mending), *in_rows(looking)]


def restore(t: Texts, company_id: CompanyId) -> InlineKeyboardButton:
    """The button that asks whether to undo the last reset."""
    return button(t.say("button.restore"), Do(what="restore", company=company_id))


def qr_again(t: Texts, key: str, company_id: CompanyId) -> InlineKeyboardButton:
    """The button that shows a live QR anew, in the words of `key`."""
    return button(t.say(key), Do(what=Offer.QR, company=company_id), _STYLES[Offer.QR])


def code_again(t: Texts, key: str, company_id: CompanyId) -> InlineKeyboardButton:
    """The button that gets a code to be typed in, in the words of `key`."""
    return button(t.say(key), Do(what="code", company=company_id))


def link(words: str, url: str) -> InlineKeyboardButton:
    """A button that opens a place in Telegram."""
    return InlineKeyboardButton(text=shortened(plain(words), BUTTON_LIMIT), url=url)


def paging(
    t: Texts, page: int, pages: int, data: Iterable[CallbackData]
) -> Sequence[InlineKeyboardButton]:
    """Back and on, as far as there is anywhere to go; `data` carries the two neighbours."""
    before, after = data
    back = [button(t.say("button.back"), before)] if page > 0 else []
    on = [button(t.say("button.next"), after)] if page + 1 < pages else []
    return [*back, *on]
