"""Quiet hours: a chat receives critical alerts only."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class QuietHours:
    """From one full hour to another by the chat's own clock; over midnight where `end` is less."""

    start: int
    end: int

    def cover(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether it is quiet at this moment where the chat lives."""
        hour = moment.astimezone(zone).hour
        if self.start < self.end:
            return self.start <= hour < self.end
        return hour >= self.start or hour < self.end


HOURS = re.compile(r"(\d{1,2})(?::00)?\s*[-–—]\s*(\d{1,2})(?::00)?")
OFFERED = (QuietHours(22, 7), QuietHours(23, 7), QuietHours(23, 8), QuietHours(0, 9))


def parse_hours(text: str) -> QuietHours | None:
    """`23-7`, `23:00-07:00`, with any dash; None for what is no such span."""
    found = HOURS.fullmatch(text.strip())
    if found is None:
        return None
    start, end = int(found[1]), int(found[2])
    if start > 24 or end > 24 or start % 24 == end % 24:
        return None
    return QuietHours(start % 24, end % 24)
