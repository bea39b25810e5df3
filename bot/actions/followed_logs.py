"""How many lines of each log were read and understood."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from bot.domain.company import GatewayName
from bot.domain.redaction import redacted
from storage.logs.log_counts import DAY
from storage.logs.log_positions import LogPosition

_CONTAINER = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{28,52}")


@dataclass(frozen=True, kw_only=True)
class FollowedLog:
    """The lines of one file read since then, and how many of them were understood."""

    name: str
    since: datetime
    lines: int
    understood: int


def followed_logs(
    positions: Iterable[LogPosition], gateways: Collection[GatewayName], now: datetime
) -> Iterable[FollowedLog]:
    """The log files of these gateways that were read within a day."""
    for position in positions:
        counted = position.counted_since
        if position.gateway in gateways and counted is not None and now - position.read_at < DAY:
            yield FollowedLog(
                name=_shown(position.path),
                since=counted,
                lines=position.lines,
                understood=position.understood,
            )


def _shown(path: str) -> str:
    """The end of a path: containers have long names, and files of pods are `0.log`."""
    return redacted(_CONTAINER.sub(r"\1…", "/".join(PurePath(path).parts[-2:])))
