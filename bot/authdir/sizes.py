"""How much lies in a directory of kept things. Blocks; call it in a thread."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Stored:
    """How many things are kept, and the bytes of all their files."""

    entries: int
    size_bytes: int


def stored_in(path: Path) -> Stored:
    """What is kept there; nothing where there is no such directory. Follows no link."""
    entries, size_bytes = 0, 0
    for folder, folders, files in os.walk(path):
        if Path(folder) == path:
            entries = len(folders) + len(files)
        for name in files:
            try:
                size_bytes += (Path(folder) / name).lstat().st_size
            except FileNotFoundError:
                continue  # deleted while we looked
    return Stored(entries=entries, size_bytes=size_bytes)
