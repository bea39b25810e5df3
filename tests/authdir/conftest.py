"""A disk with auth directories, filled from manifests of real ones."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.authdir import SessionsTemplate, SetAside, set_aside
from bot.domain.company import CompanyId

_DATA = Path(__file__).parents[1] / "data" / "authdir"
_NOBODY = 65534
LINKED = '{"me":{"id":"79000962302:12@s.whatsapp.net"},"account":{"details":"FAKE"}}'


def _names(manifest: str) -> Iterator[tuple[str, int]]:
    for line in manifest.splitlines():
        size, name = line.split(" ", 1)
        span = re.fullmatch(r"pre-key-(\d+)\.\.(\d+)\.json", name)
        if span is None:
            yield name, int(size)
        else:
            numbers = range(int(span[1]), int(span[2]) + 1)
            yield from ((f"pre-key-{number}.json", int(size)) for number in numbers)


class Disk:
    """Directories of one template; what is written here was written an hour ago."""

    now = datetime(2025, 9, 18, 15, 5, tzinfo=UTC)
    company = CompanyId("962302")

    def __init__(self, root: Path, name: str = "company_{company}") -> None:
        self.root = root
        self.template = SessionsTemplate.parse(str(root / name))

    def write(self, *names: str, company: str | None = None, text: str | None = None) -> Path:
        path = self.template.path_of(company or self.company)
        path.mkdir(parents=True, exist_ok=True)
        for name in names:
            usual = LINKED if name == "creds.json" else "{}"
            (path / name).write_text(usual if text is None else text)
        return self.age(path, timedelta(hours=1))

    def sample(self, name: str) -> Path:
        path = self.write()
        creds = (_DATA / f"creds-{name[:3]}.json").read_text()
        for file, size in _names((_DATA / f"{name}.txt").read_text()):
            (path / file).write_text(creds[:size].ljust(size) if file == "creds.json" else "")
            os.truncate(path / file, size)
        return self.age(path, timedelta(hours=1))

    def age(self, path: Path, by: timedelta) -> Path:
        then = (self.now - by).timestamp()
        for one in (path, *path.iterdir()):
            os.utime(one, (then, then), follow_symlinks=False)
        return path

    def set_aside(self, company: str | None = None, at: datetime | None = None) -> SetAside:
        kept = set_aside(self.template, CompanyId(company or self.company), at or self.now)
        assert kept is not None
        return kept


@contextmanager
def _unprivileged() -> Iterator[None]:
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path)


@pytest.fixture
def plain_disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path, "{company}")


@pytest.fixture
def humble_disk() -> Iterator[Disk]:
    """A disk of somebody whom the system can refuse, which it never does to root."""
    with tempfile.TemporaryDirectory() as root:
        Path(root).chmod(0o777)
        with _unprivileged():
            yield Disk(Path(root))
