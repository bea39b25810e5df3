"""Odd updates by both doors: none holds up another, none acts for somebody else."""

import asyncio
import json
import time
from copy import deepcopy

import pytest
from aiogram import Bot, Dispatcher
from aiogram.types import Message, Update
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers import own_words
from handlers.own_words import NotOwn, not_own
from handlers.telegram.arrivals import Arrival, read, update_id
from handlers.telegram.batches import Unparsed, read_batch
from handlers.telegram.polling import Polling
from handlers.telegram.update_source import UpdateReports
from handlers.telegram.webhook import Webhook
from handlers.updates_in_flight import UpdatesInFlight

BOT = Bot("123456:TEST-TOKEN")
OWNER, STRANGER = 1001, 1004
NOW = 1_790_000_000
PERSON = {"id": OWNER, "is_bot": False, "first_name": "Anna", "language_code": "ru"}
MESSAGE = {
    "message_id": 5,
    "date": NOW,
    "chat": {"id": OWNER, "type": "private", "first_name": "Anna"},
    "from": PERSON,
    "text": f"/grant {STRANGER} owner",
    "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
}
OURS = {"message_id": 6, "date": NOW, "chat": MESSAGE["chat"], "text": "card"}
OURS["from"] = {"id": 123456, "is_bot": True, "first_name": "Re:pair"}
PRESS = {"id": "9", "from": PERSON, "chat_instance": "1", "message": OURS, "data": "ans:1:x"}
MEMBER = {"status": "member", "user": OURS["from"]}
MEMBERSHIP = {
    "chat": {"id": -1001, "type": "supergroup", "title": "Duty"},
    "from": PERSON,
    "date": NOW,
    "old_chat_member": MEMBER,
    "new_chat_member": MEMBER,
}
REAL = {"message": MESSAGE, "callback_query": PRESS, "my_chat_member": MEMBERSHIP}
FOREIGN_FIELDS = sorted(own_words._KNOWN - own_words.OWN)
KINDS = sorted(set(Update.model_fields) - {"update_id"})


def nested(field, depth):
    body = dict(MESSAGE)
    for _ in range(depth):
        body = {**MESSAGE, field: body}
    return body


HIDDEN = {"forward_origin": {"type": "hidden_user", "date": NOW}}
STORY = {"external_reply": {"origin": HIDDEN["forward_origin"], "story": {}}}
ODD_VALUES = (
    None, True, 0, -1, 2**70, 1.5, float("inf"), "", "x" * 20_000, "\ud800", "\x00", [], [[]], {},
    {"type": "unknown_thing"}, HIDDEN["forward_origin"], {"story": {}}, [MESSAGE], MESSAGE,
)  # fmt: skip
FIELDS = sorted({*own_words._KNOWN, "forward_from_planet", "newer_than_us"})


def changed(kind, path, value):
    """A real update in which one thing is another."""
    raw = deepcopy(REAL[kind])
    place = raw
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return {kind: raw}


PATHS = [
    *(("message", (field,)) for field in FIELDS),
    *(("message", ("chat", field)) for field in ("id", "type", "title")),
    *(("message", ("from", field)) for field in ("id", "is_bot", "first_name", "language_code")),
    *(("callback_query", (field,)) for field in ("id", "from", "message", "data", "game")),
    *(("callback_query", ("message", field)) for field in FIELDS),
    *(("my_chat_member", (field,)) for field in MEMBERSHIP),
    *(("my_chat_member", ("new_chat_member", field)) for field in MEMBER),
]
NAMED = [
    {"message": MESSAGE | HIDDEN},
    {"message": MESSAGE | STORY},
    {"message": MESSAGE | {"reply_to_message": MESSAGE | HIDDEN | STORY}},
    {"message": nested("reply_to_message", 60)},
    {"message": nested("pinned_message", 60)},
    {
        "callback_query": PRESS
        | {"message": OURS | {"pinned_message": nested("pinned_message", 60)}}
    },
    {"message": MESSAGE, "callback_query": PRESS},
    {},
    *({kind: value} for kind in (*KINDS, "unheard_of") for value in ({}, [], 5, MESSAGE)),
]
BARE = [5, None, "text", [], [[]], True, 1.5]
CORPUS = [
    *NAMED,
    *(changed(*PATHS[n % len(PATHS)], ODD_VALUES[n % len(ODD_VALUES)]) for n in range(400)),
]


class Told:
    """A Telegram that brings what is in its queue, and everything that then came through."""

    def __init__(self, updates):
        self.queue = list(updates)
        self.served = []
        self.offsets = []
        self.heard = 0
        self.dispatcher = Dispatcher()
        self.dispatcher.update.outer_middleware(self._serve)

    async def _serve(self, _handler, event, data):
        self.served.append((event, data["arrival"]))

    async def deliver(self, method, request_timeout=None):
        self.offsets.append(method.offset)
        waiting = [one for one in self.queue if _at_least(one, method.offset)]
        content = json.dumps({"ok": True, "result": waiting[:100]})
        return read_batch(content)

    def hear(self):
        self.heard += 1

    def _reports(self):
        return UpdateReports(on_reached=self._never, on_heard=self.hear)

    async def by_polling(self):
        polling = Polling(_Bot(self), self.dispatcher, UpdatesInFlight(), self._reports())
        while True:
            before = len(self.offsets)
            await polling.tick()
            assert len(self.offsets) == before + 1
            if not [one for one in self.queue if _at_least(one, polling._offset)]:
                break
        await asyncio.gather(*polling._under_way)

    async def by_webhook(self):
        webhook = Webhook(
            BOT, self.dispatcher, UpdatesInFlight(), self._reports(),
            url="https://x.test/t", secret="s",
        )  # fmt: skip
        webhook._task = asyncio.create_task(asyncio.Event().wait())
        for raw in self.queue:
            assert webhook.take(json.dumps(raw).encode())
            await asyncio.gather(*webhook._under_way)
        await webhook.stop()

    async def _never(self):
        raise AssertionError


