"""Every command and button, with each right of the chat taken away in turn: none ends in silence.

One conversation for each right. By `make test` every action meets one of the rights; by `make
test-all` each right meets a sixth of all actions, so that every action meets several; the long form
is the whole product.
"""

import contextlib
from dataclasses import dataclass, field

import pytest
import structlog
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Chat, Message, User
from hypothesis import settings
from reading import ONE
from staging import talking
from talking import eventually

from bot.sandbox.telegram import ANNA, GROUP_ID
from bot.sandbox.telegram.entities import Text
from bot.sandbox.telegram.messages import Content
from handlers import callbacks, dispatcher
from handlers.render.menu import MenuCommand

ANSWER_WITHIN_S = 20
CALLS_AT_MOST = 8  # for each request on average, with all that it goes on to show

COMMANDS = {
    **{f"/{name}": "" for name in MenuCommand},
    "/start": "",
    "/status ": ONE,
    "/qr ": ONE,
    "/code ": f"{ONE} 79000962302",
    "/check ": ONE,
    "/reconnect ": ONE,
    "/reset ": ONE,
    "/restore ": ONE,
    "/mend ": ONE,
    "/recover ": ONE,
    "/probe ": ONE,
    "/restart ": ONE,
    "/ack ": "1",
    "/mute ": f"{ONE} 2h",
    "/unmute ": ONE,
    "/rest ": ONE,
    "/wake ": ONE,
    "/files ": ONE,
    "/logs ": ONE,
    "/report ": f"{ONE} 7d",
    "/incidents ": ONE,
    "/incident ": "1",
    "/note ": "1 seen",
    "/subscribe ": ONE,
    "/unsubscribe ": ONE,
    "/company ": ONE,
    "/digest ": "9",
    "/board ": "off",
    "/grant ": "5 viewer",
    "/revoke ": "5",
    "/timezone ": "Europe/Moscow",
    "/quiet ": "23-7",
    "/report": " nonsense and more",
}
BROKEN = {
    "an update was not served",
    "an update broke off",
    "a live message ended by an error",
    "courier failed",
}
SAYINGS = [f"{command}{rest}" for command, rest in COMMANDS.items()]
PRESSES = [
    *(
        f"do:{what}:{ONE}"
        for what in (
            *("status", "files", "check", "logs", "report", "company", "watch", "probe", "mute"),
            *("qr", "code", "reconnect", "mend", "recover", "restart", "revive", "accept"),
            *("repair", "rest", "wake"),
            *("reset", "restore", "drop", "unknown"),
        )
    ),
    f"do:accept:{ONE}:{callbacks.digits_tag('79005556666')}",
    *("do:logs:*", "do:report:*", f"old:*:{ONE}", f"old:20260101:{ONE}"),
    *(
        "pick:qr:0",
        "pick:subscribe:0",
        "pick:mute:0",
        "page:0",
        "all",
        "cos:0",
        "rep:*:7:card",
        f"rep:{ONE}:7:csv",
    ),
    *("ans:1:none", "ans:0:none", "anc:none:", "rst:1:none", "rst:0:none", "gwr:main", "gws"),
    *("tour:look", "tour:subscribe", "tour:test", "lang:en", "lang:ru", "incs:*:0:0"),
    *("inc:1:card", "inc:1:file", "aud:0:page", "aud:0:file", "place:here", "ack:1", "ackall"),
    *(f"mute:{ONE}:60", f"unmute:{ONE}", "quiet:23:7", "digest:9:1", "zone:Europe/Moscow"),
    *(f"sub:{ONE}:info", f"unsub:{ONE}", "board_off", "nonsense"),
]


@dataclass
class Right:
    """How it is taken away: permissions, or what Telegram says to calls of the group."""

    denied: tuple[str, ...] = ()
    said: str = ""
    methods: tuple[str, ...] | None = None
    everywhere: bool = False
    blocked: bool = False
    slow: bool = False
    faults: tuple["Right", ...] = field(default=())

    def take(self, telegram):
        telegram.set_permissions(GROUP_ID, self.denied)
        for fault in (self, *self.faults):
            if fault.said:
                chat_id = None if fault.everywhere else GROUP_ID
                telegram.fault("refused", said=fault.said, methods=fault.methods, chat_id=chat_id)
        telegram.world.chat(ANNA.id).deactivated = self.blocked
        telegram.set_slow_mode(GROUP_ID, 3600 if self.slow else 0)

    def give_back(self, telegram):
        telegram.set_permissions(GROUP_ID)
        telegram.clear_faults()
        telegram.world.chat(ANNA.id).deactivated = False
        telegram.set_slow_mode(GROUP_ID, 0)


