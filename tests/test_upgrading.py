"""docs/upgrading.md lists all that an operator must do; run this file to write the list anew."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "upgrading.md"
BEGIN = "<!-- from 1.0.0: kept equal with CHANGELOG.md by tests/test_upgrading.py -->\n"
END = "<!-- /from 1.0.0 -->"


def entries(changelog):
    """Each entry of what is unreleased as one line."""
    unreleased = changelog.split("\n## Unreleased\n")[1].split("\n## ")[0]
    return [
        " ".join(entry.split())
        for entry in re.findall(r"^- (.*(?:\n  .*)*)", unreleased, re.MULTILINE)
    ]


def steps(changelog):
    """What is to be done, then why, for each entry with something in bold."""
    found = []
    for entry in entries(changelog):
        bold = re.findall(r"\*\*(.+?)\*\*", entry)
        reason = re.sub(r"\s*\*\*.+?\*\*", "", entry)
        if bold:
            found.append(f"- **{' '.join(bold)}** {reason}")
    return "\n".join(found) + "\n"


def test_every_bold_line_of_the_changelog_is_a_step():
    shown = PAGE.read_text().split(BEGIN)[1].split(END)[0]
    assert shown == steps((ROOT / "CHANGELOG.md").read_text())


def test_an_entry_without_bold_is_no_step():
    unreleased = "### Added\n- Do a. **Set `A`\n  first.**\n- Do b.\n"
    changelog = f"# Changelog\n\n## Unreleased\n\n{unreleased}\n## 1.0.0\n- **C.**\n"
    assert steps(changelog) == "- **Set `A` first.** Do a.\n"


if __name__ == "__main__":
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(
        before + BEGIN + steps((ROOT / "CHANGELOG.md").read_text()) + END + rest.split(END, 1)[1]
    )
