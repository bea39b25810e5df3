"""Whatever companies, people and chats are called: a message is taken, read and pressed."""

import unicodedata
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shown import (
    CATALOGS,
    LONGEST_ID,
    NOW,
    card,
    carried,
    company,
    entries,
    incident,
    message,
    over,
    overview,
    person,
    units,
    words,
)

from bot.actions.companies import CompanyView
from bot.actions.results import AdminRow, AuditPage, Granted, MuteRow, OpenIncident, SubscriptionRow
from bot.alerts.courier import BoardView, MessageKind
from bot.domain.access import Grant, Role, UserId
from bot.domain.audit import AuditRow
from bot.domain.board import arrange
from bot.domain.company import CompanyId, GatewayName
from bot.domain.incident import Ack
from bot.domain.incident_timeline import IncidentPage, IncidentTimeline, TimelineEntry, Times, What
from bot.domain.mute import Mute
from bot.domain.notice import ChatAddress
from bot.domain.observation import CompanyStatus, DetectedBy
from bot.domain.pairing import Ended, Ending, Means, Paired, Show, ShowCode, WrongNumber
from bot.domain.procedure import Finished, ProcedureKind, ProcedureOutcome, ProcedureStep
from bot.domain.session import Cause, State
from bot.domain.trouble import Severity, Symptom
from bot.monitor.rules import RuleSettings
from handlers.keyboards import BUTTON_LIMIT
from handlers.render import (
    acks,
    alerts,
    boards,
    chats,
    company_choice,
    incident_card,
    incident_list,
    pairing,
    people,
    recovery,
    status,
)
from handlers.render import audit as auditing
from handlers.render import companies as registry
from handlers.render import mutes as muting
from handlers.render.screen import Screen

TEXT, CAPTION = 4096, 1024
UNTIL = datetime(2025, 9, 18, 15, 5, tzinfo=UTC)
MAIN = GatewayName("main")
LATER = NOW + timedelta(hours=30)
HEBREW, ARABIC = "מספרת צפון", "صالون الشمال 7"
ISOLATE, END = "\u2068", "\u2069"
LONG = "щ" * 5_000
FROM_OUTSIDE = st.text(st.characters(), max_size=90) | st.sampled_from(
    [HEBREW, ARABIC, "💇‍♀️👨‍👩‍👧", "</b>&lt;", LONG, "\u202eнолас", "1\u0301" * 90]
)


def messages(t, name, by, count):
    """What comes unasked, for one, some and all of them."""
    many = entries(count, Symptom.REVOKED, name, began_at=NOW - timedelta(minutes=7))
    facts = {"facts": {"linked": "•••1", "expected": "•••2"}, "ack": Ack(by=by, at=NOW)}
    taken = entries(count, Symptom.WRONG_NUMBER, name, cause=Cause.DEVICE_REMOVED, **facts)
    ended = entries(count, name=name, **over(timedelta(hours=5)))
    for kind, told in (
        (MessageKind.NEW, many),
        (MessageKind.NEW, many[:1]),
        (MessageKind.NEW, taken),
        (MessageKind.NEW, taken[:3]),
        (MessageKind.BACK, ended),
        (MessageKind.SUMMARY, [*many[:12], *ended[:12]]),
        (MessageKind.REPEAT, many),
        (MessageKind.REPEAT, many[:1]),
    ):
        yield alerts.outgoing_message(t, message(*told, kind=kind), LATER)


