"""What is so of a session, for the shapes of a double that is told by a file."""

import re
import secrets
from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from bot.sandbox.gateway.dialects.base import Backstage
from bot.sandbox.gateway.dialects.shapes import fill, picture_of
from bot.sandbox.gateway.session import Phase

DOWN = frozenset({Phase.STOPPED, Phase.CLOSED})


class SessionFacts:
    """The facts of sessions, with the words of one double."""

    def __init__(self, spec: Mapping[str, Any], behind: Backstage) -> None:
        self._spec = spec
        self._behind = behind
        self._pool = behind.pool

    def of(self, name: str, *, in_list: bool = False) -> dict[str, object]:
        """All that a shape may tell of a session."""
        session = self._pool.sessions.get(name)
        claimed = self._behind.lies.claims(name, in_list=in_list)
        phone = session.phone if session and not claimed else None
        connected = claimed or (session is not None and session.connected)
        code = session.code if session else None
        png = None if code is None else picture_of(code, as_url=True)
        facts: dict[str, object] = {
            "name": name,
            "id": id_of(name),
            "token": token_of(name),
            "word": self._word(name, claimed=claimed),
            "reason": self._said("reasons", name),
            "connected": connected,
            "phone": phone,
            "jid": f"{phone}:3@s.whatsapp.net" if phone else None,
            "wid": f"{phone}@c.us" if phone else None,
            "qr": code,
            "png": png,
            "base64": None if png is None else png.partition(",")[2],
            "png_and_qr": "" if png is None else f"{png}|{code}",
            "says": self._said("says", name),
            "online": "ONLINE" if connected else "OFFLINE",
            "sent": f"3EB0{secrets.token_hex(9).upper()}",
        }
        return {**facts, "item": fill(self._spec.get("item", "$name"), facts)}

    def _word(self, name: str, *, claimed: bool) -> object:
        words = self._spec["words"]
        if claimed:
            return words["connected"]
        return self._said("words", name)

    def _said(self, table: str, name: str) -> object:
        """A word for the phase, or for what is known beside it: `removed` before `stopped`."""
        words, phase = self._spec.get(table, {}), self._pool.phase(name)
        code = self._pool.closed_with.get(name)
        if phase in DOWN and f"closed_{code}" in words:
            return words[f"closed_{code}"]
        return words.get(phase.value)


def id_of(name: str) -> str:
    """The id that the gateway has made up for a session."""
    return str(uuid5(NAMESPACE_URL, name))


def token_of(name: str) -> str:
    """The secret of a session; it opens nothing elsewhere."""
    return f"FAKE-TOKEN-OF-{re.sub(r'[^A-Za-z0-9]', '-', name)}"
