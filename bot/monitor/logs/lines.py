"""Cuts a stream of bytes into lines, however it arrives. PURE."""

LONGEST = 256 * 1024  # bytes; what a line holds beyond that is not read


class LineCutter:
    """Bytes go in as they are read, whole lines come out."""

    def __init__(self, *, within_line: bool = False) -> None:
        """`within_line`: the stream begins in the middle of a line, whose rest is dropped."""
        self._rest = b""
        self._dropping = within_line

    @property
    def pending(self) -> int:
        """Bytes of a line whose end has not come yet."""
        return len(self._rest)

    def feed(self, data: bytes) -> list[str]:
        """The lines that these bytes complete."""
        *whole, rest = (self._rest + data).split(b"\n")
        if whole and self._dropping:
            whole, self._dropping = whole[1:], False
        if self._dropping:
            rest = b""
        elif len(rest) > LONGEST:
            whole, rest, self._dropping = [*whole, rest], b"", True
        self._rest = rest
        return [_text(line) for line in whole]

    def finish(self) -> list[str]:
        """The last line, should the stream have ended without a line break."""
        rest, self._rest = self._rest, b""
        return [_text(rest)] if rest else []


def _text(line: bytes) -> str:
    """The line as text; a file that was emptied under its writer begins with zeros."""
    return line[:LONGEST].decode("utf-8", "replace").replace("\0", "").rstrip("\r")
