"""A conversation with the real bot: people in chats, and what became of the world around them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from reading import ONE, decoded, has_button
from skipping import SkippingLoop
from sqlalchemy import select

from bot.runtime.app import App
from bot.sandbox.gateway import GatewaySandbox
from bot.sandbox.telegram import ANNA, BORIS, GLEB, VERA, TelegramSandbox
from bot.sandbox.telegram.messages import Message
from bot.sandbox.telegram.people import Person
from bot.sandbox.telegram.world import Query
from storage import tables

AHEAD = timedelta(seconds=10)  # more than any conversation works
PATIENCE_S = 20  # for what must happen; only a failing test ever waits this long


class PushedClock:
    """The time of day by the loop's time, ahead by as much as it was pushed.

    Where time is skipped it begins a little late, so that no file is written in its future: the
    times of files go by as always.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self.ahead = loop, timedelta()
        late = AHEAD if isinstance(loop, SkippingLoop) else timedelta()
        self._zero = datetime.now(UTC) + late - timedelta(seconds=loop.time())

    def __call__(self) -> datetime:
        return self._zero + self.ahead + timedelta(seconds=self.steady_s())

    def steady_s(self) -> float:
        """Nothing of what was pushed."""
        return self._loop.time()

    def push(self, **much: float) -> None:
        """Let time pass: `push(hours=3)`."""
        self.ahead += timedelta(**much)


class Machine:
    """The clocks of the machine that the bot runs on; the time of day itself is `clock`.

    The one on the wall may be set. The others nobody sets, and they go on while the machine sleeps:
    `steady_s` notices nothing of time that was only pushed, in which looks went on.
    """

    def __init__(self, clock: PushedClock, wall_ahead: timedelta) -> None:
        self._clock = clock
        self._wall_ahead = wall_ahead
        self._slept = timedelta()

    def wall(self) -> datetime:
        return self._clock() + self._wall_ahead

    def steady_s(self) -> float:
        return self._clock.steady_s() + self._slept.total_seconds()

    def carried_s(self) -> float:
        return self._clock.steady_s() + self._clock.ahead.total_seconds()

    def jumps(self, **much: float) -> None:
        """Somebody sets the clock on the wall: `jumps(days=-1)`. The time of day is as it was."""
        self._wall_ahead += timedelta(**much)

    def sleeps(self, **much: float) -> None:
        """The machine is suspended, and wakes so much later; nothing ran in between."""
        self._slept += timedelta(**much)
        self._clock.push(**much)


