"""Whatever happens in whatever order: nothing lost, order kept, nothing repeated for nothing."""

import asyncio
import tempfile
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from alerting import ANSWER_LOST, CRASHES, GROUP, OTHER, Office
from at_once import IN_TURN
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from migrated import put_migrated

from bot.alerts.courier import Delivered, MessageKind, RetryLater
from storage.alerts import incidents
from storage.database import Database

BUSY = RetryLater(after_s=7, everywhere=False, reason="429")
AWAY = RetryLater(after_s=None, everywhere=True, reason="network")

CHATS = (GROUP, OTHER)

acts = st.one_of(
    st.tuples(st.just("open"), st.integers(1, 3)),
    st.tuples(st.just("change"), st.integers(0, 9)),
    st.tuples(st.just("recover"), st.integers(0, 9)),
    st.tuples(st.just("again"), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.sampled_from([0.25, 1, 4, 15])),
    st.tuples(st.just("fault"), st.sampled_from([ANSWER_LOST, CRASHES, BUSY, AWAY])),
    st.tuples(st.just("restart"), st.none()),
    st.tuples(st.just("delete"), st.integers(0, 9)),
)


class Life:
    """An office that lives through a tape of acts, with what must be remembered to judge it."""

    def __init__(self, db):
        self.office = Office(db)
        self.open = []
        self.ended = []
        self.deleted = set()
        self.restarts = []

    async def act(self, act, value):
        office = self.office
        if act == "open":
            self.open += await office.open(value, to=CHATS)
        elif act == "change" and value < len(self.open):
            await office.change(self.open[value], to=CHATS, revoked=bool(value % 2))
        elif act == "recover" and value < len(self.open):
            self.ended.append(self.open.pop(value))
            await office.recover(self.ended[-1], to=CHATS)
        elif act == "again" and value < len(self.ended):
            self.open += await office.lose_again(self.ended.pop(value), to=CHATS)
        elif act == "wait":
            await office.after(value)
        elif act == "fault":
            office.service.faults.append(value)
        elif act == "restart":
            self.restarts.append(office.clock())
            office.restart()
        elif act == "delete" and value < len(office.service.cards()):
            self.delete(office.service.cards()[value])

    def delete(self, card):
        """Somebody cleans the group of a card and of its doubles."""
        for other in self.office.service.cards():
            if other.shows.keys() & card.shows.keys():
                self.deleted.update(other.shows)
                self.office.service.forget(other)

    async def known(self):
        async with self.office.db.reading() as tx:
            return await incidents.get_many(tx, range(1, 100))

    def heard(self, address, incident_id):
        """The letters about an incident that reached a chat, with what they said of it."""
        return [
            (call, entry.incident)
            for call in self.office.service.calls
            if call.message.address == address
            and (isinstance(call.outcome, Delivered) or call.outcome == ANSWER_LOST)
            for entry in call.message.entries
            if entry.incident.id == incident_id
        ]


async def live(tape):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "alerts.db")
        put_migrated(path)
        db = Database(f"{IN_TURN}:///{path}")
        try:
            life = Life(db)
            await life.office.subscribe(*CHATS)
            for act, value in tape:
                await life.act(act, value)
            await life.office.after(240, step_s=5)
            await judge(life)
        finally:
            await db.close()


async def judge(life):
    assert await life.office.pending() == 0
    retry_after_was_obeyed(life)
    known = (await life.known()).values()
    for incident in known:
        for address in CHATS:
            the_last_word_is_true(life, address, incident)
            heard = life.heard(address, incident.id)
            it_was_told_in_order(heard)
            it_was_not_told_twice_for_nothing(heard)
    for company_id in {incident.company_id for incident in known}:
        its_own = [incident for incident in known if incident.company_id == company_id]
        for address in CHATS:
            the_last_sound_is_true(life, address, its_own)


def the_last_word_is_true(life, address, incident):
    cards = [card for card in life.office.service.cards(address) if incident.id in card.shows]
    if cards:
        assert cards[-1].shows[incident.id] == (incident.symptom, incident.open)
    else:
        assert address == GROUP
        assert incident.id in life.deleted


def it_was_told_in_order(heard):
    assert heard[0][0].message.kind is MessageKind.NEW
    assert all(a.version <= b.version for (_, a), (_, b) in pairwise(heard))


def the_last_sound_is_true(life, address, its_own):
    """Who reads only what came last about a company knows whether it works."""
    ids = {incident.id for incident in its_own}
    aloud = [
        entry.incident.open
        for call in life.office.service.calls
        if call.message.address == address
        and not call.message.silent
        and (isinstance(call.outcome, Delivered) or call.outcome == ANSWER_LOST)
        for entry in call.message.entries
        if entry.incident.id in ids
    ]
    assert aloud[-1] == any(incident.open for incident in its_own)


def it_was_not_told_twice_for_nothing(heard):
    """An answer that was lost is the only reason to say the same thing again."""
    loud = [call for call, _ in heard if not call.message.silent]
    for kind in (MessageKind.NEW, MessageKind.BACK):
        known_to_have_arrived = [
            call for call in loud if call.message.kind is kind and call.outcome != ANSWER_LOST
        ]
        assert len(known_to_have_arrived) <= 1


def retry_after_was_obeyed(life):
    calls = life.office.service.calls
    for refused in (call for call in calls if call.outcome == BUSY):
        forgotten = [moment for moment in life.restarts if moment >= refused.at]
        end = min([refused.at + timedelta(seconds=7), *forgotten])
        same_chat = [c for c in calls if c.message.address == refused.message.address]
        assert not [c for c in same_chat if refused.at < c.at < end]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(acts, max_size=25))
def test_nothing_is_lost_order_is_kept_and_the_last_word_is_true(tape):
    asyncio.run(live(tape))
