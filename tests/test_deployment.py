"""What is deployed by files that no test can run here: they agree with the program."""

import re
import tomllib
from pathlib import Path

from bot.settings import documented

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
UNIT = (ROOT / "docs" / "repair-bot.service").read_text()


def test_the_container_has_every_package_of_the_program():
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    packages = {tool.rstrip("*") for tool in tools["packages"]["find"]["include"]}
    copied = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, re.MULTILINE))
    let_through = set(re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    files = re.search(r"^COPY (pyproject.*) \./$", DOCKERFILE, re.MULTILINE)[1].split()
    assert copied == packages
    assert copied | set(files) == let_through
    assert [name for name in let_through if not (ROOT / name).exists()] == []


def test_the_container_runs_as_nobody_in_particular():
    assert re.search(r"^USER 10001:10001$", DOCKERFILE, re.MULTILINE)


def test_the_container_is_healthy_where_the_program_listens():
    listen = next(doc.default for doc in documented() if doc.name == "LISTEN")
    assert "LISTEN=" not in DOCKERFILE  # it would win over a .env that is mounted
    assert f"http://{listen}/healthz" in DOCKERFILE


def test_the_unit_has_the_walls_that_security_promises():
    for wall in ("NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes", "UMask=0077"):
        assert f"\n{wall}\n" in UNIT
