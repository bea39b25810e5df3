"""A rule stands in every place where one must stand, or a test says which it lacks.

docs/adding-a-rule.md walks through these places. `Places` is a copy of them, so that a rule that is
made up can be put into some and left out of others.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args, get_type_hints

import pytest
from doubles import START
from sqlalchemy import update
from test_rules import KEY, LIMITS, TEMPO, known
from watching import ONE, Watch

from bot.domain.calm_query import CALM_AFTER
from bot.domain.company import Company
from bot.domain.incident import Incident, IncidentId
from bot.domain.observation import Observation, Watched
from bot.domain.restriction import Restriction, RestrictionKind
from bot.domain.session import State
from bot.domain.trouble import TROUBLES, Customers, Offer, Severity, Symptom, Trouble, TroubleFacts
from bot.gateways.base import SessionInfo
from bot.monitor.judge import Judge
from bot.monitor.rules import Health, SessionLook, Verdict
from bot.monitor.rules.calm import CALM, FACTS, facts_of
from bot.monitor.rules.facts import STATE, Fact
from bot.monitor.rules.table import RULES, SESSION_RULES, SessionRule
from bot.texts import LANGUAGES
from handlers.render.incidents import plainly
from storage.alerts import incidents
from storage.tables import companies

ROOT = Path(__file__).parents[2]
PHONE = "79000000001"
# Shown for a moment on cards that say all there is to say.
OF_A_MOMENT = {Symptom.SETTLING, Symptom.ELSEWHERE, Symptom.RESTARTING, Symptom.NOT_UNDERSTOOD}
# What a rule may read of a company while it is calm: what calm is made of, and what only moves when
# a fact does that wakes every rule.
REMEMBERED = {
    "company": "each field of it is looked at by itself",
    "state": "connected",
    "since": "longer ago than CALM_AFTER",
    "pairing": "nobody works on it",
    "incident": "nothing is open",
    "incidents": "nothing is open",
    "reconnects_today": "counted from states",
    "max_reconnects_per_day": "a setting",
    "max_files": "a setting",
}
# Says nothing of the session, or nothing while it is connected.
OF_ANY_LOOK = {"company_id", "at", "cause", "told_by", "log_says", "log_at", "unbelieved"} | {
    "thrown_out",  # whom a push or a log tells of is looked at and judged, however calm
    "thrown_out_at",
}


def texts():
    found = {}
    for language in LANGUAGES:
        text = (ROOT / "bot" / "texts" / "locales" / f"{language}.po").read_text()
        found[language] = set(re.findall(r'^msgid "(.+)"$', text, re.MULTILINE))
    return found


def asked_by_tests():
    """What tests of rules import."""
    here = (path for path in Path(__file__).parent.glob("test_*.py") if path != Path(__file__))
    return set(re.findall(r"\bjudge_\w+", " ".join(path.read_text() for path in here)))


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where a rule must stand."""

    troubles: tuple[Any, ...]
    meaning: Mapping[Any, TroubleFacts]
    rules: tuple[Any, ...]
    files: frozenset[str]
    texts: Mapping[str, set[str]]
    page: str
    asked: set[str]


REAL = Places(
    troubles=tuple(Trouble),
    meaning=TROUBLES,
    rules=RULES,
    files=frozenset(path.stem for path in (ROOT / "bot/monitor/rules").glob("*.py")),
    texts=texts(),
    page=(ROOT / "docs" / "troubleshooting.md").read_text(),
    asked=asked_by_tests(),
)


def complaints(places):
    """What is forgotten, in words that name the place."""
    found = [words for trouble in places.troubles for words in of_trouble(trouble, places)]
    woken = [rule for rule in places.rules if isinstance(rule, SessionRule)]
    return [*found, *(words for rule in woken for words in of_waking(rule))]


