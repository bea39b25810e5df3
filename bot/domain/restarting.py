"""The restart of a gateway's process, as people are told of it."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class RestartStep(StrEnum):
    """In the order in which they come."""

    COMMAND = "command"  # the command is running
    ANSWER = "answer"  # waiting until the gateway answers again


class RestartOutcome(StrEnum):
    """What became of the command. Whether the gateway answers is another matter."""

    DONE = "done"
    FAILED = "failed"  # it ended with an error
    TOO_LONG = "too_long"  # it was ended by us, with all it had started
    NOT_STARTED = "not_started"  # there is no such program, or we may not run it
    BUSY = "busy"  # another restart of this gateway is running
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, kw_only=True)
class Restarted:
    """The end. `answers` is what the gateway itself showed after the command.

    `exit_code` is None where the command did not end by itself. `output` is what it printed,
    without secrets and cut: for the audit row, never for a chat.
    """

    outcome: RestartOutcome
    answers: bool = False
    exit_code: int | None = None
    took: timedelta = timedelta()
    output: str = field(default="", repr=False)
