"""One pairing window as a tape: what each poll sees, and the step that follows."""

from datetime import timedelta

import pytest
from doubles import START

from bot.domain.pairing import Ended, Ending, Paired, Proving, Scanned, Show, WrongNumber
from bot.domain.session import Cause, State
from bot.domain.timing import Timing
from bot.gateways.base import PairingCode, Qr
from bot.recovery.window import PairingWindow, PollSight

PHONE, OTHER = "79000000001", "79000000002"
SCAN, UP, DOWN, GOING = (
    State.AWAITING_SCAN,
    State.CONNECTED,
    State.DISCONNECTED,
    State.CONNECTING,
)


def second(number):
    return START + timedelta(seconds=number)


class Tape:
    """Polls of a window, at seconds from its beginning."""

    def __init__(self, expected=None):
        self.window = PairingWindow(START, expected, Timing())

    def at(self, second, state, code=None, *, life_s=20.0, age_s=0.0, cause=None, phone=None):
        now = START + timedelta(seconds=second)
        seen_at = now - timedelta(seconds=age_s)
        qr = None if code is None else Qr(raw=code, not_older_than=seen_at, life_s=life_s)
        fingerprint = b"" if code is None else code.encode()
        return self.window.advance(
            PollSight(
                at=now, state=state, cause=cause, phone=phone, code=qr, fingerprint=fingerprint
            )
        )

    def silent_at(self, second):
        return self.window.silence(START + timedelta(seconds=second))

    def shown(self):
        """A tape on which the first code is shown already."""
        self.at(2, SCAN, "A", life_s=60)
        return self


def test_a_code_to_be_typed_in_stays_while_the_window_is_open_with_or_without_a_qr():
    tape = Tape()
    tape.window.show(PairingCode(code="FAKE-CODE", phone=PHONE, expires_in_s=60), START)
    assert tape.at(5, SCAN) is None
    assert tape.at(10, SCAN) is None
    assert tape.at(20, SCAN, "A") is None
    assert tape.at(21, UP) == Proving(for_s=20)


def test_the_first_code_is_shown_with_the_seconds_it_has_left():
    tape = Tape()
    assert tape.at(1, GOING) is None
    assert tape.at(3, SCAN, "A", life_s=60, age_s=1) == Show(
        number=1, left_s=59, until=second(62), raw="A"
    )


def test_each_new_code_is_shown_fresh_and_counted():
    tape = Tape().shown()
    assert tape.at(62, SCAN, "B") == Show(number=2, left_s=20, until=second(82), raw="B")
    assert tape.at(82, SCAN, "C") == Show(number=3, left_s=20, until=second(102), raw="C")


def test_no_edit_is_spent_on_the_seconds_that_pass():
    tape = Tape().shown()
    assert [tape.at(at, SCAN, "A") for at in (4, 12, 22, 45, 61)] == [None] * 5


def test_that_a_code_is_late_is_told_once():
    tape = Tape().shown()
    late = Show(number=1, left_s=0, until=second(62), raw="A", fresh=False)
    assert [tape.at(at, SCAN, "A") for at in (62, 64, 80)] == [late, None, None]


def test_seconds_left_are_never_below_none():
    tape = Tape().shown()
    assert tape.at(90, SCAN, "A").left_s == 0


def test_a_picture_is_shown_where_the_gateway_gives_no_text():
    code = Qr(png=b"png", not_older_than=START)
    step = Tape().window.advance(PollSight(at=START, state=SCAN, code=code, fingerprint=b"1"))
    assert (step.png, step.raw, step.left_s) == (b"png", None, 20)


def test_a_code_has_no_repr():
    assert "A-SECRET" not in repr(Tape().at(2, SCAN, "A-SECRET"))


def test_the_gap_between_two_codes_is_no_scan():
    tape = Tape().shown()
    assert tape.at(62, SCAN) is None
    assert tape.at(64, SCAN, "B").number == 2
    assert tape.at(84, SCAN) is None
    assert tape.at(86, SCAN, "C").number == 3


def test_a_code_that_stays_away_may_have_been_scanned():
    tape = Tape().shown()
    assert [tape.at(20, DOWN), tape.at(22, DOWN), tape.at(24, GOING)] == [
        None,
        Scanned(sure=False),
        None,
    ]


