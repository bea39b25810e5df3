"""One auth directory as Baileys' `useMultiFileAuthState` keeps it: plain files, plainly written.

Blocking, and called from the event loop on purpose: a session's files must never be half-way
between two of its states when it is cancelled.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path

from bot.sandbox.gateway.creds import Creds, account_of, key_pair, lid_of

# What a device uploads after pairing: 7.0 since rc.6 makes 812.
PRE_KEYS = {"6.7": 30, "7.0": 812}


def folder_of(company: str) -> str:
    """The name of a company's directory; a digest for one that no file system would take.

    Gateways keep what they must under any name: in a database, or under an id of their own.
    """
    name = f"company_{company}"
    odd = "/" in name or "\0" in name or len(name.encode(errors="replace")) > 200
    return f"company_{hashlib.sha256(name.encode(errors='replace')).hexdigest()}" if odd else name


class AuthDirectory:
    """`company_{id}` of one company."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self) -> Creds | None:
        """Make the directory if need be and read its credentials.

        None where there are none, and also where they cannot be read: Baileys makes no difference.
        NotADirectoryError when something else is in its place.
        """
        if self.path.exists() and not self.path.is_dir():
            raise NotADirectoryError(
                f"found something that is not a directory at baileys_sessions/{self.path.name},"
                " either delete it or specify a different location"
            )
        self.path.mkdir(parents=True, exist_ok=True)
        return self.creds()

    def creds(self) -> Creds | None:
        """The credentials in the directory, None where they can't be read."""
        try:
            creds = json.loads((self.path / "creds.json").read_text())
        except (OSError, ValueError):
            return None
        return creds if isinstance(creds, dict) else None

    def save(self, creds: Creds) -> None:
        """Write `creds.json`, into a directory made anew if somebody took it away."""
        self.path.mkdir(parents=True, exist_ok=True)
        self._write("creds", creds)

    def add_pre_keys(self, creds: Creds, count: int) -> None:
        """Write `count` more pre-key files; none is ever removed."""
        first = creds["nextPreKeyId"]
        creds["nextPreKeyId"] = creds["firstUnuploadedPreKeyId"] = first + count
        self.save(creds)
        for number in range(first, first + count):
            self._write(f"pre-key-{number}", key_pair())

    def add_own_mappings(self, creds: Creds) -> None:
        """Write the LID mapping files that Baileys 7.0 keeps for its own account."""
        phone = account_of(creds) or ""
        lid = lid_of(phone)
        self._write(f"lid-mapping-{phone}", lid)
        self._write(f"lid-mapping-{lid}_reverse", phone)
        self._write(f"device-list-{phone}", ["1"])

    def truncate_creds(self) -> None:
        """Leave half of `creds.json`, as a crash while writing does."""
        file = self.path / "creds.json"
        text = file.read_text() if file.exists() else ""
        file.write_text(text[: len(text) // 2])

    def wipe(self) -> None:
        """Delete the directory with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)

    def count(self) -> int:
        """How many names a plain listing shows; 0 without a directory."""
        try:
            with os.scandir(self.path) as names:
                return sum(1 for _ in names)
        except OSError:
            return 0

    def _write(self, name: str, content: object) -> None:
        text = json.dumps(content, separators=(",", ":"))
        (self.path / f"{name}.json").write_text(text)
