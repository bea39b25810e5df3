"""The nine lines, by what is known."""

from dataclasses import replace
from datetime import timedelta

import pytest
from doubles import START
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checklist import ListStep, Mark
from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.incident import Incident, IncidentId
from bot.domain.observation import CompanyStatus
from bot.domain.session import State
from bot.domain.trouble import Offer, Severity, Symptom, Trouble
from bot.recovery.checklist import ChecklistFacts, draw_up, is_green

GATEWAY = GatewayName("ai_admin")
COMPANY = Company(id=CompanyId("962302"), gateway=GATEWAY, session_key="962302", name="")
DONE, WAITING, SKIPPED, TODO = Mark.DONE, Mark.WAITING, Mark.SKIPPED, Mark.TODO


def incident(trouble, symptom):
    return Incident(
        id=IncidentId(1),
        trouble=trouble,
        symptom=symptom,
        severity=Severity.CRITICAL,
        gateway=GATEWAY,
        company_id=COMPANY.id,
        opened_at=START,
        began_at=START,
    )


REVOKED = incident(Trouble.SESSION_DOWN, Symptom.REVOKED)
GONE = incident(Trouble.SESSION_DOWN, Symptom.GONE)
ZOMBIE = incident(Trouble.ZOMBIE, Symptom.ZOMBIE)


def facts(state=State.CONNECTED, *incidents, **more):
    known = CompanyStatus(company=COMPANY, state=state, since=START, incidents=incidents)
    return ChecklistFacts(
        **{"known": known, "since": START, "files": 34, "log_lines": 0, "listeners": 1} | more
    )


WELL = facts(probed_at=START + timedelta(seconds=1))


def marks(given):
    return {line.step.value: line.mark for line in draw_up(given)}


def line(given, step):
    return next(one for one in draw_up(given) if one.step is step)


def test_there_are_nine_lines_in_the_order_of_the_post_mortem():
    assert [one.step for one in draw_up(WELL)] == list(ListStep)


def test_a_session_that_works_and_has_answered_is_all_green():
    assert is_green(draw_up(WELL))


def test_a_session_that_works_still_has_to_be_tried():
    assert line(facts(), ListStep.ANSWERS).offers == (Offer.PROBE,)
    assert not is_green(draw_up(facts()))


def test_a_message_sent_before_this_connection_proves_nothing():
    assert marks(facts(probed_at=START - timedelta(seconds=1)))["answers"] is TODO


def test_a_revoked_session_waits_for_the_reset_that_sets_its_keys_aside():
    revoked = facts(State.STOPPED, REVOKED)
    assert line(revoked, ListStep.NEW_SESSION).offers == (Offer.RESET,)
    assert line(revoked, ListStep.SET_ASIDE).said == "checklist.aside.by_reset"


def test_what_may_come_back_by_itself_needs_no_keys_set_aside():
    gone = facts(State.STOPPED, GONE)
    assert marks(gone)["set_aside"] is SKIPPED
    assert line(gone, ListStep.NEW_SESSION).offers[0] is Offer.RECONNECT


def test_after_a_reset_it_is_the_scan_s_turn():
    reset = facts(State.DISCONNECTED, REVOKED, was_reset=True, was_set_aside=True)
    assert (marks(reset)["set_aside"], marks(reset)["new_session"]) == (DONE, DONE)
    assert line(reset, ListStep.SCAN).offers == (Offer.QR,)


def test_while_the_code_is_shown_nobody_is_asked_to_show_it():
    shown = facts(State.AWAITING_SCAN, REVOKED, was_reset=True, code_shown=True)
    assert (marks(shown)["scan"], line(shown, ListStep.SCAN).offers) == (WAITING, ())


def test_who_was_paired_and_lost_again_has_a_next_step():
    lost = facts(State.STOPPED, GONE, was_reset=True, was_paired=True)
    assert line(lost, ListStep.NEW_SESSION).offers[0] is Offer.RECONNECT


def test_a_silent_gateway_is_to_be_restarted_and_all_else_waits():
    silent = facts(State.CONNECTED, gateway_silent=True, restart_possible=True)
    assert line(silent, ListStep.RESTART).offers == (Offer.RESTART,)
    assert {marks(silent)[one] for one in ("status", "new_session", "answers", "watched")} == {
        WAITING
    }


def test_a_dead_connection_is_revived_before_the_gateway_is_restarted():
    dead = facts(State.CONNECTED, ZOMBIE, restart_possible=True)
    assert line(dead, ListStep.NEW_SESSION).offers == (Offer.REVIVE,)
    assert marks(dead)["restart"] is SKIPPED
    assert marks(dead)["answers"] is TODO


@pytest.mark.parametrize(
    ("missing", "step"),
    [
        ({"has_directory": False}, "files"),
        ({"has_directory": False}, "set_aside"),
        ({"log_lines": None}, "logs"),
        ({"gateway_silent": True, "restart_possible": False}, "restart"),
    ],
)
def test_what_is_not_set_up_is_skipped_with_a_reason(missing, step):
    assert marks(facts(**missing))[step] is SKIPPED


def test_nobody_who_listens_is_work_to_do():
    assert marks(replace(WELL, listeners=0))["watched"] is TODO


@given(
    state=st.sampled_from(State),
    incidents=st.sampled_from([[], [REVOKED], [GONE], [ZOMBIE]]),
    flags=st.fixed_dictionaries(
        {
            name: st.booleans()
            for name in (
                "gateway_silent",
                "has_directory",
                "was_set_aside",
                "was_restarted",
                "restart_possible",
                "procedure_running",
                "procedure_done",
                "was_reset",
                "code_shown",
                "was_paired",
            )
        }
    ),
)
def test_whatever_is_known_a_list_that_is_not_green_leaves_somebody_a_next_step(
    state, incidents, flags
):
    given = facts(state, *incidents, **flags)
    lines = draw_up(given)
    assert len(lines) == len(ListStep)
    busy = flags["procedure_running"] or flags["code_shown"] or flags["gateway_silent"]
    assert is_green(lines) or busy or any(one.offers for one in lines)
    # What is connected, or only looks so, is never offered what would tear it down.
    lost = REVOKED in incidents or GONE in incidents
    if state is State.CONNECTED and not lost:
        assert not any(Offer.RESET in one.offers for one in lines)
