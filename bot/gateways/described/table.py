"""One table of a description while it is read: its keys, and what is wrong with them. PURE."""

import difflib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from bot.domain.toml_lines import Lines
from bot.gateways.described.problems import DescriptionProblem

_ALIKE = 0.6
_SECRETS = frozenset({"key", "value", "secret", "token", "password", "api_key", "apikey"})

T = TypeVar("T")
D = TypeVar("D")


class Table:
    """The keys of one table, each taken once; what is left over at the end means nothing."""

    def __init__(
        self,
        values: Mapping[str, Any],
        lines: Lines,
        problems: list[DescriptionProblem],
        *place: str,
    ) -> None:
        self.lines = lines
        self.problems = problems
        self.place = place
        self._left = dict(values)
        self._known: list[str] = []

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def names(self) -> list[str]:
        """The keys that nobody has taken yet."""
        return list(self._left)

    def take(self, name: str, read: Callable[[Any], T], default: D) -> T | D:
        """What stands behind a key, read; `default` where it is missing or wrong."""
        self._known.append(name)
        if name not in self._left:
            return default
        try:
            return read(self._left.pop(name))
        except ValueError as error:
            self.wrong(f"{self._called(name)}: {error} is expected", name)
            return default

    def need(self, name: str, read: Callable[[Any], T], default: D) -> T | D:
        """The same, of a key that must be there."""
        if name not in self._left:
            self.wrong(f"{self._called()} lacks {name}")
        return self.take(name, read, default)

    def table(self, name: str) -> "Table | None":
        """The table of this name; None where there is none."""
        self._known.append(name)
        if name not in self._left:
            return None
        values = self._left.pop(name)
        if not isinstance(values, dict):
            self.wrong(f"{self._called(name)}: a table is expected, [{name}]", name)
            return None
        return Table(values, self.lines, self.problems, *self.place, name)

    def end(self) -> None:
        """Note every key that means nothing here."""
        for name in self._left:
            meant = difflib.get_close_matches(name.lower(), self._known, n=1, cutoff=_ALIKE)
            said = f"is {meant[0]} meant?" if meant else f"here may stand {_listed(self._known)}"
            if name.lower() in _SECRETS and name not in self._known:
                said = "no key stands in this file: GATEWAY_KEY bears it"
            self.wrong(f"{self._called(name)} means nothing; {said}", name)

    def wrong(self, text: str, *path: str) -> None:
        """Note a problem at the line of a key."""
        line = self.lines.of(*self.place, *path)
        self.problems.append(DescriptionProblem(text=text, line=line))

    def _called(self, name: str = "") -> str:
        """As one writes it: `[list] key`."""
        table = f"[{'.'.join(self.place)}]" if self.place else ""
        return f"{table} {name}".strip() or "the description"


def _listed(names: list[str]) -> str:
    return ", ".join(dict.fromkeys(names)) or "nothing"
