"""Telegram's HTML, read as strictly as Telegram reads it.

A text goes in, plain text with entities comes out, or the refusal Telegram would give. Only its
own tags exist, every tag must be closed in order, a bare `<` is an error.
"""

import html
import re
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.telegram.entities import Entity, Text, trimmed, units
from bot.sandbox.telegram.refusals import Refusal, bad

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
# Telegram knows these four names and numbers; every other reference stays as it is written.
_REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_ATTRIBUTE = re.compile(
    r"""\s*(?P<name>[^\s=>]+)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[\w.-]+)))?"""
)


@dataclass(frozen=True, kw_only=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int


@dataclass
class _Reader:
    source: str
    at: int = 0
    offset: int = 0  # in UTF-16 units of the plain text
    plain: list[str] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)

    def read(self) -> Text:
        while self.at < len(self.source):
            if self.source[self.at] != "<":
                self._characters()
            elif self.source.startswith("</", self.at):
                self._end_tag()
            else:
                self._start_tag()
        if self.open:
            raise self._refuse(
                f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"'
            )
        return trimmed("".join(self.plain), self.entities)

    def _characters(self) -> None:
        end = self.source.find("<", self.at)
        end = len(self.source) if end < 0 else end
        piece = _REFERENCE.sub(lambda m: html.unescape(m.group()), self.source[self.at : end])
        self.plain.append(piece)
        self.offset += units(piece)
        self.at = end

    def _start_tag(self) -> None:
        begin = self.at
        name = re.compile(r"<([^\s>]*)").match(self.source, begin)
        tag = name.group(1).lower() if name else ""
        if name is None or name.end() == len(self.source):
            raise self._refuse_at("Unclosed start tag", begin)
        if tag not in _TYPES:
            raise self._refuse_at(f'Unsupported start tag "{tag}"', begin)
        self.at = name.end()
        attributes = self._attributes(begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._refuse_at('Tag "span" must have class "tg-spoiler"', begin)
        self.open.append(_Open(tag=tag, attributes=attributes, offset=self.offset))

    def _attributes(self, begin: int) -> dict[str, str]:
        found: dict[str, str] = {}
        while True:
            while self.source[self.at : self.at + 1].isspace():
                self.at += 1
            if self.at >= len(self.source):
                raise self._refuse_at("Unclosed start tag", begin)
            if self.source[self.at] == ">":
                self.at += 1
                return found
            match = _ATTRIBUTE.match(self.source, self.at)
            if match is None:
                raise self._refuse_at("Empty attribute name in the tag", begin)
            value = match["double"] or match["single"] or match["bare"] or ""
            found[match["name"].lower()] = html.unescape(value)
            self.at = match.end()
            if self.source[self.at : self.at + 1] == "=":  # a quote that never ends
                raise self._refuse_at("Unclosed start tag", begin)

    def _end_tag(self) -> None:
        begin = self.at
        end = self.source.find(">", begin)
        if end < 0:
            raise self._refuse_at("Unclosed end tag", begin)
        tag = self.source[begin + 2 : end].strip().lower()
        if not self.open:
            raise self._refuse_at("Unexpected end tag", begin)
        opened = self.open.pop()
        if tag not in {"", opened.tag}:
            raise self._refuse_at(
                "Unmatched end tag", begin, f', expected "</{opened.tag}>", found "</{tag}>"'
            )
        self.at = end + 1
        if self.offset > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        entity = {
            "type": _TYPES[opened.tag],
            "offset": opened.offset,
            "length": self.offset - opened.offset,
        }
        details = _details(opened)
        if details is None:
            return
        if opened.tag == "pre" and self.entities:
            inner = self.entities[-1]
            same = (inner["offset"], inner["length"]) == (entity["offset"], entity["length"])
            if same and inner["type"] == "code":
                self.entities.pop()
                details = {"language": inner["language"]} if "language" in inner else {}
        elif opened.tag == "code" and not (self.open and self.open[-1].tag == "pre"):
            details = {}
        self.entities.append(entity | details)

    def _refuse_at(self, what: str, index: int, more: str = "") -> Refusal:
        byte_offset = len(self.source[:index].encode())
        return self._refuse(f"{what} at byte offset {byte_offset}{more}")

    def _refuse(self, what: str) -> Refusal:
        return bad(f"can't parse entities: {what}")


def _details(opened: _Open) -> dict[str, Any] | None:
    """What the tag's attributes add to its entity; None when they make it no entity at all."""
    attributes = opened.attributes
    if opened.tag == "a":
        url = attributes.get("href", "")
        return {"url": url} if re.match(r"(?:https?|tg|mailto|tel):", url) else None
    if opened.tag == "code" and attributes.get("class", "").startswith("language-"):
        return {"language": attributes["class"].removeprefix("language-")}
    if opened.tag == "blockquote" and "expandable" in attributes:
        return {"type": "expandable_blockquote"}
    if opened.tag == "tg-emoji":
        return {"custom_emoji_id": attributes.get("emoji-id", "")}
    if opened.tag == "tg-time":
        return _moment(attributes)
    return {}


def _moment(attributes: dict[str, str]) -> dict[str, Any]:
    if not attributes.get("unix", "").isdigit():
        raise bad("can't parse entities: Invalid Unix time specified")
    moment: dict[str, Any] = {"unix_time": int(attributes["unix"])}
    if attributes.get("format"):
        moment["date_time_format"] = attributes["format"]
    return moment


def read_html(source: str) -> Text:
    """The text and entities of Telegram's HTML, or its refusal."""
    return _Reader(source.replace("\r", "")).read()
