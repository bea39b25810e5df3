"""What a look at an auth directory finds. Names and sizes only: no content ever enters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.company import CompanyId


class FileKind(StrEnum):
    """Kinds of key files (Baileys 6.7 and 7.0), then whatever else lies there."""

    CREDS = "creds"
    PRE_KEY = "pre-key"
    SESSION = "session"
    SENDER_KEY = "sender-key"
    SENDER_KEY_MEMORY = "sender-key-memory"
    APP_STATE_SYNC_KEY = "app-state-sync-key"
    APP_STATE_SYNC_VERSION = "app-state-sync-version"
    LID_MAPPING = "lid-mapping"
    DEVICE_LIST = "device-list"
    TCTOKEN = "tctoken"
    IDENTITY_KEY = "identity-key"
    LEFTOVER = "leftover"  # .tmp and .bak siblings of a key file
    OTHER = "other"


class CredsState(StrEnum):
    """How `creds.json` looks. LINKED is what the file says, never proof of a working link."""

    LINKED = "linked"
    UNLINKED = "unlinked"
    DAMAGED = "damaged"
    MISSING = "missing"
    UNREADABLE = "unreadable"


class Holding(StrEnum):
    """What a directory that was set aside is still good for, by what lies in it."""

    LINKED = "linked"  # whole credentials of a linked device
    UNCERTAIN = "uncertain"  # no whole credentials, and more than nothing: a copy may mend it
    NOTHING = "nothing"  # spent: no linked identity ever lay there


class KeptKind(StrEnum):
    """What can be brought back, in the order in which it is offered."""

    LINKED = "linked"  # a directory with whole credentials
    MENDABLE = "mendable"  # a directory without them, of a device that has a good copy
    COPY = "copy"  # a good copy whose directory is gone
    UNCERTAIN = "uncertain"  # a directory that may be of use to somebody


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Keys that can be brought back. `name` tells them from the others of their company.

    `at` is when they were set aside, or copied. `files` is None where they can't be counted, and
    `phone` where nothing tells the number.
    """

    name: str
    kind: KeptKind
    at: datetime
    files: int | None
    phone: str | None


@dataclass(frozen=True, kw_only=True)
class FilesLook:
    """One look at one directory.

    `total` is what a plain listing shows. `oldest_at` and `newest_at` are modification times in
    UTC, None in an empty directory. `phone` is the number `creds.json` names, digits only.
    """

    company_id: CompanyId
    at: datetime
    total: int
    size_bytes: int
    by_kind: Mapping[FileKind, int] = field(default_factory=dict)
    oldest_at: datetime | None = None
    newest_at: datetime | None = None
    creds: CredsState = CredsState.MISSING
    phone: str | None = None
