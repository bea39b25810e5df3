"""The configuration file: what it says, what is wrong with it, and on which line."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.config_file import ConfigFault
from bot.domain.toml_lines import Lines
from bot.settings import ConfigProblems, environment_for_others, load, read_setup
from bot.texts import Catalogs, plain
from bot.texts.config_problems import problems_in_words

EXAMPLE = Path(__file__).parents[1] / "docs" / "repair-bot.example.toml"
LEAST = {"TELEGRAM_BOT_TOKEN": "123456:TEST-TOKEN", "OWNER_IDS": "1"}
KEY = "a-hidden-word-17"

TWO = """
[gateways.north]
kind = "ai_admin"
url = "http://north:3000"
companies = ["962302", "48*"]

[gateways.south]
kind = "ai_admin"
url = "http://south:3000"
key_env = "SOUTH_KEY"
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "repair-bot.toml"


def read(file, text, environ=None, **settings):
    file.write_text(text)
    given = load(LEAST | {"CONFIG_FILE": str(file)} | settings, None)
    return read_setup(given, {"SOUTH_KEY": KEY} if environ is None else environ, None)


def wrong(file, text, environ=None, **settings):
    """Each problem as its line and fault."""
    with pytest.raises(ConfigProblems) as caught:
        read(file, text, environ, **settings)
    return [(problem.line, problem.fault.value) for problem in caught.value.problems]


def words(file, text, language="en"):
    with pytest.raises(ConfigProblems) as caught:
        read(file, text)
    said = problems_in_words(Catalogs().speaking(language), str(file), caught.value.problems)
    return [plain(one) for one in said]


def test_without_a_file_the_environment_describes_one_gateway():
    given = load(LEAST | {"GATEWAY_URL": "http://north:3000", "COMPANIES": "1=One,2"}, None)
    setup = read_setup(given)
    [gateway] = setup.gateways
    assert (gateway.name, gateway.kind, gateway.url) == ("ai_admin", "ai_admin", given.gateway_url)
    assert [(one.id, one.name) for one in setup.rosters[0].named()] == [("1", "One"), ("2", "")]


def test_the_example_is_right_and_shows_every_key(file):
    variables = dict.fromkeys(["NORTH_KEY", "NORTH_HOOK_KEY", "BARBER_TOKEN"], KEY)
    setup = read(file, EXAMPLE.read_text(), variables)
    assert [gateway.name for gateway in setup.gateways] == ["main", "north"]
    main, north = setup.rosters
    assert [one.id for one in main.named()] == ["962302", "962303"]
    assert [(one.id, one.session_key) for one in north.named()] == [("barber", "barber-and-co")]
    assert north.company_of("company_700").id == "700"
    assert main.company("962302").expected_phone == "79000962302"


def test_keys_come_from_the_environment_and_are_secret(file):
    setup = read(file, TWO)
    north, south = setup.gateways
    assert (north.key, south.key.get_secret_value()) == (None, KEY)
    assert KEY not in repr(setup)
    assert setup.secrets == (KEY,)


def test_a_key_may_come_from_a_file(file, tmp_path):
    (tmp_path / "key").write_text(f"{KEY}\n")
    setup = read(file, TWO, {"SOUTH_KEY_FILE": str(tmp_path / "key")})
    assert setup.gateways[1].key.get_secret_value() == KEY


def test_a_program_that_is_run_never_sees_the_keys(file, monkeypatch):
    monkeypatch.setenv("SOUTH_KEY", KEY)
    seen = environment_for_others(read(file, TWO).variables)
    assert KEY not in seen.values()


def test_an_unset_variable_is_named_with_its_line(file):
    assert wrong(file, TWO, {}) == [(10, "no_variable")]
    assert "SOUTH_KEY" in words(file, TWO.replace("SOUTH_KEY", "OTHER_KEY"))[1].replace(
        "OTHER_KEY", "SOUTH_KEY"
    )


