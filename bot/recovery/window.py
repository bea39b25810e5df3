"""The course of one pairing window. PURE: what was seen goes in, the next step comes out.

SHOWING ──code gone──► OPENING ──connected──► PROVING ──held──► Paired | WrongNumber
│                      │                      │
Expired, NoCode …      Refused | Closed       Refused

That a code was used is said only where something shows it: a number, a login that WhatsApp refused,
a restart after a scan, a passkey that is wanted. A code that is merely gone shows nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.pairing import (
    Ended,
    Ending,
    Paired,
    Proving,
    Scanned,
    Show,
    ShowCode,
    Step,
    WrongNumber,
)
from bot.domain.phone import same_number
from bot.domain.session import CAUSES, Cause, State
from bot.domain.timing import Timing
from bot.gateways.base import PairingCode, Qr

_PAST_CODE = (State.CONNECTED, State.AWAITING_PASSKEY)
_USED = (Cause.RESTART_REQUIRED, Cause.PASSKEY_REQUIRED, Cause.LOGIN_REFUSED, Cause.DEVICE_REMOVED)

_GONE = (State.STOPPED, State.LOGGED_OUT, State.AWAITING_PASSKEY, State.FAILED)

_FIRST_CODE_POLLS = 4  # in the time of one later poll
_SHORTEST_PAUSE_S = 0.05


@dataclass(frozen=True, kw_only=True)
class PollSight:
    """What one poll saw. `code` only when it may be shown; `fingerprint` tells QRs apart."""

    at: datetime
    state: State
    cause: Cause | None = None
    phone: str | None = None
    code: Qr | None = None
    fingerprint: bytes = b""


@dataclass(kw_only=True)
class _Shown:
    fingerprint: bytes
    number: int
    until: datetime
    told_at: datetime

    def has_just_passed(self, now: datetime) -> bool:
        """Whether its time is up, and nobody was told yet."""
        passed = self.told_at < self.until <= now
        self.told_at = now if passed else self.told_at
        return passed

    def left_s(self, now: datetime) -> int:
        return max(0, round((self.until - now).total_seconds()))


class PairingWindow:
    """From the first wait for a code to the proof, or to another end."""

    def __init__(self, began_at: datetime, expected_phone: str | None, timing: Timing) -> None:
        self._began_at = began_at
        self._expected = expected_phone
        self._timing = timing
        self._shown: _Shown | None = None
        self.shown_at: datetime | None = None  # the first code of this window
        self._typed: PairingCode | None = None
        self._code_gone_at: datetime | None = None
        self._told_scanned = False
        self._used = False
        self._connected_at: datetime | None = None
        self._linked: str | None = None
        self._silent_since: datetime | None = None
        self._gone_before = False

    def show(self, code: PairingCode, now: datetime) -> ShowCode:
        """Show this code from now on, instead of any QR."""
        life_s = code.expires_in_s or self._timing.qr_window_s
        until = now + timedelta(seconds=life_s)
        self._typed = code
        self._shown = _Shown(fingerprint=b"", number=1, until=until, told_at=now)
        self.shown_at = now
        return _typed_step(code, self._shown, now, fresh=True)

    def silence(self, now: datetime, ending: Ending = Ending.UNREACHABLE) -> Step | None:
        """Nothing was seen, as `ending` says. After a code's life nobody knows what is shown."""
        self._silent_since = self._silent_since or now
        if _passed(self._silent_since, self._timing.qr_next_life_s, now):
            return Ended(ending=ending)
        return None

    def pause_s(self, now: datetime) -> float:
        """How long to wait for the next poll.

        The first code is looked for more often, for somebody stands there with the phone; the last
        poll of a proof comes when that is due.
        """
        if self._connected_at is None:
            return self._timing.qr_poll_s / (_FIRST_CODE_POLLS if self._shown is None else 1)
        left_s = self._timing.stable_for_s - (now - self._connected_at).total_seconds()
        return min(self._timing.qr_poll_s, max(left_s, _SHORTEST_PAUSE_S))

    def advance(self, sight: PollSight) -> Step | None:
        """The step that follows from what was seen; None when there is nothing to tell."""
        self._silent_since = None
        self._used = self._used or self._shows_use(sight)
        if sight.state is State.CONNECTED:
            return self._prove(sight)
        self._connected_at = self._linked = None
        if sight.state in _GONE:
            return self._gone(sight)
        self._gone_before = False
        # Some gateways show no QR beside a code to be typed in.
        typing = self._typed is not None and sight.state is State.AWAITING_SCAN
        if typing or sight.code is not None:
            return self._show(sight, sight.code)
        if sight.cause is Cause.QR_WINDOW_OVER:
            return Ended(ending=Ending.EXPIRED, state=sight.state)
        if self._shown is None:
            waited = _passed(self._began_at, self._timing.qr_first_wait_s, sight.at)
            return Ended(ending=Ending.NO_CODE, state=sight.state) if waited else None
        return self._open(sight)

    def _shows_use(self, sight: PollSight) -> bool:
        """Whether this shows that somebody has used the code."""
        if self._shown is None:
            return False
        account = sight.cause is not None and CAUSES[sight.cause].account
        named = sight.cause in _USED or account
        waits = sight.state is State.AWAITING_SCAN  # a number may stay from the device before
        return named or sight.state in _PAST_CODE or (sight.phone is not None and not waits)

    def _prove(self, sight: PollSight) -> Step | None:
        # A look may fail to tell the number; what another look told still holds.
        self._linked = sight.phone or self._linked
        if self._connected_at is None:
            self._connected_at = sight.at
            return Proving(for_s=self._timing.stable_for_s)
        if not _passed(self._connected_at, self._timing.stable_for_s, sight.at):
            return None
        expected, linked = self._expected, self._linked
        if expected and linked and not same_number(linked, expected):
            return WrongNumber(expected=expected, linked=linked)
        return Paired(
            phone=self._linked, took=sight.at - self._began_at, unaided=self._shown is None
        )

    def _gone(self, sight: PollSight) -> Step | None:
        if self._shown is not None or self._told_scanned:
            return self._refused(sight)
        # Right after `start` a gateway may not list the new session yet.
        if _passed(self._began_at, self._timing.start_grace_s, sight.at):
            return Ended(ending=Ending.NEEDS_RESET, state=sight.state)
        return None

    def _refused(self, sight: PollSight) -> Step | None:
        """A session that is gone says no reason; the log does, a moment later."""
        shown = self._shown
        if shown is not None and not self._told_scanned and sight.at >= shown.until:
            # Many gateways say the same of a window that is over and of a refused scan.
            return Ended(ending=Ending.EXPIRED, state=sight.state)
        if sight.cause is Cause.PASSKEY_REQUIRED:
            return Ended(ending=Ending.REFUSED, state=State.AWAITING_PASSKEY)
        wait, self._gone_before = not self._gone_before, True
        if wait and sight.state is State.STOPPED:
            return None
        return self._ended(sight)

    def _open(self, sight: PollSight) -> Step | None:
        """No code any more and not connected: scanned, unless it is the gap between two codes."""
        if self._code_gone_at is None:
            self._code_gone_at = sight.at
            return None
        if _passed(self._code_gone_at, self._timing.refused_after_s, sight.at):
            return self._ended(sight)
        if self._told_scanned:
            return None
        self._told_scanned = True
        return Scanned(sure=self._used)

    def _ended(self, sight: PollSight) -> Ended:
        """It is over without a pairing: the code was used and refused, or it expired."""
        ending = Ending.REFUSED if self._used else Ending.CLOSED
        return Ended(ending=ending, state=sight.state)

    def _show(self, sight: PollSight, code: Qr | None) -> Step | None:
        self._code_gone_at = None
        shown = self._shown
        if shown is not None and self._typed is not None:
            return self._typed_anew(self._typed, shown, sight)
        if code is None:
            return None
        if shown is None or shown.fingerprint != sight.fingerprint:
            since = code.not_older_than or sight.at
            self.shown_at = self.shown_at or sight.at
            self._shown = _Shown(
                fingerprint=sight.fingerprint,
                number=1 if shown is None else shown.number + 1,
                until=since + timedelta(seconds=code.life_s or self._timing.qr_next_life_s),
                told_at=sight.at,
            )
            return self._step(self._shown, code, sight.at, fresh=True)
        if shown.has_just_passed(sight.at):
            return self._step(shown, code, sight.at, fresh=False)
        return None

    def _step(self, shown: _Shown, code: Qr, now: datetime, *, fresh: bool) -> Show:
        left_s = shown.left_s(now)
        return Show(
            number=shown.number,
            left_s=left_s,
            until=shown.until,
            raw=code.raw,
            png=code.png,
            fresh=fresh,
        )

    def _typed_anew(self, code: PairingCode, shown: _Shown, sight: PollSight) -> ShowCode | None:
        """The code to type in, where the gateway has made another; else only that time is up."""
        newest = sight.code
        if newest is not None and newest.typed not in (None, code.code):
            since = newest.not_older_than or sight.at
            life_s = newest.life_s or code.expires_in_s
            self._typed = replace(code, code=str(newest.typed), expires_in_s=life_s)
            until = since + timedelta(seconds=life_s or self._timing.qr_window_s)
            self._shown = replace(shown, number=shown.number + 1, until=until, told_at=sight.at)
            return _typed_step(self._typed, self._shown, sight.at, fresh=True)
        return (
            _typed_step(code, shown, sight.at, fresh=False)
            if shown.has_just_passed(sight.at)
            else None
        )


def _typed_step(code: PairingCode, shown: _Shown, now: datetime, *, fresh: bool) -> ShowCode:
    return ShowCode(
        code=code.code,
        phone=code.phone,
        left_s=shown.left_s(now),
        until=shown.until,
        fresh=fresh,
    )


def _passed(since: datetime, seconds: float, now: datetime) -> bool:
    return now - since >= timedelta(seconds=seconds)
