"""What kind of key file a name belongs to."""

from bot.domain.files import FileKind

CREDS = "creds.json"
_ENDINGS_OF_LEFTOVERS = (".tmp", ".json.bak")
_WITH_ID = [
    kind for kind in FileKind if kind not in (FileKind.CREDS, FileKind.LEFTOVER, FileKind.OTHER)
]
# The longest prefix first: `sender-key-memory-…` also begins like a `sender-key-…`.
_PREFIXES = sorted(((f"{kind}-", kind) for kind in _WITH_ID), key=lambda row: -len(row[0]))


def kind_of(name: str) -> FileKind:
    """The kind by the name alone, as Baileys writes it: `<kind>-<id>.json`."""
    if name == CREDS:
        return FileKind.CREDS
    if name.endswith(_ENDINGS_OF_LEFTOVERS):
        return FileKind.LEFTOVER
    if name.endswith(".json"):
        for prefix, kind in _PREFIXES:
            if name.startswith(prefix) and len(name) > len(prefix) + len(".json"):
                return kind
    return FileKind.OTHER