def test_every_problem_is_told_at_once_with_its_line(file):
    text = """\
colour = "red"
[gateways.north]
kind = "telegram"
ulr = "http://north:3000"
key = "a-hidden-word-17"

[gateways."The South"]
kind = "ai_admin"
url = "http://south:3000/path"
companies = [
  "962302",
  "a b",
]

[companies.962302]
phone = "no phone"
max_files = 0
gateway = "noth"

[companies."../etc"]
name = "x"
"""
    assert wrong(file, text) == [
        (1, "unknown_key"),
        (2, "missing_key"),
        (3, "wrong_value"),
        (4, "unknown_key_meant"),
        (5, "secret_in_file"),
        (7, "bad_gateway_name"),
        (9, "wrong_value"),
        (10, "wrong_value"),
        (16, "wrong_value"),
        (17, "wrong_value"),
        (18, "unknown_gateway"),
        (20, "bad_company_id"),
    ]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_value_of_the_file_is_repeated(file, language):
    text = f'[gateways.north]\nkind = "{KEY}"\nurl = "{KEY}"\nkey = "{KEY}"\nkey_env = "{KEY}"\n'
    said = words(file, text, language)
    assert len(said) == 5
    assert KEY not in "".join(said)


def test_what_is_no_toml_is_told_with_the_line_where_it_ends(file):
    assert wrong(file, '[gateways.north]\nkind = "ai_admin"\nurl = http://x\n') == [(3, "not_toml")]
    assert wrong(file, "[gateways.a]\n[gateways.a]\n") == [(2, "not_toml")]


def test_a_file_that_cannot_be_read_is_told(file):
    file.write_bytes(b"\xff\xfe")
    given = load(LEAST | {"CONFIG_FILE": str(file)}, None)
    with pytest.raises(ConfigProblems) as caught:
        read_setup(given, {}, None)
    assert [problem.fault for problem in caught.value.problems] == [ConfigFault.UNREADABLE]


def test_the_nearest_known_name_is_asked_about(file):
    said = words(file, TWO + '[companies.1]\nphnoe = "79000962302"\n')
    assert said[1].endswith("line 12: companies.1.phnoe means nothing here. Is phone meant?")


def test_a_company_on_two_gateways_is_refused_where_it_stands_second(file):
    text = TWO.replace('key_env = "SOUTH_KEY"', 'companies = [\n "7*",\n "962302",\n]')
    assert wrong(file, text) == [(12, "on_two_gateways")]


def test_a_company_that_two_tables_put_in_different_places_is_refused(file):
    assert wrong(file, TWO + '[companies.962302]\ngateway = "south"\n') == [(5, "on_two_gateways")]


def test_two_companies_with_one_session_are_refused(file):
    text = TWO + '[companies.1]\ngateway = "north"\nsession_key = "962302"\n'
    assert wrong(file, text) == [(11, "same_session_key")]


def test_what_is_said_of_a_company_holds_wherever_it_is_found(file):
    setup = read(file, TWO + '[companies.700]\nname = "Seven"\n')
    assert [roster.company("700").name for roster in setup.rosters] == ["Seven", "Seven"]
    assert "700" not in [one.id for roster in setup.rosters for one in roster.named()]


ONE = '[gateways.main]\nkind = "ai_admin"\nurl = "http://north:3000"\ncompanies = ["1"]\n'


def test_the_environment_wins_over_the_only_gateway(file):
    [gateway] = read(
        file, ONE, GATEWAY_URL="http://else:3000", GATEWAY_KEY=KEY, COMPANIES="7=Seven"
    ).gateways
    assert (gateway.name, gateway.url, gateway.companies) == ("main", "http://else:3000", ("7",))
    assert gateway.key.get_secret_value() == KEY


def test_the_environment_may_supply_what_the_only_gateway_lacks(file):
    [gateway] = read(file, "[gateways.main]\n", GATEWAY="ai_admin", GATEWAY_URL="http://x").gateways
    assert (gateway.kind, gateway.url) == ("ai_admin", "http://x")


def test_a_name_of_the_environment_wins(file):
    setup = read(file, '[companies.1]\nname = "File"\nphone = "79000962302"\n', COMPANIES="1=Shell")
    [company] = setup.rosters[0].named()
    assert (company.name, company.expected_phone) == ("Shell", "79000962302")


