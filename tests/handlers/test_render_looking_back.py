"""What was done and what is over, as one looks back at it: the audit, the list, one incident."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from shown import EN, NOW, RU, carried, company, incident, words

from bot.actions.results import AuditPage
from bot.domain.access import BOT_ITSELF, UserId
from bot.domain.audit import AuditRow
from bot.domain.company import CompanyId
from bot.domain.incident_timeline import IncidentPage, IncidentTimeline, TimelineEntry, Times, What
from bot.domain.observation import DetectedBy
from bot.domain.trouble import Severity, Symptom, Trouble
from handlers.render import audit as auditing
from handlers.render import incident_card, incident_list, postmortem

UTC = ZoneInfo("UTC")
HOUR, ANNA = timedelta(hours=1), UserId(5)
LATER = NOW + HOUR


def audit(*acts):
    rows = tuple(
        AuditRow(
            id=n,
            at=NOW,
            user_id=who,
            chat_id=who,
            action=action,
            company_id=CompanyId("962302"),
            details={},
            finished_at=NOW,
            outcome=outcome,
        )
        for n, (who, action, outcome) in enumerate(acts)
    )
    return AuditPage(acts=rows, names={ANNA: "Анна"}, chats={}, page=0, pages=1, total=len(rows))


@pytest.mark.parametrize(("t", "said"), [(RU, "Записей пока нет."), (EN, "There is nothing yet.")])
def test_an_audit_of_nothing_says_so_and_offers_no_file(t, said):
    screen = auditing.page(t, audit(), LATER)
    assert words(screen).startswith(said)
    assert carried(screen) == []


@pytest.mark.parametrize(("t", "itself"), [(RU, "бот сам"), (EN, "the bot itself")])
def test_what_the_bot_did_by_itself_is_told_apart_from_what_people_did(t, itself):
    acts = (
        (BOT_ITSELF, "auto reconnect", "done"),
        (ANNA, "reset", None),
        (UserId(9), "mute", "done"),
    )
    lines = words(auditing.page(t, audit(*acts), LATER)).splitlines()[2:]
    assert f"{itself}: " in lines[0]
    assert "Анна: " in lines[1]
    assert "9: " in lines[2]


def listed(*found):
    return IncidentPage(
        incidents=found,
        companies={CompanyId("962302"): company()},
        company=None,
        only_open=False,
        page=0,
        pages=1,
        total=len(found),
        now=LATER,
    )


def test_a_list_says_of_what_is_over_how_long_it_lasted():
    past = incident(id=6, began_at=NOW - 2 * HOUR, closed_at=NOW)
    _, _, on, over = words(incident_list.page(EN, listed(incident(), past))).splitlines()
    assert on.startswith("🔴 #7 · 962302 Салон")
    assert on.endswith("still on")
    assert over.startswith("🟢 #6 · 962302 Салон")
    assert over.endswith("lasted 2 h")


def timeline(*moments, one=None):
    one = one or incident(closed_at=LATER)
    times = Times(lost_at=NOW, at_most=False, detect=timedelta(), acknowledge=None, recover=HOUR)
    return IncidentTimeline(
        incident=one,
        company=company(),
        sign=DetectedBy.POLL,
        times=times,
        moments=moments,
        names={ANNA: "Anna"},
        chats={},
        earlier=(),
        month=None,
        now=LATER,
    )


def moment(what, **facts):
    return TimelineEntry(at=NOW, what=what, who=ANNA, facts=facts)


@pytest.mark.parametrize(
    ("outcome", "said"), [(None, "Anna: reset."), ("untouched", "Anna: reset — failed, nothing")]
)
def test_an_order_stands_in_the_timeline_with_its_result_once_it_has_one(outcome, said):
    told = timeline(moment(What.ACT, action="reset", outcome=outcome))
    assert said in words(incident_card.card(EN, told, UTC))


def test_of_a_long_story_the_beginning_and_the_end_are_told_in_their_order():
    # All within one second: the same sentence may stand at both ends.
    notes = [moment(What.NOTE, text=f"{n} " + "щ" * 300) for n in range(30)]
    same = moment(What.CHANGED, symptom="revoked")
    text = words(incident_card.card(EN, timeline(notes[0], notes[1], same, *notes[2:], same), UTC))
    lines = [line for line in text.splitlines() if "15:05:00" in line]
    numbers = [line.split("Anna: ")[1].split()[0] for line in lines if "Anna" in line]
    assert numbers == sorted(numbers, key=int)
    left_out = next(n for n, line in enumerate(text.splitlines()) if "they are in the doc" in line)
    found = [n for n, line in enumerate(text.splitlines()) if "Found out" in line]
    assert len(found) == 2
    assert found[0] < left_out < found[1] == len(text.splitlines()) - 1


def test_what_harms_no_customer_is_not_said_to():
    files = incident(
        Symptom.ABOVE,
        trouble=Trouble.FILES_ABOVE_LIMIT,
        severity=Severity.WARNING,
        facts={"count": 181, "limit": 131},
        closed_at=LATER,
    )
    lost = incident(closed_at=LATER)
    harmless, harmful = (
        next(
            part.lines
            for part in postmortem.document(EN, told, UTC).sections
            if part.title == "Impact"
        )
        for told in (timeline(one=files), timeline(one=lost))
    )
    assert harmless == ("962302 Салон: 1 h.",)
    assert len(harmful) == 2
