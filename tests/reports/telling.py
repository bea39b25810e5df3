"""What reports are made of, told briefly."""

from datetime import UTC, datetime, timedelta

from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.incident import Incident, IncidentId
from bot.domain.report import Span, StateSpan
from bot.domain.trouble import Severity, Symptom, Trouble
from bot.reports.window import (
    History,
)

ONE = CompanyId("962302")
T0 = datetime(2025, 9, 15, tzinfo=UTC)


def minutes(n):
    return T0 + timedelta(minutes=n)


def span(begin, end):
    return Span(begin=begin, end=end)


def spell(begin, end, state):
    return StateSpan(begin=begin, end=end, state=state)


def company(key=ONE, name="Салон «Север»"):
    return Company(id=CompanyId(key), gateway=GatewayName("main"), session_key=key, name=name)


def incident(began_at, closed_at, trouble=Trouble.SESSION_DOWN, **more):
    made = {
        "id": IncidentId(1),
        "symptom": Symptom.REVOKED,
        "severity": Severity.CRITICAL,
        "gateway": GatewayName("main"),
        "company_id": ONE,
        "opened_at": began_at,
        **more,
    }
    return Incident(began_at=began_at, closed_at=closed_at, trouble=trouble, **made)


def history(**told):
    return History(**{"company": company(), "connected_before": True, "states": (), **told})
