"""Troubles: their kinds, how each can look, how loud it is, and what is offered against it."""

from enum import StrEnum


class Trouble(StrEnum):
    """What kind of incident. A company, or a gateway, has at most one open of each."""

    SESSION_DOWN = "session_down"
    GATEWAY_UNREACHABLE = "gateway_unreachable"
    MASS_DROP = "mass_drop"  # half of a gateway's sessions within a minute: the network
    FILES_ABOVE_LIMIT = "files_above_limit"
    FILES_JUMPED = "files_jumped"
    RECONNECTS_ABOVE_TARGET = "reconnects_above_target"
    LOG_BURST = "log_burst"
    CREDS_AT_RISK = "creds_at_risk"  # connected, with a damaged creds.json on the disk
    WRONG_NUMBER = "wrong_number"
    ZOMBIE = "zombie"  # connected, says the gateway, and nothing can be sent


class Symptom(StrEnum):
    """How the trouble looks now; it changes while the incident stays the same."""

    GONE = "gone"  # was connected, and the gateway no longer has it; nothing proven yet
    REVOKED = "revoked"  # WhatsApp revoked the device: proven
    AWAY = "away"  # disconnected for longer than the grace
    STUCK = "stuck"  # connecting for too long
    AWAITING_SCAN = "awaiting_scan"
    AWAITING_PASSKEY = "awaiting_passkey"
    FAILED = "failed"
    NOT_UNDERSTOOD = "not_understood"
    BOUNCING = "bouncing"  # paired three times, and lost again within a minute each time
    FLAPPING = "flapping"  # well again after it came and went; over when that lasts
    SETTLING = "settling"  # connected again, not yet long enough to be called working
    ELSEWHERE = "elsewhere"  # connected, with another number: another incident tells of that
    UNREACHABLE = "unreachable"
    RESTARTING = "restarting"  # unreachable, for a person has just had it restarted
    MASS_DROP = "mass_drop"
    CONFUSED = "confused"
    REFUSED_KEY = "refused_key"
    ABOVE = "above"
    CREDS_DAMAGED = "creds_damaged"  # not connected for want of a whole creds.json; not revoked
    CREDS_AT_RISK = "creds_at_risk"
    WRONG_NUMBER = "wrong_number"
    ZOMBIE = "zombie"


# The session is connected again; what is left of the outage is said by these.
BACK = (Symptom.SETTLING, Symptom.ELSEWHERE)


class Severity(StrEnum):
    """How loud an incident is."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Larger is worse."""
        return list(Severity).index(self)


class Offer(StrEnum):
    """What a message about a trouble lets the reader do at once."""

    RECONNECT = "reconnect"
    RESET = "reset"
    QR = "qr"
    CHECK = "check"
    FILES = "files"
    LOGS = "logs"
    STATUS = "status"
    MEND = "mend"
    RESTORE = "restore"
    ACCEPT_NUMBER = "accept"  # short: a button carries 64 bytes, a company id up to 50 of them
    PROBE = "probe"
    REVIVE = "revive"
    RESTART = "restart"
    HEAR = "hear"
