"""README's settings table says what the code does; run this file to write it anew."""

from pathlib import Path

from bot.settings import documented

README = Path(__file__).parents[1] / "README.md"
BEGIN = "<!-- settings: kept equal with the code by tests/test_settings_table.py -->\n"
END = "<!-- /settings -->"


def table() -> str:
    rows = ["| name | default | meaning |", "|---|---|---|"]
    for doc in documented():
        default = "required" if doc.required else f"`{doc.default}`" if doc.default else "–"
        rows.append(f"| `{doc.name}` | {default} | {doc.meaning.replace('|', chr(92) + '|')} |")
    return "\n".join(rows) + "\n"


def test_the_settings_table_of_the_readme_is_true():
    shown = README.read_text().split(BEGIN)[1].split(END)[0]
    assert shown == table()


if __name__ == "__main__":
    before, _, rest = README.read_text().partition(BEGIN)
    README.write_text(before + BEGIN + table() + END + rest.split(END, 1)[1])