@dataclass(kw_only=True)
class Talk:
    """The bot, everyone it talks to, and what it looks after."""

    app: App
    telegram: TelegramSandbox
    gateway: GatewaySandbox
    clock: PushedClock
    machine: Machine
    folder: Path
    group_id: int
    rebuild: Callable[[], App] = field(repr=False)
    running: contextlib.AsyncExitStack = field(repr=False)

    # Who speaks where.

    def anna(self, chat_id: int | None = None, thread_id: int | None = None) -> "Voice":
        """The owner, in private unless a chat is named."""
        return Voice(self, ANNA, chat_id or ANNA.id, thread_id)

    def boris(self, chat_id: int | None = None, thread_id: int | None = None) -> "Voice":
        """The operator."""
        return Voice(self, BORIS, chat_id or BORIS.id, thread_id)

    def vera(self, chat_id: int | None = None, thread_id: int | None = None) -> "Voice":
        """The viewer; she reads English."""
        return Voice(self, VERA, chat_id or VERA.id, thread_id)

    def gleb(self, chat_id: int | None = None, thread_id: int | None = None) -> "Voice":
        """The stranger."""
        return Voice(self, GLEB, chat_id or GLEB.id, thread_id)

    # What can be seen.

    async def sees(self, chat_id: int, wanted: Callable[[Message], bool]) -> Message:
        """The first message in a chat that is as wanted, as soon as there is one."""
        try:
            return await self.telegram.wait_message(chat_id, wanted, timeout_s=PATIENCE_S)
        except TimeoutError:
            raise AssertionError(f"not seen; the chat reads:\n{self.reads(chat_id)}") from None

    async def becomes(self, message: Message, wanted: Callable[[Message], bool]) -> Message:
        """The message itself, once it has become as wanted."""
        return await self.sees(message.chat.id, lambda one: one is message and wanted(one))

    def posted(self, chat_id: int) -> list[Message]:
        """What the bot has written in a chat and not taken away, oldest first."""
        bot = self.telegram.world.bot
        return [
            message for message in self.telegram.world.messages(chat_id) if message.sender is bot
        ]

    def reads(self, chat_id: int) -> str:
        """A chat as text, for whoever has to find out why a test failed."""
        lines = []
        for message in self.telegram.world.messages(chat_id):
            mark = "🖼 " if message.photo else ""
            lines.append(
                f"{message.sender.first_name}: {mark}{message.text} {message.labels or ''}"
            )
        return "\n".join(lines)

    async def code(self, chat_id: int, company: str = ONE) -> Message:
        """The photo that shows a phone the code which is alive now."""
        return await self.sees(chat_id, lambda one: self._shows_live_code(one, company))

    async def alert(self, company: str = ONE, chat_id: int | None = None) -> Message:
        """The card of a lost session."""
        chat_id = chat_id or self.group_id
        return await self.sees(chat_id, lambda one: company in one.text and has_button(one, "do:"))

    async def phase(self, company: str, phase: str) -> None:
        """Return as soon as a session really is in this phase."""
        await eventually(lambda: self.gateway.phase(company) == phase)

    def files(self) -> set[str]:
        """Every directory and key file, those set aside included; not the bot's own copies."""
        root = self.folder / "baileys_sessions"
        every = (path.relative_to(root) for path in root.rglob("*"))
        return {str(path) for path in every if path.parts[0] != "good_copies"}

    def set_aside(self, company: str) -> list[Path]:
        """The directories of a company that are kept."""
        kept = self.folder / "baileys_sessions" / "set_aside"
        return sorted(kept.glob(f"{company}-*"))

    async def rows(self, table: str) -> list[dict[str, object]]:
        """What the bot has stored."""
        async with self.app.database.reading() as tx:
            found = await tx.execute(select(tables.metadata.tables[table]))
            return [dict(row) for row in found.mappings()]

    async def audited(self) -> list[tuple[int, str, str, str | None]]:
        """Who did what to whom, and how that ended."""
        return [
            (row["user_id"], row["action"], row["company_id"], row["outcome"])
            for row in await self.rows("audit")
        ]

    # What happens to the bot.

    async def stop(self) -> None:
        """Stop the bot in good order; Telegram and the gateway go on."""
        await self.running.aclose()

    async def start(self) -> None:
        """Start the bot anew, with what it has stored."""
        self.app = self.rebuild()
        await self.running.enter_async_context(self.app.running())

    async def settle(self) -> None:
        """Return when what was said before this has been served.

        Updates are served in the order in which they come, so the second answer to a question
        that is asked only now comes after whatever an earlier one would have brought.
        """
        for _ in range(2):
            await self.anna().asks("/id")

    async def passes(self, seconds: float = 0.1) -> None:
        """Let some time go by, for what the bot does by itself."""
        await asyncio.sleep(seconds)

    @contextlib.asynccontextmanager
    async def nothing_changes(self) -> AsyncIterator[None]:
        """Whatever is said in this block, the world is the same after it."""
        before = await self._world()
        yield
        await self.settle()
        after = await self._world()
        for what, was in before.items():
            assert after[what] == was

    def _shows_live_code(self, message: Message, company: str) -> bool:
        live = self.gateway.live_code(company)
        return None not in (message.photo, live) and decoded(message.photo) == live

    async def _world(self) -> dict[str, object]:
        stored = ("grants", "procedures", "pairings", "subscriptions", "audit")
        return {
            "phases": {company: self.gateway.phase(company) for company in self.gateway.companies},
            "files": self.files(),
            **{name: await self.rows(name) for name in stored},
        }


@dataclass(frozen=True)
class Voice:
    """A person in one chat, or in one topic of it."""

    talk: Talk
    person: Person
    chat_id: int
    thread_id: int | None = None

    def says(self, text: str, *, age_s: int = 0, anonymous: bool = False) -> Message:
        """Write, and wait for nothing."""
        telegram = self.talk.telegram
        return telegram.say(
            self.person.id,
            self.chat_id,
            text,
            thread_id=self.thread_id,
            date=telegram.world.now - age_s,
            anonymous=anonymous,
        )

    async def asks(self, text: str, **how: bool | int) -> Message:
        """Write; the bot's answer."""
        before = len(self.talk.posted(self.chat_id))
        self.says(text, **how)
        return await self.talk.sees(self.chat_id, lambda one: self._is_answer(one, before))

    async def presses(self, message: Message, button: str) -> Query:
        """Press the button with these words or this data; the press, once it was answered."""
        telegram = self.talk.telegram
        query = telegram.press(self.person.id, self.chat_id, message, button)
        await telegram.wait_answer(query, timeout_s=PATIENCE_S)
        return query

    async def is_told(self, message: Message, button: str) -> str:
        """Press a button; the words that pop up over the chat."""
        answer = (await self.presses(message, button)).answer
        assert answer is not None
        assert answer["show_alert"]
        return str(answer["text"])

    async def gets(self, message: Message, button: str) -> Message:
        """Press a button; the message it brings."""
        before = len(self.talk.posted(self.chat_id))
        await self.presses(message, button)
        return await self.talk.sees(self.chat_id, lambda one: self._is_answer(one, before))

    async def forges(self, message: Message, data: str) -> str:
        """Send data no button carries; the words that pop up."""
        telegram = self.talk.telegram
        query = telegram.press_data(self.person.id, self.chat_id, message, data)
        return str((await telegram.wait_answer(query, timeout_s=PATIENCE_S))["text"])

    def _is_answer(self, message: Message, before: int) -> bool:
        # An alert may come in between, wherever the chat hears of one.
        posted = self.talk.posted(self.chat_id)
        return message in posted[before:] and message.thread_id == self.thread_id


async def eventually(look: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
    """Return as soon as `look` is true."""
    never = asyncio.Event()
    async with asyncio.timeout(within_s):
        while not look():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(never.wait(), 0.02)
