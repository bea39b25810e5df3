"""READMEs and pages that are in both languages say the same, and all lead somewhere."""

import os
import re
import tomllib
from pathlib import Path

import pytest

from bot.gateways.kinds import KINDS
from bot.settings import documented
from handlers.render.menu import MenuCommand

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
RUSSIAN_PAGES = sorted((DOCS / "ru").rglob("*.md"))
PAIRS = [
    (ROOT / "README.md", ROOT / "README.ru.md"),
    *((DOCS / page.relative_to(DOCS / "ru"), page) for page in RUSSIAN_PAGES),
]
# In Russian only in part: the rest is for those who work on the program, or in English.
SHORTER = {DOCS / "ru" / "install" / "index.md"}
PAGES = [ROOT / "README.md", ROOT / "README.ru.md", *sorted(DOCS.rglob("*.md"))]
both = pytest.mark.parametrize(
    ("english", "russian"), [pair for pair in PAIRS if pair[1] not in SHORTER]
)


def rows(page):
    """The code that each row begins with, and the default of a setting: no words of a language."""
    found = []
    for line in page.read_text().splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells and cells[0].startswith(("`", "[`")):
            is_setting = cells[0][1:2].isupper() and cells[1] not in ("required", "обязательно")
            code = " ".join(re.findall(r"`[^`]*`", cells[0]))
            found.append((code, cells[1] if is_setting and page.stem == "settings" else ""))
    return found


def places(page):
    """Where its links and pictures lead, from the root."""
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    named = re.findall(r"\]\(([^)#\s]+)|<img src=\"([^\"]+)\"", text)
    return [
        os.path.normpath((page.parent / (link or picture)).relative_to(ROOT))
        for link, picture in named
        if "://" not in link
    ]


def same_place(place):
    """A page or picture by the name of its English twin."""
    place = re.sub(r"^docs/ru/", "docs/", place)
    return re.sub(r"-ru\.(\w+)$", r"-en.\1", place)


@both
def test_both_have_the_same_rows(english, russian):
    assert rows(russian) == rows(english)


@pytest.mark.parametrize("readme", [ROOT / "README.md", ROOT / "README.ru.md"])
def test_the_readme_names_every_kind_of_gateway(readme):
    named = re.findall(r"^\| \[`(\w+)`\]\(docs/gateways/\1\.md\)", readme.read_text(), re.MULTILINE)
    assert named == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_gateway_has_a_page_that_says_what_it_was_tried_with(kind):
    text = (DOCS / "gateways" / f"{kind}.md").read_text()
    assert f"| `GATEWAY` | `{kind}` |" in text
    assert "\n| tried with | " in text
    parts = ["How do I set it up?", "What is supported?", "What are its limits?"]
    assert [part for part in parts if f"\n## {part}\n" not in text] == []


@pytest.mark.parametrize("page", [DOCS / "settings.md", DOCS / "ru" / "settings.md"])
def test_the_settings_stand_in_both_languages(page):
    assert [name.strip("`") for name, _ in rows(page)] == [doc.name for doc in documented()]


@pytest.mark.parametrize("page", [DOCS / "commands.md", DOCS / "ru" / "commands.md"])
def test_every_command_of_the_menu_stands_in_both_languages(page):
    told = set(re.findall(r"/(\w+)", " ".join(name for name, _ in rows(page))))
    assert set(MenuCommand) - told == set()


@both
def test_both_have_the_same_parts(english, russian):
    def parts(page):
        lines = page.read_text().splitlines()
        return [line.split(" ")[0] for line in lines if re.match(r"##+ |- |\d\. |```", line)]

    assert parts(russian) == parts(english)


@both
def test_both_lead_to_the_same_places(english, russian):
    told = [place for place in map(same_place, places(russian)) if "README" not in place]
    assert told == [place for place in places(english) if "README" not in place]


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_place_and_picture_is_there(page):
    assert [place for place in places(page) if not (ROOT / place).exists()] == []


def test_every_page_can_be_reached_from_the_readme():
    seen, left = set(), ["README.md"]
    while left:
        place = left.pop()
        if place.endswith(".md") and place not in seen and (ROOT / place).is_file():
            seen.add(place)
            left += places(ROOT / place)
    pages = {str(page.relative_to(ROOT)) for page in DOCS.rglob("*.md")}
    navigated = set(re.findall(r"[\w./-]+\.md", (ROOT / "mkdocs.yml").read_text()))
    assert pages - seen - {f"docs/{page}" for page in navigated} == set()


def test_what_ci_runs_is_what_the_readme_names():
    told = set(re.findall(r"`(make [\w-]+)`", (ROOT / "README.md").read_text()))
    run = set(re.findall(r"^make [\w-]+", (ROOT / ".ci" / "run").read_text(), re.MULTILINE))
    assert {"make test-all", "make docs"} <= told & run


def test_the_badges_say_what_the_project_says():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    told = {path.stem: path.read_text() for path in (DOCS / "pictures").glob("badge-*.svg")}
    assert project["requires-python"].replace(">=", "≥ ") in told["badge-python"]
    assert project["license"] in told["badge-licence"]


def test_no_picture_is_slow_to_load_on_a_phone():
    pictures = DOCS / "pictures"
    still, films = list(pictures.glob("*.png")), list(pictures.glob("*.gif"))
    assert len(still) > 20
    assert [one.name for one in still if one.stat().st_size > 60_000] == []
    assert [film.name for film in films] != []
    assert [film.name for film in films if film.stat().st_size > 1_500_000] == []
