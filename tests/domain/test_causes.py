"""What each disconnect code means, as the gateways' contracts say."""

import pytest

from bot.domain.session import CAUSES, Cause, CauseFacts, State, cause_of, outweighs

REMOVED = "Stream Errored (conflict) device_removed"
CONFLICT = "Stream Errored (conflict)"


@pytest.mark.parametrize(
    ("code", "text", "cause"),
    [
        (401, REMOVED, Cause.DEVICE_REMOVED),
        (401, CONFLICT, Cause.DEVICE_REMOVED),
        (401, '{"tag":"conflict","attrs":{"type":"device_removed"}}', Cause.DEVICE_REMOVED),
        (401, "Connection Failure", Cause.LOGIN_REFUSED),
        (401, "", Cause.LOGIN_REFUSED),
        (401, "Intentional Logout", Cause.LOGGED_OUT_HERE),
        (402, "Connection Failure", Cause.TEMPORARY_BAN),
        (403, "Connection Failure", Cause.ACCOUNT_LOCKED),
        (405, "Connection Failure", Cause.CLIENT_OUTDATED),
        (406, "Connection Failure", Cause.BANNED),
        (408, "Connection was lost", Cause.CONNECTION_LOST),
        (408, "timed out", Cause.CONNECTION_LOST),
        (408, "QR refs attempts ended", Cause.QR_WINDOW_OVER),
        (411, "multidevice mismatch", Cause.MULTIDEVICE_MISMATCH),
        (428, "Connection Terminated", Cause.CONNECTION_CLOSED),
        (440, CONFLICT, Cause.REPLACED),
        (500, "bad session", Cause.BAD_SESSION),
        (503, "Stream Errored (unknown)", Cause.SERVICE_UNAVAILABLE),
        (515, "Stream Errored (restart required)", Cause.RESTART_REQUIRED),
        (None, REMOVED, Cause.DEVICE_REMOVED),
        (None, CONFLICT, Cause.UNKNOWN),
        (None, "", Cause.UNKNOWN),
        (409, "bad user agent", Cause.UNKNOWN),
        (200, "", Cause.UNKNOWN),
        (-1, REMOVED, Cause.UNKNOWN),
    ],
)
def test_a_code_and_its_text_name_the_cause(code, text, cause):
    assert cause_of(code, text) is cause


TABLE = {
    Cause.DEVICE_REMOVED: (State.LOGGED_OUT, "must_pair revoked"),
    Cause.LOGIN_REFUSED: (State.LOGGED_OUT, "must_pair revoked"),
    Cause.LOGGED_OUT_HERE: (State.LOGGED_OUT, "must_pair revoked"),
    Cause.TEMPORARY_BAN: (State.LOGGED_OUT, "account"),
    Cause.ACCOUNT_LOCKED: (State.LOGGED_OUT, "account"),
    Cause.CLIENT_OUTDATED: (State.FAILED, ""),
    Cause.BANNED: (State.LOGGED_OUT, "account"),
    Cause.CONNECTION_LOST: (State.DISCONNECTED, "may_reconnect"),
    Cause.QR_WINDOW_OVER: (State.STOPPED, "must_pair"),
    Cause.MULTIDEVICE_MISMATCH: (State.FAILED, "must_pair"),
    Cause.CONNECTION_CLOSED: (State.DISCONNECTED, "may_reconnect"),
    Cause.REPLACED: (State.DISCONNECTED, "second_process"),
    Cause.BAD_SESSION: (State.FAILED, "may_reconnect"),
    Cause.SERVICE_UNAVAILABLE: (State.DISCONNECTED, "may_reconnect"),
    Cause.RESTART_REQUIRED: (State.CONNECTING, "may_reconnect"),
    Cause.PASSKEY_REQUIRED: (State.AWAITING_PASSKEY, "must_pair"),
    Cause.STOPPED_THERE: (State.STOPPED, "may_reconnect deliberate"),
    Cause.UNKNOWN: (State.UNKNOWN, ""),
}


@pytest.mark.parametrize("cause", Cause)
def test_a_cause_says_what_may_follow_from_it(cause):
    state, flags = TABLE[cause]
    assert CAUSES[cause] == CauseFacts(state=state, **dict.fromkeys(flags.split(), True))


@pytest.mark.parametrize("cause", Cause)
def test_what_is_revoked_or_the_accounts_trouble_is_never_reconnected(cause):
    facts = CAUSES[cause]
    assert not (facts.may_reconnect and (facts.revoked or facts.account or facts.second_process))


@pytest.mark.parametrize("cause", Cause)
def test_trouble_of_the_account_never_asks_for_a_scan(cause):
    assert not (CAUSES[cause].account and CAUSES[cause].must_pair)


@pytest.mark.parametrize(
    ("first", "later", "kept"),
    [
        (None, Cause.CONNECTION_LOST, Cause.CONNECTION_LOST),
        (None, Cause.UNKNOWN, Cause.UNKNOWN),
        (Cause.CONNECTION_LOST, Cause.SERVICE_UNAVAILABLE, Cause.CONNECTION_LOST),
        (Cause.CONNECTION_LOST, Cause.UNKNOWN, Cause.CONNECTION_LOST),
        (Cause.UNKNOWN, Cause.CONNECTION_LOST, Cause.UNKNOWN),
        (Cause.UNKNOWN, Cause.REPLACED, Cause.REPLACED),
        (Cause.CONNECTION_LOST, Cause.DEVICE_REMOVED, Cause.DEVICE_REMOVED),
        (Cause.DEVICE_REMOVED, Cause.LOGIN_REFUSED, Cause.DEVICE_REMOVED),
        (Cause.DEVICE_REMOVED, Cause.CONNECTION_CLOSED, Cause.DEVICE_REMOVED),
        (Cause.REPLACED, Cause.DEVICE_REMOVED, Cause.REPLACED),
        (Cause.DEVICE_REMOVED, Cause.ACCOUNT_LOCKED, Cause.ACCOUNT_LOCKED),
        (Cause.ACCOUNT_LOCKED, Cause.LOGIN_REFUSED, Cause.ACCOUNT_LOCKED),
    ],
)
def test_the_first_cause_is_kept_unless_a_later_one_says_more(first, later, kept):
    assert (later if outweighs(later, first) else first) is kept