def of_trouble(trouble, places):
    rules = [rule for rule in places.rules if rule.trouble is trouble]
    if not rules:
        yield f"{trouble}: no row in bot/monitor/rules/table.py"
    if trouble.value not in places.files:
        yield f"{trouble}: no file bot/monitor/rules/{trouble}.py"
    for rule in rules:
        if rule.judge.__module__ != f"bot.monitor.rules.{trouble}":
            yield f"{trouble}: judged in {rule.judge.__module__}, not in the file of its name"
        if rule.judge.__name__ not in places.asked:
            yield f"{trouble}: no test under tests/monitor asks {rule.judge.__name__}"
    meaning = places.meaning.get(trouble)
    if meaning is None:
        yield f"{trouble}: no row in TROUBLES, bot/domain/trouble.py"
        return
    if not meaning.offers or not meaning.looks:
        yield f"{trouble}: TROUBLES says not what it offers, or how it looks"
    yield from untold(trouble, meaning, places)


def untold(trouble, meaning, places):
    told = [plainly(trouble, look) for look in meaning.looks]
    keys = [f"over.{trouble}"]
    keys += [f"incident.{part}.{name}" for name in told for part in ("what", "brief", "todo")]
    for language, there in places.texts.items():
        for key in keys:
            if key not in there:
                yield f"{trouble}: no {key} in {language}.po"
    for name in told:
        if name not in OF_A_MOMENT and f"<!-- incident.what.{name} -->" not in places.page:
            yield f"{trouble}: no section for incident.what.{name} in docs/troubleshooting.md"


def of_waking(rule):
    trouble = rule.trouble
    if not rule.woken_by:
        yield f"{trouble}: nothing wakes it, so calm companies are never judged"
    for fact in rule.woken_by:
        for kind, name in ((Observation, fact.name), (SessionInfo, fact.answer)):
            if name not in {field.name for field in fields(kind)}:
                yield f"{trouble}: {kind.__name__} has no {name}"
        if news_of(fact) is None:
            yield f"{trouble}: no {fact.name} is news, so it wakes nobody"
    for name in sorted(read_of_a_look(rule) - OF_ANY_LOOK - {fact.name for fact in rule.woken_by}):
        yield f"{trouble}: reads {name} of a look, which is not among what wakes it"
    compared = {name for pair in rule.compares for name in pair}
    for name in sorted(read_of_memory(rule) - REMEMBERED.keys() - compared):
        yield f"{trouble}: reads {name} of what is remembered, which it does not say it compares"


# Of every kind that a fact of a look may have.
RESTRICTED = Restriction(kind=RestrictionKind.NOT_FIRST)
VALUES = (
    *(State),
    "79000000002",
    *range(101),
    *(tenth / 10 for tenth in range(11)),
    True,
    False,
    RESTRICTED,
)
CALM_ONE = Watched(id=KEY, session_key=KEY, phone=PHONE)


def news_of(fact):
    """A value of this fact that tells something new of a calm company."""
    hint = get_type_hints(Observation).get(fact.name, int)
    values = (value for value in VALUES if type(value) in (get_args(hint) or (hint,)))
    return next((value for value in values if fact.is_news(CALM_ONE, value)), None)


class Spied:
    """Lets through what is read, and remembers its name."""

    def __init__(self, what, names):
        self.__dict__.update(_what=what, _names=names)

    def __getattr__(self, name):
        self._names.add(name)
        return getattr(self._what, name, None)


def calm_status():
    company = Company(id=KEY, gateway=ONE, session_key=KEY, name="", expected_phone=PHONE)
    return replace(
        known(State.CONNECTED, 900, was_connected=True, linked_phone=PHONE), company=company
    )


def judged_while_calm(rule, seen_names, known_names):
    seen = Observation(company_id=KEY, at=START, state=State.CONNECTED, phone=PHONE)
    status = calm_status()
    remembered = Spied(status, known_names)
    remembered.__dict__["company"] = Spied(status.company, known_names)
    look = SessionLook(known=remembered, seen=Spied(seen, seen_names), limits=LIMITS, timing=TEMPO)
    return rule.judge(look)


def read_of_a_look(rule):
    names = set()
    judged_while_calm(rule, names, set())
    return names


def read_of_memory(rule):
    names = set()
    judged_while_calm(rule, set(), names)
    return names


def test_no_rule_is_forgotten_anywhere():
    if found := complaints(REAL):
        pytest.fail("docs/adding-a-rule.md tells how:\n" + "\n".join(found))


