"""What gateways push: a reason to look, that somebody wrote, or what became of a text."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.session import Cause, State


class PushNews(StrEnum):
    """What a push is about."""

    STATE = "state"
    QR = "qr"  # there is another code to scan
    PAIRING = "pairing"  # there is a code to be typed in, or a pairing has ended
    MESSAGE = "message"  # somebody has written to the session: that alone, and nothing of it
    RECEIPT = "receipt"  # what became of a message that was sent


class Receipt(StrEnum):
    """What WhatsApp says of a message that was sent."""

    GOT = "got"  # it has it; what came of it further on is not asked
    REFUSED = "refused"
    RESTRICTED = "restricted"  # refused, for it restricts the account


@dataclass(frozen=True, kw_only=True)
class GatewayEvent:
    """What a gateway pushed about one session: a reason to look, and perhaps the cause.

    `state` is None where the push names none, `cause` where it gives no reason. `event_id` tells
    two pushes apart where the gateway numbers them; `at` is its own clock's, for what it is worth.
    `message_id` and `receipt` are those of a message that was sent; the id as `send_text` tells it.
    """

    what: PushNews
    key: str
    state: State | None = None
    cause: Cause | None = None
    event_id: str | None = None
    at: datetime | None = None
    message_id: str | None = None
    receipt: Receipt | None = None
