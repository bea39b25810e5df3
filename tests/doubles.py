"""A clock that is pushed, a time that nobody waits for, a gateway that says what it is told."""

import asyncio
import time
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.domain.session import Cause, State
from bot.gateways.base import (
    Caps,
    GatewayAuthError,
    GatewayError,
    GatewayInfo,
    PairingCode,
    Qr,
    QrNotReady,
    SessionInfo,
    SessionNotFound,
    WouldDestroy,
)

# A minute before the incident that this program was written for.
START = datetime(2025, 9, 18, 15, 4, tzinfo=UTC)


class Clock:
    """Shows what it is set to. With `pace_s` so much time passes with each look at it."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now
        self.pace_s = 0.0

    def __call__(self) -> datetime:
        self.push(self.pace_s)
        return self.now

    def push(self, seconds: float = 0, **more: float) -> None:
        self.now += timedelta(seconds=seconds, **more)


class PushedTime:
    """The time by which calls to Telegram wait: a clock's. `act` is called when it is pushed on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now.timestamp()

    def later(self, delay_s: float, act):
        return Never()


class Never:
    """What would come by itself, and does not: whoever pushes the clock calls for it."""

    def cancel(self) -> None:
        """There is nothing to end."""


_SKIP_S = 0.02


class SkippedTime:
    """The time by which calls to Telegram wait, and by which a sandbox counts them.

    It goes by as always, and where somebody would wait for it, it is that much later at once.
    """

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        return time.monotonic() + self._ahead

    def later(self, delay_s: float, act):
        at = self.now() + delay_s

        def arrive() -> None:
            self._ahead += max(0.0, at - self.now())
            act()

        # Not at once: whoever is refused for ever must not keep all others from their turn.
        return asyncio.get_running_loop().call_later(_SKIP_S, arrive)


@dataclass
class ScriptedGateway:
    """A GatewayAdapter whose sessions are what a test says.

    `tapes` hold what the next looks at a session see; the last entry stays. `failure` is raised by
    every call, `failing` by single looks at these keys, `sends` by the next texts in turn. Looks at
    `refusing` are refused as by a wrong key, those at `hanging` wait for `let_go`. `listed` is what
    its list says against the truth, `list_failure` how that alone fails. While `hung` is set, calls
    wait for it.
    `calls` holds what was asked for beside looks, as "stop 962302"; `looks` counts those.
    """

    kind: str = "scripted"
    caps: Caps = field(default_factory=lambda: Caps(bulk_list=True, qr_raw=True, owner=True))
    tapes: dict[str, deque[SessionInfo]] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)
    unlisted: set[str] = field(default_factory=set)
    failure: GatewayError | None = None
    failing: set[str] = field(default_factory=set)
    listed: dict[str, SessionInfo] = field(default_factory=dict)
    list_failure: GatewayError | None = None
    refusing: set[str] = field(default_factory=set)
    hanging: set[str] = field(default_factory=set)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    refused: set[str] = field(default_factory=set)
    hung: asyncio.Event | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    codes: dict[str, Qr] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    sends: deque[GatewayError | None] = field(default_factory=deque)
    texts: list[str] = field(default_factory=list)
    looks: Counter[str] = field(default_factory=Counter)

    def says(self, key: str, *states: State | tuple[State, Cause]) -> None:
        """From now on looks at `key` see these states in turn, the last one for ever."""
        pairs = [(state, None) if isinstance(state, State) else state for state in states]
        self.tapes[key] = deque(
            SessionInfo(key=key, state=state, raw_state=state, cause=cause)
            for state, cause in pairs
        )

    def lists(self, key: str, state: State | tuple[State, Cause]) -> None:
        """From now on its list says this of `key`, whatever is so."""
        word, cause = (state, None) if isinstance(state, State) else state
        self.listed[key] = SessionInfo(key=key, state=word, raw_state=word, cause=cause)

    def forgets(self, key: str) -> None:
        """It no longer has this session at all."""
        del self.tapes[key]

    async def ping(self) -> GatewayInfo:
        await self._meet("ping")
        return GatewayInfo(version="1", latency_s=0.001)

    async def list_sessions(self) -> list[SessionInfo]:
        await self._meet("list")
        if self.list_failure is not None:
            raise self.list_failure
        there = [key for key in self.tapes if key not in self.unlisted | self.listed.keys()]
        return [*map(self._next, there), *self.listed.values()]

    async def get_session(self, key: str) -> SessionInfo:
        await self._meet(key)
        if key in self.hanging:
            await self.let_go.wait()
        if key in self.failing:
            raise GatewayError("this one look failed")
        if key in self.refusing:
            raise GatewayAuthError("the gateway refused the key (403)")
        if key not in self.tapes:
            raise SessionNotFound("no such session")
        info = self._next(key)
        if info.state is not State.CONNECTED:
            return info
        return replace(info, owner_phone=self.phones.get(key, info.owner_phone))

    async def start(self, key: str) -> None:
        await self._order("start", key)
        if key in self.tapes and self.tapes[key][0].state is not State.STOPPED:
            raise WouldDestroy("it is not stopped")
        self.says(key, State.AWAITING_SCAN)

    async def restart(self, key: str) -> None:
        await self._order("restart", key)
        if key in self.tapes and self.tapes[key][0].state is State.CONNECTED:
            raise WouldDestroy("it is connected")
        self.says(key, State.CONNECTED)

    async def stop(self, key: str) -> None:
        await self._order("stop", key)
        self.says(key, State.STOPPED)

    async def get_qr(self, key: str) -> Qr:
        await self._meet(key)
        if key not in self.codes:
            raise QrNotReady(self.tapes[key][0].state)
        return self.codes[key]

    async def request_pairing_code(self, key: str, phone: str) -> PairingCode:
        await self._order("code", key)
        return PairingCode(code="FAKE-CODE", phone=phone, expires_in_s=60)

    async def send_text(self, key: str, phone: str, text: str) -> str:
        self.calls.append(f"send {key} {phone}")
        self.texts.append(text)
        await self._meet(None)
        if self.sends:
            outcome = self.sends.popleft()
            if outcome is not None:
                raise outcome
        return "message-1"

    async def reset(self, key: str) -> None:
        await self._order("reset", key)
        self.says(key, State.AWAITING_SCAN)

    async def aclose(self) -> None:
        self.calls.append("aclose")

    async def _order(self, what: str, key: str) -> None:
        self.calls.append(f"{what} {key}")
        await self._meet(None)
        if what in self.refused:
            raise GatewayError(f"{what} was refused")

    async def _meet(self, look: str | None) -> None:
        if look is not None:
            self.looks[look] += 1
        self.reached.set()
        if self.hung is not None:
            await self.hung.wait()
        if self.failure is not None:
            raise self.failure

    def _next(self, key: str) -> SessionInfo:
        tape = self.tapes[key]
        return tape.popleft() if len(tape) > 1 else tape[0]
