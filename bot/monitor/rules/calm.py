"""Calm, said once: nothing is to be judged, and a good look tells nothing new. PURE.

A company is calm when all of this is remembered of it, which the database answers by `CALM`:

1. it has been connected for `CALM_AFTER`;
2. no incident about it is open, and nobody is pairing, resetting or mending it;
3. whatever a rule compares (`SessionRule.compares`) agrees, as far as it is known.

It stays so while no fact of a look that wakes a rule (`SessionRule.woken_by`) is news. Of ten
thousand companies nearly all are calm nearly always, and none of these is judged: a rule that
forgets what wakes it never judges them.
"""

from collections.abc import Iterable
from operator import attrgetter

from bot.domain.calm_query import Calm
from bot.domain.observation import Observation, Watched
from bot.gateways.base import SessionInfo
from bot.monitor.rules.facts import Fact
from bot.monitor.rules.table import SESSION_RULES, SessionRule


def calm_for(rules: Iterable[SessionRule]) -> Calm:
    """What is remembered of a company that none of these rules would find fault with."""
    return Calm(agreeing=tuple(dict.fromkeys(pair for rule in rules for pair in rule.compares)))


def facts_of(rules: Iterable[SessionRule]) -> tuple[Fact, ...]:
    """What wakes any of these rules, each fact once."""
    return tuple(dict.fromkeys(fact for rule in rules for fact in rule.woken_by))


CALM = calm_for(SESSION_RULES)
FACTS = facts_of(SESSION_RULES)
# Asked of ten thousand companies at a look: what can be looked up beforehand is.
_IN_ANSWER = tuple((attrgetter(fact.answer), fact.is_news) for fact in FACTS)
_IN_LOOK = tuple((attrgetter(fact.name), fact.is_news) for fact in FACTS)


def answer_wakes(calm: Watched, answer: SessionInfo) -> bool:
    """Whether what a gateway says of a calm company is news to any rule."""
    for value, is_news in _IN_ANSWER:  # noqa: SIM110 - any() takes twice as long
        if is_news(calm, value(answer)):
            return True
    return False


def look_wakes(calm: Watched, seen: Observation) -> bool:
    """The same of an observation."""
    return any(is_news(calm, value(seen)) for value, is_news in _IN_LOOK)
