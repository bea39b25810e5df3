"""Incidents and acts as JSON lines, for whoever keeps or counts them elsewhere. PURE."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from bot.domain.access import UserId
from bot.domain.audit import AuditRow
from bot.domain.incident import Incident
from storage.alerts.incidents import IncidentEvent

# What a restart's command has printed may hold anything; it stays in the database.
_KEPT_BACK = frozenset({"output"})


def act_line(act: AuditRow, name: str = "", chat: str = "") -> str:
    """Who did what to which company, from where, with what result."""
    return _line(
        kind="act",
        id=act.id,
        at=_moment(act.at),
        user_id=act.user_id,
        name=name,
        chat_id=act.chat_id,
        chat=chat,
        action=act.action,
        company=act.company_id,
        details={key: detail for key, detail in act.details.items() if key not in _KEPT_BACK},
        finished_at=_moment(act.finished_at),
        outcome=act.outcome,
    )


def incident_line(
    incident: Incident,
    events: Iterable[IncidentEvent],
    chats: Mapping[int, str] = MappingProxyType({}),
) -> str:
    """An incident with its events."""
    return _line(
        kind="incident",
        id=incident.id,
        trouble=incident.trouble,
        symptom=incident.symptom,
        severity=incident.severity,
        gateway=incident.gateway,
        company=incident.company_id,
        cause=incident.cause,
        began_at=_moment(incident.began_at),
        opened_at=_moment(incident.opened_at),
        closed_at=_moment(incident.closed_at),
        acked_by=None if incident.ack is None else incident.ack.by,
        acked_at=None if incident.ack is None else _moment(incident.ack.at),
        facts=incident.facts,
        events=[_event(event, chats) for event in events],
    )


def _event(event: IncidentEvent, chats: Mapping[int, str]) -> dict[str, Any]:
    name = chats.get(event.facts.get("chat_id", 0))
    named = {"chat": name} if name else {}
    return {"at": _moment(event.at), "event": event.event, **event.facts, **named}


def act_lines(
    acts: Iterable[AuditRow], names: Mapping[UserId, str], chats: Mapping[int, str]
) -> bytes:
    """Many of them as a file."""
    lines = (act_line(act, names.get(act.user_id, ""), chats.get(act.chat_id, "")) for act in acts)
    return "".join(f"{line}\n" for line in lines).encode()


def _line(**values: Any) -> str:
    # Characters above ASCII are written as escapes: no half of one can break a file.
    return json.dumps(values)


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
