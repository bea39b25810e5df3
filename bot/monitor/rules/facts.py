"""The facts of a look that wake rules, and when each of them is news. PURE."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.domain.observation import Watched
from bot.domain.session import State


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One fact of a look.

    `name` is its field in an `Observation`, `answer` that in a gateway's `SessionInfo`. `is_news`
    takes what is remembered of the calm company and what the look says; it is asked of every
    company at every look, so it compares and does nothing else.
    """

    name: str
    answer: str
    is_news: Callable[[Watched, Any], bool]


def _is_away(calm: Watched, state: State) -> bool:
    del calm
    return state is not State.CONNECTED


def _is_another(calm: Watched, phone: str | None) -> bool:
    return phone is not None and phone != calm.phone


STATE = Fact(name="state", answer="state", is_news=_is_away)
PHONE = Fact(name="phone", answer="owner_phone", is_news=_is_another)
