"""Every sentence people read, in Russian and in English.

A key and values go in, a whole sentence in Telegram's HTML comes out. What came from outside is
escaped here and nowhere else. The only owner of Babel.
"""

import functools
import html
import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from gettext import GNUTranslations
from importlib import resources
from io import BytesIO
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_datetime, format_skeleton, get_timezone_location
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from bot.domain.company import Company

# Each language under the name it gives itself.
LANGUAGES: Mapping[str, str] = MappingProxyType({"ru": "Русский", "en": "English"})

NAME_LIMIT = 40
_LONGEST_READ = 400  # of a text from outside; what is invisible in it does not count as shown
_FSI, _PDI = "\u2068", "\u2069"
# Before a name in Hebrew or Arabic: a client that takes a line's direction from its first letter,
# isolated or not, would turn the whole message round.
_LEFT_TO_RIGHT = "\u200e"
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
# Cc, Cs: controls and halves of characters; Cf: invisible, among them all that turns the direction
# of a line; Co, Cn: no characters at all.
_UNSHOWABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINER = "\u200d"  # invisible too, but it holds families and professions of emoji together

_HALF_A_DAY = timedelta(hours=12)
_UNITS = (
    ("duration.days", 86_400),
    ("duration.hours", 3_600),
    ("duration.minutes", 60),
    ("duration.seconds", 1),
)


