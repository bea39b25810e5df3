"""What makes a company calm, as the database is asked for it. PURE."""

from dataclasses import dataclass
from datetime import timedelta

# Longer than any proof takes, and than the patience after a pairing.
CALM_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class Calm:
    """What is remembered of a calm company; the whole of it stands in `bot.monitor.rules.calm`.

    `after` is how long it has been connected. `agreeing` are pairs of columns of the table of
    companies that are equal, as far as both are known.
    """

    agreeing: tuple[tuple[str, str], ...]
    after: timedelta = CALM_AFTER