def test_connected_must_hold_for_20_seconds():
    tape = Tape(PHONE).shown()
    assert tape.at(20, UP, phone=PHONE) == Proving(for_s=20)
    assert tape.at(39, UP, phone=PHONE) is None
    assert tape.at(40, UP, phone=PHONE) == Paired(phone=PHONE, took=timedelta(seconds=40))


def test_a_connection_that_breaks_begins_its_proof_anew():
    tape = Tape().shown()
    tape.at(20, UP)
    tape.at(30, GOING)
    assert tape.at(35, UP) == Proving(for_s=20)
    assert tape.at(50, UP) is None
    assert isinstance(tape.at(55, UP), Paired)


def test_the_first_number_is_the_right_one_where_none_was_known():
    tape = Tape(None).shown()
    tape.at(20, UP, phone=OTHER)
    assert tape.at(40, UP, phone=OTHER).phone == OTHER


def test_another_number_than_the_expected_is_no_pairing():
    tape = Tape(PHONE).shown()
    tape.at(20, UP, phone=OTHER)
    assert tape.at(40, UP, phone=OTHER) == WrongNumber(expected=PHONE, linked=OTHER)


def test_a_number_that_was_told_once_counts_when_the_last_look_tells_none():
    tape = Tape(PHONE).shown()
    tape.at(20, UP, phone=OTHER)
    assert tape.at(40, UP) == WrongNumber(expected=PHONE, linked=OTHER)


def test_a_gateway_that_never_tells_the_number_pairs_without_it():
    tape = Tape(PHONE).shown()
    tape.at(20, UP)
    assert tape.at(40, UP).phone is None


def test_a_session_that_comes_back_by_itself_is_paired_unaided():
    tape = Tape()
    tape.at(2, GOING)
    tape.at(4, UP)
    assert tape.at(24, UP) == Paired(phone=None, took=timedelta(seconds=24), unaided=True)


@pytest.mark.parametrize("state", [State.LOGGED_OUT, State.FAILED])
def test_a_session_that_ends_before_its_code_shows_nothing_of_a_scan(state):
    assert Tape().shown().at(20, state) == Ended(ending=Ending.CLOSED, state=state)


def test_a_passkey_that_is_wanted_shows_a_scan():
    ended = Tape().shown().at(20, State.AWAITING_PASSKEY)
    assert ended == Ended(ending=Ending.REFUSED, state=State.AWAITING_PASSKEY)


@pytest.mark.parametrize(
    "cause",
    [Cause.LOGIN_REFUSED, Cause.DEVICE_REMOVED, Cause.RESTART_REQUIRED, Cause.ACCOUNT_LOCKED],
)
def test_a_login_that_was_refused_shows_a_scan(cause):
    ended = Tape().shown().at(20, State.FAILED, cause=cause)
    assert ended == Ended(ending=Ending.REFUSED, state=State.FAILED)


@pytest.mark.parametrize("cause", [None, Cause.CONNECTION_LOST, Cause.LOGGED_OUT_HERE])
def test_what_passes_by_shows_none(cause):
    ended = Tape().shown().at(20, State.FAILED, cause=cause)
    assert ended == Ended(ending=Ending.CLOSED, state=State.FAILED)


def test_a_number_shows_a_scan_once_no_code_is_due():
    tape = Tape().shown()
    tape.at(20, GOING, phone=PHONE)
    assert tape.at(22, GOING) == Scanned(sure=True)
    assert tape.at(24, State.FAILED).ending is Ending.REFUSED


def test_a_number_beside_the_code_is_left_over_and_shows_none():
    tape = Tape().shown()
    tape.at(10, SCAN, "A", phone=PHONE)
    assert tape.at(20, State.FAILED).ending is Ending.CLOSED


def test_a_session_that_ends_while_it_opens_was_refused():
    tape = Tape().shown()
    tape.at(20, UP)
    tape.at(22, State.STOPPED)
    assert tape.at(24, State.STOPPED).ending is Ending.REFUSED


def test_a_session_that_is_gone_without_a_reason_is_looked_at_once_more():
    tape = Tape().shown()
    assert tape.at(20, State.STOPPED) is None
    assert tape.at(22, State.STOPPED) == Ended(ending=Ending.CLOSED, state=State.STOPPED)


def test_a_session_that_is_back_at_the_second_look_goes_on():
    tape = Tape().shown()
    tape.at(20, State.STOPPED)
    assert tape.at(22, UP) == Proving(for_s=20)


