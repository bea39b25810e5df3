"""The README in Russian keeps up with the one in English."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENGLISH, RUSSIAN = ((ROOT / name).read_text() for name in ("README.md", "README.ru.md"))


def rows(text):
    """The first cell of each row, and the second of those of the settings: no words in them."""
    found = []
    for line in text.splitlines():
        cells = [one.strip() for one in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells and cells[0].startswith("`"):
            is_setting = cells[0][1:2].isupper() and cells[1] not in ("required", "обязательно")
            found.append((cells[0], cells[1] if is_setting else ""))
    return found


def links(text):
    return re.findall(r"\]\((?!README)([^)#]+)\)", re.sub(r"!\[.*?\)", "", text))


def test_both_name_the_same_settings_and_commands():
    assert len(rows(ENGLISH)) > 60
    assert rows(RUSSIAN) == rows(ENGLISH)


def test_both_have_the_same_parts():
    def parts(text):
        return [line.split(" ")[0] for line in text.splitlines() if re.match("##+ |- |```", line)]

    assert parts(RUSSIAN) == parts(ENGLISH)


def test_both_lead_to_the_same_places():
    assert links(RUSSIAN) == links(ENGLISH)


@pytest.mark.parametrize("text", [ENGLISH, RUSSIAN])
def test_every_place_and_picture_is_there(text):
    places = [one for one in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in one]
    assert [one for one in places if not (ROOT / one).exists()] == []


def test_no_picture_is_slow_to_load_on_a_phone():
    pictures = list((ROOT / "docs" / "pictures").glob("*.png"))
    assert len(pictures) > 20
    assert [one.name for one in pictures if one.stat().st_size > 60_000] == []
