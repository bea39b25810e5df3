"""What only two places of a description together can get wrong. PURE."""

from collections.abc import Iterator

from bot.domain.session import State
from bot.gateways.described.templates import names_in
from bot.gateways.described.words import (
    ActRule,
    Call,
    Credential,
    DescribedAct,
    Description,
    Place,
    QrSource,
)

Wrong = tuple[tuple[str, ...], str]


def contradictions_in(description: Description) -> Iterator[Wrong]:
    """Where something stands, and what is wrong with it."""
    yield from _of_states(description)
    yield from _of_codes(description)
    for act, rule in description.acts.items():
        yield from _of_act(act, rule)
    for where, call in calls_of(description):
        yield from _of_secrets(description, where, call)
    push = description.push
    if push is not None and not push.key and not push.id:
        yield ("push",), "[push] lacks key, or id: it must name the session"
    if push is not None and push.id and description.list.id is None:
        yield ("push", "id"), "[push] id needs [list] id"
    if description.login is not None and description.auth is None:
        yield ("login",), "[login] needs [auth]: where does its token go?"


def _of_states(description: Description) -> Iterator[Wrong]:
    listed, one = description.list, description.one
    if listed.call is None and one is None:
        yield ("list",), "[one] is needed where no list tells the states"
    elif not listed.fields.state and (one is None or not one.fields.state):
        yield ("list",), "[list] lacks state, and so does [one]"
    if one is not None and not one.fields.state:
        yield ("one",), "[one] lacks state"
    if not any(meaning.state is State.CONNECTED for meaning in description.words.values()):
        yield ("words",), "[words] lacks connected: by which word is a session connected?"
    reads = [listed.fields.reason, one.fields.reason if one else ()]
    reads.append(description.push.fields.reason if description.push else ())
    if description.reasons and not any(reads):
        yield ("reasons",), "[reasons] needs the path of a reason in [list], [one] or [push]"


def _of_codes(description: Description) -> Iterator[Wrong]:
    rule = description.qr
    of_list = description.list.fields.qr
    of_one = description.one.fields.qr if description.one else ()
    if rule is None:
        if of_list or of_one:
            yield ("list",), 'a path of qr needs [qr] from = "list" or "one"'
        return
    needed = {QrSource.LIST: of_list, QrSource.ONE: of_one}
    if rule.source in needed and not needed[rule.source]:
        yield ("qr",), f'[qr] from = "{rule.source}" needs qr in [{rule.source}]'
    act = {QrSource.START: DescribedAct.START, QrSource.RESET: DescribedAct.RESET}.get(rule.source)
    if act is not None and description.offered(act) is None:
        yield ("qr",), f"[qr] comes with an act that may not be called: [{act}]"


def _of_act(act: DescribedAct, rule: ActRule) -> Iterator[Wrong]:
    if rule.destroys and rule.call.method == "GET" and act is not DescribedAct.RESET:
        yield (act.value, "destroys"), f"[{act}]: a GET that destroys is allowed for [reset] alone"
    if rule.destroys is False and act is DescribedAct.RESET:
        yield (
            (act.value, "destroys"),
            "[reset] throws a login away, so destroys = true; what does not is [restart]",
        )
    if act is DescribedAct.CODE and not rule.at:
        yield (act.value,), "[code] lacks at: where in the answer is the code?"


def _of_secrets(description: Description, where: str, call: Call) -> Iterator[Wrong]:
    used = names_in(call.path) | names_in(call.body) | names_in(call.headers)
    listed = description.list
    if "id" in used and listed.id is None:
        yield (where,), f"[{where}]: {{id}} needs [list] id"
    by_token = "token" in used or call.by is Credential.TOKEN
    if by_token and description.token is None:
        yield (where,), f"[{where}]: {{token}} needs [token]"
    in_path = description.token is not None and description.token.place is Place.PATH
    if call.by is Credential.TOKEN and in_path and "token" not in used:
        yield (where,), f"[{where}] lacks {{token}} in its path, as [token] says"


def calls_of(description: Description) -> Iterator[tuple[str, Call]]:
    """Every call with the table it stands in."""
    for where in ("login", "ping", "list", "one", "number", "qr"):
        rule = getattr(description, where)
        if rule is not None and rule.call is not None:
            yield where, rule.call
    yield from ((act.value, rule.call) for act, rule in description.acts.items())
