"""What codes a described gateway has handed out, and who awaits a scan though no word says so."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.session import Cause, State
from bot.gateways.base import Qr, QrNotReady, SessionInfo
from bot.gateways.codes import CodeMemory, CodeSight
from bot.gateways.described.replies import Shown
from bot.gateways.described.words import QrRule, QrSource

# What a session may be called that shows a code, where a gateway has no word for it.
MAY_AWAIT = (State.CONNECTING, State.DISCONNECTED, State.STOPPED)
_MARGIN_S = 3.0  # a gateway is asked every few seconds


@dataclass(frozen=True, kw_only=True, repr=False)
class Handed:
    """A code that was handed out, and when it was asked for."""

    shown: Shown
    asked_at: datetime


class Windows:
    """Remembers, of each session, the last code and how long its window is open."""

    def __init__(
        self,
        rule: QrRule | None,
        clock: Callable[[], datetime],
        *,
        first_life_s: float,
        next_life_s: float,
    ) -> None:
        self._rule = rule
        self._clock = clock
        self._first_life_s, self._next_life_s = first_life_s, next_life_s
        self._codes = CodeMemory(first_life_s=first_life_s, next_life_s=next_life_s)
        self._handed: dict[str, Handed] = {}
        self._until: dict[str, datetime] = {}

    def seen(self, info: SessionInfo, shown: Shown | None) -> SessionInfo:
        """What a look makes of a session, once the code in its answer is noted."""
        key, rule = info.key, self._rule
        if rule is None or info.state is State.CONNECTED:
            self.forget(key)
            return info
        if rule.source in (QrSource.LIST, QrSource.ONE):
            return self._with_code(info, shown)
        is_open = self.is_open(key) and info.state in MAY_AWAIT
        return replace(info, state=State.AWAITING_SCAN) if is_open else info

    def note(self, key: str, shown: Shown | None, asked_at: datetime) -> None:
        """A code was handed out by a call of ours, or none was."""
        if shown is not None:
            self._handed[key] = Handed(shown=shown, asked_at=asked_at)
            self.open(key)

    def look(self, info: SessionInfo, shown: Shown | None) -> SessionInfo:
        """The same as `seen`, of a code that was asked for beside the state."""
        return self._with_code(info, shown)

    def begin(self, key: str) -> None:
        """Something is about to make codes: what comes next is new."""
        self._handed.pop(key, None)
        self._codes.forget(key)
        self._codes.look(key, None, self._clock())

    def open(self, key: str, *, whole: bool = False) -> None:
        """Take it that codes are shown from now on: as long as the first, or the `whole` window."""
        life_s = self._first_life_s + _MARGIN_S + (5 * self._next_life_s if whole else 0)
        self._until[key] = self._clock() + timedelta(seconds=life_s)

    def is_open(self, key: str) -> bool:
        """Whether a code was handed out lately, or is about to be."""
        return key in self._until and self._clock() <= self._until[key]

    def forget(self, key: str) -> None:
        """No code of it is alive any more."""
        self._handed.pop(key, None)
        self._until.pop(key, None)
        self._codes.forget(key)  # thousands are connected: none of them is kept

    def fresh(self, key: str) -> Shown | None:
        """The code that was handed out last; None once the next one is due."""
        handed = self._handed.get(key)
        if handed is None or self._rule is None:
            return None
        age = self._clock() - handed.asked_at
        is_due = self._rule.seldom and age > timedelta(seconds=self._next_life_s)
        return None if is_due and self._rule.source is not QrSource.RESET else handed.shown

    def qr(self, key: str, shown: Shown) -> Qr:
        """The code with its age, or QrNotReady for what is no code any more."""
        now, rule = self._clock(), self._rule
        look = self._codes.look(key, shown.mark, now)
        if look.sight is not CodeSight.LIVE or rule is None:
            raise QrNotReady(State.CONNECTING)
        since, life_s = look.not_older_than, look.life_s
        if since is None and rule.age_s is not None:
            since, life_s = now - timedelta(seconds=rule.age_s), self._next_life_s
        if rule.seldom:
            self.open(key)
        return Qr(raw=shown.raw, png=shown.png, not_older_than=since, life_s=life_s)

    def _with_code(self, info: SessionInfo, shown: Shown | None) -> SessionInfo:
        """A code that is up says that a scan is awaited; what was up too long, that it is over."""
        look = self._codes.look(info.key, None if shown is None else shown.mark, self._clock())
        if shown is None:
            self._handed.pop(info.key, None)
            return info
        self._handed[info.key] = Handed(shown=shown, asked_at=self._clock())
        if info.state not in MAY_AWAIT:
            return info
        if look.sight is CodeSight.LIVE:
            return replace(info, state=State.AWAITING_SCAN)
        return replace(info, cause=Cause.QR_WINDOW_OVER) if look.sight is CodeSight.OVER else info
