"""The words that commands take where a company may stand as well, in every language.

Handlers take their words from here, and ids are compared with the same: there is no second list.
A session that is called like such a word is watched all the same. A plain word is the command's
wherever the command has it; `=off` is always the company.
"""

import re

from bot.domain.access import Role
from bot.domain.company import CompanyId, parse_company_id
from bot.domain.company_field import CompanyField
from bot.domain.mute import LENGTH
from bot.domain.pairing import PairingPlace
from bot.domain.quiet_hours import HOURS
from bot.domain.trouble import Severity

SIGN = "="  # before an id: the company is meant, and no word
EVERY = ("all", "все")
OFF = ("off", "выкл", "нет", "no")
AUTO = "auto"
WATCH = {"watch": True, "drop": False}
PERIOD = re.compile(r"(\d{1,3})\s?[dд]", re.IGNORECASE)

# No command takes these yet; people try them, and commands to come will have them.
KEPT = (
    *("on", "вкл", "yes", "да", "me", "here", "group", "private", "chat", "topic", "now", "any"),
    *("none", "everyone", "everything", "today", "tomorrow", "тут", "здесь", "сейчас"),
)
_WORDS = frozenset(
    {*EVERY, *OFF, AUTO, *WATCH, *KEPT, *Severity, *Role, *CompanyField, *PairingPlace}
)
_SHAPES = (LENGTH, HOURS, PERIOD)


class WordOfCommand(ValueError):
    """The id is a word of commands. Whose fault: the writer's. Another id helps."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def is_word(text: str) -> bool:
    """Whether a command could take this for one of its words.

    A number alone is none: most ids are numbers, and no command takes both at one place.
    """
    word = text.casefold()
    return word in _WORDS or any(shape.fullmatch(word) for shape in _SHAPES)


def parse_own_id(text: str) -> CompanyId:
    """The id that somebody gives a company; BadCompanyId, or WordOfCommand."""
    company_id = parse_company_id(text)
    if is_word(company_id):
        raise WordOfCommand(text)
    return company_id


def named(text: str) -> str:
    """The id that is meant by a word which is none of the command's."""
    return text.removeprefix(SIGN)


def typed(company_id: CompanyId) -> str:
    """How the id is written in a command so that the company is meant everywhere."""
    return f"{SIGN}{company_id}" if is_word(company_id) else company_id
