"""The gateway's log: Baileys' JSON lines beside what libsignal prints on the console.

All keys in it are fake. The real thing prints private keys, which is why it is worth having here.
"""

import json
import os
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_DOCKER_PIECE = 16 * 1024
_MESSAGES = {
    401: ("device_removed", "Stream Errored (conflict)"),
    403: ("forbidden", "Connection Failure"),
    408: ("qr_refs_ended", "QR refs attempts ended"),
    428: ("connection_closed", "Connection Terminated"),
    440: ("connection_replaced", "Stream Errored (conflict)"),
    515: ("restart_required", "Stream Errored (restart required)"),
}
_CONFLICTS = {401: "device_removed", 440: "replaced"}
_REFUSED_LOGIN = ("logged_out", "Connection Failure")


class Logbook:
    """Appends lines to a file; without one it writes nothing."""

    def __init__(self, path: Path | None, line: str) -> None:
        """A file that is named as Docker names its own holds what Docker makes of each line."""
        self._path = path
        self._line = line
        self._in_docker = path is not None and path.name.endswith("-json.log")

    def say(self, company: str, message: str, level: int = 30, **fields: Any) -> None:
        """One line of Baileys' logger."""
        entry: dict[str, Any] = {"level": level, "time": time.time_ns() // 1_000_000}
        entry |= {"pid": os.getpid(), "hostname": "gateway", "companyId": company}
        self._append(json.dumps(entry | fields | {"msg": message}, separators=(",", ":")))

    def event(self, company: str, event: str, **fields: Any) -> None:
        """One line of the gateway's own: a change of state, a closed socket, a word of the pool."""
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        entry = {"t": stamp, "ev": event, "company": company, **fields}
        self._append(json.dumps(entry, separators=(",", ":")))

    def closed(self, company: str, code: int, *, at_login: bool = False) -> None:
        """What Baileys and the gateway log when WhatsApp closes the socket with `code`."""
        reason, message = _REFUSED_LOGIN if at_login and code == 401 else _MESSAGES[code]
        if code in {401, 440, 515} and not at_login:
            self.say(company, "stream errored out", 50, **self._error_node(code))
        self.say(company, "connection errored", trace=f"Error: {message}\n    at socket.js:1:1")
        self.event(company, "close", code=code, reason=reason, message=message)

    def dump_session(self, company: str) -> None:
        """What libsignal prints when it closes a session, with its (fake) private key."""
        lines = [
            "Closing session: SessionEntry {",
            "  registrationId: 13328,",
            "  currentRatchet: {",
            "    ephemeralKeyPair: {",
            f"      pubKey: {_console_buffer(33)},",
            f"      privKey: {_console_buffer(32)}",
            "    },",
            f"    rootKey: {_console_buffer(32)}",
            "  }",
            "}",
        ]
        if self._line == "6.7":  # later libsignal leaves the heading out
            lines.insert(0, "Closing stale open session for new outgoing prekey bundle")
        self._append("\n".join(f"[{company}] {line}" for line in lines))

    def bad_mac(self, company: str) -> None:
        """What a message that cannot be decrypted leaves on the console and in the log."""
        lines = (
            "Failed to decrypt message with any known session...",
            "Session error:Error: Bad MAC Error: Bad MAC",
        )
        self._append("\n".join(f"[{company}] {line}" for line in lines))
        self.say(company, "failed to decrypt message", 50, err={"type": "SessionError"})

    def _error_node(self, code: int) -> dict[str, Any]:
        node: dict[str, Any] = {"tag": "stream:error", "attrs": {"code": str(code)}}
        if code not in _CONFLICTS:
            return {"node" if self._line == "6.7" else "fullErrorNode": node}
        reason = {"tag": "conflict", "attrs": {"type": _CONFLICTS[code]}}
        node["content"] = [reason]
        return (
            {"node": node} if self._line == "6.7" else {"reasonNode": reason, "fullErrorNode": node}
        )

    def _append(self, text: str) -> None:
        if self._path is None:
            return
        lines = text.split("\n")
        records = [record for line in lines for record in _docker_records(line)]
        with self._path.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in (records if self._in_docker else lines))


def _docker_records(line: str) -> Iterator[str]:
    """A line as Docker's json-file driver writes it: in pieces of 16 KiB, the last with a break."""
    whole = line.encode() + b"\n"
    at = datetime.now(UTC).isoformat().replace("+00:00", "000Z")
    for start in range(0, len(whole), _DOCKER_PIECE):
        piece = whole[start : start + _DOCKER_PIECE].decode("utf-8", "replace")
        record = {"log": piece, "stream": "stdout", "time": at}
        yield json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _console_buffer(size_bytes: int) -> str:
    """Bytes as Node's console shows them."""
    raw = f"FAKE-KEY-{secrets.token_hex(size_bytes)}"[:size_bytes].encode()
    return f"<Buffer {raw.hex(' ')}>"
