"""A rest: until somebody wakes it, a company is watched, not touched by the bot, and not alarmed.

Nothing is hidden by it: what happens is recorded, and shown to whoever looks.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.company import CompanyId
from bot.domain.incident import Incident


@dataclass(frozen=True, kw_only=True)
class Rest:
    """Since `since_at` the company raises no alarm, and the bot does nothing to it."""

    company_id: CompanyId
    since_at: datetime
    by: str

    def covers(self, incident: Incident) -> bool:
        """Whether it silences this incident; a gateway's own is never silenced."""
        return self.company_id == incident.company_id
