"""Every table. Times are UTC; an empty string in `company_id` means "all" or "none"."""

from storage.tables.alerts import (
    backups,
    card_incidents,
    cards,
    chats,
    held,
    incident_events,
    incidents,
    muted_spans,
    mutes,
    outbox,
    pauses,
    place_names,
    remarks,
    rests,
    subscriptions,
)
from storage.tables.base import metadata
from storage.tables.logs import log_counts, log_positions
from storage.tables.people import audit, confirmations, grants, owners, people
from storage.tables.recovery import (
    attempts,
    checklists,
    code_requests,
    pairings,
    probes,
    procedures,
    restarts,
)
from storage.tables.replicas import leases
from storage.tables.sessions import (
    absences,
    companies,
    file_counts,
    gateways,
    pushes,
    session_states,
)
from storage.tables.standing import boards, digests

__all__ = [
    "absences",
    "attempts",
    "audit",
    "backups",
    "boards",
    "card_incidents",
    "cards",
    "chats",
    "checklists",
    "code_requests",
    "companies",
    "confirmations",
    "digests",
    "file_counts",
    "gateways",
    "grants",
    "held",
    "incident_events",
    "incidents",
    "leases",
    "log_counts",
    "log_positions",
    "metadata",
    "muted_spans",
    "mutes",
    "outbox",
    "owners",
    "pairings",
    "pauses",
    "people",
    "place_names",
    "probes",
    "procedures",
    "pushes",
    "remarks",
    "restarts",
    "rests",
    "session_states",
    "subscriptions",
]
