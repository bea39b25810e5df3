"""What a look at a gateway came to: an answer, or none, and what single calls brought."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.company import Company, CompanyId
from bot.domain.incident import Symptom
from bot.domain.observation import Observation, Watched
from bot.gateways.base import GatewayAuthError, GatewayConfused, GatewayError, GatewayUnreachable

MANY = 16  # of so few: when so many are not as they were, it concerns all of them


@dataclass(frozen=True, kw_only=True)
class Reached:
    """The gateway answered. `newcomers` are sessions nobody had told us of.

    None where they were not looked for. Of the calm ones only those are in `seen` that are not as
    they were. `unasked` are calm ones that the list lacks, to be asked for little by little.
    """

    seen: Mapping[CompanyId, Observation]
    newcomers: tuple[Company, ...] | None = None
    unasked: tuple[Watched, ...] = ()

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
        return missed(min(self.errors, key=_says_less, default=GatewayUnreachable("no answer")))


def _says_less(error: GatewayError) -> int:
    """The lower, the more the error says of the gateway itself."""
    return 0 if isinstance(error, GatewayAuthError) else 2 - isinstance(error, GatewayConfused)


def startling(news: Mapping[CompanyId, Observation]) -> bool:
    """Whether so much is news that it concerns everybody."""
    return len(news) >= MANY


def missed(error: GatewayError) -> Missed:
    """What a gateway's error says about the gateway."""
    if isinstance(error, GatewayAuthError):
        return Missed(symptom=Symptom.REFUSED_KEY, reason=str(error))
    if isinstance(error, GatewayConfused):
        return Missed(symptom=Symptom.CONFUSED, reason=str(error))
    return Missed(symptom=Symptom.UNREACHABLE, reason=str(error))
