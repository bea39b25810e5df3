"""Which texts are company ids."""

import string
from pathlib import PurePosixPath
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.company import BadCompanyId, Company, GatewayName, parse_company_id

LETTERS = string.ascii_letters + string.digits


@pytest.mark.parametrize("text", ["962302", "a", "A-b_9", "0", "x" * 50])
def test_a_word_of_the_gateways_alphabet_is_an_id(text):
    assert parse_company_id(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "x" * 51,
        "../../etc",
        "962302; rm",
        "962302\n",
        " 962302",
        "962302/..",
        "-962302",
        "_962302",
        "салон",
        "962302\0",
        "%2e%2e",
        "٩٦٢٣٠٢",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(BadCompanyId):
        parse_company_id(text)


@given(st.text(max_size=60))
def test_what_is_accepted_is_one_harmless_word(text):
    try:
        company_id = parse_company_id(text)
    except BadCompanyId:
        return
    assert quote(company_id, safe="") == company_id
    assert PurePosixPath("/sessions", company_id).parent == PurePosixPath("/sessions")
    assert not company_id.startswith("-")


@given(st.sampled_from(LETTERS), st.text(LETTERS + "_-", max_size=49))
def test_every_word_the_gateways_accept_is_an_id(first, rest):
    assert parse_company_id(first + rest) == first + rest


@pytest.mark.parametrize(
    ("name", "label"),
    [("Salon North", "962302 Salon North"), ("", "962302"), ("962302", "962302")],
)
def test_a_label_says_the_id_and_a_name_that_adds_to_it(name, label):
    company = Company(
        id=parse_company_id("962302"), gateway=GatewayName("one"), session_key="962302", name=name
    )
    assert company.label == label
