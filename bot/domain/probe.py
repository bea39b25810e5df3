"""A probe: a message that a company sends to its own number, to see whether messages go out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.company import CompanyId
from bot.domain.restriction import Restriction
from bot.domain.session import State


class ProbeOutcome(StrEnum):
    """What came of it. Those that did not get as far as sending say nothing about the session."""

    SENT = "sent"  # the gateway took it; whether it arrived only the phone shows
    ACKNOWLEDGED = "acknowledged"  # and WhatsApp has it, by its own word
    UNACKNOWLEDGED = "unacknowledged"  # taken, and WhatsApp has not acknowledged it within a minute
    NOT_SENT = "not_sent"  # the gateway called the session connected, and could not send
    RESTRICTED = "restricted"  # WhatsApp refused it, for it restricts the account
    NOT_CONNECTED = "not_connected"
    NO_NUMBER = "no_number"  # neither the gateway nor the settings name one
    LIMITED = "limited"  # the gateway wants fewer messages
    UNCLEAR = "unclear"  # no usable answer: it may have gone out or not
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One probe. `phone` is masked, None where none was known; `state` what the gateway said.

    `restriction` is what the gateway says of one that was refused for it.
    """

    company_id: CompanyId
    at: datetime
    outcome: ProbeOutcome
    phone: str | None = None
    state: State | None = None
    restriction: Restriction | None = None

    @property
    def went_out(self) -> bool:
        """Whether it went out, as far as the gateway can know."""
        return self.outcome in (ProbeOutcome.SENT, ProbeOutcome.ACKNOWLEDGED)


def message_mark(message_id: str) -> str:
    """What names a message, in an answer to a send and in an acknowledgement alike.

    Some put the direction and the chat before it: `true_79000000000@c.us_3EB0…`; behind it may be
    who wrote it in a group.
    """
    return next((part for part in message_id.split("_") if part.isalnum() and len(part) > 8), "")
