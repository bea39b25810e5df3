"""Greeting, people, chats, choices and errors as people see them."""

import pytest
from shown import EN, HOSTILE, LONGEST_ID, RU, buttons, carried, company, person, units, words

from bot.actions.errors import (
    AnsweredAlready,
    BadRequest,
    DoneAlready,
    NotYours,
    TooLate,
    UnknownCompany,
)
from bot.actions.results import AdminRow, Granted, Leaving, SubscriptionRow
from bot.domain.access import Grant, NotAllowed, Right, Role, UserId
from bot.domain.company import BadCompanyId, CompanyId
from bot.domain.notice import ChatAddress
from bot.domain.trouble import Severity
from bot.texts import LANGUAGES, Catalogs, plain
from handlers.render import chats, company_choice, errors, help, menu, people  # noqa: A004 - the screen
from storage.people.lost_rights import Left

HERE = ChatAddress(-100)
ERRORS = [
    *(NotAllowed(right, None) for right in Right),
    *(NotAllowed(right, CompanyId(LONGEST_ID)) for right in Right),
    UnknownCompany(LONGEST_ID),
    BadCompanyId(),
    NotYours(UserId(5)),
    TooLate(),
    AnsweredAlready(),
    DoneAlready(),
    BadRequest("grant.usage"),
    BadRequest("revoke.usage"),
    BadRequest("revoke.owner_by_settings"),
    BadRequest("subscribe.too_many"),
]


def row(company=None, severity=Severity.INFO, *, parked=False):
    return SubscriptionRow(address=HERE, company=company, severity=severity, parked=parked)


def admin(*grants, name="Анна", by_settings=False):
    return AdminRow(user_id=UserId(5), name=name, grants=grants, by_settings=by_settings)


@pytest.mark.parametrize("texts", [RU, EN])
def test_every_error_is_one_sentence_that_fits_the_answer_to_a_press(texts):
    for error in ERRORS:
        screen = errors.sentence(texts, error)
        assert 0 < units(screen.plain) <= 200
        assert words(screen) == screen.plain


@pytest.mark.parametrize("texts", [RU, EN])
def test_what_is_said_without_an_error_fits_too(texts):
    said = [errors.unexpected, errors.stale, errors.not_understood, errors.outdated_button]
    assert all(0 < units(one(texts).plain) <= 200 for one in said)
    assert units(people.stranger(texts, UserId(2**52)).plain) <= 200


def test_a_refusal_says_what_where_and_who_can_change_it():
    text = words(errors.sentence(RU, NotAllowed(Right.RESET, CompanyId("962302"))))
    assert text.startswith("962302: вам пока нельзя сбрасывать сессии.")
    assert "владелец" in text


def test_a_person_learns_the_commands_they_may_use():
    viewer = words(help.start(RU, person(Role.VIEWER)))
    owner = words(help.help_(RU, person(Role.OWNER)))
    assert "/status" in viewer
    assert "/reset" not in viewer
    assert "/grant" in owner


def test_the_greeting_offers_the_other_language():
    assert buttons(help.start(RU, person()))["English"] == "lang:en"
    assert buttons(help.start(EN, person()))["Русский"] == "lang:ru"


def test_ids_are_given_as_the_settings_want_them():
    assert "-100:45" in words(help.whoami(RU, 5, -100, 45))
    assert "Вместе с темой" not in words(help.whoami(RU, 5, -100, None))


def test_admins_are_listed_with_what_they_may_and_where():
    some = Grant(user_id=UserId(5), role=Role.OPERATOR, company_id=CompanyId("962302"))
    every = Grant(user_id=UserId(5), role=Role.VIEWER)
    text = words(people.admins(RU, [admin(by_settings=True), admin(some, every, name="")]))
    assert "владелец, по настройкам бота" in text
    assert "оператор: 962302" in text
    assert "наблюдатель: все компании" in text
    assert "имя пока неизвестно" in text


def test_a_hundred_admins_fit_into_one_message():
    grants = [Grant(user_id=UserId(5), role=Role.OPERATOR, company_id=CompanyId(LONGEST_ID))] * 100
    assert units(words(people.admins(RU, [admin(*grants, name=HOSTILE)] * 100))) <= 4096


def test_a_grant_is_confirmed_with_role_and_companies():
    assert "«оператор» — 962302 Салон" in words(
        people.granted(RU, UserId(5), Role.OPERATOR, [company()], Granted(grants=()))
    )
    assert "все компании" in words(
        people.granted(RU, UserId(5), Role.VIEWER, [], Granted(grants=()))
    )


