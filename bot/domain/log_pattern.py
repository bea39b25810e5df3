"""What is counted in a gateway's log: texts of its libraries, and how much they matter.

The texts are those of Baileys 6.7 and 7.0 with libsignal 2.0 and 6.0, and of whatsmeow, matched as
they stand, case included. A line counts once for each text it contains, as `grep -c` counts.
"""

from enum import StrEnum


class LogPattern(StrEnum):
    """One known kind of line."""

    DEVICE_REMOVED = "device_removed"
    CONNECTION_FAILURE = "connection_failure"
    STREAM_ERROR = "stream_error"
    CONNECTION_ERRORED = "connection_errored"
    CONNECTION_CLOSED = "connection_closed"
    CONNECTION_TERMINATED = "connection_terminated"
    CONNECTION_LOST = "connection_lost"
    KEEP_ALIVE_FAILED = "keep_alive_failed"
    LOGGING_IN = "logging_in"
    OPENED = "opened"
    REGISTERING = "registering"
    PAIRED = "paired"
    PAIRING_FAILED = "pairing_failed"
    QR_ENDED = "qr_ended"
    PRE_KEYS_COUNTED = "pre_keys_counted"
    UPLOADING_PRE_KEYS = "uploading_pre_keys"
    UPLOADED_PRE_KEYS = "uploaded_pre_keys"
    PRE_KEYS_FAILED = "pre_keys_failed"
    TIMED_OUT = "timed_out"
    ACK_ERROR = "ack_error"
    NOT_DECRYPTED = "not_decrypted"
    DECRYPT_FAILED = "decrypt_failed"
    BAD_MAC = "bad_mac"
    NO_MATCHING_SESSION = "no_matching_session"
    NO_SESSIONS = "no_sessions"
    BAD_PRE_KEY = "bad_pre_key"
    KEY_USED = "key_used"
    SESSION_REPLACED = "session_replaced"
    STALE_SESSION = "stale_session"
    SESSION_DUMPED = "session_dumped"
    CLOSED_SESSION_USED = "closed_session_used"
    OLD_SESSION_REMOVED = "old_session_removed"
    LOGGED_OUT = "logged_out"
    REPLACED = "replaced"
    TEMPORARY_BAN = "temporary_ban"
    CLIENT_OUTDATED = "client_outdated"
    AUTHENTICATED = "authenticated"
    KEEP_ALIVE_TIMED_OUT = "keep_alive_timed_out"
    UNDECRYPTABLE = "undecryptable"


TEXTS: dict[LogPattern, str] = {
    LogPattern.DEVICE_REMOVED: "device_removed",
    LogPattern.CONNECTION_FAILURE: "Connection Failure",
    LogPattern.STREAM_ERROR: "stream errored out",
    LogPattern.CONNECTION_ERRORED: "connection errored",
    LogPattern.CONNECTION_CLOSED: "Connection Closed",
    LogPattern.CONNECTION_TERMINATED: "Connection Terminated",
    LogPattern.CONNECTION_LOST: "Connection was lost",
    LogPattern.KEEP_ALIVE_FAILED: "error in sending keep alive",
    LogPattern.LOGGING_IN: "logging in",
    LogPattern.OPENED: "opened connection to WA",
    LogPattern.REGISTERING: "not logged in, attempting registration",
    LogPattern.PAIRED: "pairing configured successfully",
    LogPattern.PAIRING_FAILED: "error in pairing",
    LogPattern.QR_ENDED: "QR refs attempts ended",
    LogPattern.PRE_KEYS_COUNTED: "pre-keys found on server",
    LogPattern.UPLOADING_PRE_KEYS: "uploading pre-keys",
    LogPattern.UPLOADED_PRE_KEYS: "uploaded pre-keys",
    LogPattern.PRE_KEYS_FAILED: "ailed to check/upload pre-keys",  # 7.0 writes a capital F
    LogPattern.TIMED_OUT: "timed out waiting for message",
    LogPattern.ACK_ERROR: "received error in ack",
    LogPattern.NOT_DECRYPTED: "failed to decrypt message",
    LogPattern.DECRYPT_FAILED: "Failed to decrypt message with any known session",
    LogPattern.BAD_MAC: "Bad MAC",
    LogPattern.NO_MATCHING_SESSION: "No matching sessions found for message",
    LogPattern.NO_SESSIONS: "No sessions",
    LogPattern.BAD_PRE_KEY: "Invalid PreKey ID",
    LogPattern.KEY_USED: "Key used already or never filled",
    LogPattern.SESSION_REPLACED: "Closing open session in favor of incoming prekey bundle",
    LogPattern.STALE_SESSION: "Closing stale open session for new outgoing prekey bundle",
    LogPattern.SESSION_DUMPED: "Closing session:",
    LogPattern.CLOSED_SESSION_USED: "Decrypted message with closed session.",
    LogPattern.OLD_SESSION_REMOVED: "Removing old closed session",
    # whatsmeow
    LogPattern.LOGGED_OUT: "sending LoggedOut event",
    LogPattern.REPLACED: "sending StreamReplaced event",
    LogPattern.TEMPORARY_BAN: "Temporary ban connect failure",
    LogPattern.CLIENT_OUTDATED: "Client outdated (405)",
    LogPattern.AUTHENTICATED: "Successfully authenticated",
    LogPattern.KEEP_ALIVE_TIMED_OUT: "Keepalive timed out",
    LogPattern.UNDECRYPTABLE: "Error decrypting message",
}

# A healthy session writes the others every day, these only when something is wrong.
WORRYING = frozenset(
    {
        LogPattern.DEVICE_REMOVED,
        LogPattern.CONNECTION_FAILURE,
        LogPattern.KEEP_ALIVE_FAILED,
        LogPattern.PAIRING_FAILED,
        LogPattern.PRE_KEYS_FAILED,
        LogPattern.ACK_ERROR,
        LogPattern.NOT_DECRYPTED,
        LogPattern.DECRYPT_FAILED,
        LogPattern.BAD_MAC,
        LogPattern.NO_MATCHING_SESSION,
        LogPattern.NO_SESSIONS,
        LogPattern.BAD_PRE_KEY,
        LogPattern.KEY_USED,
        LogPattern.LOGGED_OUT,
        LogPattern.REPLACED,
        LogPattern.TEMPORARY_BAN,
        LogPattern.CLIENT_OUTDATED,
        LogPattern.UNDECRYPTABLE,
    }
)

# So many within an hour mean that messages are being lost, or that a socket is beyond help. One
# damaged message brings one of each of the four about decrypting.
BURST_PER_HOUR: dict[LogPattern, int] = {
    LogPattern.BAD_MAC: 50,
    LogPattern.DECRYPT_FAILED: 50,
    LogPattern.NOT_DECRYPTED: 50,
    LogPattern.NO_MATCHING_SESSION: 50,
    LogPattern.NO_SESSIONS: 50,
    LogPattern.BAD_PRE_KEY: 20,
    LogPattern.KEY_USED: 50,
    LogPattern.KEEP_ALIVE_FAILED: 20,
    LogPattern.PRE_KEYS_FAILED: 20,
    LogPattern.STREAM_ERROR: 50,
    LogPattern.UNDECRYPTABLE: 50,
    LogPattern.KEEP_ALIVE_TIMED_OUT: 20,
}
