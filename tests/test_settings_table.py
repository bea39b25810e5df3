"""The table of docs/settings.md says what the code does; run this file to write it anew."""

from pathlib import Path

from bot.settings import documented

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
BEGIN = "<!-- settings: kept equal with the code by tests/test_settings_table.py -->\n"
END = "<!-- /settings -->"


def table() -> str:
    rows = ["| name | default | meaning |", "|---|---|---|"]
    for doc in documented():
        default = "required" if doc.required else f"`{doc.default}`" if doc.default else "–"
        rows.append(f"| `{doc.name}` | {default} | {doc.meaning.replace('|', chr(92) + '|')} |")
    return "\n".join(rows) + "\n"


def test_the_settings_table_is_true():
    shown = PAGE.read_text().split(BEGIN)[1].split(END)[0]
    assert shown == table()


if __name__ == "__main__":
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(before + BEGIN + table() + END + rest.split(END, 1)[1])