def answers(t, name, by, count):
    """What is asked for."""
    one = company(LONGEST_ID, name)
    every = [company(str(n).zfill(6), name) for n in range(count)]
    mine = incident(company_id=one.id, cause=Cause.DEVICE_REMOVED, ack=Ack(by=by, at=NOW))
    known = [CompanyStatus(company=x, state=State.LOGGED_OUT, since=NOW) for x in every]
    page = card(State.LOGGED_OUT, [mine], company=one)
    mutes = [MuteRow(mute=Mute(company_id=x.id, until_at=LATER, by=by, muted_at=NOW), company=x)
             for x in every]  # fmt: skip
    yield status.overview(t, overview(*[card(company=x) for x in every[:20]], total=count, pages=9))
    yield status.company(t, person(), page, LATER)
    yield boards.board(t, sheet(known), LATER)
    yield company_choice.choose(t, every, "reset", 0)
    yield chats.subscriptions(t, [SubscriptionRow(address=ChatAddress(5), company=x,
        severity=Severity.INFO, parked=False) for x in every], every)  # fmt: skip
    yield chats.subscribed(t, every, Severity.CRITICAL)
    yield people.admins(t, [admin(by, x.id) for x in every])
    yield people.granted(t, UserId(5), Role.VIEWER, every, Granted(grants=()))
    yield muting.mutes(t, mutes, NOW)
    yield acks.choose(t, [OpenIncident(incident=mine, company=one)] * count)
    yield auditing.page(t, audit(by, count), LATER)
    yield incident_list.page(t, listed(every, name))
    yield incident_card.card(t, timeline(one, name, by, count), ZoneInfo("UTC"))
    yield registry.said(t, person(Role.OWNER), settings_of(one))
    yield recovery.progress(t, ProcedureKind.RESET, one, tuple(ProcedureStep), HALF_DONE)


def captions(t, name):
    """What stands under a picture."""
    one = company(LONGEST_ID, name, expected_phone="79000962302")
    steps = (
        Show(raw="x", number=2, left_s=30, until=UNTIL),
        ShowCode(code="ABCD-EFGH", phone="79000000000", left_s=30, until=UNTIL),
        Paired(phone="79000962302", took=timedelta(hours=1)),
        WrongNumber(linked="79000000001", expected="79000962302"),
        *(Ended(ending=ending) for ending in Ending),
    )
    for means in Means:
        for step in steps:
            view = pairing.pairing(t, one, step, means)
            yield Screen(view.caption, view.keyboard)
    crowd = message(*entries(1_100, name=name))
    yield alerts.outgoing_message(t, crowd, LATER)


HALF_DONE = Finished(outcome=ProcedureOutcome.HALF_DONE, facts={"kept": True, "files": 1_000})


def sheet(known):
    board = arrange(known, {MAIN: len(known)}, {MAIN: NOW}, ())
    return BoardView(address=ChatAddress(5), language="ru", board=board, message_id=5,
                      pin_refused=True)  # fmt: skip


def admin(name, company_id):
    grant = Grant(user_id=UserId(5), role=Role.OPERATOR, company_id=company_id)
    return AdminRow(user_id=UserId(5), name=name, grants=(grant,), by_settings=False)


def audit(name, count):
    row = AuditRow(id=1, at=NOW, user_id=UserId(5), chat_id=-7, action="accept_number",
        company_id=CompanyId(LONGEST_ID), details={}, finished_at=None, outcome=None)  # fmt: skip
    return AuditPage(acts=(row,) * min(count, 10), names={UserId(5): name}, chats={-7: name},
                     page=0, pages=3, total=count)  # fmt: skip


def listed(every, name):
    found = tuple(entry.incident for entry in entries(10, name=name))
    return IncidentPage(incidents=found, companies={one.id: one for one in every}, company=None,
        only_open=False, page=0, pages=2, total=10, now=LATER)  # fmt: skip


def timeline(one, name, by, count):
    told = TimelineEntry(at=NOW, what=What.TOLD, who=None, facts={"chats": [-7] * 20})
    note = TimelineEntry(at=NOW, what=What.NOTE, who=UserId(5), facts={"text": name * 20})
    times = Times(lost_at=NOW, at_most=True, detect=timedelta(1), acknowledge=None, recover=None)
    return IncidentTimeline(incident=incident(company_id=one.id), company=one,
        sign=DetectedBy.POLL, times=times, moments=(told, note) * count,
        names={UserId(5): by}, chats={-7: name}, earlier=(),
        month=None, now=LATER)  # fmt: skip


