"""What is asked of Evolution API, one request at a time, and what it says of one instance."""

import asyncio
from typing import Unpack

from bot.gateways import evolution_replies as replies
from bot.gateways.adapter import Adapter, AdapterConfig
from bot.gateways.base import SessionNotFound, Unsupported
from bot.gateways.client import MEGABYTE, GatewayClient, path_part
from bot.gateways.reply import Reply
from bot.gateways.shapes import qr_in

_LIST_BYTES = 16 * MEGABYTE
_CLOSED_LOOKS = 3  # the live state may be `close` for a moment only
_PAUSE = 1 / 150  # between them, of the life of a code
_OF_FIRST = 45 / 60  # a code lives so much of WhatsApp's first one: `qrTimeout` is 45 s


class EvolutionCalls(Adapter):
    """The requests of the adapter for `evolution`."""

    def __init__(self, client: GatewayClient, **config: Unpack[AdapterConfig]) -> None:
        life_s = config.get("first_life_s", 60.0) * _OF_FIRST
        config["first_life_s"] = config["next_life_s"] = life_s
        super().__init__(client, **config)
        self._headers = {} if self._key is None else {"apikey": self._key}

    async def _rows(self, path: str) -> list[replies.Row]:
        reply = await self._client.get_json(
            path, headers=self._headers, max_bytes=_LIST_BYTES, allow=(404,)
        )
        return replies.rows_in(replies.must_exist(reply))

    async def _row(self, key: str) -> replies.Row:
        """The row of one instance. SessionNotFound where there is none."""
        path = f"/instance/fetchInstances?instanceName={path_part(key)}"
        found = next((row for row in await self._rows(path) if row.key == key), None)
        if found is None:
            raise SessionNotFound("the gateway has no such instance")
        return found

    async def _standing(self, key: str) -> tuple[replies.Row, str]:
        """The stored row and the live state of an instance. Unsupported for what is no session."""
        word = await self._live(key)
        row = await self._row(key)
        if row.integration != replies.BAILEYS:
            raise Unsupported(f"this instance is {row.integration}: only Baileys ones are sessions")
        return row, await self._steady(row, word)

    async def _steady(self, row: replies.Row, word: str) -> str:
        """The live word, asked for anew where a `close` may be only for a moment."""
        for _ in range(_CLOSED_LOOKS - 1):
            if word != "close" or row.word not in ("connecting", "open"):
                break
            await asyncio.sleep(self._first_life_s * _PAUSE)
            word = await self._live(row.key)
        if word == "close":
            self._codes.retire(row.key)
        return word

    async def _live(self, key: str) -> str:
        path = f"/instance/connectionState/{path_part(key)}"
        reply = await self._client.get_json(path, headers=self._headers, allow=(404,), about=key)
        word = replies.live_word(replies.must_exist(reply))
        if word == "open":
            self._codes.retire(key)
        return word

    async def _code_reply(self, key: str) -> Reply:
        path = f"/instance/connect/{path_part(key)}"
        return await self._client.get_json(path, headers=self._headers, about=key)

    async def _shown(self, key: str) -> str | None:
        """The text or the picture of the code that is shown, whatever its age."""
        part = replies.code_part(await self._code_reply(key))
        return qr_in(part.get("code")) or (str(part["base64"]) if part.get("base64") else None)

    async def _connect(self, key: str) -> str:
        """Start what is closed; what it says of itself then. Whatever code comes is new."""
        self._codes.look(key, None, self._clock())
        reply = await self._client.get_json(
            f"/instance/connect/{path_part(key)}", headers=self._headers, timeout_s=30, about=key
        )
        return replies.live_word(reply)

    async def _log_out(self, key: str) -> None:
        path = f"/instance/logout/{path_part(key)}"
        reply = await self._client.delete_json(
            path, headers=self._headers, allow=(400, 404), about=key
        )
        if replies.must_exist(reply).status != 400:  # that it is closed already
            replies.must_not_fail(reply)
        self._codes.retire(key)
