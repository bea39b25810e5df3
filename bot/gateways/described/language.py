"""Reads a description: a TOML text goes in, a `Description` or all of its problems come out. PURE.

What a key may hold stands in `fields`. What was not understood is left out, so that one mistake is
told once; what only two places together can get wrong stands in `contradictions`.
"""

import re
import tomllib
from dataclasses import replace
from functools import partial

from bot.domain.session import Cause
from bot.domain.toml_lines import Lines
from bot.gateways.described import calls_told, fields
from bot.gateways.described.contradictions import contradictions_in
from bot.gateways.described.problems import BadDescription, DescriptionProblem
from bot.gateways.described.table import Table
from bot.gateways.described.words import (
    ActRule,
    Bearing,
    DescribedAct,
    Description,
    Fields,
    HmacRule,
    ListRule,
    Login,
    Meaning,
    NumberRule,
    OneRule,
    PingRule,
    Place,
    PushRule,
    QrRule,
    QrSource,
)

_LONGEST = 256 * 1024
_PLACE_IN_TOML = re.compile(r" ?\(at (?:line (\d+), column \d+|end of document)\)")


def read_description(text: str) -> Description:
    """The description in a text, or BadDescription with every problem and its line."""
    if len(text) > _LONGEST:
        raise BadDescription([DescriptionProblem(text="this is too long for a description")])
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadDescription([_no_toml(text, str(error))]) from None
    whole = Table(parsed, Lines(text), [])
    description = _read(whole)
    if not whole.problems:  # else one mistake would be told twice
        for where, contradiction in contradictions_in(description):
            whole.wrong(contradiction, *where)
    if whole.problems:
        raise BadDescription(whole.problems)
    return description


def _no_toml(text: str, said: str) -> DescriptionProblem:
    place = _PLACE_IN_TOML.search(said)
    line = int(place[1]) if place and place[1] else max(1, len(text.splitlines()))
    return DescriptionProblem(text=f"this is no TOML: {_PLACE_IN_TOML.sub('', said)}", line=line)


def _read(whole: Table) -> Description:
    own_headers = whole.take("headers", fields.headers, {})
    of_all = calls_told.Common(headers=own_headers, own_token="token" in whole)
    description = Description(
        title=whole.need("title", fields.text, ""),
        failed=whole.take("failed", fields.conditions, ()),
        auth=_bearing(whole.table("auth")),
        token=_bearing(whole.table("token")),
        login=_login(whole.table("login"), of_all),
        ping=_ping(whole.table("ping"), of_all),
        list=_list(whole, of_all),
        one=_one(whole.table("one"), of_all),
        number=_number(whole.table("number"), of_all),
        words=_words(whole.table("words")),
        reasons=_reasons(whole.table("reasons")),
        qr=_qr(whole.table("qr"), of_all),
        acts=_acts(whole, of_all),
        push=_push(whole.table("push")),
    )
    whole.end()
    return description


def _bearing(table: Table | None) -> Bearing | None:
    """`header`, `bearer`, `basic`, `query` or `path`: exactly one of them."""
    if table is None:
        return None
    named = {
        Place.HEADER: table.take("header", fields.header_name, ""),
        Place.QUERY: table.take("query", fields.text, ""),
    }
    bare = {
        place: table.take(place.value, fields.flag, False)  # noqa: FBT003 - what is missing is not so
        for place in (Place.BEARER, Place.BASIC, Place.PATH)
    }
    or_key = table.place[0] == "token" and table.take("or_key", fields.flag, False)  # noqa: FBT003
    table.end()
    told = [place for place, found in (named | bare).items() if found]
    if len(told) != 1:
        table.wrong(f"[{table.place[0]}] says exactly one of header, bearer, basic, query, path")
        return None
    return Bearing(place=told[0], name=named.get(told[0], ""), or_key=or_key)


def _login(table: Table | None, of_all: calls_told.Common) -> Login | None:
    if table is None:
        return None
    call = calls_told.call_in(table, of_all, looks=True)
    at = table.need("at", fields.paths, ((),))
    table.end()
    return None if call is None else Login(call=call, at=at)


def _ping(table: Table | None, of_all: calls_told.Common) -> PingRule | None:
    if table is None:
        return None
    call = calls_told.call_in(table, of_all, looks=True)
    version = table.take("version", fields.paths, ())
    table.end()
    return None if call is None else PingRule(call=call, version=version)


def _list(whole: Table, of_all: calls_told.Common) -> ListRule:
    table = whole.table("list")
    if table is None:
        whole.wrong('the description lacks [list]; where there is no list: from = "settings"')
        return ListRule()
    if "from" in table:
        table.take("from", fields.one_of("settings"), "")
        table.end()
        return ListRule()
    rule = ListRule(
        call=calls_told.call_in(table, of_all, looks=True),
        items=table.take("items", fields.path, ()),
        key=table.need("key", fields.key_rule, ""),
        id=table.take("id", fields.path, None),
        token=table.take("token", fields.path, None),
        fields=_fields(table),
    )
    table.end()
    return rule


