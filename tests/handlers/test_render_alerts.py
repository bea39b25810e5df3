"""Letters as the chat sees them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from shown import (
    EN,
    HOSTILE,
    LONGEST_ID,
    NOW,
    RU,
    buttons,
    carried,
    entries,
    entry,
    incident,
    message,
    over,
    styles,
    units,
    words,
)

from bot.alerts.courier import MessageKind
from bot.domain.company import CompanyId
from bot.domain.incident import Ack, IncidentId
from bot.domain.session import Cause
from bot.domain.trouble import Severity, Symptom, Trouble
from bot.texts import plain
from handlers.render.alerts import outgoing_message as render

CARDS = (MessageKind.NEW, MessageKind.EDIT, MessageKind.BACK)
GATEWAY = {
    "trouble": Trouble.GATEWAY_UNREACHABLE,
    "company_id": None,
    "facts": {"companies": 120},
}


def test_an_alert_says_who_what_since_when_and_what_it_means():
    text = words(render(RU, message(entry(cause=Cause.DEVICE_REMOVED)), NOW))
    assert text.startswith("🔴 962302 Салон\nПривязка отозвана")
    assert "«Связанных устройств»" in text
    assert "Сообщения клиентов не доходят." in text
    assert "Началось: 15:05 UTC" in text
    assert "Нажмите «Сбросить»" in text


def test_a_session_that_is_gone_is_not_called_revoked():
    text = words(render(RU, message(entry(Symptom.GONE)), NOW))
    assert "пропала из шлюза — выясняем почему" in text
    assert "отозвана" not in text


def test_a_gateways_silence_says_nothing_of_its_sessions():
    text = words(render(RU, message(entry(Symptom.UNREACHABLE, **GATEWAY)), NOW))
    assert text.startswith("🔴 Шлюз main\nШлюз не отвечает.")
    assert "Что с сессиями 120 компаний, неизвестно." in text
    assert "не доходят" not in text


def test_connected_is_not_called_working_yet():
    text = words(render(RU, message(entry(Symptom.SETTLING)), NOW))
    assert text.startswith("🟠")
    assert "Убеждаемся" in text
    assert "снова на связи" not in text


def test_what_destroys_is_red_and_what_pairs_is_green():
    reset = render(RU, message(entry(Symptom.REVOKED)), NOW)
    assert styles(reset)["do:reset:962302"] == "danger"
    scan = render(RU, message(entry(Symptom.AWAITING_SCAN)), NOW)
    assert styles(scan)["do:qr:962302"] == "success"


def test_a_banned_account_is_offered_no_reset():
    screen = render(RU, message(entry(cause=Cause.TEMPORARY_BAN)), NOW)
    assert carried(screen) == ["do:check:962302", "ack:7"]
    assert "ограничил аккаунт" in words(screen)


def test_a_second_process_is_to_be_found_not_reset():
    screen = render(RU, message(entry(Symptom.AWAY, cause=Cause.REPLACED)), NOW)
    assert carried(screen) == ["do:check:962302", "ack:7"]
    assert "Найдите вторую программу" in words(screen)


def test_no_button_is_named_that_is_not_there():
    screen = render(RU, message(entry(Symptom.FAILED, cause=Cause.MULTIDEVICE_MISMATCH)), NOW)
    assert carried(screen) == ["do:reset:962302", "do:check:962302", "ack:7"]
    assert "Переподключить" not in words(screen)


def test_the_numbers_of_a_limit_are_told():
    facts = {"count": 1181, "limit": 916}
    about = {"trouble": Trouble.FILES_ABOVE_LIMIT, "severity": Severity.WARNING, "facts": facts}
    screen = render(RU, message(entry(Symptom.ABOVE, **about)), NOW)
    assert words(screen).startswith("🟠 962302 Салон\nФайлов ключей стало 1\u00a0181")
    assert "не повод для сброса" in words(screen)
    assert carried(screen) == ["do:files:962302", "ack:7"]


def test_an_incident_stored_without_its_numbers_is_told_all_the_same():
    text = words(
        render(RU, message(entry(Symptom.ABOVE, trouble=Trouble.FILES_JUMPED, facts={})), NOW)
    )
    assert "За час файлов ключей стало на ? больше" in text


def test_an_edit_of_what_is_over_says_how_long_it_took():
    it = entry(**over(timedelta(hours=2, minutes=36), cause=Cause.DEVICE_REMOVED))
    screen = render(RU, message(it, kind=MessageKind.EDIT, message_id=5), NOW)
    first, *rest = words(screen).splitlines()
    assert first == "🟢 962302 Салон снова на связи · не работала 2 ч 36 мин"
    assert "Было: привязка отозвана." in rest
    assert screen.keyboard is None


def test_a_recovery_is_one_line():
    it = entry(**over(timedelta(hours=2, minutes=36)))
    screen = render(RU, message(it, kind=MessageKind.BACK), NOW)
    assert words(screen) == "🟢 962302 Салон снова на связи · не работала 2 ч 36 мин"
    assert screen.keyboard is None


def test_a_gateways_recovery_names_the_gateway():
    it = entry(Symptom.UNREACHABLE, **over(timedelta(minutes=5), **GATEWAY))
    text = words(render(EN, message(it, kind=MessageKind.BACK), NOW))
    assert text == "🟢 Gateway main answers again · was away for 5 min"


def test_a_few_share_a_message_with_a_button_for_each():
    down, scan, fine = entries(3)
    scan = entry(Symptom.AWAITING_SCAN, company_id="000002")
    fine = entry(company_id="000003", **over(timedelta(minutes=1)))
    screen = render(RU, message(down, scan, fine), NOW)
    assert words(screen).startswith("🔴 WhatsApp не работает у 2 компаний")
    assert "🟢 000003 Салон снова на связи · не работала 1 мин" in words(screen)
    assert carried(screen) == ["do:reset:000001", "do:qr:000002", "all", "ackall"]
    assert "♻️ Сбросить… · 000001 Салон" in buttons(screen)


def test_what_is_not_certain_is_counted_as_a_problem_not_as_an_outage():
    screen = render(EN, message(*entries(2, Symptom.NOT_UNDERSTOOD)), NOW)
    assert words(screen).startswith("🔴 2 open problems")


def test_many_get_a_line_each_and_one_button():
    screen = render(RU, message(*entries(40)), NOW)
    lines = [line for line in words(screen).splitlines() if "привязка отозвана" in line]
    assert len(lines) == 40
    assert carried(screen) == ["all", "ackall"]


def test_a_storm_names_everybody_in_one_message():
    gone, away = entries(85, Symptom.GONE), entries(170, Symptom.AWAY)[85:]
    text = words(render(RU, message(*gone, *away), NOW))
    assert all(str(n).zfill(6) in text for n in range(1, 171))
    assert "85 — пропала из шлюза" in text
    assert units(text) <= 4096


@pytest.mark.parametrize("kind", CARDS)
def test_a_storm_of_long_names_still_names_everybody(kind):
    storm = entries(170, name=HOSTILE, **over(timedelta(minutes=5)))
    text = words(render(RU, message(*storm, kind=kind), NOW))
    assert all(str(n).zfill(6) in text for n in range(1, 171))
    assert units(text) <= 4096


def test_when_all_of_a_storm_is_over_the_message_says_so():
    screen = render(
        RU, message(*entries(50, **over(timedelta(minutes=5))), kind=MessageKind.EDIT), NOW
    )
    assert words(screen).startswith("🟢 Всё снова в порядке")
    assert screen.keyboard is None


@pytest.mark.parametrize("count", [1, 3, 40, 170])
@pytest.mark.parametrize("kind", CARDS)
@pytest.mark.parametrize("texts", [RU, EN])
def test_telegram_takes_the_longest_ids_and_the_worst_names(count, kind, texts):
    storm = entries(count, name=HOSTILE, width=50)
    screen = render(texts, message(*storm, kind=kind, message_id=5), NOW)
    assert units(words(screen)) <= 4096
    assert all(len(data.encode()) <= 64 for data in carried(screen))


def test_what_does_not_fit_is_counted():
    text = words(render(RU, message(*entries(170, width=50)), NOW))
    assert "ещё" in text.splitlines()[-1]


@pytest.mark.parametrize("texts", [RU, EN])
@pytest.mark.parametrize("symptom", [one for one in Symptom if one is not Symptom.ABOVE])
def test_every_symptom_with_every_cause_has_its_words(symptom, texts):
    for cause in (None, *Cause):
        opened = render(texts, message(entry(symptom, cause=cause)), NOW)
        closed = render(texts, message(entry(symptom, cause=cause, closed_at=NOW)), NOW)
        assert len(words(opened).splitlines()) >= 5
        assert carried(opened)
        assert words(closed).startswith("🟢")


def test_a_company_that_is_no_longer_known_is_told_by_its_id():
    unknown = message(entry(company_id=LONGEST_ID))
    assert LONGEST_ID in words(render(RU, unknown, NOW))
    assert incident().company_id in words(render(RU, message(entry(name="")), NOW))


def test_what_is_over_is_told_as_it_was_and_not_as_it_settled():
    took = over(timedelta(minutes=2), facts={"was": "gone"})
    text = words(render(RU, message(entry(Symptom.SETTLING, **took)), NOW))
    assert "Было: пропала из шлюза" in text


def test_who_took_it_on_is_named_and_asked_no_more():
    taken = Ack("Борис <b>", NOW)
    one = render(RU, message(entry(ack=taken)), NOW)
    assert "Занимается Борис <b>, с 15:05 UTC" in words(one)
    assert carried(one) == ["do:reset:962302", "do:check:962302"]
    few = render(EN, message(entry(ack=taken), entry(company_id="962303")), NOW)
    assert words(few).count("Борис <b> is on it") == 1
    assert carried(few)[-1] == "ackall"
    many = render(EN, message(*entries(11, ack=taken)), NOW)
    assert "Борис <b> is on 11 of them" in words(many)
    assert carried(many) == ["all"]


def test_those_left_behind_by_their_gateway_are_called_so():
    every = entries(3, facts={"after": "gateway_unreachable"})
    text = words(render(RU, message(*every), NOW))
    assert text.startswith("🔴 3 компании так и не вернулись на связь")


def test_what_comes_and_goes_says_how_often_and_since_when():
    facts = {"flapping": {"rings": 4, "since": (NOW - timedelta(hours=2)).isoformat()}}
    text = words(render(EN, message(entry(Symptom.FLAPPING, facts=facts)), NOW))
    assert "4 times" in text
    assert "13:05 UTC" in text
    assert "times" not in words(render(EN, message(entry(Symptom.AWAY)), NOW))


def named(count, symptom=Symptom.GONE, **more):
    """So many companies, each with a name of its own."""
    return [
        entry(symptom, f"Салон {n}", company_id=CompanyId(f"{n:06}"), id=IncidentId(n), **more)
        for n in range(1, count + 1)
    ]


@pytest.mark.parametrize("texts", [RU, EN])
@pytest.mark.parametrize(
    ("count", "width"), [(2, 1), (3, 1), (5, 1), (6, 2), (8, 2), (10, 2), (11, 0), (30, 0)]
)
def test_each_company_has_a_button_as_long_as_a_phone_can_show_them(count, width, texts):
    screen = render(texts, message(*named(count)), NOW)
    *rows, status, ack = screen.keyboard.inline_keyboard
    assert [status[0].callback_data, ack[0].callback_data] == ["all", "ackall"]
    pressed = [button.callback_data for row in rows for button in row]
    assert pressed == [f"do:repair:{n:06}" for n in range(1, count + 1)] * (width > 0)
    assert {len(row) for row in rows} <= {width, count % 2 or width}
    labels = [button.text for row in rows for button in row]
    assert all(len(label) <= (34, 34, 15)[width] for label in labels)
    assert all(f"Салон {n}" in label for n, label in enumerate(labels, 1))


def test_of_thirty_the_last_ones_have_buttons_once_the_others_are_back():
    back = named(30, **over(timedelta(minutes=1)))
    screen = render(RU, message(*back[:26], *named(30)[26:]), NOW)
    pressed = [f"do:repair:{n:06}" for n in range(27, 31)]
    assert carried(screen) == [*pressed, "all", "ackall"]


def test_of_mixed_causes_each_has_what_helps_most():
    one, two, three, four, five = named(5)
    every = (
        replace(one, incident=replace(one.incident, symptom=Symptom.REVOKED)),
        two,
        replace(three, incident=replace(three.incident, symptom=Symptom.AWAY)),
        replace(four, incident=replace(four.incident, symptom=Symptom.NOT_UNDERSTOOD)),
        replace(five, incident=replace(five.incident, symptom=Symptom.AWAITING_SCAN)),
        entry(Symptom.UNREACHABLE, **GATEWAY),
    )
    assert carried(render(RU, message(*every), NOW)) == [
        *("do:reset:000001", "do:repair:000002", "do:reconnect:000003"),
        *("do:check:000004", "do:qr:000005", "all", "ackall"),
    ]


def test_whoever_has_two_troubles_has_the_button_of_the_worse():
    files = entry(
        Symptom.ABOVE,
        trouble=Trouble.FILES_JUMPED,
        severity=Severity.WARNING,
        facts={"grown": 900},
        id=IncidentId(1),
    )
    down, other = entry(id=IncidentId(2)), entry(company_id=CompanyId("962303"), id=IncidentId(3))
    screen = render(RU, message(files, down, other), NOW)
    assert carried(screen)[:2] == ["do:reset:962302", "do:reset:962303"]


@pytest.mark.parametrize("called", ["Салон", "", "x" * 60, HOSTILE, "\u202eנסיון"])
@pytest.mark.parametrize("count", [2, 5, 6, 10])
def test_companies_called_alike_are_told_apart_by_their_ids(called, count):
    screen = render(RU, message(*entries(count, Symptom.GONE, called)), NOW)
    labels = [button.text for row in screen.keyboard.inline_keyboard[:-2] for button in row]
    assert len(set(labels)) == count
    assert all(f"{n:06}" in label for n, label in enumerate(labels, 1))


@pytest.mark.parametrize("texts", [RU, EN])
def test_a_reason_that_all_share_is_said_once_and_others_each_with_its_company(texts):
    alike = named(3, Symptom.REVOKED, cause=Cause.DEVICE_REMOVED)
    reason = plain(texts.say("incident.cause", cause=texts.say("cause.device_removed")))
    assert words(render(texts, message(*alike), NOW)).splitlines()[1] == reason
    assert words(render(texts, message(*alike), NOW)).count(reason) == 1
    mixed = [*alike[:2], *named(3)[2:]]
    assert words(render(texts, message(*mixed), NOW)).count(reason) == 2
    back = [alike[0], *named(3, **over(timedelta(minutes=1)))[1:]]
    assert words(render(texts, message(*back), NOW)).count(reason) == 1
