"""What backup channels are told: plain words, no buttons."""

from collections.abc import Sequence
from datetime import datetime

from bot.alerts.courier import INCIDENTS_IN_MESSAGE, IncidentEntry, MessageKind, OutgoingMessage
from bot.domain.notice import ChatAddress
from bot.texts import Texts, plain
from handlers.render.alerts import outgoing_message
from handlers.render.screen import and_more

_NOWHERE = ChatAddress(0)


def backup(t: Texts, entries: Sequence[IncidentEntry], now: datetime) -> tuple[str, str]:
    """A title and a text; as many are named as one message holds, the rest is counted."""
    named = tuple(entries[:INCIDENTS_IN_MESSAGE])
    screen = outgoing_message(
        t,
        OutgoingMessage(kind=MessageKind.NEW, address=_NOWHERE, entries=named, language=t.language),
        now,
    )
    lines = [screen.plain, *map(plain, and_more(t, len(entries) - len(named)))]
    lines += ["", plain(t.say("backup.why"))]
    return plain(t.plural("backup.title", len(entries))), "\n".join(lines)
