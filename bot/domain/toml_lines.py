"""On which line of a TOML text each key stands. The parser of the standard library does not say."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Path = tuple[str, ...]

# A statement of several lines can only end on a line that holds one of these.
_CLOSERS = ("]", "}", '"""', "'''")


class Lines:
    """The lines of a text that is valid TOML."""

    def __init__(self, text: str) -> None:
        self._found: dict[Path, int] = {}
        self._texts: dict[Path, Sequence[str]] = {}
        table: Path = ()
        for number, lines, parsed in _statements(text):
            if lines[0].lstrip().startswith("["):
                table = _only_path(parsed)
                self._note(table, number, lines)
            else:
                for path in _paths(parsed):
                    self._note(table + path, number, lines)

    def of(self, *path: str) -> int | None:
        """The line of a key, or of the nearest table around it; None when there is none."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._found:
                return self._found[path[:length]]
        return None

    def of_item(self, *path: str, item: str) -> int | None:
        """The line on which an item of a list stands."""
        first = self.of(*path)
        for offset, line in enumerate(self._texts.get(path, ())):
            if first is not None and (f'"{item}"' in line or f"'{item}'" in line):
                return first + offset
        return first

    def _note(self, path: Path, number: int, lines: Sequence[str]) -> None:
        for length in range(1, len(path) + 1):
            self._found.setdefault(path[:length], number)
        self._texts.setdefault(path, lines)


def _statements(text: str) -> Iterator[tuple[int, list[str], Mapping[str, Any]]]:
    """Each statement with its first line: the shortest run of lines that is TOML by itself."""
    begun: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if begun and not any(closer in line for closer in _CLOSERS):
            begun.append(line)
            continue
        begun.append(line)
        try:
            parsed = tomllib.loads("\n".join(begun))
        except tomllib.TOMLDecodeError:
            continue
        if parsed:
            yield number - len(begun) + 1, begun, parsed
        begun = []


def _paths(parsed: Mapping[str, Any]) -> Iterator[Path]:
    for key, value in parsed.items():
        yield (key,)
        if isinstance(value, dict):
            yield from ((key, *path) for path in _paths(value))


def _only_path(parsed: Any) -> Path:
    """The path that a header names."""
    while isinstance(parsed, list):
        parsed = parsed[0]
    if not parsed:
        return ()
    [(key, value)] = parsed.items()
    return (key, *_only_path(value))
