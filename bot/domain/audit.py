"""A row of the audit: who did what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.access import UserId
from bot.domain.company import CompanyId


@dataclass(frozen=True, kw_only=True)
class AuditRow:
    """What somebody did. `company_id` is None where it concerns none, or several."""

    id: int
    at: datetime
    user_id: UserId
    chat_id: int
    action: str
    company_id: CompanyId | None
    details: dict[str, Any]
    finished_at: datetime | None
    outcome: str | None
