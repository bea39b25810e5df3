"""The sentences that the product can show, for tests of the page that explains them."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]


def as_shown(text: str) -> str:
    """As a reader sees it: without markup, a `…` for each value that is filled in, one line."""
    text = re.sub(r"<[^>]+>", "", text)
    text = re.sub(
        r"\{\{|\}\}|\{[^{}]*\}",
        lambda found: found[0][0] if found[0] in ("{{", "}}") else "…",
        text,
    )
    return " ".join(text.split())


@cache
def of_the_chat() -> dict[str, tuple[str, ...]]:
    """Every sentence of the English catalogue by its key; two where there is a plural."""
    with (ROOT / "bot" / "texts" / "locales" / "en.po").open("rb") as file:
        catalogue = read_po(file)
    found = {}
    for message in catalogue:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            forms = [message.string] if isinstance(message.string, str) else message.string
            found[key] = tuple(as_shown(form) for form in forms)
    return found


@cache
def of_the_terminal() -> tuple[str, ...]:
    """Every text that the program itself holds, what is filled in as `…`."""
    files = [*(ROOT / "bot").rglob("*.py"), *(ROOT / "storage").rglob("*.py")]
    return tuple(text for path in files if "sandbox" not in path.parts for text in _texts_in(path))


def _texts_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
            yield " ".join("".join(map(str, parts)).split())
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield " ".join(node.value.split())
