"""What came of a look at a gateway: it was reached, or missed."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from bot.domain.company import CompanyId
from bot.domain.observation import CompanyStatus, Observation, Watched
from bot.domain.roster import Listing
from bot.domain.session import State
from bot.domain.trouble import Symptom
from bot.gateways.base import (
    GatewayAuthError,
    GatewayConfused,
    GatewayError,
    GatewayUnreachable,
    SessionInfo,
)
from bot.monitor.rules.calm import look_wakes

MANY = 16  # of so few: when so many are not as they were, it concerns all of them


@dataclass(frozen=True, kw_only=True)
class ListLook:
    """How often in a row a gateway's list has failed while its sessions answered for themselves.

    `fault` says how it failed last: an HTTP status, "silent" or "nonsense".
    """

    failures: int
    fault: str = ""


WORKING_LIST = ListLook(failures=0)


@dataclass(frozen=True, kw_only=True)
class Reached:
    """The gateway answered. `listing` is what it lists, None where that was not looked at.

    Of the calm ones only those are in `seen` that are not as they were. `unasked` are calm ones
    that the list lacks, to be asked for little by little. `of_list` is how its list answered, None
    where that was not asked for.
    """

    seen: Mapping[CompanyId, Observation]
    listing: Listing | None = None
    unasked: tuple[Watched, ...] = ()
    of_list: ListLook | None = None

    @property
    def startling(self) -> bool:
        """Whether so many are not as they were that everybody has to be looked at, at once."""
        return startling(self.seen)


@dataclass(frozen=True, kw_only=True)
class Missed:
    """The gateway did not answer, or made no sense. This says nothing of its sessions."""

    symptom: Symptom
    reason: str = field(default="")


@dataclass(frozen=True)
class Singles:
    """What single calls brought: an observation of each that answered, in their order, and errors.

    Of the `errors` nothing follows for the sessions. `hangs` when some had not answered yet.
    """

    found: dict[CompanyId, Observation]
    errors: tuple[GatewayError, ...]
    hangs: bool = False

    def reached(self, seen: Mapping[CompanyId, Observation]) -> Reached | Missed:
        """`seen`, if anybody answered; else what the errors say of the gateway.

        A refused key is its own word: what answers "401" does answer.
        """
        if self.found or (self.hangs and not self.errors):
            return Reached(seen=seen)
        return missed(min(self.errors, key=says_less, default=GatewayUnreachable("no answer")))


def says_less(error: GatewayError) -> int:
    """The lower, the more the error says of the gateway itself."""
    return 0 if isinstance(error, GatewayAuthError) else 2 - isinstance(error, GatewayConfused)


def startling(news: Mapping[CompanyId, Observation]) -> bool:
    """Whether so many are not as they were that it concerns all of them."""
    return len(news) >= MANY


def fault_of(error: GatewayError) -> str:
    """How a list fails, in a word."""
    if isinstance(error, GatewayUnreachable) and error.status is not None:
        return str(error.status)
    return "nonsense" if isinstance(error, GatewayConfused) else "silent"


def missed(error: GatewayError) -> Missed:
    """What a gateway's error says about the gateway."""
    if isinstance(error, GatewayAuthError):
        return Missed(symptom=Symptom.REFUSED_KEY, reason=str(error))
    if isinstance(error, GatewayConfused):
        return Missed(symptom=Symptom.CONFUSED, reason=str(error))
    return Missed(symptom=Symptom.UNREACHABLE, reason=str(error))


def news_of(
    found: Mapping[CompanyId, Observation], calm: Iterable[Watched]
) -> dict[CompanyId, Observation]:
    """What was found, but for the calm ones that are as they were."""
    before = {watched.id: watched for watched in calm}
    return {
        key: look
        for key, look in found.items()
        if key not in before or look_wakes(before[key], look)
    }


def without(
    seen: Mapping[CompanyId, Observation], outdone: Container[CompanyId]
) -> dict[CompanyId, Observation]:
    """What the list says of those whose own answer does not count in its place."""
    return {key: look for key, look in seen.items() if key not in outdone}


def worth_asking(known: CompanyStatus) -> bool:
    """What was gone at the last look, and still is not listed, is gone still."""
    return known.state is not State.STOPPED


def strange_word(info: SessionInfo) -> str | None:
    """The gateway's word for a state that nobody understands; `?` stands for what is not shown."""
    is_strange = info.state is State.UNKNOWN and info.raw_state not in ("", "?")
    return info.raw_state if is_strange else None
