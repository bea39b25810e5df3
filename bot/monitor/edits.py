"""No card is edited more than three times a minute, whatever contradicts itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.monitor.incidents import IncidentStep, StepKind
from storage.alerts import incidents
from storage.database import Transaction

MOST = 3
WITHIN = timedelta(minutes=1)
_EDITS = (StepKind.CHANGED, StepKind.CLOSED)


async def without_flicker(
    tx: Transaction, steps: Sequence[IncidentStep], now: datetime
) -> list[IncidentStep]:
    """The steps without those that would be one edit too many.

    Such an incident stays as it is told: the next look judges it anew, and when the minute is over
    its card shows what is so by then.
    """
    edits = [step for step in steps if step.kind in _EDITS]
    if not edits:
        return list(steps)
    ids = [step.incident.id for step in edits]
    lately = await incidents.events_since(tx, ids, _EDITS, now - WITHIN)
    return [
        step for step in steps if step.kind not in _EDITS or lately.get(step.incident.id, 0) < MOST
    ]