class _Bot:
    """Answers getUpdates alone."""

    def __init__(self, told):
        self._told = told
        self.session = BOT.session
        self.id = BOT.id

    async def __call__(self, method, request_timeout=None):
        return await self._told.deliver(method)

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


def _at_least(raw, offset):
    number = update_id(raw)
    return offset is None or (number is not None and number >= offset)


def numbered(updates):
    """Each odd one is followed by one that everybody can read."""
    for n, update in enumerate(updates):
        yield {"update_id": 1000 + 2 * n} | update if isinstance(update, dict) else update
        yield {"update_id": 1001 + 2 * n, "message": MESSAGE | {"text": f"/status {n}"}}


@pytest.mark.parametrize("door", ["by_polling", "by_webhook"])
async def test_no_odd_update_holds_up_another(door):
    assert len(CORPUS) >= 300
    told = Told(numbered([*CORPUS, *BARE]))
    async with asyncio.timeout(60):
        await getattr(told, door)()
    texts = {event.message.text for event, _ in told.served if event.message is not None}
    assert {f"/status {n}" for n in range(len(CORPUS) + len(BARE))} <= texts


async def test_of_the_odd_ones_none_speaks_for_somebody_else():
    for raw in CORPUS:
        arrival = read({"update_id": 7} | raw, BOT)
        assert arrival is None or not acts_for_another(raw, arrival)


def acts_for_another(raw, arrival):
    message = arrival.update.message
    if message is None or not_own(arrival.fields) is not None:
        return False
    source = raw["message"]
    return (
        message.text != source["text"]
        or message.from_user.id != source["from"]["id"]
        or bool(set(FOREIGN_FIELDS) & set(source))
    )


odd = st.recursive(
    st.sampled_from([one for one in ODD_VALUES if not isinstance(one, dict | list)]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(sorted(REAL)),
    fields=st.dictionaries(st.sampled_from(FIELDS), odd, max_size=5),
    inside=st.sampled_from([(), ("from",), ("chat",), ("message",), ("new_chat_member",)]),
)
def test_any_update_is_read_or_passed_and_acts_only_as_its_senders_own_words(kind, fields, inside):
    raw = deepcopy(REAL[kind])
    place = raw
    for step in inside:
        place = place.get(step, place)
    place.update(fields)
    arrival = read({"update_id": 7, kind: raw}, BOT)
    assert arrival is None or isinstance(arrival, Arrival)
    assert arrival is None or not acts_for_another({kind: raw}, arrival)


@given(fields=st.sets(st.sampled_from(FOREIGN_FIELDS), min_size=1, max_size=3))
def test_a_field_that_is_not_of_a_typed_text_keeps_it_from_acting(fields):
    assert isinstance(not_own(frozenset(MESSAGE) | fields), NotOwn)


PIECES = (
    "5",
    "{}",
    '{"update_id": 7}',
    "[" * 9000 + "]" * 9000,
    '{"update_id":8,"a":"]},{"}',
    '{"update_id":9,"message":' + '{"pinned_message":' * 5000 + "1" + "}" * 5001,
    '{"update_id":10,"n":' + "9" * 5000 + "}",
    '{"update_id": NaN}',
    '"\\""',
)


@given(texts=st.lists(st.sampled_from(PIECES), max_size=6))
def test_an_answer_is_split_into_its_updates_whatever_they_are(texts):
    batch = read_batch('{"ok":true,"result":[' + ",".join(texts) + "]}")
    assert batch is not None
    assert len(batch) == len(texts)
    for text, raw in zip(texts, batch, strict=True):
        if text.startswith(('{"update_id":9', '{"update_id":10')):
            assert isinstance(raw, Unparsed)
            assert update_id(raw) in {9, 10}
        read(raw, BOT)


@pytest.mark.parametrize(
    "content",
    ["", "<html>", "[]", "5", '{"ok":false}', '{"ok":true,"result":{}}', '{"ok":true,"result":[{',
     '{"ok":true,"result":[' + "[" * 9000],
)  # fmt: skip
def test_what_is_no_answer_of_telegrams_moves_nothing(content):
    assert read_batch(content) is None


@pytest.mark.parametrize("body", ['\\"' * 200_000, '"' * 200_001, "\\" * 200_001, '"\\' * 100_000])
def test_an_answer_that_was_cut_off_within_quotes_is_given_up_in_one_pass(body):
    """Looking for the end of each quote anew took the square of the length."""
    began_s = time.process_time()
    read_batch('{"ok":true,"result":[{"update_id":5,"text":"' + body)
    assert time.process_time() - began_s < 5  # it takes a fifth of a second; the square, minutes


def test_every_field_of_a_message_is_known_to_be_harmless_or_refused():
    assert {field.alias or name for name, field in Message.model_fields.items()} >= own_words.OWN
    assert all(not_own(frozenset(MESSAGE) | {field}) for field in FOREIGN_FIELDS)
