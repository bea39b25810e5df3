"""The text, photo or document a call carries."""

from typing import Any

from bot.sandbox.telegram.entities import Text, given, units
from bot.sandbox.telegram.files import StoredFile, photo_size
from bot.sandbox.telegram.html import read_html
from bot.sandbox.telegram.params import Params, Upload
from bot.sandbox.telegram.refusals import bad
from bot.sandbox.telegram.world import World

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024


def read_text(params: Params, name: str, entities: str, *, needed: bool = False) -> Text:
    """The text (`needed`) or caption of a call, its length checked after parsing."""
    text = formatted(params.text(name) or "", params.text("parse_mode"), params.array(entities))
    if needed and not text.plain:
        raise bad("message text is empty")
    if text.units > (TEXT_LIMIT if needed else CAPTION_LIMIT):
        raise bad("message is too long" if needed else "message caption is too long")
    return text


def formatted(source: str, parse_mode: str | None, entities: list[Any] | None) -> Text:
    """A text with its entities, by parse mode or as listed."""
    if parse_mode and parse_mode.lower() != "html":
        # A wrong guess at Markdown would pass what Telegram refuses.
        raise bad("unsupported parse_mode: the sandbox reads HTML")
    if units(source) > 10 * TEXT_LIMIT:
        raise bad("message is too long")
    return read_html(source) if parse_mode else given(source, entities or [])


def read_photo(world: World, params: Params, source: str | None, name: str) -> StoredFile:
    """The photo uploaded under `name`, attached, or known by its id."""
    upload = _uploaded(params, source, name)
    if upload is None:
        known = world.files.get(source or "")
        if known is None or not known.width:
            raise bad("wrong file identifier/HTTP URL specified" if source else _missing(name))
        return known
    return world.store(upload, photo_size(upload))


def read_document(world: World, params: Params, source: str | None, name: str) -> StoredFile:
    """The document uploaded under `name`, attached, or known by its id."""
    upload = _uploaded(params, source, name)
    if upload is None:
        known = world.files.get(source or "")
        if known is None:
            raise bad("wrong file identifier/HTTP URL specified" if source else _missing(name))
        return known
    if not upload.data:
        raise bad("file must be non-empty")
    return world.store(upload)


def _uploaded(params: Params, source: str | None, name: str) -> Upload | None:
    if source and source.startswith("attach://"):
        return params.uploads.get(source.removeprefix("attach://"))
    return params.uploads.get(name)


def _missing(name: str) -> str:
    return f"there is no {name} in the request"