EDITS = ("editMessageText", "editMessageCaption", "editMessageMedia", "editMessageReplyMarkup")
OLD_PRESS = Right(
    said="Bad Request: query is too old and response timeout expired or query ID is invalid",
    methods=("answerCallbackQuery",),
    everywhere=True,
)
RIGHTS = {
    "none is taken": Right(),
    "text": Right(denied=("can_send_messages",)),
    "photos": Right(denied=("can_send_photos",)),
    "files": Right(denied=("can_send_documents",)),
    "photos and files, private chat": Right(
        denied=("can_send_photos", "can_send_documents"), blocked=True
    ),
    "text, private chat": Right(denied=("can_send_messages",), blocked=True),
    "text, private chat, popups": Right(
        denied=("can_send_messages",), blocked=True, faults=(OLD_PRESS,)
    ),
    "membership": Right(said="Forbidden: bot was kicked from the supergroup chat"),
    "the topic": Right(said="Bad Request: TOPIC_CLOSED"),
    "posting": Right(said="Bad Request: need administrator rights in the channel chat"),
    "slow mode": Right(slow=True),
    "edits": Right(said="Bad Request: message can't be edited", methods=EDITS),
    "the message": Right(said="Bad Request: message to edit not found", methods=EDITS),
    "something unknown": Right(said="Bad Request: NOBODY_KNOWS_THIS"),
    "popups": OLD_PRESS,
    "markup": Right(
        said="Bad Request: can't parse entities: Unsupported start tag",
        methods=("sendMessage", "sendPhoto", "sendDocument", *EDITS),
    ),
}


class Walker:
    """Anna, an owner, asks in the group; what she sees of it, and what the owners hear."""

    def __init__(self, talk, logged):
        self.talk, self.telegram, self.logged, self.seen = talk, talk.telegram, logged, []
        self.telegram.world.listeners.append(self._heard)

    def _heard(self, event):
        """What a person can read: a message, an edit, words over a button."""
        by_bot = event.message is not None and event.message.sender is self.telegram.world.bot
        if event.kind in {"message", "edit"} and by_bot and not event.message.service:
            self.seen.append(event.kind)
        if event.kind == "delete" and by_bot:
            self.seen.append(event.kind)  # a board, a progress: it is seen to go
        if event.kind == "answer" and event.details["text"]:
            self.seen.append(event.kind)

    async def asks(self, action):
        """How many calls it took until she saw something, or the owners were to be told."""
        before, calls = self._heard_of, len(self.telegram.calls)
        if action.startswith("/"):
            self.telegram.say(ANNA.id, GROUP_ID, action)
        else:
            self.telegram.press_data(ANNA.id, GROUP_ID, self._card(), action)
        await eventually(lambda: self._heard_of > before, ANSWER_WITHIN_S)
        return sum(1 for call in self.telegram.calls[calls:] if call.method != "getUpdates")

    @property
    def _heard_of(self):
        """Owners are told of the same once a day: after that the log alone has it."""
        return len(self.seen) + len(events(self.logged, "answer_refused"))

    def _card(self):
        """A message of the bot's in the group, made anew for each press: older ones are edited."""
        world = self.telegram.world
        chat = world.chat(GROUP_ID)
        message = world.post(chat, world.bot, Content(text=Text(plain="card")))
        self.seen.pop()
        return message


def events(logged, name):
    return [line for line in logged if line["event"] == name]


@pytest.fixture
def logged():
    with structlog.testing.capture_logs() as lines:
        yield lines


@contextlib.asynccontextmanager
async def walking(folder, logged):
    """Nobody is subscribed to anything: what is seen is an answer."""
    async with talking(folder, look_s=30) as talk:
        await talk.anna(GROUP_ID).asks("/unsubscribe all")
        yield Walker(talk, logged)


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("name", RIGHTS)
async def test_no_request_ends_in_silence(tmp_path, logged, whole, name):
    right, silent, spent = RIGHTS[name], [], 0
    actions = [*SAYINGS, *PRESSES]
    if not whole:
        share = 6 if settings().max_examples >= 100 else len(RIGHTS)
        actions = actions[list(RIGHTS).index(name) % share :: share]
    async with walking(tmp_path, logged) as walker:
        right.take(walker.telegram)
        for action in actions:
            try:
                spent += await walker.asks(action)
            except TimeoutError:
                silent.append(action)
        told = [row for row in await walker.talk.rows("remarks") if row["kind"] == "unanswered"]
        right.give_back(walker.telegram)
        walker.talk.anna(GROUP_ID).says("/id")  # answers to what was asked before may come first
        assert await walker.talk.sees(GROUP_ID, lambda one: str(GROUP_ID) in one.text)
    assert silent == []
    assert spent <= CALLS_AT_MOST * len(actions)
    refused = {line["hindrance"] for line in events(logged, "answer_refused")}
    assert sorted(row["facts"]["hindrance"] for row in told) == sorted(refused)
    assert [line for line in logged if line["event"] in BROKEN] == []


def test_the_walk_presses_every_button_there_is():
    pressed = {data.partition(":")[0] for data in PRESSES}
    assert {
        kind.__prefix__
        for kind in CallbackData.__subclasses__()
        if kind.__module__ == callbacks.__name__
    } <= pressed


async def test_the_walk_reaches_every_handler_of_a_button():
    missed = []
    for room in dispatcher._ROOMS:
        for handler in room.build().callback_query.handlers:
            reached = [await handler.check(query(data)) for data in PRESSES]
            if not any(passes for passes, _ in reached):
                missed.append(handler.callback.__name__)
    assert missed == []


def query(data):
    anna = User(id=ANNA.id, is_bot=False, first_name="Anna")
    chat = Chat(id=GROUP_ID, type="supergroup")
    card = Message(message_id=1, date=0, chat=chat, text="card")
    return CallbackQuery(id="1", from_user=anna, chat_instance="1", data=data, message=card)
