"""A probe: a message that a company sends to its own number, to see whether messages go out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.company import CompanyId
from bot.domain.session import State


class ProbeOutcome(StrEnum):
    """What came of it. Only SENT and NOT_SENT say anything about the session."""

    SENT = "sent"  # the gateway took it; whether it arrived only the phone shows
    NOT_SENT = "not_sent"  # the gateway called the session connected, and could not send
    NOT_CONNECTED = "not_connected"
    NO_NUMBER = "no_number"  # neither the gateway nor the settings name one
    LIMITED = "limited"  # the gateway wants fewer messages
    UNCLEAR = "unclear"  # no usable answer: it may have gone out or not
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One probe. `phone` is masked, None where none was known; `state` what the gateway said."""

    company_id: CompanyId
    at: datetime
    outcome: ProbeOutcome
    phone: str | None = None
    state: State | None = None
