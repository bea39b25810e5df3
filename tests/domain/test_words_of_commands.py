"""An id that a command could take for one of its words is told from every other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.company import BadCompanyId, CompanyId
from bot.domain.words import WordOfCommand, is_word, named, parse_own_id, typed

WORDS = [
    *("all", "ALL", "All", "off", "OFF", "no", "on", "me", "here", "group", "private", "now"),
    *("info", "Warning", "CRITICAL", "viewer", "operator", "Owner", "auto", "watch", "drop"),
    *("name", "phone", "max_files", "gateway", "ephemeral", "everyone", "none"),
    *("7d", "30D", "1h", "2H", "90m", "0d", "999d", "12345m", "1000d", "23-7", "0-9", "99-99"),
]
IDS = [
    *("962302", "9", "0", "30", "1001", "23", "all-in", "off1", "offline", "info_desk", "notes"),
    *(
        "salon-7d",
        "7days",
        "d7",
        "1h2",
        "23-7-1",
        "123-7",
        "north",
        "me2",
        "x",
        "100000d",
        "status",
    ),
]


@pytest.mark.parametrize("text", WORDS)
def test_a_word_of_commands_is_no_id_that_somebody_gives(text):
    with pytest.raises(WordOfCommand):
        parse_own_id(text)
    assert typed(CompanyId(text)) == f"={text}"


@pytest.mark.parametrize("text", IDS)
def test_what_is_no_word_is_an_id_and_is_written_as_it_is(text):
    assert parse_own_id(text) == text
    assert typed(CompanyId(text)) == text


@pytest.mark.parametrize(
    "text", ["все", "выкл", "ａｌｌ", "аll", "7д", "=off", "*", "23–7", "all "]
)
def test_words_in_other_letters_are_no_ids_at_all(text):
    with pytest.raises(BadCompanyId):
        parse_own_id(text)


@given(st.integers(min_value=0, max_value=10**20).map(str))
def test_a_number_is_no_word(number):
    assert not is_word(number)


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}", fullmatch=True))
def test_an_id_is_read_back_as_it_is_typed(text):
    assert named(typed(CompanyId(text))) == text
    assert named(text) == text
