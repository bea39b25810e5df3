"""No command takes a word that an id may be: the handlers themselves are asked for their words."""

import ast
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import handlers
from bot.domain.company import BadCompanyId, parse_company_id
from bot.domain.words import is_word
from handlers.callbacks import ALL

ROOM = Path(handlers.__file__).parent
FILES = sorted([*ROOM.glob("*.py"), *ROOM.glob("commands/*.py")])
IDS = st.one_of(
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}", fullmatch=True),
    st.from_regex(r"[0-9]{1,5}[mhdMHD-]?[0-9]{0,2}", fullmatch=True),
)


def modules() -> Iterator[object]:
    for path in FILES:
        parts = ("handlers", *path.relative_to(ROOM).with_suffix("").parts)
        yield importlib.import_module(".".join(parts).removesuffix(".__init__"))


def words_compared() -> Iterator[tuple[str, str]]:
    """Each word with which a handler compares what somebody typed, and where it does."""
    for module in modules():
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if not isinstance(node, ast.Compare):
                continue
            left = ast.unparse(node.left)
            if not re.search(r"lower\(\)|casefold\(\)|\bwords?\b", left):
                continue
            for other in node.comparators:
                for word in _value(module, other):
                    yield f"{module.__name__}: {ast.unparse(node)}", word


def _value(module: object, source: ast.expr) -> list[str]:
    """The words that stand there; none where only the running function knows."""
    try:
        found = eval(ast.unparse(source), dict(vars(module)))
    except NameError:
        return []
    if isinstance(found, str):
        return [found]
    return [str(it) for it in found if isinstance(it, str)] if hasattr(found, "__iter__") else []


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for module in modules():
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield f"{module.__name__}.{name}", value


def parsers() -> Iterator[Callable[[str], object]]:
    for module in modules():
        for name, value in vars(module).items():
            if name.startswith("parse_") and value is not parse_company_id:
                yield value


def may_be_id(text: str) -> bool:
    try:
        parse_company_id(text)
    except BadCompanyId:
        return False
    return not text.isdecimal()  # a number is told by its place


NOT_TYPED = {"handlers.refusals"}  # the names of commands, not their words


def test_every_word_that_a_handler_knows_is_no_id():
    found = [(where, word) for where, word in words_compared() if not _is_name_of_command(where)]
    assert {"all", "off", "выкл", "watch", "critical", "viewer"} <= {word for _, word in found}
    assert [it for it in found if it[1] != ALL and it[1] and not is_word(it[1])] == []


def _is_name_of_command(where: str) -> bool:
    return where.partition(":")[0] in NOT_TYPED


@pytest.mark.parametrize("pattern", [it for _, it in patterns()], ids=[it for it, _ in patterns()])
@given(data=st.data())
def test_every_pattern_of_a_handler_matches_no_id(pattern, data):
    text = data.draw(st.from_regex(pattern, fullmatch=True))
    assert not may_be_id(text) or is_word(text)


@pytest.mark.parametrize("parse", sorted(set(parsers()), key=lambda it: it.__name__))
@given(text=IDS)
def test_every_parser_of_a_handler_reads_no_id(parse, text):
    if may_be_id(text) and parse(text) is not None:
        assert is_word(text)


def test_the_parsers_of_lengths_hours_and_spans_are_among_them():
    names = {parse.__name__ for parse in parsers()}
    assert {"parse_length", "parse_hours", "parse_hour"} <= names
