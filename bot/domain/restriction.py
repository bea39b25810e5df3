"""What WhatsApp keeps an account from that is connected all the same.

Told as "restricted": it answers those who write to it, and may write to nobody first, for a time or
until a quota is renewed. No new link lifts that; it can make it last longer.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RestrictionKind(StrEnum):
    """What it may not do now."""

    NONE = "none"  # nothing is kept from it, by the gateway's word
    NOT_FIRST = "not_first"  # write to people who have not written to it
    USED_UP = "used_up"  # begin another chat: its quota is used up


class RestrictionSign(StrEnum):
    """What told of it: how far it may be believed, and what ends it."""

    GATEWAY = "gateway"  # its own word, and over by its word
    SEND = "send"  # a text of ours was refused for it (463)
    LOG = "log"  # lines of the gateway's log, which prove nothing


@dataclass(frozen=True, kw_only=True, slots=True)
class Restriction:
    """A restriction as it was told. `until` is None where nobody says when it ends.

    `used` of `quota` new chats are begun, where that is told.
    """

    kind: RestrictionKind
    until: datetime | None = None
    used: int | None = None
    quota: int | None = None
    sign: RestrictionSign = RestrictionSign.GATEWAY

    def holds(self, now: datetime) -> bool:
        """Whether anything is kept from the account at this moment."""
        over = self.until is not None and self.until <= now
        return self.kind is not RestrictionKind.NONE and not over


FREE = Restriction(kind=RestrictionKind.NONE)
