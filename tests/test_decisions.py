"""docs/decisions.md is numbered, and each entry says whether it holds.

Run this file to number what was appended.
"""

import re
from datetime import date
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "decisions.md"
HEADING = re.compile(r"^## (?:(?P<number>\d+)\. )?(?P<date>\d{4}-\d\d-\d\d) · (?P<title>.+)$")
STATUS = re.compile(r"Status: (?:accepted|superseded by (?P<by>\d+))")


def entries(text):
    """Number, date, title and lines of each entry; the number is None where none was given."""
    found = []
    for line in text.splitlines():
        if line.startswith("## "):
            heading = HEADING.match(line)
            assert heading, line
            number = heading["number"] and int(heading["number"])
            found.append((number, date.fromisoformat(heading["date"]), heading["title"], []))
        elif found:
            found[-1][3].append(line)
    return found


def numbered(text):
    """The text with a status for each entry, and a number where there is none or it is taken."""
    lines, last = [], 0
    for line in text.splitlines():
        heading = HEADING.match(line)
        if lines and lines[-1].startswith("## ") and not STATUS.fullmatch(line):
            lines.append("Status: accepted")
            lines += [""] if line else []
        if heading is None:
            lines.append(line)
            continue
        if lines[-1] != "":
            lines.append("")
        last = max(last + 1, int(heading["number"] or 0))
        lines.append(f"## {last}. {heading['date']} · {heading['title']}")
    return "\n".join(lines) + "\n"


def test_every_entry_has_the_next_number_and_a_status():
    found = entries(PAGE.read_text())
    assert [number for number, *_ in found] == list(range(1, len(found) + 1))
    assert [title for *_, title, lines in found if not STATUS.fullmatch(lines[0])] == []


def test_what_is_superseded_is_so_by_a_later_entry():
    found = entries(PAGE.read_text())
    for number, _, title, lines in found:
        by = STATUS.fullmatch(lines[0])["by"]
        assert by is None or number < int(by) <= len(found), title


def test_no_entry_is_long_and_no_title_stands_twice():
    found = entries(PAGE.read_text())
    assert [title for *_, title, lines in found if len([line for line in lines if line]) > 10] == []
    titles = [title for *_, title, _ in found]
    assert len(titles) == len(set(titles))


def test_what_was_appended_gets_a_number():
    old = "# D\n\n## 7. 2026-11-22 · A\nStatus: superseded by 8\n\nOld.\n"
    before = f"{old}## 2026-11-29 · B\n\nNew.\n"
    after = f"{old}\n## 8. 2026-11-29 · B\nStatus: accepted\n\nNew.\n"
    assert numbered(before) == after
    assert numbered(after) == after


def test_of_two_with_one_number_the_later_one_gets_the_next():
    entry = "## {}. 2026-11-29 · {}\nStatus: accepted\n\nNew.\n"
    merged = "# D\n\n" + entry.format(8, "A") + "\n" + entry.format(8, "B")
    assert numbered(merged) == "# D\n\n" + entry.format(8, "A") + "\n" + entry.format(9, "B")


if __name__ == "__main__":
    PAGE.write_text(numbered(PAGE.read_text()))
