"""What became of a letter, as a line of the log."""

import structlog

from bot.alerts.compose import ComposedMessage
from bot.alerts.courier import (
    CardLost,
    Delivered,
    Gone,
    Moved,
    Outcome,
    Refused,
    RetryLater,
    TopicGone,
)

log = structlog.get_logger()


def log_outcome(draft: ComposedMessage, outcome: Outcome) -> None:
    """Say it once, with the chat and the incidents."""
    said = log.bind(
        letter=draft.letter.kind,
        chat=str(draft.letter.address),
        incidents=len(draft.letter.entries),
        first_incident=min(draft.incident_ids, default=None),
        remarks=[aside.remark.kind for aside in draft.letter.asides] or None,
    )
    match outcome:
        case Delivered():
            said.info("letter delivered")
        case RetryLater(reason=reason, after_s=after_s):
            said.warning("letter has to wait", reason=reason, after_s=after_s)
        case Moved(new_chat_id):
            said.info("chat has moved", new_chat=new_chat_id)
        case TopicGone():
            said.warning("topic is gone, the group itself is told")
        case Gone(reason):
            said.error("chat takes no messages, its alerts wait", reason=reason)
        case CardLost():
            said.info("card cannot be edited any more")
        case Refused(reason):
            said.error("letter was refused, and is kept", reason=reason, all=draft.incident_ids)
