"""`repair-bot try-gateway`: looks at a gateway by its description, and says what it understood.

It only looks: of each act it tells what would be called, and what that would destroy.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bot.domain.phone import masked
from bot.domain.session import State
from bot.domain.session_names import display_name
from bot.domain.timing import Timing
from bot.gateways.base import GatewayAdapter, GatewayError, SessionInfo
from bot.gateways.described.kind import DescribedKind
from bot.gateways.described.words import DescribedAct, Description, QrSource
from bot.gateways.kinds import FILE, KINDS
from bot.runtime.app import utc_now
from bot.runtime.builder import build_gateway
from bot.settings import GatewaySetup, load, read_setup, setup_by_environment

_NEEDLESS = {"TELEGRAM_BOT_TOKEN": "1:not-needed", "OWNER_IDS": "1"}
_MOST = 50  # sessions that are looked at one by one
_NONE = "– not described: no button"
_BY_OTHERS = "– not described: stop and start, or start alone, stand in"
_UNSAID = "no button: it does not say what it destroys"


def kind_named(text: str) -> str:
    """The kind that somebody means by a name or by a file."""
    if text in KINDS or not (text.endswith(".toml") or Path(text).is_file()):
        return text
    return f"{FILE}{text}"


class Untold(Exception):
    """The settings say nothing of such a gateway. Whose fault: the operator's."""


def set_up(kind: str) -> tuple[GatewaySetup, list[str]]:
    """The gateway of this kind as the settings have it, and the sessions that they name.

    Token and owners need not be set. BadDescription, SettingsProblems, ConfigProblems, Untold.
    """
    if kind not in KINDS:
        raise Untold(f"{kind} is no file, and none of {', '.join(KINDS)}")
    KINDS[kind]  # what is wrong with a description is told first
    settings = load(least=_NEEDLESS)
    if settings.config_file is None:
        setup = setup_by_environment(settings.model_copy(update={"gateway": kind}))
    else:
        setup = read_setup(settings)
    gateway = next((found for found in setup.gateways if found.kind == kind), None)
    if gateway is None:
        raise Untold(f"CONFIG_FILE has no gateway of the kind {kind}")
    return gateway, [company.session_key for company in setup.roster(gateway).named()]


async def try_gateway(
    setup: GatewaySetup, named: Iterable[str], say: Callable[[str], object]
) -> int:
    """Look at every session and tell what was read; 0 when the gateway answered, 1 otherwise."""
    made = KINDS[setup.kind]
    title = made.description.title if isinstance(made, DescribedKind) else setup.kind
    say(f"{title} at {setup.url}. This only looks: nothing is started, stopped or sent.\n\n")
    gateway = build_gateway(setup, Timing(), utc_now, named=named)
    try:
        status = await _sessions(gateway, say)
    finally:
        await gateway.aclose()
    if isinstance(made, DescribedKind):
        say("\nWhat each act would call, and what that would destroy:\n")
        say("".join(f"  {line}\n" for line in acts_of(made.description)))
    else:
        say("\nThis kind is spoken by code; docs/gateways.md says what its acts do.\n")
    return status


async def _sessions(gateway: GatewayAdapter, say: Callable[[str], object]) -> int:
    try:
        info = await gateway.ping()
        listed = await gateway.list_sessions()
    except GatewayError as error:
        say(f"It did not answer as described: {error}\n")
        return 1
    version = "" if info.version is None else f", version {info.version}"
    say(f"It answered in {info.latency_s * 1000:.0f} ms{version}. Sessions: {len(listed)}.\n")
    read = [await _alone(gateway, session, say) for session in listed[:_MOST]]
    strange = [session for session in [*read, *listed[_MOST:]] if session.state is State.UNKNOWN]
    words = sorted({session.raw_state for session in strange} - {""})
    if words:
        said = ", ".join("(a word that is not shown)" if word == "?" else word for word in words)
        say(f"Words that are not known: {said}. Put each into [words] under what it means.\n")
    return 0


async def _alone(
    gateway: GatewayAdapter, listed: SessionInfo, say: Callable[[str], object]
) -> SessionInfo:
    """One session by its own answer, told on one line."""
    try:
        seen = await gateway.get_session(listed.key)
    except GatewayError as error:
        say(f"  {display_name(listed.key)}: {listed.state} in the list; alone: {error}\n")
        return listed
    said = [seen.state.value, f'called "{seen.raw_state}"']
    said += [f"because of {seen.cause}"] if seen.cause is not None else []
    said += [f"number {masked(seen.owner_phone)}"] if seen.owner_phone is not None else []
    said += [f"{listed.state} in the list"] if listed.state is not seen.state else []
    say(f"  {display_name(seen.key)}: {', '.join(said)}\n")
    return seen


def acts_of(description: Description) -> Iterator[str]:
    """Each act on one line: what it calls, and what that destroys by the description's word."""
    for act in DescribedAct:
        rule = description.acts.get(act)
        if rule is None:
            by_others = (
                act is DescribedAct.RESTART and description.offered(DescribedAct.START) is not None
            )
            yield f"{act:8} {_BY_OTHERS if by_others else _NONE}"
            continue
        if rule.destroys is None:
            means = _UNSAID
        elif rule.destroys:
            means = "DESTROYS the login" + ("" if act is DescribedAct.RESET else ": no button")
        else:
            means = "keeps the login"
        yield f"{act:8} {rule.call.route}   {means}"
    yield f"{'qr':8} {_code_of(description)}"


def _code_of(description: Description) -> str:
    rule = description.qr
    if rule is None:
        return _NONE
    if rule.call is None:
        where = {QrSource.LIST: "in the list", QrSource.ONE: "in the answer of one session"}
        return where.get(rule.source, f"in the answer of [{rule.source}]")
    starts = "STARTS a session: never asked of what is connected" if rule.starts else "only reads"
    return f"{rule.call.route}   {starts}"
