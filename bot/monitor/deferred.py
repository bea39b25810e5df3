"""Sends what was deferred in a chat's quiet hours once they are over, if it is still news."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bot.domain.incident import Incident, IncidentId
from bot.domain.mute import Silence, hidden
from bot.domain.notice import ChatAddress, NoticeKind
from storage.alerts import deferred, incidents, outbox, silences
from storage.alerts.deferred import DeferredNotice
from storage.database import Transaction


async def release(tx: Transaction, chat_ids: Collection[int], now: datetime) -> None:
    """Tell these chats what is news for them."""
    if not chat_ids:
        return
    taken = await deferred.take(tx, chat_ids)
    found = await incidents.get_many(tx, list({held.incident_id for held in taken}))
    rows = news(taken, found, await silences.active(tx, now))
    await outbox.add(tx, rows, now)
    await incidents.set_told(
        tx, [incident_id for _, incident_id, _ in rows], now
    )  # else a reminder would follow


def news(
    notices: Sequence[DeferredNotice],
    found: Mapping[IncidentId, Incident],
    silent: Sequence[Silence],
) -> list[tuple[ChatAddress, IncidentId, NoticeKind]]:
    """What is still worth a sound.

    What began and ended in between is not told: it is in the record. What began is told while it
    lasts; what ended, where the chat knows that it began. What is muted is told when that ends.
    """
    began = {(held.address, held.incident_id) for held in notices if held.kind is NoticeKind.OPENED}
    rows = []
    for held in dict.fromkeys(notices):
        incident = found[held.incident_id]
        new = held.kind is NoticeKind.OPENED
        here = (held.address, held.incident_id)
        if hidden(silent, incident) or (incident.open if not new else not incident.open):
            continue
        if new or here not in began:
            rows.append((*here, held.kind))
    return rows
