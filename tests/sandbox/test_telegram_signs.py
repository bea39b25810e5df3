"""The chat page draws every sign of the bot's where a machine has no font for it."""

import ast
import unicodedata
from pathlib import Path

from bot.texts import LANGUAGES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "bot" / "sandbox" / "telegram" / "page" / "emoji.js"
# Fonts for texts have these.
PLAIN = set("№™↩⏸▁▂▃▄▅▆▇█▪▶⚡✉✔✖")


def written():
    """Every text of the bot's that may be shown."""
    for language in LANGUAGES:
        yield (ROOT / "bot" / "texts" / "locales" / f"{language}.po").read_text()
    for path in (ROOT / "handlers").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_every_sign_that_the_bot_uses_has_a_picture():
    signs = {one for text in written() for one in text if unicodedata.category(one) == "So"}
    drawn = {one for one in PAGE.read_text() if unicodedata.category(one) == "So"}
    assert signs - PLAIN - drawn == set()
