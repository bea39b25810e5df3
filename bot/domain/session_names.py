"""Company ids for sessions of any name. PURE: session names in, company ids out.

A session's key belongs to its gateway and may hold whatever the gateway takes. A company's id is
typed in a chat, stands in buttons and names directories: one word of letters, digits, `_`, `-`.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import count

from bot.domain.company import BadCompanyId, CompanyId, parse_company_id
from bot.domain.words import WordOfCommand, is_word, parse_own_id

LONGEST_KEY = 200
_LONGEST_ID = 50
_TYPED = 32  # more nobody types on a phone
_SHOWN = 60
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs without any ink
_NAMELESS = "s"  # of what has no letters that we can spell: s1, s2 …
_SILENT = frozenset("'’ʼ`´ʹʺ\"")  # O'Brien is one word
# NFKD takes accents off; these are letters of their own. Cyrillic as passports spell it, Greek
# as road signs do.
_SPELT = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h",
    "ı": "i", "ŋ": "n", "ə": "a",
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "iu", "я": "ia",
    "є": "ie", "і": "i", "ї": "i", "ґ": "g", "ў": "u", "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj",
    "ћ": "c", "џ": "dz", "ѓ": "gj", "ќ": "kj", "ѕ": "dz",
    "ә": "a", "ғ": "g", "қ": "q", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h",
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i",
    "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s",
    "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip


def is_session_key(text: str) -> bool:
    """Whether a session of this name can be asked for, stored and shown.

    Any text of up to 200 characters without control characters, but for `.` and `..`: as a part of
    an address these would name something else.
    """
    if not 0 < len(text) <= LONGEST_KEY or text in {".", ".."} or not text.strip():
        return False
    return all(unicodedata.category(sign) not in {"Cc", "Cs"} for sign in text)


def is_path(text: str) -> bool:
    """Whether it has `.` or `..` for a part, as a path has.

    Servers on the way may take it for one, and ask for something else: nobody watches it.
    """
    return not {".", ".."}.isdisjoint(text.replace("\\", "/").split("/"))


def may_be_given_id(text: str) -> bool:
    """Whether the settings can give a session of this name an id: any usable one without slashes.

    Another name helps nobody but who changes it at the gateway.
    """
    return is_session_key(text) and set("/\\").isdisjoint(text)


def id_wanted(name: str) -> tuple[CompanyId, bool]:
    """The id that a session of this name should have, and whether it was made.

    A name that is an id, and no word of commands, is its own.
    """
    try:
        return parse_own_id(name), False
    except (BadCompanyId, WordOfCommand):
        return _made(name), True


class Numbering:
    """Makes ids distinct by a number; `taken` are those in use, compared without case."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._ends: dict[str, Iterator[str]] = {}

    def next(self, wanted: CompanyId) -> CompanyId:
        """A free id like the one wanted, no word of a command; taken from now on."""
        ends = self._ends.setdefault(wanted.casefold(), _ends(wanted))
        if not self._is_free(found := wanted):
            candidates = (CompanyId(f"{wanted[: _LONGEST_ID - len(end)]}{end}") for end in ends)
            found = next(filter(self._is_free, candidates))
        self._taken.add(found.casefold())
        return found

    def keep(self, company_id: CompanyId) -> CompanyId:
        """The id as it is, taken from now on."""
        self._taken.add(company_id.casefold())
        return company_id

    def _is_free(self, company_id: CompanyId) -> bool:
        nameless = company_id == _NAMELESS  # it stands for a number that is still to come
        return not nameless and company_id.casefold() not in self._taken and not is_word(company_id)


def _ends(wanted: CompanyId) -> Iterator[str]:
    """Suffixes: `salon-2`, `salon-3` …; `s1`, `s2` … when nothing could be spelt."""
    joint, first = ("", 1) if wanted == _NAMELESS else ("-", 2)
    return (f"{joint}{number}" for number in count(first))


def display_name(name: str, most: int = _SHOWN) -> str:
    """A session's name as people can be shown it: on one line, without marks that are not seen.

    Of a name in which nothing is seen the numbers of its signs.
    """
    seen = ("" if unicodedata.category(sign) in {"Cf", "Cs", "Co"} else sign for sign in name)
    line = " ".join("".join(seen).split())
    if not any(map(_is_seen, line)):
        line = " ".join(f"U+{ord(sign):04X}" for sign in name)
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _is_seen(sign: str) -> bool:
    """Whether it leaves ink on a screen."""
    return sign not in _BLANK and unicodedata.category(sign) not in {"Cc", "Mn", "Me", "Zs"}


def _made(name: str) -> CompanyId:
    """A name spelt in small ASCII letters, its parts joined by `-`; `s` when nothing is left."""
    plain = unicodedata.normalize("NFC", name).lower()
    parts = "".join(map(_spelt, plain)).replace("-", " ").split()
    text = _shortened("-".join(parts).strip("_-"))
    lost_letters = any(sign.isalpha() and not _spelt(sign).strip() for sign in plain)
    if lost_letters and not any(map(str.isalpha, text)):
        text = f"{_NAMELESS}{text}"
    return parse_company_id(text or _NAMELESS)


def _spelt(sign: str) -> str:
    if sign in _SILENT:
        return ""
    if sign in _SPELT:
        return _SPELT[sign]
    return _ascii_of(sign)


def _ascii_of(sign: str) -> str:
    """The ASCII letters of a character, a blank for a separator, nothing for an accent."""
    found = ""
    for piece in unicodedata.normalize("NFKD", sign):
        small = piece.lower()
        if small.isascii() and (small.isalnum() or small == "_"):
            found += small
        elif small in _SPELT:
            found += _SPELT[small]
        elif unicodedata.category(piece) not in {"Mn", "Mc", "Me", "Cf"}:
            found += " "
    return found


def _shortened(text: str) -> str:
    """Cut to a length that people type, between two words where possible."""
    if len(text) <= _TYPED:
        return text
    head = text[:_TYPED]
    whole = head if text[_TYPED] == "-" else head.rpartition("-")[0]
    return (whole if len(whole) >= _TYPED // 2 else head).strip("_-")
