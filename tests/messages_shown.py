"""The sentences that the product can show, for tests of the page that explains them."""

import ast
import re
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
    with (ROOT / "bot" / "locales" / "en.po").open("rb") as file:
        catalogue = read_po(file)
    found = {}
    for message in catalogue:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            forms = [message.string] if isinstance(message.string, str) else message.string
            found[key] = tuple(as_shown(form) for form in forms)
    return found


@cache
def of_the_terminal(path: str) -> tuple[str, ...]:
    """Every text in a file of the program, what is filled in as `…`."""
    found = []
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
            found.append(" ".join("".join(map(str, parts)).split()))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(" ".join(node.value.split()))
    return tuple(found)
