"""Letters are counted by what became of them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from doubles import START, Clock, PushedTime
from prometheus_client.parser import text_string_to_metric_families

from bot.alerts.courier import Delivered, IncidentEntry, MessageKind, OutgoingMessage, RetryLater
from bot.domain.incident import Incident, IncidentId
from bot.domain.notice import ChatAddress
from bot.domain.trouble import Severity, Symptom, Trouble
from bot.domain.urgency import Urgency
from bot.health.counted_courier import CountedCourier
from bot.health.metrics import Metrics
from handlers.telegram.line import CallLine
from handlers.telegram.queue import Edit
from storage.sessions.stats import Stats

NOBODY = Stats(sessions={}, gateways={}, incidents={}, waiting=0, oldest_at=None)
LOST = Incident(
    id=IncidentId(1), trouble=Trouble.SESSION_DOWN, symptom=Symptom.GONE,
    severity=Severity.CRITICAL, gateway="one", company_id="962302", opened_at=START, began_at=START,
)  # fmt: skip
MESSAGE = OutgoingMessage(
    kind=MessageKind.NEW, address=ChatAddress(-1001),
    entries=(IncidentEntry(incident=LOST, company=None),),
    language="ru",
)  # fmt: skip


class Road:
    """A courier that meets what a test says."""

    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)

    async def deliver(self, message):
        return self.outcomes.pop(0)


@pytest.fixture
def metrics():
    return Metrics()


def figure(metrics, name, **labels):
    page = metrics.page(NOBODY, {}, 0.0, START).decode()
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return sample.value
    return None


async def deliver(metrics, *outcomes, message=MESSAGE, after_s=0):
    clock = Clock()
    clock.push(after_s)
    courier = CountedCourier(Road(*outcomes), metrics, clock)
    return [await courier.deliver(message) for _ in outcomes]


async def test_the_answers_are_those_of_the_courier_within(metrics):
    later = RetryLater(after_s=3, everywhere=False, reason="too many messages")
    assert await deliver(metrics, later, Delivered(7)) == [later, Delivered(7)]
    sends = "repair_bot_sends_total"
    assert figure(metrics, sends, letter="new", outcome="Delivered") == 1
    assert figure(metrics, sends, letter="new", outcome="RetryLater") == 1


async def test_the_time_to_detect_and_to_tell_count_from_the_first_message(metrics):
    lost = replace(LOST, opened_at=START + timedelta(minutes=1))
    message = replace(MESSAGE, entries=(IncidentEntry(incident=lost, company=None),))
    await deliver(metrics, Delivered(7), message=message, after_s=62)
    assert figure(metrics, "repair_bot_detection_seconds_sum", trouble="session_down") == 60
    assert figure(metrics, "repair_bot_telling_seconds_sum", trouble="session_down") == 2


async def test_an_edit_tells_nobody_of_anything_for_the_first_time(metrics):
    await deliver(metrics, Delivered(7), message=replace(MESSAGE, kind=MessageKind.EDIT))
    assert figure(metrics, "repair_bot_telling_seconds_count", trouble="session_down") is None


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def line(metrics, clock):
    line = CallLine(PushedTime(clock))
    metrics.watch_line(line.state)
    return line


def of_line(metrics, name, urgency):
    return figure(metrics, f"repair_bot_telegram_{name}", urgency=urgency)


async def test_who_waits_for_telegram_is_counted_by_class_with_the_age_of_the_oldest(
    metrics, line, clock
):
    line.obey(7, 60, everywhere=True)
    line.join(7, Urgency.ALERT)
    clock.push(4)
    line.join(8, Urgency.ALERT)
    line.join(9, Urgency.ANSWER)
    clock.push(2)
    assert of_line(metrics, "waiting", "alert") == 2
    assert of_line(metrics, "oldest_seconds", "alert") == 6
    assert (of_line(metrics, "waiting", "answer"), of_line(metrics, "waiting", "code")) == (1, 0)
    assert of_line(metrics, "oldest_seconds", "code") == 0


async def test_calls_made_refused_and_replaced_are_counted_by_class(metrics, line):
    made = line.join(7, Urgency.CODE)
    made.used = True
    made.leave()
    line.refused(8, 60, Urgency.ALERT)
    edit = Edit(message=(9, 1), parts=frozenset({"text"}))
    line.obey(9, 60, everywhere=False)
    older = line.join(9, Urgency.CARD, edit=edit)
    line.join(9, Urgency.CARD, edit=edit)
    assert older.granted.exception() is not None
    assert of_line(metrics, "sent_total", "code") == 1
    assert of_line(metrics, "refused_total", "alert") == 1
    assert of_line(metrics, "superseded_total", "card") == 1
    assert of_line(metrics, "waiting", "card") == 1


async def test_a_turn_in_which_no_call_was_made_is_no_call(metrics, line):
    line.join(7, Urgency.ALERT).leave()
    assert of_line(metrics, "sent_total", "alert") == 0
