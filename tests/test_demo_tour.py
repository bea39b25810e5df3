"""The demo's tour, by what the sandboxes see; with the real bot it is in tests/system."""

import re
from datetime import UTC, datetime

import pytest

from bot.cli.demo import COMPANIES_IN
from bot.cli.demo_tour import STEPS, DemoTour
from bot.sandbox.gateway import Happening, Phase
from bot.sandbox.telegram import ANNA, BORIS, GLEB, GROUP_ID, demo_world, translate
from bot.sandbox.telegram.entities import Text
from bot.sandbox.telegram.files import StoredFile
from bot.sandbox.telegram.messages import Content

CYRILLIC = re.compile("[а-яёА-ЯЁ]")
NORTH, SOUTH, _ = COMPANIES_IN["en"]
BUTTON = ({"text": "Reset", "callback_data": "x"},)
COPY = ({"text": "Code", "copy_text": {"text": "ABCD-EFGH"}},)
PHOTO = StoredFile(id="photo-1", name="qr.png", mime="image/png", data=b"")


class Played:
    """A world with a tour, and shorthands for what happens in it."""

    def __init__(self):
        self.world = demo_world("123456:TEST-TOKEN")
        self.tour = DemoTour(self.world)
        self.told = []
        self.world.listeners.append(self.told.append)

    def session(self, company, *phases, closed_with=None):
        for phase in phases:
            self.tour.session_moved(
                Happening(
                    company=company, at=datetime.now(UTC), phase=phase, closed_with=closed_with
                )
            )

    def removed(self, company):
        self.session(company, Phase.STOPPED, closed_with=401)

    def bot(self, text, *, chat=GROUP_ID, buttons=(), photo=None, **more):
        content = Content(
            text=Text(plain=text), keyboard=(buttons,) if buttons else (), photo=photo
        )
        return self.world.post(self.world.chat(chat), self.world.bot, content, **more)

    def says(self, person, text, chat=GROUP_ID):
        self.world.post(self.world.chat(chat), person, Content(text=Text(plain=text)))

    @property
    def done(self):
        return [step for step, done in self.world.tour.items() if done]


@pytest.fixture
def played():
    return Played()


def test_nothing_is_done_at_the_beginning(played):
    assert list(played.world.tour) == list(STEPS)
    assert played.done == []


def test_each_step_is_done_when_it_has_happened_and_told_once(played):
    played.removed(NORTH)
    assert played.done == ["lose"]
    alert = played.bot(f"🔴 {NORTH} Salon North", buttons=BUTTON)
    assert played.done == ["lose", "alert"]
    played.session(NORTH, Phase.CONNECTING, Phase.SHOWING, closed_with=401)
    played.bot("scan this", photo=PHOTO)
    assert played.done[-1] == "code"
    played.session(NORTH, Phase.PAIRING, Phase.CLOSED, Phase.OPEN)
    assert played.done[-1] == "scan"
    played.world.change(alert, Content(text=Text(plain=f"🟢 {NORTH} is back online")))
    assert played.done[-1] == "proof"
    played.says(ANNA, "/status@repair_bot")
    played.bot("🟢 All connected")
    assert played.done[-1] == "status"
    played.says(ANNA, f"/grant {GLEB.id} operator")
    played.says(GLEB, "/start", GLEB.id)
    played.bot("Hello!", chat=GLEB.id, buttons=BUTTON)
    assert played.done == list(STEPS)
    told = [event.details["tour"] for event in played.told if event.kind == "tour"]
    assert [sum(step["done"] for step in tour) for tour in told] == [1, 2, 3, 4, 5, 6, 7]


def test_a_code_to_type_in_is_as_good_as_a_qr(played):
    played.session(SOUTH, Phase.SHOWING)
    played.bot("type this in", buttons=COPY)
    assert played.done == ["code"]


@pytest.mark.parametrize("closed_with", [None, 428, 440, 403, 515])
def test_a_connection_that_drops_is_no_loss(played, closed_with):
    played.session(NORTH, Phase.CLOSED, closed_with=closed_with)
    played.bot(f"🔴 {NORTH} Salon North", buttons=BUTTON)
    assert played.done == []


def test_a_reconnect_is_no_scan_and_no_proof(played):
    played.session(NORTH, Phase.CLOSED, closed_with=428)
    played.session(NORTH, Phase.CONNECTING, Phase.OPEN)
    played.bot(f"🟢 {NORTH} is back online")
    assert played.done == []


def test_the_news_of_another_company_proves_nothing(played):
    played.session(NORTH, Phase.SHOWING, Phase.OPEN)
    played.bot(f"🟢 {SOUTH} is back online")
    played.bot(f"⏳ {NORTH}: scanned, not yet paired")
    assert played.done == ["scan"]


def test_what_only_people_write_ticks_nothing_off(played):
    played.removed(NORTH)
    played.says(BORIS, f"🔴 {NORTH}")
    played.says(BORIS, "/status")
    played.says(ANNA, f"/grant {GLEB.id} operator")
    assert played.done == ["lose"]


def test_an_alert_is_no_answer_to_a_status(played):
    played.removed(NORTH)
    played.says(BORIS, "/status")
    played.bot(f"🔴 {NORTH} Salon North", buttons=BUTTON)
    assert played.done == ["lose", "alert"]


def test_an_answer_in_another_chat_is_none(played):
    played.says(BORIS, "/status")
    played.bot("Hello", chat=ANNA.id)
    assert played.done == []


def test_a_stranger_who_is_turned_away_was_not_let_in(played):
    played.says(GLEB, "/start", GLEB.id)
    played.bot("This bot is private", chat=GLEB.id)
    played.says(ANNA, "/grant George operator")
    played.says(GLEB, "/start", GLEB.id)
    played.bot("This bot is private", chat=GLEB.id)
    assert played.done == []


def test_an_english_demo_has_no_russian_name(played):
    translate(played.world, "en")
    people = [person.first_name for person in played.world.people.values()]
    members = [member.person.first_name for member in played.world.chat(GROUP_ID).members.values()]
    titles = [chat.title or "" for chat in played.world.chats.values()]
    companies = [company.name for company in COMPANIES_IN["en"].values()]
    names = " ".join([*people, *members, *titles, *companies])
    assert not CYRILLIC.search(names)
    assert not {"Anna", "Boris", "Vera", "Gleb"} & set(names.split())
    assert {person.language_code for person in played.world.people.values()} == {"en"}


def test_a_russian_demo_has_russian_people(played):
    translate(played.world, "ru")
    assert all(CYRILLIC.search(person.first_name) for person in played.world.people.values())


def test_both_languages_have_the_same_companies_under_other_names():
    assert set(COMPANIES_IN["ru"]) == set(COMPANIES_IN["en"])
    phones = [company.phone for named in COMPANIES_IN.values() for company in named.values()]
    assert len(set(phones)) == len(phones)
