"""The compose file names settings that there are, and nothing secret."""

import re
from pathlib import Path

import pytest
import yaml

from bot.settings import documented

ROOT = Path(__file__).parents[1]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
REPLICAS = [one for name, one in COMPOSE["services"].items() if name.startswith("replica")]
SECRET = {one.name for one in documented() if one.secret}


def test_there_are_two_replicas_that_come_back():
    assert [one["restart"] for one in REPLICAS] == ["unless-stopped"] * 2


@pytest.mark.parametrize("replica", REPLICAS)
def test_every_name_is_a_setting_and_what_is_secret_is_a_file(replica):
    names = {one.name for one in documented()}
    for name, value in replica["environment"].items():
        assert name.removesuffix("_FILE") in names
        assert name.endswith("_FILE") == value.startswith("/run/secrets/")
        assert name not in SECRET


@pytest.mark.parametrize("service", COMPOSE["services"].values())
def test_every_secret_that_is_used_is_there(service):
    used = {value for value in service["environment"].values() if value.startswith("/run/secrets/")}
    given = set(service["secrets"])
    assert {value.rsplit("/", 1)[1] for value in used} == given
    assert given <= COMPOSE["secrets"].keys()


def test_what_every_replica_needs_is_named():
    required = {one.name for one in documented() if one.required}
    for replica in REPLICAS:
        assert required <= {name.removesuffix("_FILE") for name in replica["environment"]}


BESIDE = yaml.safe_load((ROOT / "compose.waha.yaml").read_text())["services"]


def test_beside_a_gateway_every_name_is_a_setting_and_every_value_comes_from_env():
    names = {one.name: one for one in documented()}
    given = BESIDE["repair-bot"]["environment"]
    assert given.keys() <= names.keys()
    assert {name for name, doc in names.items() if doc.required} <= given.keys()
    named = {name for name in given if names[name].secret or names[name].required}
    assert {name: given[name] for name in named} == {name: f"${{{name}:?}}" for name in named}


def test_beside_a_gateway_both_name_each_other():
    bot, gateway = BESIDE["repair-bot"]["environment"], BESIDE["gateway"]["environment"]
    assert bot["GATEWAY_URL"] == "http://gateway:3000"
    host, port = bot["LISTEN"].split(":")
    path = "/hooks/" + bot["GATEWAY"] + "/" + bot["HOOK_SECRET"]
    assert gateway["WHATSAPP_HOOK_URL"] == f"http://repair-bot:{port}{path}"
    assert host == "0.0.0.0"
    assert gateway["WHATSAPP_HOOK_HMAC_KEY"] == bot["HOOK_KEY"]
    assert gateway["WAHA_API_KEY"] == bot["GATEWAY_KEY"]


def test_what_the_page_has_put_into_env_is_what_the_file_asks_for():
    page = (ROOT / "docs" / "install" / "compose.md").read_text()
    asked = set(re.findall(r"\$\{(\w+):\?\}", (ROOT / "compose.waha.yaml").read_text()))
    assert set(re.findall(r"^\s+([A-Z_]+)=", page, re.MULTILINE)) == asked
