"""Screens that are seldom seen: a bad day's digest, a changed file, what is not known."""

from datetime import timedelta

import pytest
from shown import EN, NOW, RU, buttons, company, entry, over, person, units, words

from bot.actions.companies import CompaniesPage, CompanyView
from bot.actions.results import Question
from bot.domain.access import Role, UserId
from bot.domain.company import WhyAbsent
from bot.domain.company_field import CompanyField
from bot.domain.config_file import Changes
from bot.domain.digest import Digest, MoreFiles, Reconnected, WasDown
from bot.domain.pairing import Proving, Scanned, Waiting
from bot.domain.trouble import Symptom
from bot.monitor.rules import RuleSettings
from bot.sandbox.telegram.html import read_html
from handlers.render import companies as registry
from handlers.render import over as told_over
from handlers.render import questions, reload
from handlers.render.digest import digest
from handlers.render.pairing import pairing

HOUR = timedelta(hours=1)
LIMITS = RuleSettings(grace_s=90, max_files=None, max_reconnects_per_day=10)


def said(text):
    return read_html(text).plain


def test_a_good_day_is_said_in_its_first_line():
    assert said(digest(EN, Digest(total=3))) == "🟢 All was well for 24 hours: 3 companies"


def test_a_bad_day_tells_the_worst_of_each_and_how_many_more():
    told = Digest(
        total=9,
        muted=2,
        unseen_s=7200,
        down=(
            WasDown(id="1", name="Nord", down_s=3600, still=True),
            WasDown(id="2", name="2", down_s=60, still=False),
        ),
        more_down=4,
        files=(
            MoreFiles(id="1", name="", before=100, now=181, limit=131),
            MoreFiles(id="2", name="", before=None, now=90, limit=131),
            MoreFiles(id="3", name="", before=40, now=90, limit=None),
        ),
        reconnects=(Reconnected(id="5", name="", count=9, limit=10),),
        unheard=("6",),
        more_unheard=1,
    )
    text = said(digest(EN, told))
    for line in (
        "1 Nord — 1 h, not repaired yet",
        "2 — 1 min",
        "4 more",
        "1 — 181, the limit is 131",
        "2 — 90, a day ago 0",
        "3 — 90, a day ago 40",
        "5 — 9 in 24 hours, the limit is 10",
        "Nobody hears of their troubles",
        "For a part of the day the bot could not see how things were: 2 h",
        "Muted and not counted: 2 companies.",
    ):
        assert line in text
    assert "All was well" not in text
    assert said(digest(RU, told)) != text


def test_what_is_different_after_a_reload_is_named():
    changes = Changes(
        joined=("north",),
        left=("south",),
        altered=("east", "west"),
        added=("1",),
        moved=("2",),
        retold=("3",),
        unnamed=("4",),
        unwatched=("5", "6"),
    )
    text = words(reload.reloaded(EN, changes))
    for line in (
        "1 gateway joins: north.",
        "1 gateway is gone: south.",
        "2 gateways are set up otherwise: east, west.",
        "1 company is added: 1.",
        "1 company is looked for elsewhere: 2.",
        "1 company has another name, number or limit: 3.",
        "1 company is named no more, and stays watched: 4.",
        "2 companies are watched no more, for their gateway is gone: 5, 6.",
    ):
        assert line in text
    assert "Nothing in it is different" in words(reload.reloaded(EN, Changes()))


@pytest.mark.parametrize("field", list(Changes.__dataclass_fields__))
def test_only_what_changed_is_named(field):
    one = words(reload.reloaded(EN, Changes(**{field: ("x",)})))
    assert len(one.splitlines()) == 3


def question(action, **more):
    values = {"connected": False, "can_be_undone": True, "files": None, "kept_at": None}
    return Question(
        nonce="n",
        action=action,
        company=company(),
        asked=UserId(5),
        expires_in=timedelta(minutes=1),
        **(values | more),
    )