def test_a_passkey_that_the_log_names_is_an_ending_of_its_own():
    tape = Tape().shown()
    tape.at(20, State.STOPPED)
    ended = tape.at(22, State.STOPPED, cause=Cause.PASSKEY_REQUIRED)
    assert ended == Ended(ending=Ending.REFUSED, state=State.AWAITING_PASSKEY)


def test_a_code_that_is_gone_and_never_opens_is_closed():
    tape = Tape().shown()
    tape.at(20, DOWN)
    tape.at(22, DOWN)
    assert tape.at(49, DOWN) is None
    assert tape.at(50, DOWN) == Ended(ending=Ending.CLOSED, state=DOWN)


def test_the_window_is_over_when_the_gateway_says_so():
    over = Tape().shown().at(162, DOWN, cause=Cause.QR_WINDOW_OVER)
    assert over == Ended(ending=Ending.EXPIRED, state=DOWN)


def test_a_window_that_was_over_before_any_code_has_expired_too():
    assert Tape().at(2, DOWN, cause=Cause.QR_WINDOW_OVER).ending is Ending.EXPIRED


def test_no_code_in_time_is_told():
    tape = Tape()
    assert tape.at(74, GOING) is None
    assert tape.at(75, GOING) == Ended(ending=Ending.NO_CODE, state=GOING)


def test_a_started_session_may_take_a_moment_to_appear():
    tape = Tape()
    assert [tape.at(1, State.STOPPED), tape.at(4, State.STOPPED)] == [None, None]
    assert tape.at(6, SCAN, "A").number == 1


def test_a_session_that_does_not_stay_needs_a_reset():
    assert Tape().at(5, State.STOPPED) == Ended(ending=Ending.NEEDS_RESET, state=State.STOPPED)


def test_a_gateway_silent_for_a_codes_lifetime_ends_the_show():
    tape = Tape().shown()
    assert [tape.silent_at(10), tape.silent_at(29)] == [None, None]
    assert tape.silent_at(30) == Ended(ending=Ending.UNREACHABLE)


def test_one_answer_ends_a_silence():
    tape = Tape().shown()
    tape.silent_at(10)
    tape.at(20, SCAN, "A")
    assert tape.silent_at(31) is None


@pytest.mark.parametrize(
    ("second", "pause_s"), [(3, 2.0), (21, 2.0), (22.5, 0.5), (23, 0.05), (30, 0.05)]
)
def test_the_last_poll_of_a_proof_comes_when_that_is_due(second, pause_s):
    tape = Tape().shown()
    tape.at(3, UP)
    assert tape.window.pause_s(START + timedelta(seconds=second)) == pytest.approx(pause_s)


def test_before_the_proof_polls_keep_their_pace():
    assert Tape().shown().window.pause_s(START) == Timing().qr_poll_s


def test_the_first_code_is_looked_for_more_often():
    assert Tape().window.pause_s(START) == Timing().qr_poll_s / 4


@pytest.mark.parametrize("state", [State.FAILED, State.STOPPED, State.LOGGED_OUT])
def test_gone_when_the_last_code_had_lived_is_a_window_over_and_no_refusal(state):
    assert Tape().shown().at(62, state) == Ended(ending=Ending.EXPIRED, state=state)


def test_gone_after_a_scan_is_a_refusal_however_late():
    tape = Tape().shown()
    tape.at(50, GOING, cause=Cause.RESTART_REQUIRED)
    assert tape.at(52, GOING) == Scanned(sure=True)
    assert tape.at(70, State.FAILED).ending is Ending.REFUSED


def test_a_code_to_type_in_that_has_changed_is_shown_in_place_of_the_one_before():
    window = PairingWindow(START, None, Timing())
    first = PairingCode(code="AAAA-AAAA", phone="79000962302", expires_in_s=45)
    window.show(first, START)
    told = []
    for seconds, typed in (
        (1, "AAAA-AAAA"),
        (44, "AAAA-AAAA"),
        (46, "BBBB-BBBB"),
        (50, "BBBB-BBBB"),
        (60, None),
    ):
        at = second(seconds)
        code = Qr(raw="2@", not_older_than=at, life_s=45, typed=typed)
        told.append(window.advance(PollSight(at=at, state=SCAN, code=code, fingerprint=b"")))
    assert [one and (one.code, one.left_s, one.fresh) for one in told] == [
        None,
        None,
        ("BBBB-BBBB", 45, True),
        None,
        None,
    ]
