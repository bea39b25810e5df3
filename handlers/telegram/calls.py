"""Which calls are counted by Telegram, of which class they are, and what an edit replaces."""

import contextlib
from collections.abc import Hashable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from aiogram.methods import TelegramMethod

from bot.domain.urgency import Urgency
from handlers.telegram.queue import Edit

# What each class is for, and what may happen to its calls. Callback answers, "typing" and deletions
# are not counted as messages by Telegram: they pass at once, whatever waits.
#
#   class     who speaks so                          what may happen to it
#   NOW       a used code is cleared away            goes first; nothing
#   CODE      a code to scan or to type              a newer code takes its place
#   ALERT     new alerts, recoveries, system notices stays in the outbox until its turn comes
#   ANSWER    all that says nothing else             waits, "typing" after 5 s; 429 is waited out
#   CARD      an alert's card is edited              stays in the outbox; merged there
#   PROGRESS  how far a procedure is                 a newer edit of the message takes its place
#   BOARD     boards, pins                           merged, late
_COUNTED = ("send", "edit", "forward", "copy", "pinchatmessage")
_NOT_COUNTED = frozenset({"sendchataction"})
# What an edit leaves nothing of: a text or a picture comes with its words and its buttons.
_PARTS = {
    "editmessagetext": {"text", "media", "caption", "markup"},
    "editmessagemedia": {"text", "media", "caption", "markup"},
    "editmessagecaption": {"caption", "markup"},
    "editmessagereplymarkup": {"markup"},
}

_spoken: ContextVar[Urgency | None] = ContextVar("spoken", default=None)


@dataclass(frozen=True, kw_only=True)
class Write:
    """A call that puts a message into a chat, or changes one."""

    chat_id: int | str
    urgency: Urgency
    edit: Edit | None
    thread_id: int | None


@contextlib.contextmanager
def spoken_as(urgency: Urgency) -> Iterator[None]:
    """Calls in this block are of this class. Begin no task within: it would be of the class too."""
    token = _spoken.set(urgency)
    try:
        yield
    finally:
        _spoken.reset(token)


def read_write(method: TelegramMethod[Any]) -> Write | None:
    """What the line has to know of a call; None for one that is not counted."""
    name = type(method).__api_method__.lower()
    chat_id: int | str | None = getattr(method, "chat_id", None)
    if chat_id is None or name in _NOT_COUNTED or not name.startswith(_COUNTED):
        return None
    default = Urgency.BOARD if name.startswith("pin") else Urgency.ANSWER
    spoken = _spoken.get()
    return Write(
        chat_id=_number(chat_id),
        urgency=default if spoken is None else spoken,
        edit=_edit(name, method),
        thread_id=getattr(method, "message_thread_id", None),
    )


def _edit(name: str, method: TelegramMethod[Any]) -> Edit | None:
    parts = _PARTS.get(name.replace("ephemeral", ""))
    if parts is None:
        return None
    fields = ("chat_id", "message_id", "receiver_user_id", "ephemeral_message_id")
    message: Hashable = tuple(str(getattr(method, field, None)) for field in fields)
    return Edit(message=message, parts=frozenset(parts))


def _number(chat_id: int | str) -> int | str:
    """The same chat under one name, whether its id came as a number or as text."""
    text = str(chat_id)
    return int(text) if text.lstrip("-").isdigit() else text
