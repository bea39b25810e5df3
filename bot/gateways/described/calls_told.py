"""How a call is told: its method, its path, what it bears. PURE."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.gateways.described import fields
from bot.gateways.described.table import Table
from bot.gateways.described.templates import KNOWN, PHONES, names_in
from bot.gateways.described.words import Call, Credential

_METHODS = ("get", "post", "put", "patch", "delete")
_LOOKS = ("get", "post")  # of what only looks; the others change something everywhere
_OF_ALL = frozenset({"secret", "user", "password"})
_OF_ONE = _OF_ALL | {"key", "id", "token"}
# What a call knows, by the table it stands in; any other is about one session.
_MAY_HOLD: Mapping[str, frozenset[str]] = {
    "login": _OF_ALL,
    "ping": _OF_ALL,
    "list": _OF_ALL,
    "create": _OF_ALL | {"key", "random"},
    "code": _OF_ONE | PHONES,
    "send": KNOWN,
}
_NEVER_BY_TOKEN = frozenset({"login", "ping", "list", "create"})


@dataclass(frozen=True, kw_only=True)
class Common:
    """What holds for every call. `own_token`: sessions have tokens of their own."""

    headers: Mapping[str, str]
    own_token: bool


def call_in(table: Table, common: Common, *, looks: bool) -> Call | None:
    """The call in a table; None where it names no request, which is noted."""
    where = table.place[0]
    told = [
        (method, table.take(method, fields.address, "")) for method in _METHODS if method in table
    ]
    if len(told) != 1:
        table.wrong(f"[{where}] says exactly one of {', '.join(_METHODS)}")
        return None
    [(method, path)] = told
    if looks and method not in _LOOKS:
        table.wrong(f"[{where}] {method}: a look is a get, or a post", method)
    body = table.take("body", fields.body, None)
    headers = table.take("headers", fields.headers, {})
    call = Call(
        method=method.upper(),
        path=path,
        body=body,
        headers={**common.headers, **headers},
        form=table.take("form", fields.flag, False),  # noqa: FBT003 - what is missing is not so
        by=_credential(table, common),
        timeout_s=table.take("timeout_s", fields.seconds, None),
        missing=table.take("missing", fields.conditions, ()),
    )
    for key, part in ((method, path), ("body", body or {}), ("headers", headers)):
        strange = names_in(part) - _MAY_HOLD.get(where, _OF_ONE)
        for name in sorted(strange):
            table.wrong(f"[{where}] {key}: {{{name}}} is not known in this call", key)
    return call


def _credential(table: Table, common: Common) -> Credential:
    if table.place[0] == "login":
        return Credential.NONE
    usual = common.own_token and table.place[0] not in _NEVER_BY_TOKEN
    default = Credential.TOKEN if usual else Credential.KEY
    return Credential(table.take("as", fields.one_of("key", "token", "none"), default.value))
