"""What each of the nine lines says, how it is marked, and what it offers, by what is known."""

from datetime import timedelta

import pytest
from doubles import START
from test_checklist import GONE, REVOKED, ZOMBIE, facts, line

from bot.domain.checklist import ListStep, Mark
from bot.domain.files import CredsState
from bot.domain.observation import CompanyStatus
from bot.domain.session import State
from bot.domain.trouble import Offer

DONE, WAITING, SKIPPED, TODO = Mark.DONE, Mark.WAITING, Mark.SKIPPED, Mark.TODO
UP, DOWN, FRESH = State.CONNECTED, State.STOPPED, State.AWAITING_SCAN
JUST_AFTER = START + timedelta(seconds=1)


def about(state, *incidents, creds=None, **more):
    """Facts with a session that began this state just after the trouble began."""
    given = facts(state, *incidents)
    known = CompanyStatus(
        company=given.known.company, state=state, since=JUST_AFTER, incidents=incidents, creds=creds
    )
    return facts(**{"known": known} | more)


LINES = [
    ("status", about(UP, gateway_silent=True), WAITING, "status.silent", ()),
    ("status", about(UP, REVOKED), DONE, "status.trouble", ()),
    ("status", about(None), WAITING, "status.not_seen", ()),
    ("status", about(UP), DONE, "status.state", ()),
    ("files", about(UP, has_directory=False), SKIPPED, "files.not_configured", ()),
    ("files", about(UP, files=None), SKIPPED, "files.uncounted", ()),
    ("files", about(DOWN, creds=CredsState.DAMAGED), TODO, "files.damaged", (Offer.FILES,)),
    ("files", about(UP, creds=CredsState.DAMAGED), DONE, "files.counted", ()),
    ("files", about(DOWN, files=0), DONE, "files.counted", ()),
    ("logs", about(UP, log_lines=None), SKIPPED, "logs.not_configured", ()),
    ("logs", about(UP, log_lines=0), DONE, "logs.quiet", ()),
    ("logs", about(UP, log_lines=1), DONE, "logs.counted", ()),
    ("set_aside", about(DOWN, REVOKED, was_set_aside=True), DONE, "aside.done", ()),
    ("set_aside", about(DOWN, REVOKED, has_directory=False), SKIPPED, "aside.impossible", ()),
    ("set_aside", about(DOWN, REVOKED), WAITING, "aside.by_reset", ()),
    ("set_aside", about(DOWN, GONE), SKIPPED, "aside.not_needed", ()),
    ("restart", about(UP, was_restarted=True), DONE, "restart.done", ()),
    ("restart", about(DOWN, GONE, restart_possible=True), SKIPPED, "restart.not_needed", ()),
    ("restart", about(UP, gateway_silent=True), SKIPPED, "restart.not_configured", ()),
    ("restart", about(UP, ZOMBIE), SKIPPED, "restart.not_configured", ()),
    (
        "restart",
        about(UP, gateway_silent=True, restart_possible=True),
        TODO,
        "restart.silent",
        (Offer.RESTART,),
    ),
    ("restart", about(UP, ZOMBIE, restart_possible=True), SKIPPED, "restart.revive_first", ()),
    ("new_session", about(DOWN, gateway_silent=True), WAITING, "session.silent", ()),
    ("new_session", about(DOWN, procedure_running=True), WAITING, "session.running", ()),
    ("new_session", about(UP, ZOMBIE), TODO, "session.dead", (Offer.REVIVE,)),
    ("new_session", about(FRESH, REVOKED), DONE, "session.started", ()),
    ("new_session", about(DOWN, REVOKED, was_reset=True), DONE, "session.started", ()),
    ("new_session", about(UP, procedure_done=True), DONE, "session.started", ()),
    ("new_session", about(UP), SKIPPED, "session.not_needed", ()),
    ("new_session", about(DOWN, procedure_done=True), TODO, "session.wanted", (Offer.RECONNECT,)),
    ("new_session", about(DOWN, REVOKED), TODO, "session.wanted", (Offer.RESET,)),
    ("scan", about(UP, was_reset=True, was_paired=True), DONE, "scan.done", ()),
    ("scan", about(FRESH, REVOKED, code_shown=True), WAITING, "scan.shown", ()),
    ("scan", about(UP), SKIPPED, "scan.not_needed", ()),
    ("scan", about(UP, ZOMBIE), SKIPPED, "scan.not_needed", ()),
    ("scan", about(FRESH, REVOKED), TODO, "scan.wanted", (Offer.QR,)),
    ("scan", about(FRESH, REVOKED, was_paired=True), TODO, "scan.wanted", (Offer.QR,)),
    ("scan", about(FRESH, REVOKED, gateway_silent=True), WAITING, "scan.later", ()),
    ("scan", about(FRESH, REVOKED, procedure_running=True), WAITING, "scan.later", ()),
    ("scan", about(DOWN, REVOKED), WAITING, "scan.later", ()),
    ("answers", about(UP, ZOMBIE), TODO, "answers.dead", (Offer.PROBE,)),
    ("answers", about(DOWN, REVOKED), WAITING, "answers.later", ()),
    ("answers", about(UP, probed_at=JUST_AFTER), DONE, "answers.sent", ()),
    ("answers", about(UP, probed_at=START), TODO, "answers.wanted", (Offer.PROBE,)),
    ("answers", about(UP), TODO, "answers.wanted", (Offer.PROBE,)),
    ("watched", about(UP, listeners=0), TODO, "watched.nobody", ()),
    ("watched", about(DOWN, listeners=1), WAITING, "watched.later", ()),
    ("watched", about(UP, REVOKED, listeners=1), WAITING, "watched.later", ()),
    ("watched", about(UP, listeners=1), DONE, "watched.done", ()),
]


@pytest.mark.parametrize(("step", "given", "mark", "said", "offers"), LINES)
def test_a_line_says_what_is_known(step, given, mark, said, offers):
    found = line(given, ListStep(step))
    assert (found.mark, found.said, found.offers) == (mark, f"checklist.{said}", offers)


@pytest.mark.parametrize(
    ("step", "given", "params"),
    [
        ("status", about(UP), {"state": UP}),
        ("status", about(DOWN, GONE, REVOKED), {"what": GONE}),
        ("files", about(UP, files=816), {"count": 816}),
        ("files", about(DOWN, creds=CredsState.DAMAGED, files=3), {"count": 3}),
        ("logs", about(UP, log_lines=7), {"count": 7}),
        ("watched", about(UP, listeners=2), {"count": 2}),
        ("logs", about(UP), {}),
    ],
)
def test_a_line_carries_what_its_sentence_needs(step, given, params):
    assert line(given, ListStep(step)).params == params


@pytest.mark.parametrize(
    ("given", "needed"),
    [
        (about(DOWN, REVOKED), True),
        (about(DOWN, GONE), False),
        (about(DOWN), False),
        (about(UP), False),
    ],
)
def test_a_reset_is_needed_where_nothing_gentler_is_left(given, needed):
    assert given.needs_reset is needed


def test_a_zombie_that_is_lost_as_well_is_told_as_a_zombie():
    assert about(UP, GONE, ZOMBIE).outage == ZOMBIE
