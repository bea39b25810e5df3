"""A text with its buttons, cut to what Telegram takes."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from aiogram.types import InlineKeyboardMarkup

from bot.texts import Markup, Texts, plain

TEXT_LIMIT = 4096  # UTF-16 units after entities, as Telegram counts
CAPTION_LIMIT = 1024


@dataclass(frozen=True)
class Screen:
    """A message to be sent, or to replace another. `text` is HTML.

    With `file`, `text` is the caption of a text file.
    """

    text: str
    keyboard: InlineKeyboardMarkup | None = None
    file: str | None = None

    @property
    def plain(self) -> str:
        """The words alone, for places that know no HTML."""
        return plain(self.text)


def units(text: str) -> int:
    """The length of an HTML text as Telegram counts it: UTF-16 units without tags."""
    return len(plain(text).encode("utf-16-le", "surrogatepass")) // 2


def fits(text: str, limit: int = TEXT_LIMIT) -> bool:
    """Whether Telegram accepts a message of this length."""
    return units(text) <= limit


def joined(*lines: str | None) -> Markup:
    """The lines that are not None, joined; an empty line stays as a gap."""
    return Markup("\n".join(line for line in lines if line is not None))


def and_more(t: Texts, left_out: int) -> list[Markup]:
    """The line that says how many were left out; none where nothing was."""
    return [t.say("list.more", n=t.number(left_out))] if left_out > 0 else []


def cut(t: Texts, lines: Sequence[str], limit: int = TEXT_LIMIT) -> Markup:
    """The lines that fit into one message, and a line that counts the rest."""
    text = joined(*lines)
    if fits(text, limit):
        return text
    room = limit - sum(units(line) for line in and_more(t, len(lines))) - 1
    kept: list[str] = []
    for line in lines:
        room -= units(line) + 1
        if room < 0:
            break
        kept.append(line)
    if not kept:
        return _cut_line(lines[0], limit)
    left_out = sum(1 for line in lines[len(kept) :] if line)
    return joined(*kept, *and_more(t, left_out))


def _cut_line(line: str, limit: int) -> Markup:
    """A first line that is too long by itself keeps its words and loses its markup."""
    units16 = plain(line).encode("utf-16-le", "surrogatepass")[: 2 * (limit - 1)]
    return Markup(html.escape(units16.decode("utf-16-le", "ignore"), quote=False) + "…")
