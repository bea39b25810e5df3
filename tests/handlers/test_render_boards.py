"""What a board says, from one company to ten thousand."""

from datetime import timedelta

import pytest
from shown import EN, NOW, RU, company, incident, units, words

from bot.alerts.courier import BoardView
from bot.domain.board import arrange
from bot.domain.company import CompanyId, GatewayName
from bot.domain.notice import ChatAddress
from bot.domain.observation import CompanyStatus
from bot.domain.session import State
from bot.domain.trouble import Symptom
from handlers.render.boards import board

MAIN = GatewayName("main")


def known(key, *troubles, state=State.CONNECTED, name="Салон"):
    return CompanyStatus(company=company(key, name), state=state, since=NOW, incidents=troubles)


def lost(key, name="Салон"):
    return known(key, incident(company_id=CompanyId(key)), state=State.LOGGED_OUT, name=name)


def sheet(*every, silent=(), pin_refused=False, heard_at=NOW):
    return BoardView(
        address=ChatAddress(-100),
        language="ru",
        board=arrange(every, {MAIN: len(every)}, {MAIN: heard_at}, silent),
        message_id=5,
        pin_refused=pin_refused,
    )


def shown(*every, t=RU, **more):
    return words(board(t, sheet(*every, **more), NOW + timedelta(minutes=1)))


def test_few_are_named_one_by_one_the_worst_first():
    text = shown(known("1"), lost("2"), known("3", state=State.DISCONNECTED))
    assert [line.split()[1] for line in text.splitlines()[2:5]] == ["2", "3", "1"]


def test_a_company_whose_gateway_is_silent_is_not_said_to_be_well():
    text = shown(known("1"), silent={MAIN})
    assert "🟢" not in text
    assert "неизвестно" in text


@pytest.mark.parametrize("t", [RU, EN])
def test_of_thousands_the_states_are_counted_and_the_worst_named(t):
    every = [lost(str(n), "щ" * 60) for n in range(4_000)] + [known(f"w{n}") for n in range(6_000)]
    text = shown(*every, t=t, pin_refused=True)
    assert units(text) <= 4096
    assert t.number(4_000) in text
    assert t.number(6_000) in text
    assert "0 щщщ" in text


def test_the_time_of_the_last_look_is_there_however_long_the_list():
    every = [lost(str(n), "щ" * 60) for n in range(500)]
    assert shown(*every).splitlines()[-1].startswith("Последняя проверка")


def test_a_name_cannot_break_out_of_its_line():
    assert "<script>" in shown(known("1", name="<script>\n\u202e"))


def test_a_restored_session_is_on_its_way_not_well():
    settling = incident(Symptom.SETTLING, company_id=CompanyId("1"))
    assert shown(known("1", settling)).startswith("🟠")


@pytest.mark.parametrize(
    ("t", "said"),
    [(RU, "пока нечего показывать: ни одной компании"), (EN, "not one company")],
)
def test_a_board_of_nobody_says_so_and_claims_no_health(t, said):
    text = shown(t=t)
    assert said in text
    assert "🟢" not in text


def test_a_board_before_the_first_look_does_not_make_up_its_time():
    text = shown(known("1", state=None), heard_at=None)
    assert text.splitlines()[-1] == "Проверок ещё не было."
    assert "UTC" not in text.splitlines()[-1]
