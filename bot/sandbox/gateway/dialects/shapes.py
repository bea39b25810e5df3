"""Fills the shapes of a double's answers with what is so."""

import base64
import re
from collections.abc import Mapping
from typing import Literal, overload

from bot.qr import png_of

_FACT = re.compile(r"\$(\w+)")


def fill(shape: object, facts: Mapping[str, object]) -> object:
    """The shape with facts in it: `$name` alone is the fact itself, within a text it is text."""
    if isinstance(shape, Mapping):
        return {name: fill(part, facts) for name, part in shape.items()}
    if isinstance(shape, list):
        return [fill(part, facts) for part in shape]
    if not isinstance(shape, str):
        return shape
    alone = _FACT.fullmatch(shape)
    if alone is not None:
        return facts.get(alone[1])
    return _FACT.sub(lambda found: str(facts.get(found[1])), shape)


@overload
def picture_of(code: str, *, as_url: Literal[True]) -> str: ...
@overload
def picture_of(code: str, *, as_url: Literal[False] = False) -> bytes: ...
def picture_of(code: str, *, as_url: bool = False) -> str | bytes:
    """The PNG of a code, or a data URL of it."""
    png = png_of(code)
    return f"data:image/png;base64,{base64.b64encode(png).decode()}" if as_url else png
