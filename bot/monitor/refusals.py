"""Messages that WhatsApp refused for a restriction (463), as a gateway's log has them. PURE.

One line is no restriction: a single contact may be refused as well, for want of a token of theirs.
Several within minutes are told, as the log's word: it proves nothing, and any gateway that tells of
restrictions by itself is believed in its place.
"""

from datetime import datetime, timedelta

from bot.domain.company import CompanyId
from bot.domain.restriction import Restriction, RestrictionKind, RestrictionSign

SEVERAL = 3
WITHIN = timedelta(minutes=10)


class Refusals:
    """Counts them, and forgets what is older. Not stored."""

    def __init__(self) -> None:
        self._at: dict[CompanyId, tuple[datetime, ...]] = {}

    def note(self, company_id: CompanyId, count: int, now: datetime) -> None:
        """So many more were read just now."""
        still = {key: _lately(at, now) for key, at in self._at.items()}
        self._at = {key: at for key, at in still.items() if at}
        self._at[company_id] = (*self._at.get(company_id, ()), *(now,) * min(count, SEVERAL))[
            -SEVERAL:
        ]

    def mean(self, company_id: CompanyId, now: datetime) -> Restriction | None:
        """What they say of the account; None where they are too few."""
        if len(_lately(self._at.get(company_id, ()), now)) < SEVERAL:
            return None
        return Restriction(kind=RestrictionKind.NOT_FIRST, sign=RestrictionSign.LOG)


def _lately(every: tuple[datetime, ...], now: datetime) -> tuple[datetime, ...]:
    return tuple(at for at in every if now - at < WITHIN)
