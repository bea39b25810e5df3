"""Summaries, and letters with a file, as their readers see them."""

from datetime import timedelta

from shown import (
    EN,
    HOSTILE,
    LONGEST_ID,
    NOW,
    RU,
    carried,
    entries,
    entry,
    message,
    over,
    units,
    words,
)

from bot.alerts.courier import MessageKind
from bot.domain.trouble import Symptom
from handlers.render.alerts import outgoing_message as render

SUMMARY = MessageKind.SUMMARY


def past(number, took=timedelta(minutes=38)):
    return entry(company_id=f"96230{number}", id=number, **over(took))


def test_a_summary_says_what_is_on_and_how_long_the_rest_took():
    text = words(render(RU, message(past(1), entry(id=2), kind=SUMMARY), NOW))
    assert text.splitlines() == [
        "📋 Что произошло, пока сюда нельзя было написать, с 14:27 UTC",
        "",
        "Продолжается 1 проблема:",
        "🔴 962302 Салон — привязка отозвана · 15:05 UTC",
        "",
        "Закончилась 1 проблема:",
        "🟢 962301 Салон снова на связи · не работала 38 мин · началось 14:27 UTC",
    ]


def test_a_summary_offers_the_cure_of_what_is_still_on():
    screen = render(EN, message(past(1), entry(id=2), kind=SUMMARY), NOW)
    assert carried(screen) == ["do:reset:962302", "all"]
    assert render(EN, message(past(1), past(2), kind=SUMMARY), NOW).keyboard is None


def test_the_longest_summary_still_names_everybody():
    every = [
        entry(company_id=f"{n:02}{LONGEST_ID[2:]}", id=n, name=HOSTILE, **over(timedelta(hours=5)))
        for n in range(25)
    ]
    text = words(render(RU, message(*every, kind=SUMMARY), NOW))
    assert all(f"{n:02}{LONGEST_ID[2:]}" in text for n in range(25))
    assert units(text) <= 4096


def test_a_crowd_is_counted_and_its_names_are_in_the_file():
    every = [*entries(1100, Symptom.AWAY), past(7)]
    screen = render(RU, message(*every), NOW)
    caption = words(screen)
    assert "🔴 1\u00a0100 — не на связи" in caption
    assert "🟢 1 — снова в порядке" in caption
    assert all(f"{n:06} Салон, с " in screen.file for n in range(1, 1101))
    assert units(caption) <= 1024
    assert carried(screen) == ["all"]


def test_a_crowd_that_is_back_is_counted():
    every = entries(1100, **over(timedelta(minutes=5)))
    screen = render(EN, message(*every, kind=MessageKind.BACK), NOW)
    assert words(screen).startswith("🟢 1,100 companies are fine again:")
    assert screen.keyboard is None
    assert screen.file.count("000001") == 1


def test_a_long_summary_has_a_file_too():
    screen = render(RU, message(*entries(26), kind=SUMMARY), NOW)
    assert words(screen).startswith("📋 Что произошло")
    assert "000026 Салон" in screen.file


def test_a_full_letter_of_the_longest_ids_names_everybody():
    every = [entry(company_id=f"{n:03}{LONGEST_ID[3:]}", id=n, name=HOSTILE) for n in range(63)]
    text = words(render(RU, message(*every), NOW))
    assert all(f"{n:03}{LONGEST_ID[3:]}" in text for n in range(63))
    assert units(text) <= 4096
