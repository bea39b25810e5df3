"""What is said of companies, as a conversation."""

import pytest
from reading import ONE, TWO, button, has_button, words
from staging import talking
from test_talk_reload import config

from bot.sandbox.telegram import GROUP_ID  # owners hear of twins in private

THREE = "481120"


@pytest.fixture
async def filed(tmp_path):
    def written(url, folder):
        more = f'[companies.{ONE}]\nphone = "79000962302"\nmax_files = 900\n'
        return config(url, folder, north=("*",), south=(THREE,), more=more)

    async with talking(tmp_path, config=written) as talk:
        yield talk


@pytest.fixture
async def discovered(filed):
    for _ in range(200):
        answer = await filed.anna(GROUP_ID).asks("/companies")
        if has_button(answer, f"do:company:{TWO}"):
            return filed
    raise AssertionError("not discovered")


async def test_the_companies_are_a_page_of_buttons(talk):
    answer = await talk.vera().asks("/companies")
    assert answer.text.startswith("3 companies.")
    assert [label[:6] for label in answer.labels] == [THREE, ONE, TWO]


async def test_a_button_shows_what_is_said_of_one(talk):
    voice = talk.vera()
    answer = await voice.asks("/companies")
    sheet = await voice.gets(answer, button(answer, f"do:company:{TWO}"))
    assert "Limit of reconnects a day: 10, as for all" in sheet.text
    assert "Gateway: ai_admin 🔒" in sheet.text
    assert "/company" not in sheet.text  # she changes nothing
    assert "9000962303" not in sheet.text


async def test_an_owner_says_something_else(talk):
    voice = talk.anna()
    answer = await voice.asks(f"/company {ONE} max_reconnects 3")
    assert answer.text.startswith(words("company.said"))
    assert "Предел переподключений в день: 3" in answer.text
    assert (1001, "company", ONE, "done") in await talk.audited()
    answer = await voice.asks(f"/company {ONE} max_reconnects auto")
    assert "Предел переподключений в день: 10, как у всех" in answer.text


async def test_a_number_is_masked_wherever_it_is_kept_or_shown(talk):
    answer = await talk.anna().asks(f"/company {ONE} phone +7 900 111-22-33")
    assert "•••2233" in answer.text
    [row] = [one for one in await talk.rows("audit") if one["action"] == "company"]
    assert row["details"]["value"] == "•••2233"
    [stored] = [one for one in await talk.rows("companies") if one["id"] == ONE]
    assert stored["expected_phone"] == "79001112233"


async def test_what_the_settings_say_wins_and_says_so(filed):
    sheet = await filed.anna(GROUP_ID).asks(f"/company {ONE}")
    assert "Предел файлов ключей: 900 🔒" in sheet.text
    assert words("company.settled_mark", mark="🔒") in sheet.text
    for word in ("max_files 5", "phone 79001112233"):
        answer = await filed.anna(GROUP_ID).asks(f"/company {ONE} {word}")
        assert answer.text == words("company.settled")


async def test_a_name_is_the_owners_where_the_settings_are_silent(filed):
    answer = await filed.anna(GROUP_ID).asks(f"/company {ONE} name Салон на Невском")
    assert "Имя: Салон на Невском" in answer.text
    assert "Салон на Невском" in (await filed.anna(GROUP_ID).asks(f"/status {ONE}")).text


@pytest.mark.parametrize(
    "what", ["max_files 0", "max_files many", "phone x", "colour red", "name", f"max_files {10**9}"]
)
async def test_what_is_not_understood_is_answered_with_how_to_say_it(talk, what):
    answer = await talk.anna().asks(f"/company {ONE} {what}")
    assert answer.text == words("company.usage", company=ONE)


async def test_an_operator_looks_and_says_nothing(talk):
    assert "Шлюз" in (await talk.boris().asks(f"/company {ONE}")).text
    for what in ("name X", "drop"):
        answer = await talk.boris().asks(f"/company {ONE} {what}")
        wanted = words("right.settings")
        assert answer.text == words("error.not_allowed_here", company=ONE, what=wanted)


async def test_who_is_named_by_the_settings_is_dropped_there_alone(talk):
    assert (await talk.anna().asks(f"/company {ONE} drop")).text == words("company.named")


async def test_who_was_discovered_can_be_dropped_and_watched_again(discovered):
    voice = discovered.anna(GROUP_ID)
    sheet = await voice.asks(f"/company {TWO}")
    dropped = await voice.gets(sheet, button(sheet, f"do:drop:{TWO}"))
    assert words("company.absence.dropped") in dropped.text
    assert TWO not in " ".join((await voice.asks("/status")).labels)
    again = await voice.gets(dropped, button(dropped, f"do:watch:{TWO}"))
    assert words("company.absence.dropped") not in again.text
    assert TWO in " ".join((await voice.asks("/status")).labels)
    assert [one[1] for one in await discovered.audited()][-2:] == ["watch", "watch"]


async def test_a_company_moves_only_to_a_gateway_that_would_have_it(discovered):
    answer = await discovered.anna(GROUP_ID).asks(f"/company {TWO} gateway south")
    assert answer.text == words("company.which_gateway", gateways="north, south")
    answer = await discovered.anna(GROUP_ID).asks(f"/company {TWO} gateway north")
    assert "Шлюз: north" in answer.text


async def test_without_a_company_named_all_are_listed(talk):
    answer = await talk.vera().asks("/company")
    assert [label[:6] for label in answer.labels] == [THREE, ONE, TWO]