def _fields(table: Table) -> Fields:
    return Fields(
        state=table.take("state", fields.paths, ()),
        phone=table.take("phone", fields.paths, ()),
        reason=table.take("reason", fields.paths, ()),
        qr=table.take("qr", fields.paths, ()),
        restricted=table.take("restricted", fields.paths, ()),
    )


def _one(table: Table | None, of_all: calls_told.Common) -> OneRule | None:
    if table is None:
        return None
    call = calls_told.call_in(table, of_all, looks=True)
    item, told = table.take("item", fields.path, ()), _fields(table)
    table.end()
    return None if call is None else OneRule(call=call, item=item, fields=told)


def _number(table: Table | None, of_all: calls_told.Common) -> NumberRule | None:
    if table is None:
        return None
    call = calls_told.call_in(table, of_all, looks=True)
    at = table.need("at", fields.paths, ((),))
    table.end()
    return None if call is None else NumberRule(call=call, at=at)


def _words(table: Table | None) -> dict[str, Meaning]:
    """Every word with its one meaning."""
    found: dict[str, Meaning] = {}
    if table is None:
        return found
    for state in fields.STATES:
        for word in table.take(state, partial(fields.state_words, state), ()):
            if word in found:
                table.wrong(f"[words] {state}: a word of it stands under another state too", state)
            restricted = state == fields.RESTRICTED
            found[word] = Meaning(state=fields.STATES[state], restricted=restricted)
    table.end()
    return found


def _reasons(table: Table | None) -> tuple[tuple[str, Cause], ...]:
    """Beginnings with their causes, the longest first."""
    found: dict[str, Cause] = {}
    for name in table.names() if table is not None else ():
        assert table is not None  # noqa: S101 - for the type alone
        told = table.take(name, fields.beginnings, ())
        try:
            found |= dict.fromkeys(told, fields.cause(name))
        except ValueError as error:
            table.wrong(f"[reasons] {name}: {error} is expected", name)
    return tuple(sorted(found.items(), key=lambda pair: -len(pair[0])))


def _qr(table: Table | None, of_all: calls_told.Common) -> QrRule | None:
    if table is None:
        return None
    source = QrSource.CALL
    if "from" in table:
        told = table.take("from", fields.one_of("list", "one", "start", "reset"), "list")
        source = QrSource(told)
    rule = QrRule(
        source=source,
        call=calls_told.call_in(table, of_all, looks=False) if source is QrSource.CALL else None,
        at=table.take("at", fields.paths, ((),)),
        none=table.take("none", fields.conditions, ()),
        starts=table.take("starts", fields.flag, False),  # noqa: FBT003 - what is missing is not so
        age_s=table.take("age_s", fields.seconds, None),
    )
    table.end()
    return rule


def _acts(whole: Table, of_all: calls_told.Common) -> dict[DescribedAct, ActRule]:
    found = {}
    for act in DescribedAct:
        table = whole.table(act.value)
        if table is None:
            continue
        call = calls_told.call_in(table, of_all, looks=False)
        destroys = table.take("destroys", fields.flag, None)
        already = table.take("already", fields.conditions, ())
        is_asked = act in (DescribedAct.CODE, DescribedAct.SEND)
        at = table.take("at", fields.paths, ()) if is_asked else ()
        life_s = table.take("life_s", fields.seconds, None) if act is DescribedAct.CODE else None
        table.end()
        if call is not None:
            found[act] = ActRule(
                call=call, destroys=destroys, already=already, at=at, life_s=life_s
            )
    return found


def _push(table: Table | None) -> PushRule | None:
    if table is None:
        return None
    proof = table.take("header", fields.header_name, "")
    rule = PushRule(
        key=table.take("key", fields.paths, ()),
        id=table.take("id", fields.paths, ()),
        only=table.take("only", fields.conditions, ()),
        hmac=_hmac(table.table("hmac")),
        proof=proof.lower() or None,
        how=table.take("how", fields.lines, ()),
        fields=replace(_fields(table), phone=(), restricted=()),
    )
    table.end()
    return rule


def _hmac(table: Table | None) -> HmacRule | None:
    if table is None:
        return None
    header = table.need("header", fields.header_name, "")
    alg = table.need("alg", fields.one_of("sha1", "sha256", "sha512"), "")
    prefix = table.take("prefix", fields.text, "")
    table.end()
    return HmacRule(header=header.lower(), alg=alg, prefix=prefix)
