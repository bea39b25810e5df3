"""What each key of the configuration file takes, and what it refuses."""

import pytest

from bot.domain.config_file import ConfigFault
from bot.settings import ConfigProblems, load, read_setup

LEAST = {"TELEGRAM_BOT_TOKEN": "123456:TEST-TOKEN", "OWNER_IDS": "1"}
GATEWAY = '[gateways.north]\nkind = "ai_admin"\nurl = "http://north:3000"\n'
COMPANY = GATEWAY + "[companies.962302]\n"


@pytest.fixture
def read(tmp_path):
    file = tmp_path / "repair-bot.toml"

    def read(text):
        file.write_text(text)
        return read_setup(load(LEAST | {"CONFIG_FILE": str(file)}, None), {"A_KEY": "k"}, None)

    return read


def faults(read, text):
    with pytest.raises(ConfigProblems) as caught:
        read(text)
    return [(problem.fault, problem.key.rpartition(".")[2]) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("url", "3000"),
        ("url", '" "'),
        ("key_env", '"A-KEY"'),
        ("companies", "{}"),
        ("companies", "true"),
        ("companies", '["a b"]'),
        ("log", "[]"),
        ("log", '["/var/log/a.log", ""]'),
        ("log", "7"),
        ("restart_command", '["systemctl", 1]'),
        ("restart_command", '"systemctl \'"'),
        ("session_key", '"wa"'),
        ("session_key", '"{company}{company}"'),
        ("session_key", '"{company}/x"'),
        ("sessions_dir", '"/sessions"'),
    ],
)
def test_a_gateway_refuses_it(read, key, value):
    text = GATEWAY.replace('url = "http://north:3000"\n', "") if key == "url" else GATEWAY
    assert faults(read, f"{text}{key} = {value}\n") == [(ConfigFault.WRONG_VALUE, key)]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "7"),
        ("name", '""'),
        ("phone", "true"),
        ("phone", '"by heart"'),
        ("max_files", "0"),
        ("max_files", "true"),
        ("max_files", '"100"'),
        ("max_reconnects_per_day", "-1"),
        ("max_reconnects_per_day", "1.5"),
        ("session_key", '"../x"'),
    ],
)
def test_a_company_refuses_it(read, key, value):
    assert faults(read, f"{COMPANY}{key} = {value}\n") == [(ConfigFault.WRONG_VALUE, key)]


@pytest.mark.parametrize("text", ["gateways = 1\n", "gateways = []\n", "companies = 'all'\n"])
def test_what_is_no_table_is_said(read, text):
    assert (ConfigFault.NO_TABLE, text.split()[0]) in faults(read, text)


def test_one_company_that_is_no_table_is_said_and_the_others_are_read(read):
    found = faults(read, f"{GATEWAY}[companies]\n962302 = 'Salon'\n962303.max_files = 0\n")
    assert found == [(ConfigFault.NO_TABLE, "962302"), (ConfigFault.WRONG_VALUE, "max_files")]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ('"auto"', ("*",)),
        ('"AUTO"', ("*",)),
        ('["962302", 962303, "48*", "962302"]', ("962302", "962303", "48*")),
    ],
)
def test_companies_are_ids_and_patterns_or_all(read, value, wanted):
    setup = read(f"{GATEWAY}companies = {value}\n")
    assert setup.gateways[0].companies == wanted


def test_one_path_or_command_may_stand_without_a_list(read):
    [gateway] = read(
        f"{GATEWAY}log = '/var/log/wa.log'\nrestart_command = 'systemctl restart wa'\n"
    ).gateways
    assert [str(one) for one in gateway.log] == ["/var/log/wa.log"]
    assert tuple(gateway.restart_command) == ("systemctl", "restart", "wa")


@pytest.mark.parametrize("phone", ["79001234567", '"+7 900 123-45-67"'])
def test_a_phone_is_kept_as_its_digits(read, phone):
    setup = read(f"{COMPANY}phone = {phone}\n")
    assert setup.companies[0].phone == "79001234567"
