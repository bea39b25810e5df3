"""What the buttons carry: 64 bytes at most, even with a company id of 50."""

import string
from typing import Literal

from aiogram.filters.callback_data import CallbackData

ALL = "*"
_TAG = 3  # characters
_SIGNS = string.digits + string.ascii_lowercase


class Do(CallbackData, prefix="do"):
    """Do something with a company, named as its command is: status, reset, qr, logs."""

    what: str
    company: str


class AcceptNumber(CallbackData, prefix="do"):
    """The number that was shown beside this button is right; `shown` is its `digits_tag`."""

    what: Literal["accept"] = "accept"
    company: str
    shown: str


def digits_tag(number: str) -> str | None:
    """The last four digits of a number, which the message shows as well, in three characters.

    Nothing more of it may stand in a button, and nothing longer fits beside a long company id. None
    where it does not end in four digits.
    """
    digits = number[-4:]
    if len(digits) != 4 or not set(digits) <= set(string.digits):
        return None
    rest, tag = int(digits), ""
    for _ in range(_TAG):
        rest, place = divmod(rest, len(_SIGNS))
        tag += _SIGNS[place]
    return tag


def tagged_digits(tag: str) -> str | None:
    """The digits that `digits_tag` has put there; None where that is no tag."""
    if len(tag) != _TAG or not set(tag) <= set(_SIGNS):
        return None
    number = sum(_SIGNS.index(sign) * len(_SIGNS) ** place for place, sign in enumerate(tag))
    return f"{number:04d}" if number < 10_000 else None


class Old(CallbackData, prefix="old"):
    """Ask whether to bring back the kept keys of this label; `*`: list them all."""

    label: str
    company: str


class Pick(CallbackData, prefix="pick"):
    """Another page of companies to choose from for a command. Pages count from 0."""

    what: str
    page: int


class OverviewPage(CallbackData, prefix="page"):
    """A page of the overview, counted from 0."""

    n: int


class AllCompanies(CallbackData, prefix="all"):
    """The overview as a new message; the message with this button stays as it is."""


class CompanyPage(CallbackData, prefix="cos"):
    """A page of the companies, counted from 0."""

    n: int


class Answer(CallbackData, prefix="ans"):
    """The answer to the question with this nonce."""

    yes: bool
    nonce: str


class AnswerByCode(CallbackData, prefix="anc"):
    """Yes to a reset, with a code to be typed in after it.

    `number` tells which of the numbers at hand the code is for, as `number_tag` has it; empty for
    the only one.
    """

    nonce: str
    number: str


class AnswerRestart(CallbackData, prefix="rst"):
    """The answer to the question whether to restart a gateway."""

    yes: bool
    nonce: str


class AskRestart(CallbackData, prefix="gwr"):
    """Ask whether to restart a gateway."""

    gateway: str


class GatewaysAgain(CallbackData, prefix="gws"):
    """Ask the gateways anew."""


class OnboardingButton(CallbackData, prefix="tour"):
    """The next step of first contact: `look` again, `subscribe` this chat, `test` it."""

    do: str


class Lang(CallbackData, prefix="lang"):
    """Speak this language here."""

    code: str


class ReportOf(CallbackData, prefix="rep"):
    """How a company (`*`: all) fared in the last days: as a `card`, or as `csv`."""

    company: str
    days: int
    how: str


class IncidentsOf(CallbackData, prefix="incs"):
    """A page of the incidents of a company (`*`: of all), counted from 0."""

    company: str
    only_open: bool
    page: int


class IncidentOf(CallbackData, prefix="inc"):
    """One incident: as a `card`, or as a `file`."""

    n: int
    how: str


class AuditOf(CallbackData, prefix="aud"):
    """A `page` of the audit, counted from 0, or the `file`."""

    page: int
    how: str


class PlaceButton(CallbackData, prefix="place"):
    """Show codes that are asked for in this chat there from now on."""

    where: str


class Take(CallbackData, prefix="ack"):
    """Take an incident on."""

    n: int


class TakeCard(CallbackData, prefix="ackall"):
    """Take on all that the message with this button tells of."""


class MuteButton(CallbackData, prefix="mute"):
    """Mute a company (`*`: all) for so many minutes."""

    company: str
    minutes: int


class Unmute(CallbackData, prefix="unmute"):
    """End the mute of a company (`*`: the one of all)."""

    company: str


class Quiet(CallbackData, prefix="quiet"):
    """Be quiet here from one hour to another; never where both are the same."""

    start: int
    end: int


class DigestButton(CallbackData, prefix="digest"):
    """Send a digest here at this hour, also when all is `well` or not then; -1: none at all."""

    hour: int
    well: bool


class Zone(CallbackData, prefix="zone"):
    """Let this chat live by the clock of this time zone."""

    name: str


class Sub(CallbackData, prefix="sub"):
    """Subscribe this chat to a company (`*`: all) from a severity upwards."""

    company: str
    severity: str


class Unsub(CallbackData, prefix="unsub"):
    """Unsubscribe this chat from a company (`*`: the subscription to all)."""

    company: str


class BoardOff(CallbackData, prefix="board_off"):
    """Take away the board of the place where this is pressed."""


# These act on the chat or message they are pressed in: elsewhere they would mean another.
_OF_THE_CHAT = (
    Lang,
    PlaceButton,
    Quiet,
    DigestButton,
    Zone,
    Sub,
    Unsub,
    BoardOff,
    OnboardingButton,
    TakeCard,
)


def bound_to_chat(data: str) -> bool:
    """Whether a button with this data means the chat that it is pressed in."""
    return data.partition(":")[0] in {kind.__prefix__ for kind in _OF_THE_CHAT}