# What a look tells: each declared fact brings a calm company before the rules.


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
@pytest.mark.parametrize("listed", [True, False])
async def test_a_fact_that_is_news_brings_a_calm_company_before_the_rules(db, fact, listed):
    watch = Watch(db, [ONE])
    value = news_of(fact)
    watch.gateway.says(KEY, State.CONNECTED)
    told = replace(watch.gateway.tapes[KEY][0], owner_phone=PHONE)
    watch.gateway.tapes[KEY][0] = replace(told, **{fact.answer: value})
    if not listed:
        watch.gateway.unlisted.add(KEY)
    look = await watch.lookers[ONE].everyone([], [CALM_ONE])
    assert getattr(look.seen[KEY], fact.name) == value


async def test_a_look_without_news_brings_nobody_before_them(db):
    watch = Watch(db, [ONE])
    watch.gateway.says(KEY, State.CONNECTED)
    for told in (None, PHONE):
        watch.gateway.tapes[KEY][0] = replace(watch.gateway.tapes[KEY][0], owner_phone=told)
        look = await watch.lookers[ONE].everyone([], [CALM_ONE])
        assert look.seen == {}


async def test_whoever_is_judged_is_judged_by_every_rule():
    judge = Judge(LIMITS, TEMPO, lambda: START)
    seen = Observation(company_id=KEY, at=START, state=State.CONNECTED, phone=PHONE)
    [judged] = await judge.judged([calm_status()], {KEY: seen})
    assert [verdict.trouble for verdict in judged.verdicts] == [
        rule.trouble for rule in SESSION_RULES
    ]


@pytest.mark.parametrize("rule", SESSION_RULES, ids=lambda rule: rule.trouble)
def test_no_rule_finds_fault_with_a_calm_company_that_is_as_it_was(rule):
    assert judged_while_calm(rule, set(), set()).health in (Health.WELL, Health.WAIT)


# What is remembered: a company with a trouble, or of which something disagrees, is not calm.


@pytest.fixture
async def calm(db):
    watch = Watch(db, [ONE])
    await watch.add(KEY)
    await watch.settle(KEY)
    await watch.tick(after_s=CALM_AFTER.total_seconds())
    assert await ids_of_calm(watch) == {KEY}
    return watch


async def ids_of_calm(watch):
    return {company.id for company in await watch.statuses.calm(ONE, watch.clock())}


@pytest.mark.parametrize(
    "trouble", [trouble for trouble, meaning in TROUBLES.items() if not meaning.of_gateway]
)
async def test_a_company_in_trouble_is_never_calm(calm, trouble):
    incident = Incident(
        id=IncidentId(0),
        trouble=trouble,
        symptom=TROUBLES[trouble].looks[0],
        severity=TROUBLES[trouble].severity,
        gateway=ONE,
        company_id=KEY,
        opened_at=calm.clock(),
        began_at=calm.clock(),
    )
    async with calm.db.writing() as tx:
        await incidents.add(tx, [incident])
    assert await ids_of_calm(calm) == set()
    restless = await calm.statuses.restless(ONE, calm.clock())
    assert [status.company.id for status in restless] == [KEY]


@pytest.mark.parametrize("pair", CALM.agreeing)
@pytest.mark.parametrize(
    ("values", "is_calm"),
    [(("1", "2"), False), (("1", "1"), True), (("1", None), True), ((None, "1"), True)],
)
async def test_a_company_of_which_two_compared_facts_disagree_is_never_calm(
    calm, pair, values, is_calm
):
    async with calm.db.writing() as tx:
        await tx.execute(update(companies).values(dict(zip(pair, values, strict=True))))
    assert await ids_of_calm(calm) == ({KEY} if is_calm else set())


# A made-up rule, put into some places and left out of others.


class MadeUp(StrEnum):
    """Troubles of a program that watches how warm phones are."""

    PHONE_HOT = "phone_hot"


def judge_heat(look):
    level = look.seen.heat
    hot = level is not None and level > 60
    return Verdict(
        trouble=MadeUp.PHONE_HOT,
        health=Health.BAD if hot else Health.WELL,
        reason=f"{level} °C",
    )


judge_heat.__module__ = "bot.monitor.rules.phone_hot"

