"""What a described gateway pushes: a proof to check, then a reason to look. PURE."""

from collections.abc import Callable, Mapping

from bot.domain.session import State
from bot.domain.session_names import is_session_key
from bot.gateways.base import PushForged, PushRefused
from bot.gateways.described.replies import NOTHING, any_holds, cause_in, first_at, meaning_in
from bot.gateways.described.words import Description, PushRule
from bot.gateways.events import GatewayEvent, PushNews
from bot.gateways.pushes import is_same, must_be_signed, pushed


def events_in(
    description: Description,
    headers: Mapping[str, str],
    body: bytes,
    hook_key: str | None,
    key_of: Callable[[object], str | None],
) -> list[GatewayEvent]:
    """The event in a push; none where it concerns no state, or a session that nobody lists.

    PushForged, PushRefused. `key_of` finds a session by what the list calls its id.
    """
    rule = description.push
    if rule is None:
        raise PushRefused("no push is described")
    if hook_key is not None:
        _must_be_proven(rule, headers, body, hook_key)
    told = pushed(body)
    if rule.only and not any_holds(rule.only, 0, told):
        named = (first_at(told, [condition.field]) for condition in rule.only)
        if not any(isinstance(word, str) for word in named):
            raise PushRefused("the push is none of this gateway's")
        return []
    key = _key_in(rule, told, key_of)
    if key is None:
        return []
    if first_at(told, rule.fields.qr) is not NOTHING:
        return [GatewayEvent(what=PushNews.QR, key=key)]
    meaning, _ = meaning_in(description, rule.fields, told)
    if meaning is None:
        return []
    state = None if meaning.state is State.UNKNOWN else meaning.state
    is_well = state is State.CONNECTED
    cause = None if is_well else cause_in(description, rule.fields, told)
    return [GatewayEvent(what=PushNews.STATE, key=key, state=state, cause=cause)]


def _must_be_proven(rule: PushRule, headers: Mapping[str, str], body: bytes, hook_key: str) -> None:
    if rule.hmac is not None:
        told = headers.get(rule.hmac.header, "")
        if not told.startswith(rule.hmac.prefix):
            raise PushForged("the push is not signed with the key of the settings")
        signature = told.removeprefix(rule.hmac.prefix)
        must_be_signed(body, signature, hook_key, rule.hmac.alg)
    elif rule.proof is not None:
        told = headers.get(rule.proof, "").removeprefix("Bearer ")
        if not is_same(told, hook_key):
            raise PushForged("the push does not bear the key of the settings")


def _key_in(
    rule: PushRule, told: Mapping[str, object], key_of: Callable[[object], str | None]
) -> str | None:
    """Whose push it is; None for a session that the last list did not have."""
    named = first_at(told, rule.key)
    if isinstance(named, int) and not isinstance(named, bool):
        named = str(named)
    if isinstance(named, str) and is_session_key(named):
        return named
    its_id = first_at(told, rule.id)
    if its_id is NOTHING:
        raise PushRefused("the push names no session")
    return key_of(its_id)
