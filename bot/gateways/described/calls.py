"""Makes the calls that a description tells: who is asked for, with which secret, once or again.

Secrets stand in headers, queries, paths or bodies as the description says; none is kept but in
memory, and none stands in an error.
"""

import asyncio
import secrets
from collections.abc import Mapping, Sequence, Sized

from bot.gateways.about import About
from bot.gateways.base import (
    GatewayAuthError,
    GatewayConfused,
    GatewayUnreachable,
    SessionNotFound,
)
from bot.gateways.client import MEGABYTE, Asking, GatewayClient, path_part
from bot.gateways.described import templates
from bot.gateways.described.replies import ListedEntry, any_holds, at, first_at, sessions_in
from bot.gateways.described.requests import (
    allowed_statuses,
    bearing_headers,
    header_text,
    payload_of,
    says_no_route,
    with_query,
)
from bot.gateways.described.words import Bearing, Call, Condition, Credential, Description, Place
from bot.gateways.reply import NoSuchRoute, Reply

_LIST_BYTES = 16 * MEGABYTE
_RANDOM_BYTES = 24
_MANY = 500  # sessions; more are read in a thread, which lets others in between


class Calls:
    """The requests to one described gateway.

    `key` is GATEWAY_KEY; `tokens` are the sessions that the settings name, with the secret of each.
    """

    def __init__(
        self,
        client: GatewayClient,
        description: Description,
        key: str | None,
        tokens: Mapping[str, str | None],
    ) -> None:
        self._client = client
        self._told = description
        self._key = key
        self._tokens = tokens
        self._known: dict[str, ListedEntry] = {}  # by the last list
        self._pass: str | None = None  # what a login gave
        self._logging_in = asyncio.Lock()

    def known(self, key: str) -> ListedEntry | None:
        """What the last list said of a session."""
        return self._known.get(key)

    def key_of(self, its_id: object) -> str | None:
        """Whose `id` this is, by the last list."""
        found = (key for key, session in self._known.items() if session.id == its_id)
        return next(found, None) if isinstance(its_id, str) else None

    async def list(self) -> list[ListedEntry]:
        """Every session that the list tells of."""
        call = self._told.list.call
        if call is None:
            return []
        reply = await self.look(call)
        items = at(reply.json, self._told.list.items)
        if isinstance(items, Sized) and len(items) > _MANY:
            found = await asyncio.to_thread(sessions_in, self._told, reply.json)
        else:
            found = sessions_in(self._told, reply.json)
        self._known = {session.info.key: session for session in found}
        return found

    async def look(
        self,
        call: Call,
        key: str | None = None,
        *,
        expected: Sequence[Condition] = (),
        values: Mapping[str, str] | None = None,
    ) -> Reply:
        """What a call that changes nothing is answered. `expected` are answers that are a Reply.

        SessionNotFound where the answer says that there is no such session.
        """
        return await self._made(call, key, expected, values or {}, writes=False)

    async def act(
        self,
        call: Call,
        key: str,
        *,
        expected: Sequence[Condition] = (),
        values: Mapping[str, str] | None = None,
    ) -> Reply:
        """What a call that changes something is answered: made once, unless its key was refused."""
        return await self._made(call, key, expected, values or {}, writes=True)

    async def _made(
        self,
        call: Call,
        key: str | None,
        expected: Sequence[Condition],
        values: Mapping[str, str],
        *,
        writes: bool,
    ) -> Reply:
        try:
            return await self._asked(call, key, expected, values, writes=writes)
        except GatewayAuthError:
            stale = self._pass
            if self._told.login is None or stale is None or call.by is not Credential.KEY:
                if key is not None and call.by is Credential.TOKEN:
                    self._known.pop(key, None)  # its token may have been changed
                raise
            await self._log_in(instead_of=stale)
            return await self._asked(call, key, expected, values, writes=writes)

    async def _asked(
        self,
        call: Call,
        key: str | None,
        expected: Sequence[Condition],
        values: Mapping[str, str],
        *,
        writes: bool,
    ) -> Reply:
        filled = await self._values(call, key, values)
        headers = {
            name: header_text(templates.in_text(template, filled))
            for name, template in call.headers.items()
        }
        path = templates.in_path(call.path, filled)
        bearing, secret = await self._secret_of(call, key)
        if bearing is not None and secret is not None:
            headers |= bearing_headers(bearing, secret)
            path = with_query(path, bearing, secret)
        conditions = (*call.missing, *self._told.failed, *expected)
        asking = Asking(headers=headers, allow=allowed_statuses(conditions))
        if key is not None:
            known = self._known.get(key)
            alias = None if known is None else known.id
            asking["about"] = About(key=key, alias=alias, phone=values.get("phone"))
        else:
            asking["max_bytes"] = _LIST_BYTES
        if call.timeout_s is not None:
            asking["timeout_s"] = call.timeout_s
        send = self._client.write if writes else self._client.read
        reply = await send(call.method, path, payload_of(call, filled), **asking)
        self._must_tell(reply, call, expected)
        return reply

    def _must_tell(self, reply: Reply, call: Call, expected: Sequence[Condition]) -> None:
        """Raise what an answer says that is no result; what is `expected` is none of these."""
        status, answer = reply.status, reply.json
        if status == 404 and says_no_route(answer):
            raise NoSuchRoute("the gateway has no such route", status)
        if any_holds(expected, status, answer):
            return
        if any_holds(call.missing, status, answer):
            raise SessionNotFound("the gateway has no such session")
        if status == 404:
            raise NoSuchRoute("the gateway answered 404", status)
        if status >= 500:
            raise GatewayUnreachable(f"the gateway answered {status}", status)
        if status >= 400:
            raise GatewayConfused(f"the gateway answered {status}", status)
        if any_holds(self._told.failed, status, answer):
            raise GatewayUnreachable("the gateway says that it failed")

    async def _values(
        self, call: Call, key: str | None, values: Mapping[str, str]
    ) -> dict[str, str]:
        """What stands for the placeholders of this call."""
        wanted = (
            templates.names_in(call.path)
            | templates.names_in(call.body)
            | templates.names_in(call.headers)
        )
        filled = dict(values)
        if "phone" in filled:
            filled["phone_number"] = filled["phone"]
        if key is not None:
            path_part(key)  # SessionNotFound for what can be no session's key
            filled["key"] = key
        if "id" in wanted and key is not None:
            filled["id"] = await self._id(key)
        if "token" in wanted and key is not None:
            filled["token"] = await self._token(key)
        if "random" in wanted:
            filled["random"] = secrets.token_hex(_RANDOM_BYTES)
        if wanted & {"secret", "user", "password"}:
            user, _, password = self._needed().partition(":")
            filled |= {"secret": self._needed(), "user": user, "password": password}
        return filled

    async def _secret_of(self, call: Call, key: str | None) -> tuple[Bearing | None, str | None]:
        """Where this call bears a secret, and which."""
        if call.by is Credential.NONE:
            return None, None
        if call.by is Credential.TOKEN and key is not None:
            return self._told.token, await self._token(key)
        if self._told.auth is None or self._told.auth.place is Place.PATH:
            return None, None
        if self._told.login is None:
            return self._told.auth, self._key
        return self._told.auth, self._pass or await self._log_in(instead_of=None)

    async def _id(self, key: str) -> str:
        found = (await self._found(key)).id
        if found is None:
            raise GatewayConfused("the list tells no id of this session, or has two of its name")
        return found

    async def _token(self, key: str) -> str:
        """The session's own secret: of the list, of the settings, or the only one there is."""
        if self._told.list.token is not None:
            found = (await self._found(key)).token
            if found is None:
                raise GatewayConfused("the list tells no token of this session, or has two")
            return found
        or_key = self._told.token is not None and self._told.token.or_key
        token = self._tokens.get(key) or (self._key if or_key else None)
        if token is None:
            raise GatewayAuthError("no token_env is set for this session")
        return token

    async def _found(self, key: str) -> ListedEntry:
        """The session by the list, read anew while it is not known."""
        if key not in self._known:
            await self.list()
        if key not in self._known:
            raise SessionNotFound("the gateway has no such session")
        return self._known[key]

    def _needed(self) -> str:
        if self._key is None:
            raise GatewayAuthError("GATEWAY_KEY is not set")
        return self._key

    async def _log_in(self, instead_of: str | None) -> str:
        """A new pass, unless somebody else has got one meanwhile."""
        async with self._logging_in:
            if self._pass is not None and self._pass != instead_of:
                return self._pass
            login = self._told.login
            if login is None:
                raise GatewayAuthError("there is no login")
            reply = await self._asked(login.call, None, (), {}, writes=False)
            found = first_at(reply.json, login.at)
            if not isinstance(found, str):
                raise GatewayConfused("the login gave no token")
            self._pass = found
            return found