def settings_of(one):
    limits = RuleSettings(grace_s=60, max_files=None, max_reconnects_per_day=10)
    return CompanyView(company=one, limits=limits, settled=frozenset(), named=False)


def everything(language, name, by, count):
    t = CATALOGS.speaking(language)
    return [*messages(t, name, by, count), *answers(t, name, by, count)]


def pressed(screen):
    rows = [] if screen.keyboard is None else screen.keyboard.inline_keyboard
    return [button for row in rows for button in row]


def without_signs(text):
    """The words alone: what a reader without colours, or with a voice, is left with."""
    return "".join(one for one in text if unicodedata.category(one) not in ("So", "Mn"))


languages = st.sampled_from(CATALOGS.languages)
counts = st.integers(1, 120)
few = settings(max_examples=12, deadline=None)  # each draws some twenty screens


@few
@given(languages, FROM_OUTSIDE, FROM_OUTSIDE, counts)
@example("ru", LONG, LONG, 120)
def test_no_message_is_longer_than_telegram_takes(language, name, by, count):
    for screen in everything(language, name, by, count):
        assert 0 < units(words(screen)) <= TEXT


@few
@given(languages, FROM_OUTSIDE)
@example("ru", LONG)
def test_no_caption_is_longer_than_telegram_takes(language, name):
    for screen in captions(CATALOGS.speaking(language), name):
        assert 0 < units(words(screen)) <= CAPTION


@few
@given(languages, FROM_OUTSIDE, FROM_OUTSIDE, counts)
@example("ru", LONG, LONG, 120)
def test_every_button_is_short_and_says_in_words_what_it_does(language, name, by, count):
    for screen in everything(language, name, by, count):
        buttons = pressed(screen)
        assert len(buttons) <= 100
        for button in buttons:
            assert len(button.text) <= BUTTON_LIMIT + 2
            assert any(map(str.isalnum, button.text))
        assert all(len(data.encode()) <= 64 for data in carried(screen))


@few
@given(languages, st.sampled_from([HEBREW, ARABIC]), counts)
def test_a_name_from_right_to_left_turns_nothing_around_it(language, name, count):
    t = CATALOGS.speaking(language)
    for screen in [*everything(language, name, name, count), *captions(t, name)]:
        for text in (words(screen), *(button.text for button in pressed(screen))):
            outside = True
            for before, one in pairwise(" " + text):
                if one == ISOLATE:
                    assert before == "\u200e"
                outside = one == END or (outside and one != ISOLATE)
                assert not outside or unicodedata.bidirectional(one) not in ("R", "AL")
            assert outside or text.endswith("…")


@pytest.mark.parametrize("language", CATALOGS.languages)
def test_each_state_reads_differently_without_its_sign(language):
    t = CATALOGS.speaking(language)
    said = [
        without_signs(words(status.overview(t, overview(card(state), well=0)))) for state in State
    ]
    assert len(set(said)) == len(State)


@pytest.mark.parametrize("language", CATALOGS.languages)
def test_what_is_on_reads_differently_from_what_is_over_without_its_sign(language):
    t = CATALOGS.speaking(language)
    on, past = entries(1)[0], entries(1, **over(timedelta(hours=1)))[0]
    for kind in (MessageKind.NEW, MessageKind.SUMMARY):
        shown = [
            without_signs(words(alerts.outgoing_message(t, message(one, kind=kind), LATER)))
            for one in (on, past)
        ]
        assert shown[0] != shown[1]


@pytest.mark.parametrize("language", CATALOGS.languages)
def test_the_board_says_in_words_who_is_muted(language):
    t = CATALOGS.speaking(language)
    known = [CompanyStatus(company=company(), state=State.CONNECTED, since=NOW)]
    muted = arrange(known, {MAIN: 1}, {MAIN: NOW}, (), [CompanyId("962302")])
    heard = sheet(known)
    silenced = BoardView(address=heard.address, language="ru", board=muted, message_id=5,
                          pin_refused=True)  # fmt: skip
    shown = [without_signs(words(boards.board(t, one, LATER))) for one in (heard, silenced)]
    assert shown[0] != shown[1]
