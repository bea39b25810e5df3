"""The timeline: what several tables know, in one order, each thing once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from telling import ONE, T0, incident, spell

from bot.domain.access import UserId
from bot.domain.audit import AuditRow
from bot.domain.company import CompanyId
from bot.domain.incident import Ack, IncidentId
from bot.domain.incident_timeline import Document, Section, What
from bot.domain.notice import ChatAddress
from bot.domain.observation import DetectedBy
from bot.domain.pairing import Means
from bot.domain.session import State
from bot.reports.postmortem import markdown
from bot.reports.timeline import Sources, sign_of, timeline, times_of
from storage.alerts.incidents import IncidentEvent
from storage.recovery.pairings import PairingEnd
from storage.recovery.procedures import Procedure

BORIS = UserId(2)
CLOSED = T0 + timedelta(minutes=10)


def at(seconds):
    return T0 + timedelta(seconds=seconds)


def event(seconds, kind, **facts):
    return IncidentEvent(incident_id=IncidentId(1), at=at(seconds), event=kind, facts=facts)


def act(seconds, action, company_id=ONE, user_id=BORIS, **details):
    return AuditRow(
        id=1,
        at=at(seconds),
        user_id=user_id,
        chat_id=-1,
        action=action,
        company_id=company_id,
        details=details,
        finished_at=None,
        outcome="done",
    )


def reset(began, ended, asked_by=BORIS):
    return Procedure(
        id=1,
        kind="reset",
        company_id=ONE,
        step="starting",
        asked_by=asked_by,
        address=ChatAddress(-1),
        started_at=at(began),
        step_at=at(ended),
        finished_at=at(ended),
        outcome="done",
    )


def sources(**told):
    return Sources(**{"incident": incident(T0, CLOSED), "until": CLOSED, **told})


def whats(told):
    return [one.what for one in timeline(told)]


def test_everything_stands_in_the_order_of_time():
    told = sources(
        events=[event(1, "opened", symptom="revoked"), event(600, "closed", symptom="settling")],
        acts=[act(30, "mute")],
        states=[spell(at(0), at(590), State.LOGGED_OUT), spell(at(590), None, State.CONNECTED)],
    )
    began = [What.BEGAN, What.STATE, What.OPENED]
    assert whats(told) == [*began, What.ACT, What.STATE, What.CLOSED]


def test_what_many_chats_heard_at_once_is_one_line():
    told = sources(events=[event(2, "told", chat_id=-1), event(2.4, "told", chat_id=-2)])
    (heard,) = [one for one in timeline(told) if one.what is What.TOLD]
    assert (heard.at, heard.facts["chats"]) == (at(2), (-1, -2))


def test_a_reset_is_ordered_once_and_ends_once():
    told = timeline(sources(acts=[act(30, "reset")], runs=[reset(31, 40)]))
    ordered, ended = [one for one in told if one.what in (What.ACT, What.RUN)]
    assert (ordered.facts["outcome"], ended.facts["outcome"]) == (None, "done")


def test_a_code_is_told_by_its_pairing_alone():
    shown = PairingEnd(
        started_at=at(31), asked_by=BORIS, means=Means.QR, ended_at=at(60), outcome="paired"
    )
    told = sources(acts=[act(30, "qr")], pairings=[shown])
    assert whats(told) == [What.BEGAN, What.SHOWN, What.PAIRING]
    scanned = replace(shown, used_at=at(45))
    assert whats(sources(pairings=[scanned])) == [
        What.BEGAN,
        What.SHOWN,
        What.TAKEN,
        What.PAIRING,
    ]


def test_what_the_bot_did_itself_comes_from_the_incident_alone():
    mine = event(5, "auto reconnect", rung="reconnect", number=1, outcome=None)
    told = sources(
        events=[mine], acts=[act(5, "auto reconnect", user_id=UserId(0))], runs=[reset(5, 6, 0)]
    )
    assert whats(told) == [What.BEGAN, What.ITSELF]


def test_others_acts_and_other_times_are_left_out():
    told = sources(
        acts=[
            act(30, "mute", CompanyId("962303")),
            act(40, "restart", None, gateway="other"),
            act(700, "mute"),
        ]
    )
    assert whats(told) == [What.BEGAN]


def test_a_restart_of_its_gateway_belongs_to_it():
    told = sources(acts=[act(40, "restart", None, gateway="main")])
    assert whats(told) == [What.BEGAN, What.ACT]


def test_a_note_belongs_to_it_however_late():
    assert whats(sources(events=[event(9_000, "note", text="x")])) == [What.BEGAN, What.NOTE]


def test_times_count_from_the_last_look_at_which_all_was_well():
    opened = event(60, "opened", sign="poll", well_at=T0.isoformat())
    seen = incident(at(60), CLOSED, opened_at=at(60), ack=Ack("Boris", at(90)))
    took = times_of(sources(incident=seen, events=[opened]))
    assert took.at_most
    assert took.detect == timedelta(seconds=60)
    assert took.acknowledge == timedelta(seconds=30)
    assert took.recover == timedelta(minutes=10)


def test_a_push_says_when_it_was_lost():
    opened = event(60, "opened", sign="push", well_at=T0.isoformat())
    told = sources(incident=incident(at(58), None, opened_at=at(60)), events=[opened])
    took = times_of(told)
    assert (took.at_most, took.detect, took.recover) == (False, timedelta(seconds=2), None)
    assert sign_of(told) is DetectedBy.PUSH


def test_what_ended_without_getting_better_was_not_recovered():
    assert (
        times_of(sources(incident=incident(T0, CLOSED, facts={"unwatched": True}))).recover is None
    )


def test_nothing_from_outside_becomes_markdown():
    section = Section(title="Notes", lines=("# <b>*x*</b> [a](b)", "1. one\n- two"))
    text = markdown(Document(title="A_B", sections=(section,))).decode()
    assert text.splitlines() == [
        r"# A\_B",
        "",
        "## Notes",
        "",
        r"- \# \<b\>\*x\*\</b\> \[a\](b)",
        r"- 1\. one - two",
    ]


def test_an_event_of_a_newer_version_is_passed_over():
    assert whats(sources(events=[event(5, "not known yet"), event(6, "note", text="x")])) == [
        What.BEGAN,
        What.NOTE,
    ]


def test_a_pairing_that_goes_on_has_no_end_yet():
    going_on = PairingEnd(
        means=Means.QR, asked_by=BORIS, started_at=at(10), ended_at=None, outcome=None
    )
    taken = replace(going_on, used_at=at(20), ended_at=at(60), outcome="paired")
    assert whats(sources(pairings=[going_on])) == [What.BEGAN, What.SHOWN]
    assert whats(sources(pairings=[taken])) == [What.BEGAN, What.SHOWN, What.TAKEN, What.PAIRING]


def test_each_moment_says_who_what_and_with_which_outcome():
    """One outage, from the last good look to the note of the next morning."""
    shown = PairingEnd(
        started_at=at(50), asked_by=BORIS, means=Means.QR, used_at=at(70), ended_at=at(90),
        outcome="paired",
    )  # fmt: skip
    told = sources(
        events=[
            event(10, "opened", sign="poll", well_at=T0.isoformat(), symptom="revoked"),
            event(12, "told", chat_id=-1),
            event(20, "acked", user_id=2, by="Boris"),
            event(9_000, "note", user_id=2, text="battery"),
        ],
        acts=[act(30, "reset"), act(45, "qr"), act(95, "qr"), act(96, "ack"), act(97, "probe")],
        runs=[reset(30, 40)],
        pairings=[shown],
        states=[spell(at(60), None, State.CONNECTED)],
    )
    pairing = {"means": Means.QR, "outcome": "paired"}
    found = [(one.at, one.what, one.who, dict(one.facts)) for one in timeline(told)]
    assert found == [
        (T0, What.WELL, None, {}),
        (T0, What.BEGAN, None, {}),
        (at(10), What.OPENED, None, dict(told.events[0].facts)),
        (at(12), What.TOLD, None, {"chats": (-1,)}),
        (at(20), What.ACKED, BORIS, {"user_id": 2, "by": "Boris"}),
        (at(30), What.ACT, BORIS, {"action": "reset", "outcome": None}),
        (at(40), What.RUN, BORIS, {"action": "reset", "outcome": "done"}),
        (at(50), What.SHOWN, BORIS, pairing),
        (at(60), What.STATE, None, {"state": State.CONNECTED}),
        (at(70), What.TAKEN, None, pairing),
        (at(90), What.PAIRING, BORIS, pairing),
        (at(95), What.ACT, BORIS, {"action": "qr", "outcome": "done"}),
        (at(97), What.ACT, BORIS, {"action": "probe", "outcome": "done"}),
        (at(9_000), What.NOTE, BORIS, {"user_id": 2, "text": "battery"}),
    ]


@pytest.mark.parametrize(
    ("run", "outcome"),
    [
        (reset(30, 40), None),
        (reset(29, 40), "done"),
        (reset(35, 70), None),
        (reset(36, 70), "done"),
        (reset(31, 40, asked_by=UserId(3)), "done"),
        (replace(reset(31, 40), kind="restore"), "done"),
    ],
)
def test_an_act_is_told_by_what_it_began_within_five_seconds(run, outcome):
    ordered = next(one for one in timeline(sources(acts=[act(30, "reset")], runs=[run]))
                   if one.what is What.ACT)  # fmt: skip
    assert ordered.facts["outcome"] == outcome


def test_what_chats_heard_in_different_seconds_are_lines_of_their_own():
    told = sources(events=[event(2, "told", chat_id=-1), event(3, "told", chat_id=-2)])
    assert [one.facts["chats"] for one in timeline(told) if one.what is What.TOLD] == [(-1,), (-2,)]


def test_without_a_word_on_how_it_was_noticed_it_was_a_poll():
    assert sign_of(sources(events=[])) is DetectedBy.POLL
    assert sign_of(sources(events=[event(1, "opened")])) is DetectedBy.POLL
