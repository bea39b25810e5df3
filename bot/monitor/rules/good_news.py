"""Whether "connected" is believed of a session whose link WhatsApp has ended. PURE.

A revoked device does not come back: somebody has paired another one, or the gateway is wrong. So
there must be a witness: a code that was shown since, a pairing, a number that the gateway names, or
a text that went out. A kind of gateway that never names a number is believed after ten minutes
without a contradiction, for nobody would ever bear it out.
"""

from datetime import datetime, timedelta

from bot.domain.incident import Incident
from bot.domain.observation import CompanyStatus, Observation
from bot.domain.procedure import ProcedureOutcome
from bot.domain.session import CAUSES, State
from bot.domain.trouble import Symptom, Trouble
from bot.monitor.rules import Health, Verdict

STEADY = timedelta(minutes=10)
CODE_LIVES = timedelta(minutes=5)  # from the push that told of it to the end of its pairing
SENT = "sent"  # the fact of an incident that a text went out since

_ENDED = (Symptom.REVOKED, Symptom.UNWITNESSED)


def believed(known: CompanyStatus, seen: Observation, code_at: datetime | None) -> bool:
    """Whether a look that says "connected" is to be taken so.

    `code_at` is when a push last told of a code of this session, None where none did.
    """
    down = known.incident(Trouble.SESSION_DOWN)
    if down is None or known.state is State.CONNECTED or known.pairing or not _link_ended(down):
        return True
    if seen.phone is not None or down.facts.get(SENT):
        return True
    if known.paired_at is not None and known.paired_at >= down.began_at:
        return True
    if code_at is not None and code_at >= down.began_at and seen.at - code_at < CODE_LIVES:
        return True
    return not seen.names_numbers and seen.at - said_since(known, seen) >= STEADY


def judge_unwitnessed(known: CompanyStatus, seen: Observation) -> Verdict:
    """It is lost still, whatever the gateway says."""
    return Verdict(
        trouble=Trouble.SESSION_DOWN,
        health=Health.BAD,
        reason="the gateway says connected; nobody has scanned: not believed yet",
        symptom=Symptom.UNWITNESSED,
        began_at=known.down_since or seen.at,
        facts={"said_since": said_since(known, seen).isoformat()},
    )


def said_since(known: CompanyStatus, seen: Observation) -> datetime:
    """Since when it has been said without a break."""
    down = known.incident(Trouble.SESSION_DOWN)
    if down is None or down.symptom is not Symptom.UNWITNESSED:
        return seen.at
    return datetime.fromisoformat(down.facts["said_since"])


def _link_ended(down: Incident) -> bool:
    """Whether the gateway itself said so, and no code was shown since.

    A restriction of the account may be lifted; what only the bot's own login was refused for is no
    proof.
    """
    if down.symptom not in _ENDED:
        return False
    if down.cause is not None:
        return not CAUSES[down.cause].account
    auto = down.facts.get("auto")
    return not (isinstance(auto, dict) and auto["outcome"] == ProcedureOutcome.LOOKS_REVOKED)
