"""The overview and a company's card as people see them."""

from datetime import timedelta

import pytest
from shown import (
    EN,
    HOSTILE,
    LONGEST_ID,
    NOW,
    RU,
    SILENT,
    buttons,
    card,
    carried,
    company,
    incident,
    overview,
    person,
    units,
    words,
)

from bot.actions.results import GatewayCard
from bot.domain.access import Role
from bot.domain.session import Cause, State
from bot.domain.trouble import Severity, Symptom, Trouble
from handlers.render import status

FILES = {
    "trouble": Trouble.FILES_ABOVE_LIMIT,
    "severity": Severity.WARNING,
    "facts": {"count": 181, "limit": 131},
}


def shown(one, who=None, texts=RU):
    return status.company(texts, who or person(), one, NOW)


def test_when_all_is_well_one_line_says_so():
    screen = status.overview(RU, overview(card(), card(), well=2))
    assert words(screen) == "🟢 Все на связи: 2 компании"


def test_without_companies_it_says_what_that_may_mean():
    assert "Ни одной компании не видно" in words(status.overview(RU, overview()))


def test_the_worst_come_with_what_mends_them():
    bad = card(State.STOPPED, [incident(Symptom.REVOKED)])
    screen = status.overview(RU, overview(bad, card(company=company("2")), well=1))
    text = words(screen)
    assert text.startswith("Требуют внимания: 1 из 2")
    assert "🔴 962302 Салон — привязка отозвана · 15:05 UTC" in text
    assert "🟢 2 Салон — на связи" in text
    assert carried(screen) == ["do:status:962302", "do:reset:962302"]


def test_what_was_never_looked_at_is_not_called_bad():
    text = words(status.overview(RU, overview(card(None), unseen=1)))
    assert text == "Ещё не видели: 1 из 1\n\n⚪ 962302 Салон — ещё не видели"


def test_what_was_never_looked_at_is_counted_beside_what_is_bad():
    bad = card(State.STOPPED, [incident(Symptom.REVOKED)])
    text = words(status.overview(EN, overview(bad, card(None), total=3, well=1, unseen=1)))
    assert text.startswith("Needs attention: 1 of 3\nNot seen yet: 1 of 3\n\n")


def test_a_silent_gateway_stands_above_and_its_companies_are_not_called_lost():
    screen = status.overview(RU, overview(card(gateway=SILENT), gateways=(SILENT,)))
    text = words(screen)
    assert text.startswith("⚪ Шлюз main не отвечает")
    assert "Точно на связи: 0 из 1" in text
    assert "⚪ 962302 Салон — неизвестно, шлюз молчит" in text
    assert carried(screen) == ["do:status:962302"]


def test_pages_lead_to_their_neighbours():
    several = [card(company=company(str(n))) for n in range(10)]
    middle = status.overview(RU, overview(*several, well=30, total=34, page=1, pages=4))
    assert {"page:0", "page:2"} <= set(carried(middle))
    last = status.overview(RU, overview(*several, well=30, total=34, page=3, pages=4))
    assert "page:4" not in carried(last)


def test_a_card_tells_state_number_and_last_look():
    text = words(shown(card(linked_phone="79001234567", reconnects_today=4)))
    assert text.startswith("🟢 962302 Салон\nНа связи.")
    assert "Номер: •••4567" in text
    assert "79001234567" not in text
    assert "Последняя проверка: 15:05 UTC" in text
    assert "Переподключений за сутки: 4" in text


def test_a_card_tells_the_cause_in_words():
    text = words(shown(card(State.DISCONNECTED, cause=Cause.CONNECTION_CLOSED)))
    assert "Не на связи.\nПричина: WhatsApp закрыл соединение." in text


def test_an_open_incident_speaks_for_the_card():
    text = words(shown(card(State.STOPPED, [incident(Symptom.GONE)])))
    assert "выясняем почему" in text
    assert "Инцидент №7" in text


def test_other_incidents_follow_below():
    text = words(shown(card(State.CONNECTED, [incident(Symptom.ABOVE, **FILES)])))
    assert "На связи." in text
    assert "🟠 Файлов ключей стало 181 — больше предела 131." in text


def test_a_silent_gateway_makes_the_card_a_memory():
    text = words(shown(card(gateway=SILENT)))
    assert text.startswith("⚪ 962302 Салон\nШлюз main не отвечает")
    assert "Ниже — как было" in text


def test_a_gateway_that_never_answered_is_said_to_be_so():
    never = GatewayCard(name="main", silent_since=NOW, last_ok_at=None)
    text = words(shown(card(None, gateway=never)))
    assert "ещё ни разу не ответил" in text
    assert "ещё ни разу не видел" in text


def test_another_number_than_expected_stands_out():
    one = card(linked_phone="79001111111", company=company(expected_phone="79002222222"))
    assert "⚠️ Привязан номер •••1111, а ожидался •••2222" in words(shown(one))


def test_a_viewer_gets_only_buttons_that_look():
    bad = card(State.STOPPED, [incident(Symptom.REVOKED)])
    assert carried(shown(bad, person(Role.VIEWER))) == ["do:files:962302", "page:0"]
    assert "do:reset:962302" in carried(shown(bad))


def test_an_operator_of_another_company_gets_none_that_mend():
    bad = card(State.STOPPED, [incident(Symptom.REVOKED)])
    assert carried(shown(bad, person(Role.OPERATOR, "1"))) == ["page:0"]


@pytest.mark.parametrize("state", [None, *State])
@pytest.mark.parametrize("texts", [RU, EN])
def test_every_state_with_every_cause_has_its_words(state, texts):
    for cause in (None, *Cause):
        one = card(state, cause=cause)
        assert len(words(shown(one, texts=texts)).splitlines()) >= 4
        assert "962302" in words(status.overview(texts, overview(one)))


@pytest.mark.parametrize("texts", [RU, EN])
def test_telegram_takes_the_longest_ids_and_the_worst_names(texts):
    named = company(LONGEST_ID, HOSTILE)
    bad = card(State.STOPPED, [incident(began_at=NOW - timedelta(days=3))], company=named)
    screen = status.overview(texts, overview(*[bad] * 10, page=2, pages=500, total=5000))
    assert units(words(screen)) <= 4096
    assert buttons(screen)
    assert units(words(shown(bad, texts=texts))) <= 4096