def _rounded(seconds: int) -> int:
    """To the second of the largest units that it has, halves up."""
    sizes = [size for _, size in _UNITS]
    first = next((n for n, size in enumerate(sizes) if seconds >= size), len(sizes) - 1)
    finest = sizes[min(first + 1, len(sizes) - 1)]
    return (seconds + finest // 2) // finest * finest


class UnknownKey(KeyError):
    """No sentence has this key: a fault of the program."""


class Markup(str):
    """Text that is HTML already. Everything else is escaped when it is put into a sentence."""

    __slots__ = ()


class Catalogs:
    """Every language, read from its catalogue once."""

    def __init__(self) -> None:
        self._texts = {language: Texts(language) for language in LANGUAGES}

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages spoken."""
        return tuple(self._texts)

    def speaking(self, language: str) -> "Texts":
        """The sentences in this language; in English for a language that is not in LANGUAGES."""
        return self._texts.get(language, self._texts["en"])


class Texts:
    """The sentences of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._locale = Locale.parse(language)
        self._keys, self._translations = _read(language)

    def say(self, key: str, /, **params: object) -> Markup:
        """The sentence of a key, filled with values.

        Raises UnknownKey, or KeyError when a value is missing.
        """
        if key not in self._keys:
            raise UnknownKey(key)
        return _filled(self._translations.gettext(key), params)

    def plural(self, key: str, n: int, /, **params: object) -> Markup:
        """The sentence of a key in the form that goes with the number `n`, which it may show."""
        if key not in self._keys:
            raise UnknownKey(key)
        form = self._translations.ngettext(key, key, n)
        return _filled(form, {"n": self.number(n), **params})

    def number(self, value: float) -> str:
        """A number as this language writes it, with one decimal at most."""
        return format_decimal(value, format="#,##0.#", locale=self._locale)

    def percent(self, part: float) -> str:
        """A fraction from 0 to 1 as a percentage, rounded down: 99.89996 must not become 99.9."""
        value = math.floor(part * 100_000) / 1_000
        return format_decimal(value, format="#,##0.###", locale=self._locale)

    def duration(self, length: timedelta) -> Markup:
        """A length of time in words, rounded to its two largest units, seconds at the finest."""
        rest = _rounded(max(0, round(length.total_seconds())))
        if rest == 0:
            return self.say("duration.none")
        first = next(i for i, (_, size) in enumerate(_UNITS) if rest >= size)
        parts = []
        for key, size in _UNITS[first : first + 2]:
            count, rest = divmod(rest, size)
            if count:
                parts.append(self.plural(key, count))
        return Markup(" ".join(parts))

    def moment(self, at: datetime, style: str = "r", *, now: datetime | None = None) -> Markup:
        """A moment that the reader's client prints in its own zone; `r` is relative to its now.

        What old clients show instead is UTC, without the date where it is that of `now`.
        """
        at = at.astimezone(UTC)
        shown = format_datetime(at, "HH:mm", locale=self._locale) + " UTC"
        if now is None or now.astimezone(UTC).date() != at.date():
            day = format_skeleton("MMMd", at, locale=self._locale)
            shown = f"{day}, {shown}"
        return Markup(f'<tg-time unix="{int(at.timestamp())}" format="{style}">{shown}</tg-time>')

    def hour(self, at: datetime, now: datetime) -> Markup:
        """A moment by the reader's clock, with the day where it is half a day away or more."""
        near = abs(at - now) < _HALF_A_DAY
        return self.moment(at, "t" if near else "f", now=now)

    def clock(self, at: datetime, zone: ZoneInfo) -> str:
        """What a clock shows in a zone, for what is decided by a chat's own time."""
        return format_datetime(at.astimezone(zone), "HH:mm", locale=self._locale)

    def city(self, zone: ZoneInfo) -> str:
        """The city a zone is named after."""
        return get_timezone_location(zone, locale=self._locale, return_city=True)

    def dated(self, at: datetime, zone: ZoneInfo) -> str:
        """A day and a clock in a zone, for what is kept as a file."""
        at = at.astimezone(zone)
        day = format_skeleton("yMMMd", at, locale=self._locale)
        return f"{day} {format_datetime(at, 'HH:mm:ss', locale=self._locale)}"

    def size(self, size_bytes: int) -> Markup:
        """A size in B, KB or MB."""
        if size_bytes < 1024:
            return self.say("size.b", n=self.number(size_bytes))
        if size_bytes < 1024**2:
            return self.say("size.kb", n=self.number(round(size_bytes / 1024)))
        return self.say("size.mb", n=self.number(size_bytes / 1024**2))

    def name(self, company: Company, limit: int = NAME_LIMIT) -> Markup:
        """A company's id and name as HTML, in one line however hostile the name is."""
        return Markup(html.escape(self.label(company, limit), quote=False))

    def label(self, company: Company, limit: int = NAME_LIMIT) -> str:
        """The same as plain text, for buttons."""
        called = self.foreign(company.name, limit)
        return f"{company.id} {called}" if called and called != company.id else company.id

    def foreign(self, text: str, limit: int = NAME_LIMIT) -> str:
        """Text from outside as one short line that cannot disturb what stands around it."""
        shown = " ".join(_shown(text[:_LONGEST_READ]).split())
        shown = shortened(shown, limit)
        if any(unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT for sign in shown):
            return f"{_LEFT_TO_RIGHT}{_FSI}{shown}{_PDI}"
        return shown


def shortened(text: str, limit: int) -> str:
    """The text cut to `limit` characters, with an ellipsis where something is missing; "" for 0."""
    if len(text) <= limit:
        return text
    kept = text[:limit].rstrip(f" {_JOINER}") + "…" if limit else ""
    return kept + _PDI * (kept.count(_FSI) - kept.count(_PDI))


def plain(text: str) -> str:
    """The words of a text in Telegram's HTML, without its tags."""
    return html.unescape(re.sub(r"<[^<>]*>", "", text))


def _shown(text: str) -> str:
    return "".join(
        " " if sign.isspace() else sign
        for sign in text
        if sign.isspace() or sign == _JOINER or unicodedata.category(sign) not in _UNSHOWABLE
    )


def _filled(form: str, params: Mapping[str, object]) -> Markup:
    safe = {
        name: value if isinstance(value, Markup) else html.escape(str(value), quote=False)
        for name, value in params.items()
    }
    return Markup(form.format_map(safe))


@functools.cache  # a file of this program: it is the same for as long as the process lives
def _read(language: str) -> tuple[frozenset[str], GNUTranslations]:
    """The keys and sentences of a catalogue, compiled in memory: there is no file to forget."""
    source = resources.files("bot.texts").joinpath("locales", f"{language}.po")
    catalog = read_po(BytesIO(source.read_bytes()), locale=language, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    ids = (message.id for message in catalog if message.id and message.string)
    keys = frozenset(
        message_id if isinstance(message_id, str) else message_id[0] for message_id in ids
    )
    return keys, GNUTranslations(compiled)
