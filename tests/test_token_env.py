"""The secrets of single sessions: named in CONFIG_FILE, borne by variables, shown nowhere."""

import pytest

from bot.domain.config_file import ConfigFault
from bot.settings import ConfigProblems, load, read_setup
from bot.settings.setup import setup_by_environment

LEAST = {"TELEGRAM_BOT_TOKEN": "123456:TEST-TOKEN", "OWNER_IDS": "1001"}
TOKEN = "obviously-fake-token"
FILE = """\
[gateways.hosted]
kind = "green_api"
url = "https://api.green-api.com"

[companies.north]
session_key = "1101000001"
token_env = "NORTH_TOKEN"
"""


def read(tmp_path, text, variables):
    file = tmp_path / "repair-bot.toml"
    file.write_text(text)
    settings = load(LEAST | {"CONFIG_FILE": str(file)}, None)
    return read_setup(settings, variables, None)


def test_a_token_is_known_by_the_name_of_its_session(tmp_path):
    [gateway] = read(tmp_path, FILE, {"NORTH_TOKEN": TOKEN}).gateways
    assert {key: it.get_secret_value() for key, it in gateway.tokens.items()} == {
        "1101000001": TOKEN
    }


def test_it_is_hidden_from_the_log_and_from_repr(tmp_path):
    setup = read(tmp_path, FILE, {"NORTH_TOKEN": TOKEN})
    assert TOKEN in setup.secrets
    assert TOKEN not in repr(setup)
    assert setup.variables == ("NORTH_TOKEN",)  # no program that we run may see it


def test_a_variable_that_is_not_set_is_told_with_its_line(tmp_path):
    with pytest.raises(ConfigProblems) as raised:
        read(tmp_path, FILE, {})
    [problem] = raised.value.problems
    assert (problem.fault, problem.line, problem.other) == (
        ConfigFault.NO_VARIABLE,
        7,
        "NORTH_TOKEN",
    )


@pytest.mark.parametrize("key", ["token", "api_key", "secret", "password"])
def test_a_secret_in_the_file_is_refused_without_repeating_it(tmp_path, key):
    with pytest.raises(ConfigProblems) as raised:
        read(tmp_path, FILE + f'{key} = "{TOKEN}"\n', {"NORTH_TOKEN": TOKEN})
    [problem] = raised.value.problems
    assert (problem.fault, problem.other) == (ConfigFault.SECRET_IN_FILE, "token_env")
    assert TOKEN not in repr(problem)


def test_a_token_goes_to_the_gateway_that_has_the_company_alone(tmp_path):
    other = '[gateways.main]\nkind = "waha"\nurl = "http://localhost:3000"\ncompanies = ["9*"]\n'
    text = FILE.replace("session_key", 'gateway = "hosted"\nsession_key') + other
    tokens = {
        it.name: list(it.tokens) for it in read(tmp_path, text, {"NORTH_TOKEN": TOKEN}).gateways
    }
    assert tokens == {"hosted": ["1101000001"], "main": []}


def test_a_wrong_description_is_told_at_the_line_of_its_kind(tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text('title = "Mine"\n')
    with pytest.raises(ConfigProblems) as raised:
        read(tmp_path, FILE.replace('"green_api"', f'"file:{mine}"'), {"NORTH_TOKEN": TOKEN})
    [problem] = [it for it in raised.value.problems if it.fault is ConfigFault.BAD_DESCRIPTION]
    assert problem.line == 2
    assert "[list]" in problem.other


@pytest.mark.parametrize(
    ("file", "name"),
    [("My Gateway.toml", "my-gateway"), ("шлюз.toml", "gateway"), ("a_b-1.toml", "a_b-1")],
)
def test_a_gateway_of_ones_own_is_named_after_its_file(tmp_path, file, name):
    path = tmp_path / file
    path.write_text(
        'title = "Mine"\n[list]\nget = "/s"\nkey = "id"\nstate = "s"\n[words]\nconnected = "open"\n'
    )
    [gateway] = setup_by_environment(load(LEAST | {"GATEWAY": f"file:{path}"}, None)).gateways
    assert (gateway.name, gateway.kind) == (name, f"file:{path}")
