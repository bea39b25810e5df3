"""docs/security.md claims nothing that no test would miss."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text()
# What claims nothing of the bot: what there is to guard, what it does not do, what a person read.
NO_CLAIMS = {"What is worth it", "What does not stand in the way", "Read by hand"}
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def sections():
    """Title and text of each, the introduction left out."""
    _, *parts = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    return {title.strip(): text for title, _, text in (part.partition("\n") for part in parts)}


def claims_in(text):
    """Each row of a table, each bullet with what belongs to it, each paragraph."""
    for block in re.split(r"\n{2,}", text.strip()):
        if block.startswith("|"):
            yield from block.splitlines()[2:]  # below the head of the table
        elif block.startswith("- "):
            yield from re.split(r"\n(?=- )", block)
        else:
            yield block


CLAIMS = [
    claim
    for title, text in sections().items()
    if title not in NO_CLAIMS
    for claim in claims_in(text)
]


@cache
def names_in(path):
    tree = ast.parse((ROOT / path).read_text())
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    return {node.name for node in ast.walk(tree) if isinstance(node, functions)}


def test_the_page_has_the_claims_that_were_attacked():
    assert set(sections()) >= NO_CLAIMS
    assert len(CLAIMS) > 50


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_claim_names_its_test(claim):
    assert NAMED.search(claim), claim


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED.findall(PAGE))))
def test_every_test_that_is_named_is_there(path, name):
    assert (ROOT / path).is_file()
    assert any(one.startswith("test_") for one in names_in(path))
    assert not name or name in names_in(path)


def test_nothing_that_looks_like_a_test_is_named_in_another_way():
    assert re.findall(r"tests/[^`\s]+", PAGE) == [
        f"{path}::{name}" if name else path for path, name in NAMED.findall(PAGE)
    ]


def test_every_package_is_pinned_by_hash():
    text = (ROOT / "requirements.lock").read_text().replace("\\\n", " ")
    packages = [
        line for line in text.splitlines() if line.strip() and not line.startswith((" ", "#"))
    ]
    assert len(packages) > 20
    assert [line for line in packages if "==" not in line or "--hash=sha256:" not in line] == []
