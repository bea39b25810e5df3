"""Text with entities, counted in UTF-16 units as Telegram counts it."""

import itertools
import re
from dataclasses import dataclass
from typing import Any

from bot.sandbox.telegram.refusals import bad, number

Entity = dict[str, Any]

# What Telegram marks by itself, outside code and links.
_FOUND_BY_ITSELF = re.compile(
    r"""(?P<url>\b(?:https?://|t\.me/)[^\s<>"]+[^\s<>".,:;!?)\]])
    |(?P<bot_command>(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/]))
    |(?P<mention>(?<!\w)@[A-Za-z0-9_]{4,32}\b)""",
    re.VERBOSE,
)
_OPAQUE = {"code", "pre", "text_link", "text_mention"}


@dataclass(frozen=True, kw_only=True)
class Text:
    """Plain text and the entities that mark its parts."""

    plain: str = ""
    entities: tuple[Entity, ...] = ()

    @property
    def units(self) -> int:
        """The length by which Telegram's limits are kept."""
        return units(self.plain)


def units(text: str) -> int:
    """How many UTF-16 units `text` takes."""
    return len(text) + sum(char > "\uffff" for char in text)


def cut(text: str, offset: int, length: int) -> str:
    """The part of `text` an entity with this offset and length marks."""
    raw = text.encode("utf-16-le")
    return raw[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


def trimmed(plain: str, entities: list[Entity]) -> Text:
    """The text without white space at its ends, entities moved along, automatic ones added."""
    lead = units(plain) - units(plain.lstrip())
    plain = plain.strip()
    end = units(plain)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - lead, 0)
        stop = min(entity["offset"] - lead + entity["length"], end)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    kept += found_by_itself(plain, kept)
    kept.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return Text(plain=plain, entities=tuple(kept))


def given(plain: str, entities: list[Any]) -> Text:
    """The text with entities the caller listed; those outside the text are dropped."""
    edges = set(itertools.accumulate((units(char) for char in plain), initial=0))
    kept = []
    for entity in entities:
        if not isinstance(entity, dict) or "type" not in entity:
            raise bad("can't parse MessageEntity: expected an Object with a type")
        start, length = (
            number(entity.get("offset", -1), "offset"),
            number(entity.get("length", 0), "length"),
        )
        if start < 0 or length <= 0 or start >= units(plain):
            continue
        if start not in edges:
            raise bad("entity begins in a middle of a UTF-16 symbol")
        kept.append({**entity, "offset": start, "length": length})
    return trimmed(plain, kept)


def found_by_itself(plain: str, entities: list[Entity]) -> list[Entity]:
    """Commands, mentions and links nobody marked."""
    taken = [
        range(entity["offset"], entity["offset"] + entity["length"])
        for entity in entities
        if entity["type"] in _OPAQUE
    ]
    found: list[Entity] = []
    for match in _FOUND_BY_ITSELF.finditer(plain):
        offset = units(plain[: match.start()])
        if not any(offset in marked for marked in taken):
            found.append(
                {"type": match.lastgroup, "offset": offset, "length": units(match.group())}
            )
    return found
