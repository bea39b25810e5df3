"""A post-mortem as Markdown: words in the reader's language go in, a file comes out. PURE."""

import re
from collections.abc import Iterator

from bot.domain.incident_timeline import Document, Section

# What Markdown would take for its own, in a name or a note that came from outside.
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~])")
_LIST = re.compile(r"^(\d*)([-+.)]|#+)(\s)")


def markdown(document: Document) -> bytes:
    """UTF-8. A section without lines keeps its heading: somebody is to write there."""
    lines = [f"# {_escaped(document.title)}", ""]
    for section in document.sections:
        lines += _section(section)
    return "\n".join(lines).encode("utf-8", "replace")


def _section(section: Section) -> Iterator[str]:
    yield f"## {_escaped(section.title)}"
    yield ""
    for line in section.lines:
        yield f"- {_escaped(line)}" if section.bullets else _escaped(line)
        if not section.bullets:
            yield ""
    if section.bullets:
        yield ""


def _escaped(text: str) -> str:
    one_line = " ".join(text.split())
    return _LIST.sub(r"\1\\\2\3", _SPECIAL.sub(r"\\\1", one_line))
