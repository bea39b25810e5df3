"""Logs what became of a message."""

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


def log_outcome(composed: ComposedMessage, outcome: Outcome) -> None:
    """Log it once, with the chat and the incidents."""
    bound = log.bind(
        message=composed.message.kind,
        chat=str(composed.message.address),
        incidents=len(composed.message.entries),
        first_incident=min(composed.incident_ids, default=None),
        system_notices=[
            system_entry.system_notice.kind for system_entry in composed.message.system_notices
        ]
        or None,
    )
    match outcome:
        case Delivered():
            bound.info("message_delivered")
        case RetryLater(reason=reason, after_s=after_s):
            bound.warning("message_delayed", reason=reason, after_s=after_s)
        case Moved(new_chat_id):
            bound.info("chat_moved", new_chat=new_chat_id)
        case TopicGone():
            bound.warning("topic_gone")
        case Gone(reason):
            bound.error("chat_gone", reason=reason)
        case CardLost():
            bound.info("card_lost")
        case Refused(reason):
            bound.error("message_refused", reason=reason, all=composed.incident_ids)
