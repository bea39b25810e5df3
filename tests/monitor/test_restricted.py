"""Accounts that are connected and may not write: what tells of it, and what ends it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from doubles import START
from hypothesis import given
from hypothesis import strategies as st
from test_rules import KEY, LIMITS, TEMPO, known
from watching import ONE, Watch

from bot.domain.calm_query import CALM_AFTER
from bot.domain.company import Company
from bot.domain.incident import Incident, IncidentId
from bot.domain.notice import offers_of
from bot.domain.observation import Observation
from bot.domain.probe import Probe, ProbeOutcome
from bot.domain.restriction import FREE, Restriction, RestrictionKind, RestrictionSign
from bot.domain.session import State
from bot.domain.trouble import Offer, Severity, Symptom, Trouble
from bot.gateways.base import Restricted
from bot.monitor.hints import ConnectionEvent
from bot.monitor.incidents import IncidentSubject, advance
from bot.monitor.probes import Prober
from bot.monitor.refusals import SEVERAL, WITHIN, Refusals
from bot.monitor.rules import Health, SessionLook
from bot.monitor.rules.restricted import UNHEARD_FOR, judge_refusal, judge_restriction
from storage.alerts import incidents

HOUR = timedelta(hours=1)
UNTIL = START + 24 * HOUR
NOT_FIRST = Restriction(kind=RestrictionKind.NOT_FIRST, until=UNTIL)
ENDLESS = replace(NOT_FIRST, until=None)
USED_UP = Restriction(kind=RestrictionKind.USED_UP, until=UNTIL, used=1000, quota=1000)
COMPANY = Company(id=KEY, gateway=ONE, session_key=KEY, name="")


def judged(told, present=None, at=START, state=State.CONNECTED):
    status = known(State.CONNECTED, 900, was_connected=True)
    status = replace(status, incidents=() if present is None else (present,))
    seen = Observation(company_id=KEY, at=at, state=state, restriction=told)
    look = SessionLook(known=status, seen=seen, limits=LIMITS, timing=TEMPO)
    return judge_restriction(look)


def opened(told, at=START):
    step = advance(None, judged(told, at=at), IncidentSubject(gateway=ONE, company_id=KEY), at)
    return replace(step.incident, id=IncidentId(1))


def by_send(at=START):
    verdict = judge_refusal(Probe(company_id=KEY, at=at, outcome=ProbeOutcome.RESTRICTED))
    return advance(None, verdict, IncidentSubject(gateway=ONE, company_id=KEY), at).incident


@pytest.mark.parametrize(
    ("told", "symptom"), [(NOT_FIRST, Symptom.NOT_FIRST), (USED_UP, Symptom.USED_UP)]
)
def test_what_the_gateway_tells_is_a_warning_with_its_end(told, symptom):
    incident = opened(told)
    assert (incident.symptom, incident.severity) == (symptom, Severity.WARNING)
    assert incident.until == UNTIL


@pytest.mark.parametrize("told", [NOT_FIRST, ENDLESS, USED_UP])
def test_neither_a_reset_nor_a_pairing_is_offered(told):
    assert offers_of(opened(told)) == (Offer.CHECK,)


@pytest.mark.parametrize(
    ("told", "present", "at", "health"),
    [
        (None, None, START, Health.WELL),
        (FREE, None, START, Health.WELL),
        (replace(NOT_FIRST, until=START - HOUR), None, START, Health.WELL),
        (FREE, opened(NOT_FIRST), START + HOUR, Health.WELL),
        (None, opened(NOT_FIRST), START + HOUR, Health.WAIT),
        (None, opened(NOT_FIRST), UNTIL, Health.WELL),
        (NOT_FIRST, opened(NOT_FIRST), UNTIL, Health.WELL),
        (None, opened(ENDLESS), START + 100 * UNHEARD_FOR, Health.WAIT),
        (FREE, by_send(), START + HOUR, Health.WAIT),
        (None, by_send(), START + UNHEARD_FOR, Health.WELL),
        (NOT_FIRST, by_send(), START + HOUR, Health.BAD),
    ],
)
def test_what_told_of_it_says_what_ends_it(told, present, at, health):
    assert judged(told, present, at).health is health


def test_while_the_session_is_away_nothing_that_is_not_said_ends_it():
    present = opened(NOT_FIRST)
    assert judged(FREE, present, START + HOUR, State.CONNECTING).health is Health.WAIT
    assert judged(None, present, UNTIL, State.CONNECTING).health is Health.WELL


def test_an_end_that_is_put_off_is_told():
    later = replace(NOT_FIRST, until=UNTIL + HOUR)
    present = opened(NOT_FIRST)
    at = START + HOUR
    step = advance(
        present, judged(later, present, at), IncidentSubject(gateway=ONE, company_id=KEY), at
    )
    assert step.kind == "changed"
    assert step.incident.until == UNTIL + HOUR


def test_what_is_told_at_each_look_is_not_written_at_each():
    present = opened(NOT_FIRST)
    for minutes in (1, 30, 59):
        at = START + timedelta(minutes=minutes)
        verdict = judged(NOT_FIRST, present, at)
        assert advance(present, verdict, IncidentSubject(gateway=ONE, company_id=KEY), at) is None


def test_the_gateways_word_outlives_that_of_a_send():
    present = opened(NOT_FIRST)
    verdict = judge_refusal(
        Probe(company_id=KEY, at=START, outcome=ProbeOutcome.RESTRICTED), present
    )
    assert verdict.facts["sign"] == RestrictionSign.GATEWAY
    went = Probe(company_id=KEY, at=START, outcome=ProbeOutcome.ACKNOWLEDGED)
    assert judge_refusal(went, present).health is Health.WAIT
    assert judge_refusal(went, by_send()).health is Health.WELL


restrictions = st.one_of(
    st.none(),
    st.builds(
        Restriction,
        kind=st.sampled_from(RestrictionKind),
        until=st.none() | st.integers(-50, 50).map(lambda hours: START + hours * HOUR),
        sign=st.sampled_from(RestrictionSign),
    ),
)


@given(st.lists(st.tuples(restrictions, st.integers(1, 600)), min_size=1, max_size=30))
def test_nothing_that_is_over_by_its_own_time_opens_it_and_no_end_is_forgotten(story):
    present, now = None, START
    for told, minutes in story:
        now += timedelta(minutes=minutes)
        before = present
        step = advance(
            present, judged(told, present, now), IncidentSubject(gateway=ONE, company_id=KEY), now
        )
        if step is not None:
            present = step.incident if step.incident.open else None
        if before is None and present is not None:
            assert told is not None
            assert told.holds(now)
        if told is not None and told.holds(now):
            assert present is not None
        elif present is not None and present.until is not None:
            assert present.until > now


# Lines of a log.


def test_one_line_is_no_restriction_and_several_are():
    lines = Refusals()
    for count in range(1, SEVERAL + 1):
        lines.note(KEY, 1, START)
        assert (lines.mean(KEY, START) is not None) is (count >= SEVERAL)
    assert lines.mean(KEY, START).sign is RestrictionSign.LOG
    assert lines.mean("962303", START) is None


def test_lines_of_long_ago_say_nothing():
    lines = Refusals()
    for turn in range(10):
        lines.note(KEY, 1, START + turn * WITHIN)
        assert lines.mean(KEY, START + turn * WITHIN) is None


# In a watch.


class Watched:
    def __init__(self, watch):
        self.watch, self.gateway = watch, watch.gateway

    async def says(self, told, after_s=5):
        tape = self.gateway.tapes[KEY]
        tape[-1] = replace(tape[-1], restriction=told)
        await self.watch.tick(after_s=after_s)

    async def open(self):
        async with self.watch.db.reading() as tx:
            every = await incidents.open_ones(tx, company_id=KEY)
        return [incident for incident in every if incident.trouble is Trouble.RESTRICTED]


@pytest.fixture
async def here(db):
    watch = Watch(db, [ONE])
    await watch.add(KEY)
    await watch.settle(KEY)
    await watch.tick(after_s=CALM_AFTER.total_seconds())
    return Watched(watch)


async def test_a_calm_company_that_is_restricted_is_told_once_and_cleared(here):
    told = Restriction(kind=RestrictionKind.NOT_FIRST, until=here.watch.clock() + HOUR)
    await here.says(told)
    (incident,) = await here.open()
    for _ in range(3):
        await here.says(told)
    assert [found.version for found in await here.open()] == [incident.version]
    await here.says(FREE)
    assert await here.open() == []


async def test_it_is_over_by_its_time_though_nobody_says_so(here):
    told = Restriction(kind=RestrictionKind.USED_UP, until=here.watch.clock() + HOUR)
    await here.says(told)
    assert await here.open()
    await here.says(None, after_s=3700)
    assert await here.open() == []


async def test_lines_of_the_log_are_told_as_such(here):
    line = ConnectionEvent(refused=1)
    for _ in range(SEVERAL - 1):
        await here.watch.checker.hint(ONE, {KEY: line})
    assert await here.open() == []
    await here.watch.checker.hint(ONE, {KEY: line})
    (incident,) = await here.open()
    assert incident.facts["sign"] == RestrictionSign.LOG


async def test_lines_that_are_read_at_once_count_one_by_one(here):
    await here.watch.checker.hint(ONE, {KEY: ConnectionEvent(refused=SEVERAL)})
    assert await here.open()


async def test_a_gateway_that_says_otherwise_outranks_its_log(here):
    await here.says(FREE)
    for _ in range(SEVERAL):
        await here.watch.checker.hint(ONE, {KEY: ConnectionEvent(refused=1)})
    assert await here.open() == []


async def test_a_refused_probe_is_no_dead_connection_and_one_that_goes_out_ends_it(here):
    watch = here.watch
    watch.gateway.phones[KEY] = "79000962302"
    prober = Prober(
        watch.db,
        watch.statuses,
        watch.gateways,
        text="ping",
        interval=None,
        timing=TEMPO,
        clock=watch.clock,
        on_written=lambda: None,
    )
    watch.gateway.sends.append(Restricted("refused"))
    assert (await prober.probe(COMPANY)).outcome is ProbeOutcome.RESTRICTED
    (incident,) = await here.open()
    assert incident.facts["sign"] == RestrictionSign.SEND
    async with watch.db.reading() as tx:
        every = await incidents.open_ones(tx, company_id=KEY)
    assert [found.trouble for found in every] == [Trouble.RESTRICTED]
    assert (await prober.probe(COMPANY)).outcome is ProbeOutcome.SENT
    assert await here.open() == []


def test_an_incident_names_no_end_where_none_was_told():
    assert isinstance(opened(ENDLESS), Incident)
    assert opened(ENDLESS).until is None