def test_beside_several_gateways_the_environment_can_mean_none(file):
    assert wrong(file, TWO, GATEWAY_URL="http://x", SESSIONS_DIR="/s/{company}") == [
        (None, "environment_too"),
        (None, "environment_too"),
    ]


def test_a_setting_may_be_the_very_variable_that_a_gateway_names(file):
    text = TWO.replace("SOUTH_KEY", "GATEWAY_KEY")
    setup = read(file, text, {"GATEWAY_KEY": KEY}, GATEWAY_KEY=KEY)
    assert [gateway.key is not None for gateway in setup.gateways] == [False, True]


def test_companies_alone_belong_to_the_gateway_of_the_environment(file):
    setup = read(file, '[companies.962302]\nname = "Salon"\n')
    assert [(one.id, one.gateway) for one in setup.rosters[0].named()] == [("962302", "ai_admin")]


KEYS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Z")), max_size=8)
VALUES = st.one_of(st.text(max_size=20), st.integers(), st.booleans(), st.just([]), st.just({}))


@given(st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, max_size=4), max_size=4))
def test_any_toml_is_read_or_refused_in_words(tmp_path_factory, tables):
    file = tmp_path_factory.getbasetemp() / "any.toml"
    room = [f"[gateways.{_quoted(name)}]" for name in tables]
    lines = [
        line
        for header, table in zip(room, tables.values(), strict=True)
        for line in (header, *(f"{_quoted(key)} = {_toml(value)}" for key, value in table.items()))
    ]
    problems = ()
    try:
        read(file, "\n".join(lines))
    except ConfigProblems as error:
        problems = error.problems
    assert all(problem.line for problem in problems)


def _quoted(text):
    return '"' + "".join(f"\\u{ord(one):04x}" if ord(one) < 0x10000 else "x" for one in text) + '"'


def _toml(value):
    if isinstance(value, bool):
        return str(value).lower()
    return _quoted(value) if isinstance(value, str) else str(value)


def test_lines_are_found_through_every_way_to_write_a_key():
    text = '''\
a.b = 1
"x y" = """
[not.a.table]
k = 1
"""
[t."q.r"]  # a comment
c = { d = 1 }
e = [
  "one",
  "two",  # ]
]
f = 2
'''
    tomllib.loads(text)
    lines = Lines(text)
    assert (lines.of("a", "b"), lines.of("x y"), lines.of("t", "q.r")) == (1, 2, 6)
    assert (lines.of("t", "q.r", "c", "d"), lines.of("t", "q.r", "f")) == (7, 12)
    assert lines.of_item("t", "q.r", "e", item="two") == 10
    assert (lines.of("not"), lines.of("nowhere")) == (None, None)
    assert lines.of_item("t", "q.r", "e", item="three") == 8
    assert lines.of_item("nowhere", item="one") is None


def test_lines_are_found_in_lists_of_tables():
    lines = Lines("[[t]]\na = 1\n[[t.u]]\nb = 2\n")
    assert (lines.of("t"), lines.of("t", "a"), lines.of("t", "u", "b")) == (1, 2, 4)


@pytest.mark.parametrize("word", ["all", "OFF", "7d", "23-7", "info", "owner", "here", "now"])
def test_an_id_that_is_a_word_of_commands_is_refused_with_the_way_out(file, word):
    table = f'[gateways.one]\nkind = "ai_admin"\nurl = "http://one:3000"\n[companies.{word}]\n'
    assert wrong(file, table) == [(4, "company_is_word")]
    for language in ("en", "ru"):
        assert f'session_key = "{word}"' in words(file, table, language)[1]
    listed = f'[gateways.one]\nkind = "ai_admin"\nurl = "http://one:3000"\ncompanies = ["{word}"]\n'
    assert wrong(file, listed) == [(4, "company_is_word")]


@pytest.mark.parametrize("word", ["all", "OFF", "7d"])
def test_a_session_that_is_called_like_a_word_is_watched_under_another_id(file, word):
    text = f"""
[gateways.one]
kind = "ai_admin"
url = "http://one:3000"
[companies.my-{word}]
session_key = "{word}"
"""
    (roster,) = read(file, text).rosters
    company = roster.company_of(word)
    assert (company.id, company.session_key) == (f"my-{word}", word)
