"""Remarks as their readers see them."""

from datetime import timedelta

from shown import EN, HOSTILE, NOW, RU, carried, units, words

from bot.alerts.courier import MessageKind, OutgoingMessage, SystemEntry
from bot.domain.notice import ChatAddress
from bot.domain.system_notice import SystemNotice, SystemNoticeKind
from handlers.render.alerts import outgoing_message as render


def aside(kind=SystemNoticeKind.CHAT_REMOVED, chat="Салоны", ago=timedelta(0)):
    return SystemEntry(
        system_notice=SystemNotice(kind=kind, facts={"chat": chat}), at=NOW - ago, company=None
    )


def message(*system_notices):
    return OutgoingMessage(
        kind=MessageKind.SYSTEM_NOTICE,
        address=ChatAddress(5),
        entries=(),
        language="ru",
        system_notices=system_notices,
    )


def test_a_remark_says_what_happened_and_what_to_do():
    text = words(render(RU, message(aside()), NOW))
    assert text.startswith("🟠 Меня удалили из чата «Салоны».")
    assert "Добавьте меня снова" in text


def test_a_remark_of_an_hour_ago_says_when():
    text = words(render(EN, message(aside(ago=timedelta(hours=1))), NOW))
    assert text.startswith("14:05 UTC: 🟠 I was removed")


def test_the_same_is_said_once():
    text = words(render(EN, message(aside(), aside()), NOW))
    assert text.count("removed") == 1


def test_a_remark_carries_its_button():
    assert carried(render(RU, message(aside(SystemNoticeKind.CHAT_BACK)), NOW)) == ["all"]
    assert carried(render(RU, message(aside(SystemNoticeKind.CHAT_BACK), aside()), NOW)) == ["all"]
    assert carried(render(RU, message(aside()), NOW)) == []


def test_a_hostile_title_stays_within_its_sentence():
    every = [aside(chat=f"{n}{HOSTILE}") for n in range(20)]
    assert units(words(render(RU, message(*every), NOW))) <= 4096