def test_taking_back_says_whether_there_was_anything():
    assert "больше нет" in words(people.revoked(RU, UserId(5), Leaving(left=Left())))
    assert "и не было" in words(people.revoked(RU, UserId(5), None))


def test_the_faceless_are_asked_to_write_as_themselves():
    assert "от своего имени" in words(people.anonymous(RU))


def test_subscriptions_can_be_ended_and_made_louder_or_softer():
    screen = chats.subscriptions(RU, [row(), row(company(), Severity.CRITICAL)])
    assert "все компании — всё" in words(screen)
    assert "962302 Салон — только аварии" in words(screen)
    assert carried(screen) == ["unsub:*", "sub:*:warning", "unsub:962302", "sub:962302:info"]
    assert "🔕 Отписать: 962302" in buttons(screen)


def test_a_parked_chat_is_told_that_it_was():
    assert "на паузе" in words(chats.subscriptions(RU, [row(parked=True)]))


def test_without_subscriptions_it_says_how_to_get_them():
    assert "/subscribe" in words(chats.subscriptions(RU, []))


def test_a_subscription_is_confirmed_with_its_loudness():
    assert "все компании, и новые тоже — всё" in words(chats.subscribed(RU, None, Severity.INFO))
    some = chats.subscribed(EN, [company()], Severity.CRITICAL)
    assert "962302 Салон — outages only" in words(some)
    assert "3 подписки" in words(chats.unsubscribed(RU, 3))


def test_hundreds_of_subscriptions_fit():
    rows = [row(company(LONGEST_ID, HOSTILE), Severity.CRITICAL)] * 300
    screen = chats.subscriptions(RU, rows)
    assert units(words(screen)) <= 4096
    assert sum(map(len, screen.keyboard.inline_keyboard)) <= 100


def test_a_language_is_chosen_by_its_own_name_and_confirmed_in_it():
    assert buttons(chats.language(RU)) == {"Русский": "lang:ru", "English": "lang:en"}
    assert "по-русски" in words(chats.language_set(Catalogs().speaking("ru")))


def test_companies_are_chosen_two_to_a_row_with_pages():
    many = [company(str(n)) for n in range(20)]
    first, second = (company_choice.choose(RU, many, "reset", page) for page in (0, 1))
    assert len(first.keyboard.inline_keyboard) == 9
    assert carried(first)[0] == "do:reset:0"
    assert carried(first)[-1] == "pick:reset:1"
    assert carried(second)[-1] == "pick:reset:0"


def test_a_page_that_is_no_more_shows_the_last_one():
    many = [company(str(n)) for n in range(20)]
    assert company_choice.choose(RU, many, "qr", 99) == company_choice.choose(RU, many, "qr", 1)


def test_subscribing_offers_all_first():
    screen = company_choice.choose(RU, [company()], "subscribe", 0)
    assert carried(screen) == ["sub:*:info", "sub:962302:info"]


def test_without_companies_it_says_what_that_may_mean():
    assert "владелец" in words(company_choice.choose(RU, [], "status", 0))


@pytest.mark.parametrize("wanted", company_choice.ChoicePurpose)
@pytest.mark.parametrize("texts", [RU, EN])
def test_every_choice_takes_the_longest_ids(wanted, texts):
    screen = company_choice.choose(texts, [company(LONGEST_ID, HOSTILE)], wanted, 0)
    assert all(len(data.encode()) <= 64 for data in carried(screen))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scope", ["private", "group", "admins", "owner"])
def test_menus_are_what_telegram_takes(language, scope):
    listed = menu.commands(Catalogs().speaking(language), scope)
    assert 0 < len(listed) <= 100
    assert all(0 < len(one.description) <= 256 for one in listed)


def test_only_owners_have_grants_in_their_menu():
    owners, everybody = (menu.commands(RU, scope) for scope in ("owner", "private"))
    assert {owner.command for owner in owners} - {one.command for one in everybody} == {
        "admins", "audit", "grant", "reload", "revoke",
    }  # fmt: skip


def test_the_help_names_every_command_once_under_its_head():
    assert sorted(one for part in menu.PARTS.values() for one in part) == sorted(menu.MenuCommand)
    lines = words(help.help_(RU, person(Role.OWNER))).splitlines()
    heads = [RU.say(f"help.part.{part}") for part in menu.PARTS]
    assert [lines.index(plain(head)) for head in heads] == sorted(
        lines.index(plain(head)) for head in heads
    )


def test_who_may_only_look_sees_no_empty_head():
    lines = words(help.help_(RU, person(Role.VIEWER))).splitlines()
    assert plain(RU.say("help.part.mend")) not in lines
