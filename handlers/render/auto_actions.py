"""What the bot did about an incident by itself, and what may still be expected of it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from bot.domain.incident import Incident
from bot.domain.trouble import Symptom
from bot.texts import Markup, Texts

# Only what looks like this is tried again.
_RECONNECTABLE = (Symptom.AWAY, Symptom.STUCK, Symptom.FAILED, Symptom.GONE)


class ActionText(StrEnum):
    """What the bot did by itself, with what came of it."""

    RECONNECTING = "reconnect_running"
    RECONNECTED = "reconnect_done"
    RECONNECT_REFUSED = "reconnect_looks_revoked"
    NO_CREDENTIALS = "reconnect_awaits_scan"
    NOT_BACK = "reconnect_not_back"
    RECONNECT_FAILED = "reconnect_failed"
    MENDING = "mend_running"
    MENDED = "mend_done"
    MEND_FAILED = "mend_failed"
    RESETTING = "reset_running"
    WAS_RESET = "reset_done"
    RESET_FAILED = "reset_failed"


# What is to be expected after it, for as long as the trouble is on.
_THEN: dict[ActionText, str] = {
    ActionText.RECONNECT_REFUSED: "auto.then.no_more",
    ActionText.NO_CREDENTIALS: "auto.then.no_more",
    ActionText.NOT_BACK: "auto.then.again",
    ActionText.WAS_RESET: "auto.then.pair",
}


def expected(incident: Incident, auto: Mapping[str, Any]) -> str | None:
    """What may still be expected: no further attempt where none is allowed, or none would help."""
    then = _THEN.get(_text_of(auto))
    if then != "auto.then.again":
        return then
    if incident.symptom not in _RECONNECTABLE:
        return None
    return "auto.then.spent" if auto.get("spent") else then


def auto_action(t: Texts, done: Mapping[str, Any]) -> Markup:
    """One act of the bot's own, with what came of it."""
    return t.say(f"auto.{_text_of(done)}", number=t.number(done["number"]))


def _text_of(done: Mapping[str, Any]) -> ActionText:
    key = f"{done['rung']}_{done['outcome'] or 'running'}"
    return ActionText(key) if key in list(ActionText) else ActionText(f"{done['rung']}_failed")