def test_a_restore_says_whether_it_would_cut_something_off():
    asked = words(questions.question(EN, question("restore", kept_at=NOW, files=31)))
    assert "Set aside:" in asked
    assert "31 files in all." in asked
    assert "connected now" not in asked
    risky = words(questions.question(EN, question("restore", connected=True)))
    assert "The session is connected now." in risky
    assert "Set aside:" not in risky


def test_a_reset_says_how_many_files_are_set_aside_where_they_were_counted():
    assert "(31 files)" in words(questions.question(EN, question("reset", files=31)))
    assert "are set aside" not in words(questions.question(EN, question("reset", files=0)))
    final = words(questions.question(EN, question("reset", can_be_undone=False, files=31)))
    assert "This reset can't be undone" in final
    assert "(31 files)" not in final


def ended(**more):
    return said(told_over.over(EN, entry(Symptom.REVOKED, **over(HOUR, **more))))


def test_what_flapped_says_how_often_instead_of_how_long():
    facts = {"flapping": {"rings": 4, "since": NOW.isoformat()}}
    assert "has been well for half an hour. It happened 4 times" in ended(facts=facts)


def test_of_what_is_watched_no_more_no_recovery_is_claimed():
    text = ended(facts={"unwatched": True})
    assert "no longer watched, so how it ended is not known" in text
    assert "back online" not in text
    assert "back online · was down for 1 h" in ended()


def sheet(**more):
    about = more.pop("company", company(name=""))
    values = {"settled": frozenset(), "named": False, "limits": LIMITS}
    return CompanyView(company=about, **(values | more))


def test_a_company_s_sheet_shows_whose_word_each_line_is():
    owner = person(Role.OWNER)
    text = words(registry.view(EN, owner, sheet(settled=frozenset({CompanyField.PHONE}))))
    assert text.count("🔒") == 2
    own = company(max_files=50, max_reconnects_per_day=3, expected_phone="79001234567")
    shown = words(registry.view(EN, owner, sheet(company=own)))
    assert "50" in shown
    assert "4567" in shown
    assert "79001234567" not in shown
    common = words(registry.view(EN, owner, sheet()))
    assert "10" in common


@pytest.mark.parametrize(
    ("absence", "named", "role", "offered"),
    [
        (None, False, Role.OWNER, {"drop"}),
        (None, True, Role.OWNER, set()),
        (WhyAbsent.UNNAMED, False, Role.OWNER, {"drop"}),
        (WhyAbsent.DROPPED, False, Role.OWNER, {"watch"}),
        (WhyAbsent.GATEWAY_GONE, False, Role.OWNER, {"watch"}),
        (None, False, Role.VIEWER, set()),
    ],
)
def test_watching_is_ended_and_taken_up_again_by_owners(absence, named, role, offered):
    found = sheet(company=company(absence=absence), named=named)
    carried = buttons(registry.view(EN, person(role), found)).values()
    assert {
        one.split(":")[1] for one in carried if one.split(":")[1] in ("drop", "watch")
    } == offered


def test_a_page_of_companies_says_which_it_is_where_there_are_several():
    shown = tuple(company(str(n)) for n in range(3))
    several = CompaniesPage(companies=shown, total=30, page=1, pages=3)
    one = CompaniesPage(companies=shown, total=3, page=0, pages=1)
    assert len(words(registry.page(EN, several)).splitlines()) == 2
    assert len(words(registry.page(EN, one)).splitlines()) == 1
    nobody = CompaniesPage(companies=(), total=0, page=0, pages=1)
    assert "There are no companies to see." in words(registry.page(EN, nobody))


@pytest.mark.parametrize("step", [Waiting(), Scanned(sure=True), Proving(for_s=20)])
def test_while_a_pairing_is_under_way_the_picture_waits(step):
    view = pairing(EN, company(), step)
    assert view.picture == "waiting"
    assert units(said(view.caption)) < 200
