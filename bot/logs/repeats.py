"""Which log records are one too many. What is held back is counted, and the count is told."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

_SAME_LINE = 20  # of one line, word for word, in an interval
_SAME_EVENT = 2_000  # of one event, whatever it tells with it: a storm names each company once
_EVERY_S = 60.0
_KEYS = 4_096


@dataclass(kw_only=True)
class _RepeatWindow:
    began_s: float
    passed: int = 0


class Repeats:
    """Lets the first records of an interval pass. Seconds are of a clock that only goes on."""

    def __init__(
        self,
        *,
        same_line: int = _SAME_LINE,
        same_event: int = _SAME_EVENT,
        every_s: float = _EVERY_S,
    ) -> None:
        self.every_s = every_s
        self._most = {"line": same_line, "event": same_event}
        self._windows: OrderedDict[Hashable, _RepeatWindow] = OrderedDict()
        self._held: dict[Hashable, int] = {}

    def lets_through(self, event: Hashable, line: Hashable, now_s: float) -> bool:
        """Whether this one is written. `line` is all it says but the time, `event` its kind."""
        for kind, key in (("line", (event, line)), ("event", event)):
            window = self._window(key, now_s)
            if window.passed >= self._most[kind]:
                self._held[event] = self._held.get(event, 0) + 1
                return False
            window.passed += 1
        return True

    def held_back(self) -> dict[Hashable, int]:
        """How many of each event were held back since this was asked last."""
        held, self._held = self._held, {}
        return held

    def _window(self, key: Hashable, now_s: float) -> _RepeatWindow:
        window = self._windows.get(key)
        if window is None or now_s - window.began_s >= self.every_s:
            window = self._windows[key] = _RepeatWindow(began_s=now_s)
            self._windows.move_to_end(key)
            if len(self._windows) > _KEYS:
                self._windows.popitem(last=False)
        return window
