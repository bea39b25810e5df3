"""Kinds that an installed package brings, by the entry point group `repair_bot.gateways`.

The package is the one of docs/your-own-gateway.md, laid out as an installer leaves it.
"""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.session import State
from bot.gateways.client import GatewayClient
from bot.gateways.kinds import CODED, KINDS, BadKind
from bot.settings import SettingsProblems, load

DOCS = Path(__file__).parents[2] / "docs"
LEAST = {"TELEGRAM_BOT_TOKEN": "123456:TEST-TOKEN", "OWNER_IDS": "1001"}


def template():
    """The adapter that the docs print."""
    text = (DOCS / "your-own-gateway.md").read_text()
    return re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Lay a package out on the path: its module, and what it says of itself."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def installed(points, source):
        (tmp_path / "my_gateway.py").write_text(source)
        facts = tmp_path / "my_gateway-1.0.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: my-gateway\nVersion: 1.0\n")
        (facts / "entry_points.txt").write_text(f"[repair_bot.gateways]\n{points}\n")

    yield installed
    sys.modules.pop("my_gateway", None)


def test_none_is_installed_here():
    assert len(KINDS) == 14


async def test_an_installed_kind_is_listed_set_and_spoken(install):
    install("my_kind = my_gateway:MyGateway", template())
    assert "my_kind" in list(KINDS)
    assert load(LEAST | {"GATEWAY": "my_kind"}, None).gateway == "my_kind"
    adapter = KINDS["my_kind"](
        GatewayClient("http://gateway.invalid"), key="k", clock=lambda: datetime.now(UTC)
    )
    assert adapter.kind == "my_kind"
    assert adapter.caps.bulk_list
    await adapter.aclose()


async def test_the_template_reads_what_it_says_it_reads(install):
    install("my_kind = my_gateway:MyGateway", template())
    kind = KINDS["my_kind"]
    from recorded import client, json_transport  # noqa: PLC0415 - beside the package

    answers = {"/sessions": [{"id": "962302", "state": "open"}, {"id": "x", "state": "zzz"}]}
    adapter = kind(
        client(json_transport(lambda request: answers[request.url.path])),
        clock=lambda: datetime.now(UTC),
    )
    found = {info.key: info.state for info in await adapter.list_sessions()}
    assert found == {"962302": State.CONNECTED, "x": State.UNKNOWN}


@pytest.mark.parametrize("name", ["waha", "openwa", "ai_admin"])
def test_no_package_takes_the_name_of_a_kind_of_ours(install, name):
    install(f"{name} = my_gateway:MyGateway", template())
    assert len(KINDS) == 14
    assert KINDS[name] is CODED.get(name, KINDS[name])


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise RuntimeError('no')", "my-gateway can't be loaded: RuntimeError"),
        ("class MyGateway: pass", "lacks caps"),
        ("MyGateway = 3", "lacks caps"),
    ],
)
def test_a_broken_package_is_told_as_that(install, source, said):
    install("my_kind = my_gateway:MyGateway", source)
    with pytest.raises(BadKind, match=said):
        KINDS["my_kind"]
    with pytest.raises(SettingsProblems, match=said):
        load(LEAST | {"GATEWAY": "my_kind"}, None)


def test_a_kind_that_nobody_brings_is_told_with_those_that_there_are():
    with pytest.raises(SettingsProblems, match="openwa"):
        load(LEAST | {"GATEWAY": "my_kind"}, None)
