"""Rows that storage tests write."""

from datetime import UTC, datetime

from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.incident import Incident, IncidentId
from bot.domain.trouble import Severity, Symptom, Trouble

NOW = datetime(2025, 9, 18, 15, 5, tzinfo=UTC)


def company(key, **values):
    made = {"id": CompanyId(key), "gateway": GatewayName("main"), "session_key": key, "name": ""}
    return Company(**{**made, **values})


def incident(key="962302", **values):
    made = {
        "id": IncidentId(0),
        "trouble": Trouble.SESSION_DOWN,
        "symptom": Symptom.REVOKED,
        "severity": Severity.CRITICAL,
        "gateway": GatewayName("main"),
        "company_id": CompanyId(key) if key else None,
        "opened_at": NOW,
        "began_at": NOW,
        "facts": {"files": 31},
    }
    return Incident(**{**made, **values})
