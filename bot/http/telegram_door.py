"""The door for Telegram, where it is asked to call us."""

import hmac
from collections.abc import Callable
from urllib.parse import urlsplit

from aiohttp import web

from bot.http.body import read_body

_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class TelegramDoor:
    """Lets in who bears the secret, and nobody else: not even a word tells them where they are.

    `take` is given raw updates; False sends the update back to be brought again later.
    """

    def __init__(self, url: str, secret: str, take: Callable[[bytes], bool]) -> None:
        self._path = urlsplit(url).path or "/"
        self._secret = secret.encode()
        self._take = take

    def routes(self) -> list[web.RouteDef]:
        """The path of the public address: a proxy has only to pass it on."""
        return [web.post(self._path, self._update)]

    async def _update(self, request: web.Request) -> web.Response:
        secret = request.headers.get(_HEADER, "").encode(errors="replace")
        if not hmac.compare_digest(secret, self._secret):
            return web.Response(status=404)
        body = await read_body(request)
        return web.Response(status=200 if self._take(body) else 503)
