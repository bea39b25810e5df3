"""The users of a wuzapi with their tokens, kept in memory alone."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.gateways import wuzapi_replies as replies
from bot.gateways.about import About
from bot.gateways.base import (
    NAMELESS,
    GatewayAuthError,
    GatewayConfused,
    GatewayUnreachable,
    SessionNotFound,
)
from bot.gateways.client import MEGABYTE, GatewayClient
from bot.gateways.reply import Reply

_LIST_BYTES = 16 * MEGABYTE
_TOKEN_BYTES = 24
_NAMED = frozenset({"name", "username"})


class WuzapiUsers:
    """Who there is, by name, as the last list had it. `key` is the admin token."""

    def __init__(self, client: GatewayClient, key: str | None) -> None:
        self._client = client
        self._admin = {} if key is None else {"Authorization": key}
        self._known: dict[str, replies.User] = {}
        self._listed: Sequence[replies.User] = ()

    def all(self) -> Sequence[replies.User]:
        """Everybody of the last list, as often as they are in it."""
        return self._listed

    async def list(self) -> Reply:
        """Read the list anew."""
        reply = await self._client.get_json(
            "/admin/users", headers=self._admin, max_bytes=_LIST_BYTES
        )
        self._listed = replies.users_in(reply)
        self._known = {user.name: user for user in self._listed if user.name != NAMELESS}
        return reply

    async def get(self, key: str) -> replies.User:
        """The user of this name with its token, listed anew while it is not known."""
        if key not in self._known:
            await self.list()
        if key not in self._known:
            raise SessionNotFound("the gateway has no user of this name")
        user = self._known[key]
        if not user.token:
            raise GatewayConfused("the gateway tells no token of this user, or has two of its name")
        return user

    async def make(self, key: str) -> replies.User:
        """A new user of this name, with a token that nobody has to know."""
        body = {"name": key, "token": secrets.token_hex(_TOKEN_BYTES), "events": "All"}
        reply = await self._client.post_json(
            "/admin/users", body, headers=self._admin, about=About(key=key, also=_NAMED)
        )
        replies.data_in(reply)
        await self.list()
        return await self.look(key)

    async def look(self, key: str) -> replies.User:
        """The user of this name by its own status."""
        return await self.status(await self.get(key))

    async def status(self, user: replies.User) -> replies.User:
        """The user by its own status; one without a client in the gateway is not connected."""
        try:
            reply = await self._client.get_json(
                "/session/status", headers=own_headers(user), allow=(500,), about=about(user)
            )
        except GatewayAuthError:
            self._known.pop(user.name, None)  # its token may have been changed
            raise
        if reply.status < 400:
            return replies.seen(user, replies.fields_in(reply))
        if "no session" not in replies.error_in(reply):
            raise GatewayUnreachable("the gateway answered 500")
        return replace(user, connected=False, logged_in=False, jid=None)


def own_headers(user: replies.User) -> Mapping[str, str]:
    """The user's token in both places: builds differ in which of them they read."""
    return {"Token": user.token, "Authorization": user.token}


def about(user: replies.User) -> About:
    """Whom an answer to this user's token has to be about."""
    return About(key=user.name, also=_NAMED)
