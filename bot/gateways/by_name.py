"""Sorts what a gateway lists by name: entries may have none, and two may have the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.session import State
from bot.gateways.base import NAMELESS, SessionInfo


@dataclass(frozen=True, kw_only=True)
class ByName:
    """What is listed. `alike` names each entry beside the first one of its name."""

    sessions: Mapping[str, SessionInfo]
    nameless: int = 0
    alike: tuple[str, ...] = ()

    @property
    def answered(self) -> dict[str, SessionInfo]:
        """Those of whom more is told than a name."""
        return {key: info for key, info in self.sessions.items() if not info.silent}

    @property
    def entries(self) -> int:
        """How many there are in all."""
        return len(self.sessions) + self.nameless + len(self.alike)


def by_name(entries: Iterable[SessionInfo]) -> ByName:
    """The sessions by their names. Of one that is told in two ways nothing is known."""
    found: dict[str, SessionInfo] = {}
    nameless, alike = 0, list[str]()
    for info in entries:
        if info.key == NAMELESS:
            nameless += 1
        elif info.key not in found:
            found[info.key] = info
        else:
            alike.append(info.key)
            if found[info.key] != info:
                found[info.key] = SessionInfo(key=info.key, state=State.UNKNOWN, raw_state="?")
    return ByName(sessions=found, nameless=nameless, alike=tuple(alike))
