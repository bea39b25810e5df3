"""docs/architecture.md names the rooms there are, and no others."""

import re
from pathlib import Path

from test_house import DOORS, NAMES

TEXT = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text()
TABLE = TEXT.split("## The rooms")[1].split("\n## ")[0]
NAMED = re.compile(r"`((?:bot|handlers|storage)(?:\.\w+)*)`")


def test_every_room_stands_in_the_table_once():
    rows = (line.split("|")[1] for line in TABLE.splitlines() if line.startswith("| `"))
    named = [room for row in rows for room in NAMED.findall(row)]
    assert sorted(named) == sorted(set(DOORS) - {"bot"})


def test_what_is_named_is_there():
    files = set(re.findall(r"`((?:bot|handlers|storage|tests|docs)/[\w/.]+)`", TEXT))
    root = Path(__file__).parents[1]
    assert [one for one in NAMED.findall(TEXT) if one not in NAMES] == []
    assert len(files) > 5
    assert [one for one in files if not (root / one).exists()] == []


def test_the_picture_names_rooms():
    drawn = re.findall(r"\bbot\.\w+\b", TEXT.split("```")[1])
    assert len(drawn) > 6
    assert [one for one in drawn if one not in DOORS] == []


def test_the_order_of_a_look_names_files_that_are_there():
    room = Path(__file__).parents[1] / "bot" / "monitor"
    page = (room / "pipeline.py").read_text().split('"""')[1]
    steps = re.findall(r"^ +\d\. (\w+)", page, re.MULTILINE)
    assert steps == ["look", "observe", "judge", "confirm", "advance", "write"]
    assert [name for name in re.findall(r"[\w/]+\.py", page) if not (room / name).exists()] == []
