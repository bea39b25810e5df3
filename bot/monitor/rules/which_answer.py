"""Which answer wins when two of them contradict each other: one table. PURE.

Four sources tell of a session: its gateway's list, its gateway's answer when asked for it alone, a
push, and a line of the log. The less that stands between the session and the word, and the harder
it is to forge, the more the word counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bot.domain.session import State


class AnswerSource(StrEnum):
    """Who says it, the strongest first."""

    SINGLE = "single"
    LIST = "list"
    PUSH = "push"
    LOG = "log"


class Says(StrEnum):
    """What is said of a session, as far as it decides a contradiction."""

    WORKS = "works"
    ON_ITS_WAY = "on_its_way"
    LOST = "lost"
    MISSING = "missing"  # the gateway has no such session
    NOTHING = "nothing"  # no answer, or none that is understood


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """Whose word counts, and why."""

    winner: AnswerSource
    reason: str


_SAYS: Mapping[State, Says] = MappingProxyType(
    {
        State.CONNECTED: Says.WORKS,
        State.CONNECTING: Says.ON_ITS_WAY,
        State.DISCONNECTED: Says.ON_ITS_WAY,
        State.AWAITING_SCAN: Says.LOST,
        State.AWAITING_PASSKEY: Says.LOST,
        State.LOGGED_OUT: Says.LOST,
        State.STOPPED: Says.LOST,
        State.FAILED: Says.LOST,
        State.UNKNOWN: Says.NOTHING,
    }
)

_STRONGEST_FIRST = tuple(AnswerSource)
# The stronger source, the weaker one: why the stronger one counts.
_PAIRS: Mapping[tuple[AnswerSource, AnswerSource], str] = MappingProxyType(
    {
        (
            AnswerSource.SINGLE,
            AnswerSource.LIST,
        ): "a list may be old; one asked for alone was looked up",
        (
            AnswerSource.SINGLE,
            AnswerSource.PUSH,
        ): "a push says where to look; the look says what is",
        (
            AnswerSource.SINGLE,
            AnswerSource.LOG,
        ): "anybody may have written a line; the look says what is",
        (AnswerSource.LIST, AnswerSource.PUSH): "a push says where to look; the look says what is",
        (
            AnswerSource.LIST,
            AnswerSource.LOG,
        ): "anybody may have written a line; the look says what is",
        (
            AnswerSource.PUSH,
            AnswerSource.LOG,
        ): "a push bears a secret; anybody may have written a line",
    }
)
_LISTED_STILL = "nothing is known of one by one: the list stands"
_NOTHING_FOLLOWS = "no look has an answer: what is told alone proves nothing"


def said_by(state: State) -> Says:
    """What a state says."""
    return _SAYS[state]


def which_wins(first: tuple[AnswerSource, Says], second: tuple[AnswerSource, Says]) -> Ruling:
    """Whose word counts of two different sources, in whichever order they come.

    Silence takes nothing away from a look that has an answer; but where no look has one, neither
    push nor log takes its place.
    """
    (strong, strong_says), (weak, _) = sorted(
        (first, second), key=lambda answer: _STRONGEST_FIRST.index(answer[0])
    )
    if strong_says is not Says.NOTHING:
        return Ruling(winner=strong, reason=_PAIRS[strong, weak])
    if strong is AnswerSource.SINGLE and weak is AnswerSource.LIST:
        return Ruling(winner=weak, reason=_LISTED_STILL)
    if strong is AnswerSource.PUSH:
        return Ruling(winner=strong, reason=_PAIRS[strong, weak])
    return Ruling(winner=strong, reason=_NOTHING_FOLLOWS)
