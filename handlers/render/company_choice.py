"""Which company is meant, chosen by buttons."""

from collections.abc import Sequence
from enum import StrEnum

from aiogram.filters.callback_data import CallbackData

from bot.domain.company import Company
from bot.domain.paging import which_page
from bot.domain.trouble import Severity
from bot.texts import Texts
from handlers import keyboards
from handlers.callbacks import ALL, Do, Pick, Sub
from handlers.render.screen import Screen

_ROWS, _WIDTH = 8, 2
_PAGE = _ROWS * _WIDTH


class ChoicePurpose(StrEnum):
    """What a company is chosen for."""

    STATUS = "status"
    CHECK = "check"
    FILES = "files"
    LOGS = "logs"
    REPORT = "report"
    RECONNECT = "reconnect"
    RESET = "reset"
    RESTORE = "restore"
    MEND = "mend"
    PROBE = "probe"
    RECOVER = "recover"
    QR = "qr"
    CODE = "code"
    SUBSCRIBE = "subscribe"
    MUTE = "mute"
    REST = "rest"


_OR_ALL = (ChoicePurpose.SUBSCRIBE, ChoicePurpose.REPORT, ChoicePurpose.MUTE)


def choose(t: Texts, companies: Sequence[Company], what: str, page: int) -> Screen:
    """A page of companies, two to a row; where there are none, what to do about it."""
    if not companies:
        return Screen(t.say("overview.none"))
    wanted = ChoicePurpose(what)
    page, pages = which_page(page, len(companies), _PAGE)
    shown = companies[page * _PAGE : (page + 1) * _PAGE]
    buttons = [
        keyboards.button(t.label(company, 20), _data(wanted, company.id)) for company in shown
    ]
    to_all = [keyboards.button(t.say("button.all"), _data(wanted, ALL))]
    neighbours = (Pick(what=what, page=page - 1), Pick(what=what, page=page + 1))
    rows = [
        to_all if wanted in _OR_ALL else [],
        *keyboards.in_rows(buttons, _WIDTH),
        keyboards.paging(t, page, pages, neighbours),
    ]
    return Screen(t.say(f"choose.{wanted}"), keyboards.keyboard(rows))


def _data(wanted: ChoicePurpose, company: str) -> CallbackData:
    if wanted is ChoicePurpose.SUBSCRIBE:
        return Sub(company=company, severity=Severity.INFO)
    return Do(what=wanted, company=company)
