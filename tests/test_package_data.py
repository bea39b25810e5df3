"""Whatever the program reads beside its modules is in the package."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_file_that_is_no_module_is_packaged():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packaged = {
        path
        for package, patterns in project["tool"]["setuptools"]["package-data"].items()
        for pattern in patterns
        for path in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    rooms = [ROOT / room for room in ("bot", "handlers", "storage")]
    files = {path for room in rooms for path in room.rglob("*") if path.is_file()}
    beside = {path for path in files if path.suffix not in (".py", ".pyc")}
    assert len([path for path in beside if path.suffix == ".toml"]) == 16
    assert sorted(str(path.relative_to(ROOT)) for path in beside - packaged) == []