HEAT = Fact(name="heat", answer="heat", is_news=lambda calm, level: level > 60)
RULE = SessionRule(trouble=MadeUp.PHONE_HOT, judge=judge_heat, woken_by=(HEAT,))
MEANING = TroubleFacts(
    severity=Severity.WARNING,
    offers=(Offer.CHECK,),
    looks=(Symptom.ABOVE,),
    customers=Customers.SERVED,
)


def with_made_up(**more: Any) -> Places:
    return replace(REAL, troubles=(MadeUp.PHONE_HOT,), rules=(), **more)


def test_a_trouble_that_is_only_named_lacks_everything():
    assert complaints(with_made_up()) == [
        "phone_hot: no row in bot/monitor/rules/table.py",
        "phone_hot: no file bot/monitor/rules/phone_hot.py",
        "phone_hot: no row in TROUBLES, bot/domain/trouble.py",
    ]


def test_a_rule_without_words_says_which_it_lacks_in_which_language():
    places = with_made_up(meaning={MadeUp.PHONE_HOT: MEANING})
    lacking = [words for words in complaints(places) if ".po" in words or ".md" in words]
    keys = ["over", "incident.what", "incident.brief", "incident.todo"]
    assert lacking == [
        *(
            f"phone_hot: no {key}.phone_hot in {language}.po"
            for language in LANGUAGES
            for key in keys
        ),
        "phone_hot: no section for incident.what.phone_hot in docs/troubleshooting.md",
    ]


def about_the_rule(rule):
    found = complaints(replace(with_made_up(), rules=(rule,)))
    return [words for words in found if "no row" not in words and "no file" not in words]


def test_a_rule_that_nobody_tests_is_complained_of():
    assert "phone_hot: no test under tests/monitor asks judge_heat" in about_the_rule(RULE)


def test_a_rule_that_is_judged_elsewhere_is_complained_of():
    def judge(look):
        return judge_heat(look)

    found = about_the_rule(replace(RULE, judge=judge))
    assert f"phone_hot: judged in {__name__}, not in the file of its name" in found


def test_a_rule_that_nothing_wakes_is_complained_of():
    found = about_the_rule(replace(RULE, woken_by=()))
    assert "phone_hot: nothing wakes it, so calm companies are never judged" in found


def test_a_fact_that_no_gateway_tells_is_complained_of():
    found = about_the_rule(RULE)
    assert "phone_hot: Observation has no heat" in found
    assert "phone_hot: SessionInfo has no heat" in found


def test_a_fact_that_is_never_news_is_complained_of():
    sleepy = replace(HEAT, is_news=lambda calm, level: False)
    found = about_the_rule(replace(RULE, woken_by=(sleepy,)))
    assert "phone_hot: no heat is news, so it wakes nobody" in found


def test_a_rule_that_reads_what_does_not_wake_it_is_complained_of():
    found = about_the_rule(replace(RULE, woken_by=(STATE,)))
    complaint = "phone_hot: reads heat of a look, which is not among what wakes it"
    assert complaint in found


def test_a_rule_that_reads_what_calm_does_not_cover_is_complained_of():
    def judge(look):
        return SimpleNamespace(copied=look.known.copied_at, paired=look.known.paired_at)

    found = about_the_rule(replace(RULE, judge=judge, compares=(("paired_at", "connected_at"),)))
    complaint = "reads copied_at of what is remembered, which it does not say it compares"
    assert f"phone_hot: {complaint}" in found
    assert not any("paired_at of" in words for words in found)


def test_what_wakes_several_rules_is_asked_of_a_look_once():
    assert facts_of([RULE, RULE, replace(RULE, woken_by=(STATE, HEAT))]) == (HEAT, STATE)


def test_the_page_names_files_that_are_there():
    page = (ROOT / "docs" / "adding-a-rule.md").read_text()
    named = set(re.findall(r"`((?:bot|tests|docs)/[\w/.]+)`", page))
    missing = {path for path in named if not (ROOT / path).exists()}
    assert missing == {"bot/monitor/rules/battery_low.py", "tests/monitor/test_battery_low.py"}
    assert len(named) > 8
