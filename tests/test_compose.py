"""The compose file names settings that there are, and nothing secret."""

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
