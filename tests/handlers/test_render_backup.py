"""What other channels are told."""

from shown import EN, NOW, RU, entries, entry

from handlers.render.backup import backup


def test_it_says_what_is_wrong_and_why_it_comes_this_way():
    title, text = backup(RU, [entry()], NOW)
    assert title == "1 важное оповещение не доставлено в Telegram"
    assert text.startswith("🔴 962302 Салон\n")
    assert "ни один чат Telegram не принял" in text
    assert "<" not in text


def test_a_crowd_is_named_as_far_as_it_fits_and_counted():
    title, text = backup(EN, entries(1000), NOW)
    assert title.startswith("1,000 critical alerts")
    assert "000170" in text
    assert "830" in text
