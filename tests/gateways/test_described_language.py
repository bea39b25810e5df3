"""The language of descriptions: what may be said, and how what may not is told."""

import contextlib
import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.session import Cause, State
from bot.gateways.described import fields
from bot.gateways.described.kind import SHIPPED, DescribedKind, kind_in, shipped
from bot.gateways.described.language import read_description
from bot.gateways.described.problems import BadDescription
from bot.gateways.described.words import DescribedAct

LEAST = """\
title = "Mine"
[list]
get = "/sessions"
key = "id"
state = "status"
[words]
connected = ["open"]
"""


def problems_of(text):
    with pytest.raises(BadDescription) as raised:
        read_description(text)
    return [(problem.line, problem.text) for problem in raised.value.problems]


def added(lines):
    """What is wrong with these lines, after a description that is well; lines counted from 1."""
    first = LEAST.count("\n")
    return [(line and line - first, text) for line, text in problems_of(LEAST + lines)]


def test_a_few_lines_are_a_description():
    told = read_description(LEAST)
    assert (told.title, told.qr, dict(told.acts), told.push) == ("Mine", None, {}, None)


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_is_read_and_offers_the_way_back(name):
    told = shipped(name).description
    assert told.qr is not None
    assert told.offered(DescribedAct.RESET) is not None
    assert all(rule.destroys is not None for rule in told.acts.values())


@pytest.mark.parametrize(
    ("lines", "line", "said"),
    [
        ('[qr]\nget = "/qr"\nstrats = true', 3, "is starts meant?"),
        ("[frobnicate]", 1, "means nothing"),
        ('[start]\nget = "/start"\npost = "/start"\ndestroys = false', 1, "exactly one of"),
        ('[one]\ndelete = "/x/{key}"\nstate = "s"', 2, "a look is a get, or a post"),
        ('[start]\nget = "http://elsewhere/start"\ndestroys = false', 2, "begins with /"),
        ('[start]\npost = "/{keey}"\ndestroys = false', 2, "{keey} is not known"),
        ('[start]\npost = "/{phone}"\ndestroys = false', 2, "{phone} is not known"),
        ('[start]\npost = "/a/../b"\ndestroys = false', 2, "without . and .."),
        ('[start]\npost = "/a"\ndestroys = "no"', 3, "true or false"),
        ('[stop]\nget = "/stop/{key}"\ndestroys = true', 3, "for [reset] alone"),
        ('[code]\nget = "/code/{phone}"\nat = "c"\ndestroys = true', 4, "for [reset] alone"),
        ('[reset]\nget = "/reset/{key}"\ndestroys = false', 3, "destroys = true"),
        ('[code]\npost = "/code"\ndestroys = false', 1, "lacks at"),
        ('[auth]\nheader = "X-Key"\nvalue = "abc"', 3, "GATEWAY_KEY bears it"),
        ('[auth]\nheader = "X-Key"\nbearer = true', 1, "exactly one of header"),
        ('[headers]\nAuthorization = "Bearer abc"', 1, "no key stands in this file"),
        ('[start]\npost = "/x?token=abc"\ndestroys = false', 2, "without a key in it"),
        ('[login]\npost = "/in"\nbody = {password = "abc"}\nat = "t"', 3, "no key stands"),
        ('[reasons]\nremoved = ["401"]', 2, "removed: one of"),
        ('[reasons]\ndevice_removed = [""]', 2, "texts that a reason begins with"),
        ('[reasons]\ndevice_removed = ["401"]', 1, "needs the path of a reason"),
        ('[one]\nget = "/x/{id}"\nstate = "s"', 1, "needs [list] id"),
        ('[one]\nget = "/x/{key}"\nas = "token"\nstate = "s"', 1, "needs [token]"),
        ('[qr]\nfrom = "list"', 1, "needs qr in [list]"),
        ('[qr]\nfrom = "start"', 1, "comes with an act that may not be called"),
        ('[qr]\nget = "/qr"\nnone = [302]', 3, "never followed"),
        ('[push]\nstate = "s"', 1, "must name the session"),
        ('[push]\nkey = "k"\nhmac = {header = "X", alg = "md5"}', 3, "one of sha1"),
        ("[list.more]\nx = 1", 1, "means nothing"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(lines, line, said):
    found = added(lines)
    assert [problem for problem in found if problem[0] == line and said in problem[1]] != [], found


def test_every_problem_is_told_at_once():
    found = problems_of('title = 3\n[list]\nget = "x"\n[words]\nconected = ["a"]\n[zzz]\n')
    assert [line for line, _ in found] == [1, 2, 3, 5, 6]


@pytest.mark.parametrize("value", ["false", '"false"', '""', '"null"', "[true, false]", "0"])
@pytest.mark.parametrize("state", ["logged_out", "failed", "stopped", "awaiting_passkey"])
def test_nothing_empty_proves_a_loss(state, value):
    text = LEAST + f"{state} = {value}\n"
    assert any("away, and prove no more" in said for _, said in problems_of(text))


@pytest.mark.parametrize("word", ['"isLogged=false"', '"me=null"', '"status="'])
def test_nor_does_an_empty_field(word):
    assert problems_of(LEAST + f"logged_out = [{word}]\n") != []


def test_false_is_away():
    told = read_description(LEAST + "disconnected = [false]\n")
    assert told.words["false"].state is State.DISCONNECTED


def test_a_word_of_two_states_is_told():
    [(line, said)] = problems_of(LEAST + 'failed = ["OPEN"]\n')
    assert (line, "under another state too" in said) == (LEAST.count("\n") + 1, True)


@pytest.mark.parametrize("destroys", ["", "destroys = true"])
@pytest.mark.parametrize("act", ["start", "restart", "stop", "create", "code", "send"])
def test_an_act_that_is_not_said_to_be_harmless_has_no_button(act, destroys):
    at = 'at = "x"' if act in ("code", "send") else ""
    told = read_description(LEAST + f'[{act}]\npost = "/x"\n{at}\n{destroys}\n')
    assert told.offered(DescribedAct(act)) is None


def test_a_reset_that_does_not_say_what_it_destroys_has_no_button():
    assert read_description(LEAST + '[reset]\npost = "/x"\n').offered(DescribedAct.RESET) is None


def test_the_longest_beginning_of_a_reason_comes_first():
    text = LEAST.replace("[words]", 'reason = "why"\n[words]')
    told = read_description(
        text + '[reasons]\ndevice_removed = "logged_out"\nbanned = "logged_out_b"'
    )
    assert told.reasons == (("logged_out_b", Cause.BANNED), ("logged_out", Cause.DEVICE_REMOVED))


PAGE = Path(__file__).parents[2] / "docs" / "your-own-gateway.md"
PRINTED = re.findall(r" +```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)


@pytest.mark.parametrize("text", [textwrap.dedent(text) for text in PRINTED])
def test_what_the_docs_print_is_a_description(text):
    assert read_description(text).title == "My gateway"


def test_the_docs_name_every_word():
    said, others = PAGE.read_text(), ["items", "none", "starts", "age_s", "or_key", "already"]
    assert [word for word in [*DescribedAct, *fields.STATES, *others] if word not in said] == []


def test_a_value_stands_in_no_problem():
    text = (
        LEAST + '[auth]\nheader = "X"\ntoken = "very-secret"\n[headers]\nCookie = "very-secret"\n'
    )
    assert "very-secret" not in str(problems_of(text))


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "latin.toml").write_bytes(b'title = "\xe9"')
    for name in ("missing.toml", "latin.toml"):
        with pytest.raises(BadDescription, match="can't be read"):
            kind_in(tmp_path / name)
    (tmp_path / "mine.toml").write_text(LEAST)
    assert isinstance(kind_in(tmp_path / "mine.toml"), DescribedKind)


@given(st.text(max_size=300) | st.builds(lambda cut: LEAST[:cut], st.integers(0, len(LEAST))))
def test_whatever_text_is_a_description_or_problems(text):
    with contextlib.suppress(BadDescription):  # any other error fails
        read_description(text)


LINES = """\
get = "/x/{key}"
state = "s"
destroys = false
[qr]
[start]
[one]
at = ""
key = "k"
starts = true
[push]
from = "start"
[words]
connected = true
[token]
path = true
[list]
title = "x"
[[list]]
id = "id"
""".splitlines()


@given(st.lists(st.sampled_from(LINES), max_size=14).map("\n".join))
def test_whatever_order_lines_stand_in(text):
    with contextlib.suppress(BadDescription):  # any other error fails
        read_description(text)
